"""The error of a client's own slope is that of the mixed-model equations, written out in full."""

import numpy as np
import pytest

from rapport.science.numerics.growth_model import fit_growth
from rapport.science.outcome.slope_change import slope_change
from rapport.science.records.courses import courses_from_rows


def made_up_courses(seed, slope_sd):
    """Uneven courses of 3 to 8 ratings, some unanswered."""
    rng = np.random.default_rng(seed)
    rows = []
    for client in range(25):
        level, slope = rng.normal(20, 5), rng.normal(-1, slope_sd)
        for session in sorted(rng.choice(12, rng.integers(3, 9), replace=False)):
            rows.append((client, session, level + slope * session + rng.normal(0, 2)))
    return rows


def by_mixed_model_equations(rows, nudge=0.0):
    """Slopes and their prediction errors from Henderson's equations; Robinson (1991), p. 17."""
    client, session, score = (np.array(column, float) for column in zip(*rows, strict=True))
    x = np.column_stack([np.ones(len(rows)), session])
    model = fit_growth(y=score, design=x, client=client.astype(int), random_column=1)
    z = np.zeros((len(rows), 50))
    at = np.arange(len(rows))
    z[at, 2 * client.astype(int)], z[at, 2 * client.astype(int) + 1] = 1, session
    both = np.hstack([x, z])
    left = both.T @ both / model.residual_variance
    left[2:, 2:] += np.kron(np.eye(25), np.linalg.inv(model.random_cov + nudge * np.eye(2)))
    covariance = np.linalg.inv(left)
    solution = covariance @ both.T @ score / model.residual_variance
    pick = np.zeros((25, 52))
    pick[:, 1], pick[np.arange(25), 3 + 2 * np.arange(25)] = 1, 1
    return pick @ solution, np.sqrt(np.diag(pick @ covariance @ pick.T))


def test_whole_slopes_and_their_errors():
    rows = made_up_courses(seed=1, slope_sd=0.8)
    client, session, score = zip(*rows, strict=True)
    change = slope_change(
        courses=courses_from_rows(client=client, session=session, score=score),
        higher_is_better=False,
    )
    slopes, errors = by_mixed_model_equations(rows)
    np.testing.assert_allclose(change.slope, slopes, rtol=1e-7)
    np.testing.assert_allclose(change.slope_se, errors, rtol=1e-7)


def test_a_singular_fit_returns_errors_that_are_the_limit_of_regular_ones():
    rows = made_up_courses(seed=3, slope_sd=0.0)
    client, session, score = zip(*rows, strict=True)
    change = slope_change(
        courses=courses_from_rows(client=client, session=session, score=score),
        higher_is_better=False,
    )
    assert any("singular" in note for note in change.notes)
    slopes, errors = by_mixed_model_equations(rows, nudge=1e-8)
    np.testing.assert_allclose(change.slope, slopes, rtol=1e-4)
    np.testing.assert_allclose(change.slope_se, errors, rtol=1e-4)


@pytest.mark.slow
def test_nine_in_ten_clients_have_their_true_slope_within_the_90_percent_interval():
    rng = np.random.default_rng(9)
    n, sessions = 2000, np.arange(8.0)
    true = rng.normal(-1, 0.6, n)
    score = rng.normal(20, 5, (n, 1)) + true[:, None] * sessions + rng.normal(0, 3, (n, 8))
    change = slope_change(
        courses=courses_from_rows(
            client=np.repeat(np.arange(n), 8), session=np.tile(sessions, n), score=score.ravel()
        ),
        higher_is_better=False,
    )
    covered = np.mean(np.abs(change.slope - true) < 1.6448536 * change.slope_se)
    assert covered == pytest.approx(0.90, abs=3 * np.sqrt(0.9 * 0.1 / n))
