"""Forecasts of a client's next and final score, and the chance of reliable deterioration."""

from dataclasses import replace

import numpy as np
import pytest

from rapport.science.errors import BadInputError
from rapport.science.outcome.expected_response import fit_expected_response
from rapport.science.outcome.forecast import deterioration_limit, forecast
from rapport.science.records.courses import courses_from_rows
from rapport.science.records.scales import Scale

SCALE = Scale(
    name="phq-9",
    higher_is_better=False,
    minimum=0,
    maximum=27,
    step=1,
    reliable_change_points=6,
)


def practice(*, n, seed=1):
    """Courses of 2 to 12 ratings at uneven times, rounded and kept on the scale."""
    rng = np.random.default_rng(seed)
    ratings = rng.integers(2, 13, n)
    client = np.repeat(np.arange(n), ratings)
    session = np.cumsum(rng.integers(1, 3, len(client)))
    session = session - session[np.searchsorted(client, np.arange(n))][client] + 1.0
    speed = rng.normal(-2.5, 1.5, n)[client]
    score = rng.normal(15, 5, n)[client] + speed * np.log1p(session - 1)
    score = np.clip(np.round(score + rng.normal(0, 2.5, len(client))), 0, 27)
    return courses_from_rows(client=client, session=session, score=score)


@pytest.fixture(scope="module")
def fitted():
    return fit_expected_response(courses=practice(n=1_500), scale=SCALE)


@pytest.fixture(scope="module")
def three():
    return courses_from_rows(
        client=["mild", "mild", "worse", "worse", "worse", "silent"],
        session=[1, 2, 1, 2, 3, 1],
        score=[8, 6, 14, 17, 20, np.nan],
    )


def test_each_client_gets_a_mean_within_nested_intervals_on_the_scale(fitted, three):
    made = forecast(model=fitted, courses=three, scale=SCALE)
    rows = slice(0, 2)
    assert (made.lower95[rows] >= 0).all()
    assert (made.lower95[rows] <= made.lower[rows]).all()
    assert (made.lower[rows] < made.mean[rows]).all()
    assert (made.mean[rows] < made.upper[rows]).all()
    assert (made.upper[rows] <= made.upper95[rows]).all()
    assert (made.upper95[rows] <= 27).all()


def test_a_client_who_never_answered_has_no_forecast(fitted, three):
    made = forecast(model=fitted, courses=three, scale=SCALE)
    for values in (made.mean, made.lower, made.upper95, made.p_deterioration, made.session):
        assert np.isnan(values[2])


def test_the_next_session_is_one_usual_gap_on_and_the_final_one_a_usual_course(fitted, three):
    following = forecast(model=fitted, courses=three, scale=SCALE)
    assert following.session[1] == 3 + fitted.usual_gap
    final = forecast(model=fitted, courses=three, scale=SCALE, target_session="final")
    assert final.session[1] == 1 + fitted.usual_length


def test_a_session_by_number_must_lie_ahead(fitted, three):
    made = forecast(model=fitted, courses=three, scale=SCALE, target_session=3)
    assert made.session[0] == 3
    assert np.isnan(made.mean[1])


def test_more_uncertain_further_ahead(fitted, three):
    near, far = (
        forecast(model=fitted, courses=three, scale=SCALE, target_session=session)
        for session in (4, 20)
    )
    assert (far.upper - far.lower)[1] > (near.upper - near.lower)[1]


def test_who_is_getting_worse_is_likelier_to_end_worse(fitted, three):
    made = forecast(model=fitted, courses=three, scale=SCALE)
    assert 0 < made.p_deterioration[0] < 0.1 < made.p_deterioration[1] < 1


def test_the_mirror_image_of_a_scale_gives_the_mirror_image_of_a_forecast():
    courses = practice(n=300)
    mirrored = replace(courses, score=27 - courses.score)
    better = replace(SCALE, higher_is_better=True)
    made, mirror = (
        forecast(model=fit_expected_response(courses=c, scale=s), courses=c, scale=s)
        for c, s in ((courses, SCALE), (mirrored, better))
    )
    np.testing.assert_allclose(mirror.mean, 27 - made.mean, atol=1e-4)
    np.testing.assert_allclose(mirror.lower, 27 - made.upper, atol=1e-4)
    np.testing.assert_allclose(mirror.p_deterioration, made.p_deterioration, atol=1e-2)


@pytest.mark.parametrize(
    ("changes", "limits"),
    [
        ({}, [16, np.nan]),
        ({"maximum": None}, [16, 28]),
        ({"higher_is_better": True}, [4, 16]),
        ({"higher_is_better": None}, [np.nan, np.nan]),
        ({"reliable_change_points": None}, [np.nan, np.nan]),
        # 1.96 sqrt(2) 5 sqrt(.1) = 4.38: the next whole point beyond is 5.
        ({"reliable_change_points": None, "reliability": 0.9, "sd": 5}, [15, 27]),
    ],
    ids=["points", "no maximum", "higher is better", "no direction", "no criterion", "formula"],
)
def test_the_mildest_score_that_is_reliably_worse(changes, limits):
    made = deterioration_limit(intake=np.array([10.0, 22.0]), scale=replace(SCALE, **changes))
    np.testing.assert_array_equal(made, limits)


def test_a_small_practice_is_told_that_its_interval_is_not_calibrated():
    made = forecast(
        model=fit_expected_response(courses=practice(n=15), scale=SCALE),
        courses=practice(n=15),
        scale=SCALE,
    )
    assert any("95% interval not calibrated" in note for note in made.notes)
    assert np.isfinite(made.upper95).all()


def test_the_naive_forecasts_stand_beside_it(fitted, three):
    made = forecast(model=fitted, courses=three, scale=SCALE)
    assert made.comparison.rmse_last_value > made.comparison.rmse_model > 0
    assert made.comparison.sentence in made.notes


@pytest.mark.parametrize(
    "wrong", [{"levels": (0.95, 0.8)}, {"levels": (0.8,)}, {"target_session": "last"}]
)
def test_unknown_targets_and_levels_are_refused(fitted, three, wrong):
    with pytest.raises(BadInputError, match="give"):
        forecast(model=fitted, courses=three, scale=SCALE, **wrong)
