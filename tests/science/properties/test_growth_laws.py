"""Laws of the growth model: what must hold for any clients, checked against plain dense algebra."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import approx_fprime

from rapport.science.errors import BadInputError, TooLittleDataError
from rapport.science.numerics.growth_likelihood import profile, relative
from rapport.science.numerics.growth_model import fit_growth
from rapport.science.numerics.growth_optimum import _gradient
from rapport.science.numerics.growth_rows import growth_rows
from rapport.science.numerics.growth_statistics import growth_statistics, random_columns

seeds = st.integers(0, 2**32 - 1)


def practice(rng, *, clients=12, slope=True, groups=None):
    """Uneven courses of a practice: y, design (1, week, hours), client, group."""
    client = np.repeat(
        np.arange(clients), rng.integers(1, 7, clients) + (np.arange(clients) == 0) * 3
    )
    week = rng.exponential(1.0, len(client)).cumsum() % 9
    design = np.column_stack([np.ones_like(week), week, rng.standard_normal(len(week))])
    level = 3 * rng.standard_normal(clients)[client]
    tilt = 0.5 * slope * rng.standard_normal(clients)[client]
    y = 20 + level + (tilt - 1) * week + rng.standard_normal(len(week))
    group = None
    if groups:
        group = np.arange(clients) % groups
        y = y + 2 * rng.standard_normal(groups)[group[client]]
    return {"y": y, "design": design, "client": client, "group": group}


def dense_deviance(rows, theta, time, *, reml):
    """-2 log likelihood from the full covariance matrix of all rows, profiled over its scale."""
    y, x, client, group = rows["y"], rows["design"], rows["client"], rows["group"]
    u = (time - time.mean()) / time.std()
    factor = np.array([[theta[0], 0], [theta[1], theta[2]]])
    z = np.column_stack([np.ones_like(u), u])
    v = np.eye(len(y)) + (client[:, None] == client) * (z @ factor @ factor.T @ z.T)
    if group is not None:
        v += theta[3] ** 2 * (group[client][:, None] == group[client])
    inner = x.T @ np.linalg.solve(v, x)
    residual = y - x @ np.linalg.solve(inner, x.T @ np.linalg.solve(v, y))
    rss = residual @ np.linalg.solve(v, residual)
    nu = len(y) - (x.shape[1] if reml else 0)
    log_det = np.linalg.slogdet(v)[1] + (np.linalg.slogdet(inner)[1] if reml else 0)
    return log_det + nu * (1 + np.log(2 * np.pi * rss / nu))


def statistics_of(rows):
    sorted_rows = growth_rows(**rows)
    random = random_columns(sorted_rows, 1)
    return growth_statistics(rows=sorted_rows, random=random, names=("start", "week", "hours"))


@settings(max_examples=30, deadline=None)
@given(seed=seeds, reml=st.booleans(), groups=st.sampled_from([None, 3]))
def test_the_likelihood_from_sums_is_the_likelihood_from_all_rows(seed, reml, groups):
    rng = np.random.default_rng(seed)
    rows = practice(rng, groups=groups)
    theta = np.array([*rng.uniform(0, 3, 3), rng.uniform(0, 2) if groups else 0.0])
    ours = profile(statistics_of(rows), relative(theta), reml=reml).deviance
    assert ours == pytest.approx(
        dense_deviance(rows, theta, rows["design"][:, 1], reml=reml), abs=1e-8
    )


@settings(max_examples=30, deadline=None)
@given(seed=seeds, reml=st.booleans())
def test_the_gradient_is_the_slope_of_the_likelihood(seed, reml):
    rng = np.random.default_rng(seed)
    statistics = statistics_of(practice(rng, groups=3))
    theta = rng.uniform(0.2, 2, 4)

    def deviance(values):
        return profile(statistics, relative(values), reml=reml).deviance

    at = relative(theta)
    ours = _gradient(profile(statistics, at, reml=reml), at)
    assert ours == pytest.approx(approx_fprime(theta, deviance, 1e-6), rel=1e-3, abs=1e-3)


@settings(max_examples=20, deadline=None)
@given(seed=seeds)
def test_no_set_of_variances_nearby_is_more_likely_than_the_estimate(seed):
    rng = np.random.default_rng(seed)
    rows = practice(rng, groups=4)
    model = fit_growth(**rows, random_column=1)
    statistics = statistics_of(rows)
    for _ in range(50):
        theta = np.abs(rng.standard_normal(4)) * rng.uniform(0, 4)
        elsewhere = profile(statistics, relative(theta), reml=True).deviance
        assert -2 * model.log_likelihood <= elsewhere + 1e-7


@settings(max_examples=20, deadline=None)
@given(seed=seeds)
def test_the_order_of_rows_does_not_matter(seed):
    rng = np.random.default_rng(seed)
    rows = practice(rng)
    order = rng.permutation(len(rows["y"]))
    shuffled = {k: v if v is None else v[order] for k, v in rows.items()}
    one = fit_growth(**rows, random_column=1)
    other = fit_growth(**shuffled, random_column=1)
    back = np.argsort(other.client_ids)
    assert other.log_likelihood == pytest.approx(one.log_likelihood, abs=1e-8)
    assert other.effects[back] == pytest.approx(one.effects, abs=1e-4)


@settings(max_examples=20, deadline=None)
@given(seed=seeds, shift=st.floats(-1e5, 1e5), factor=st.floats(1e-3, 1e3))
def test_the_unit_of_time_changes_the_slope_and_nothing_else(seed, shift, factor):
    rows = practice(np.random.default_rng(seed))
    model = fit_growth(**rows, random_column=1, reml=False)
    other = rows["design"].copy()
    other[:, 1] = (other[:, 1] + shift) * factor
    moved = fit_growth(**(rows | {"design": other}), random_column=1, reml=False)
    assert moved.log_likelihood == pytest.approx(model.log_likelihood, abs=1e-5)
    assert moved.fixed[1] * factor == pytest.approx(model.fixed[1], rel=1e-4, abs=1e-5)


@settings(max_examples=20, deadline=None)
@given(seed=seeds, unit=st.sampled_from([1e-6, 1e-2, 1e2, 1e6]))
def test_the_unit_of_the_outcome_scales_every_estimate(seed, unit):
    rows = practice(np.random.default_rng(seed))
    model = fit_growth(**rows, random_column=1)
    scaled = fit_growth(**(rows | {"y": rows["y"] * unit}), random_column=1)
    assert scaled.fixed == pytest.approx(model.fixed * unit, rel=1e-6)
    assert scaled.residual_variance == pytest.approx(model.residual_variance * unit**2, rel=1e-4)
    assert scaled.singular == model.singular


def test_an_unanswered_session_is_as_if_it_had_not_been_asked():
    rows = practice(np.random.default_rng(5))
    unanswered = rows | {"y": np.where(np.arange(len(rows["y"])) % 5 == 3, np.nan, rows["y"])}
    asked = ~np.isnan(unanswered["y"])
    without = {k: v if v is None else v[asked] for k, v in rows.items()}
    one, other = fit_growth(**unanswered), fit_growth(**without)
    assert one.log_likelihood == other.log_likelihood
    assert one.n_observations == asked.sum()


def test_clients_who_do_not_differ_give_a_singular_fit_that_says_so():
    week = np.tile(np.arange(6.0), 4)
    wiggle = np.tile([1.0, -1, 0, 0, 1, -1], 4) * np.repeat([1, -1, 1, -1], 6)
    model = fit_growth(
        y=10 - week + wiggle,
        design=np.column_stack([np.ones(24), week]),
        client=np.repeat(np.arange(4), 6),
        random_column=1,
    )
    assert model.singular
    assert model.converged
    assert "singular" in str(model)
    assert np.isfinite(model.fixed_se).all()


def test_courses_without_any_noise_are_not_passed_off_as_a_fit():
    rng = np.random.default_rng(0)
    client, week = np.repeat(np.arange(20), 5), np.tile(np.arange(5.0), 20)
    model = fit_growth(
        y=rng.normal(20, 5, 20)[client] - rng.normal(1, 0.5, 20)[client] * week,
        design=np.column_stack([np.ones(100), week]),
        client=client,
        random_column=1,
    )
    assert not model.converged
    assert "do not use these estimates" in str(model)


def test_dates_as_time_cost_no_digits():
    rng = np.random.default_rng(1)
    rows = practice(rng, clients=40)
    by_date = rows["design"] * [1, 7, 1] + [0, 738_000, 0]
    one = fit_growth(**rows, random_column=1, reml=False)
    other = fit_growth(**(rows | {"design": by_date}), random_column=1, reml=False)
    assert other.log_likelihood == pytest.approx(one.log_likelihood, abs=1e-6)
    assert other.converged


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"y": np.full(12, 7.0)}, TooLittleDataError, "does not vary"),
        ({"y": np.full(12, np.nan)}, TooLittleDataError, "no row has an outcome"),
        ({"y": np.r_[np.inf, np.arange(11)]}, BadInputError, "infinite"),
        ({"y": np.r_[1e200, np.arange(11)]}, BadInputError, "beyond 1e100"),
        ({"y": np.arange(11)}, BadInputError, "one of each per row"),
        ({"client": np.zeros(12)}, TooLittleDataError, "one client only"),
        ({"client": np.arange(12)}, TooLittleDataError, "no client has more than 1"),
        ({"client": np.r_[np.nan, np.arange(11)]}, BadInputError, "id is missing"),
        ({"design": np.ones((12, 2))}, BadInputError, "repeat each other"),
        ({"design": np.zeros((12, 1))}, BadInputError, "all zero"),
        ({"design": np.full((12, 1), np.nan)}, BadInputError, "not a finite number"),
        ({"design": np.eye(12)}, TooLittleDataError, "12 rated rows for 12"),
        ({"design": np.ones((12, 1)), "random_column": 0}, BadInputError, "is constant"),
        ({"random_column": 7}, BadInputError, "not one of the 2"),
        ({"design_names": ["start"]}, BadInputError, "1 design_names for 2"),
        ({"group": np.tile([0, 1], 6)}, BadInputError, "rows in two groups"),
        ({"group": np.arange(5)}, BadInputError, "give one per row"),
        ({"group": np.zeros(12)}, TooLittleDataError, "third level"),
    ],
)
def test_what_cannot_be_fitted_is_refused_by_name(change, error, words):
    week = np.tile(np.arange(4.0), 3)
    usual = {
        "y": np.array([9, 8, 6, 7, 5, 5, 4, 2, 8, 8, 7, 9.0]),
        "design": np.column_stack([np.ones(12), week]),
        "client": np.repeat(["Ana", "Ben", "Cem"], 4),
    }
    with pytest.raises(error, match=words):
        fit_growth(**(usual | change))
