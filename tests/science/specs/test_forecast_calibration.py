"""How intervals are made of errors: by group, by tail, at the ends of a scale, for few clients."""

import numpy as np
import pytest
from scipy import stats

from rapport.science.outcome.calibration import Calibration, chance_above, join, route, tails


def calibration(*, observed, predicted=0.0, spread=1.0, intake=None, **ends):
    """Calibration clients whose naive forecasts do not matter."""
    observed = np.asarray(observed, dtype=float)
    fill = np.ones(len(observed))
    return Calibration(
        observed=observed,
        predicted=predicted * fill,
        shown=predicted * fill,
        spread=spread * fill,
        intake=0 * fill if intake is None else np.asarray(intake, dtype=float),
        last_value=fill,
        group_mean=fill,
        **ends,
    )


def ends(made, level, *, intake=0.0, predicted=0.0):
    asked = tails(
        calibration=made,
        level=level,
        intake=np.array([intake]),
        predicted=np.array([predicted]),
    )
    return tuple(asked[0])


NORMAL = np.random.default_rng(1).normal(size=6_000)


@pytest.mark.parametrize(
    ("n", "level", "words"),
    [
        (12, 0.95, "not calibrated: 12 clients"),
        (12, 0.8, "the same width to both sides"),
        (150, 0.95, "calibrated on 150 clients together"),
    ],
)
def test_the_route_depends_on_how_many_clients_there_are(n, level, words):
    assert words in route(calibration=calibration(observed=NORMAL[:n]), level=level)


def test_too_few_clients_get_the_models_own_interval_with_students_t():
    low, high = ends(calibration(observed=NORMAL[:12]), 0.95)
    assert high == -low == pytest.approx(stats.t.ppf(0.975, 11))


def test_few_clients_get_one_width_to_both_sides():
    low, high = ends(calibration(observed=np.arange(1.0, 20)), 0.8)
    assert high == -low == pytest.approx(16)


def test_a_skewed_error_gets_a_skewed_interval():
    """Exponential errors around their mean: ten of a hundred are missed on each side."""
    low, high = ends(calibration(observed=-np.log(stats.norm.sf(NORMAL)) - 1), 0.8)
    assert (low, high) == pytest.approx((-np.log(0.9) - 1, -np.log(0.1) - 1), abs=0.1)


def test_people_who_start_worse_are_calibrated_among_themselves():
    intake = np.arange(6_000)
    made = calibration(observed=NORMAL * (1 + (intake >= 4_000)), intake=intake)
    mild, severe = ends(made, 0.8, intake=10), ends(made, 0.8, intake=5_900)
    assert severe[1] / mild[1] == pytest.approx(2, abs=0.25)
    assert "in 3 groups" in route(calibration=made, level=0.8)


def test_at_the_top_of_the_scale_the_lower_side_is_given_what_the_upper_cannot_miss():
    """Half of the people stand at the top: the lower end leaves out 20 %, not 10 %."""
    observed = np.minimum(np.round(10 + NORMAL[:2_000] * 2), 10)
    made = calibration(observed=observed, predicted=10, low=0, high=10)
    low, _ = ends(made, 0.8, predicted=10)
    missed = np.mean(observed < 10 + low)
    assert 0.1 < missed <= 0.2


def test_a_score_exactly_on_the_end_of_its_interval_lies_within():
    """Whole scores, one forecast and one spread: every interval ends on somebody's score."""
    observed = np.random.default_rng(4).integers(-9, 10, 500)
    made = calibration(observed=observed, predicted=0.1, spread=0.7)
    low, high = ends(made, 0.8, predicted=0.1)
    within = (0.1 + low * 0.7 <= observed) & (observed <= 0.1 + high * 0.7)
    assert within.mean() >= 0.8


def test_the_chance_to_lie_above_a_point_is_the_share_of_errors_above_it():
    made = calibration(observed=NORMAL)
    zero = np.zeros(2)
    chance = chance_above(
        calibration=made, points=np.array([1.0, np.nan]), intake=zero, predicted=zero
    )
    assert chance[0] == pytest.approx(stats.norm.sf(1), abs=0.01)
    assert np.isnan(chance[1])


def test_folds_are_joined_with_the_ends_of_their_scale():
    parts = [calibration(observed=part, low=-5, high=5) for part in ([1, 2], [3])]
    made = join(parts)
    assert made.observed.tolist() == [1, 2, 3]
    assert (made.low, made.high) == (-5, 5)
