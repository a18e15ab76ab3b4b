"""Expected response: the course of people who started alike, its band, and who is off it."""

import numpy as np
import pytest

from rapport.science.errors import BadInputError, TooLittleDataError
from rapport.science.outcome.expected_response import (
    expected_band,
    fit_expected_response,
    off_course,
)
from rapport.science.records.courses import Courses, courses_from_rows
from rapport.science.records.scales import Scale

SCALE = Scale(
    name="phq-9", higher_is_better=False, minimum=0, maximum=27, step=1, clinical_cutoff=10
)


def made_up(*, n, shape=np.log1p, seed=1, sessions=8):
    """Courses that fall from 15 by 3 f(t), clients differing in level and speed."""
    rng = np.random.default_rng(seed)
    client, session = np.repeat(np.arange(n), sessions), np.tile(np.arange(1.0, sessions + 1), n)
    speed = rng.normal(-3, 1, n)[client] * shape(session - 1)
    score = rng.normal(15, 4, n)[client] + speed + rng.normal(0, 2, len(client))
    return courses_from_rows(client=client, session=session, score=score)


@pytest.fixture(scope="module")
def fitted():
    return fit_expected_response(courses=made_up(n=600), scale=SCALE)


@pytest.mark.parametrize(
    ("shape", "name"), [(np.log1p, "log(1 + t)"), (np.sqrt, "square root of t"), (lambda t: t, "t")]
)
def test_the_data_choose_the_form_of_time_and_it_is_said(shape, name):
    made = fit_expected_response(courses=made_up(n=400, shape=shape, sessions=12), scale=SCALE)
    assert made.model.time_base == name
    assert made.aic[name] == min(made.aic.values())
    assert f"f(t) = {name}" in str(made)


def test_people_who_started_worse_are_expected_to_stay_worse_but_come_nearer(fitted):
    both = courses_from_rows(client=[1, 1, 2, 2], session=[1, 8, 1, 8], score=[12, 1, 20, 1])
    band = expected_band(model=fitted, courses=both)
    assert band.mean[1] < band.mean[3]
    assert band.mean[3] - band.mean[1] < 8


def test_at_the_first_rating_everybody_stands_where_they_started(fitted):
    one = courses_from_rows(client=[1, 1], session=[3, 4], score=[17, np.nan])
    band = expected_band(model=fitted, courses=one)
    assert band.lower[0] == band.mean[0] == band.upper[0] == 17
    assert band.lower[1] < band.mean[1] < band.upper[1]


def test_before_the_first_answer_nothing_is_expected(fitted):
    late = courses_from_rows(client=[1, 1], session=[1, 2], score=[np.nan, 17])
    band = expected_band(model=fitted, courses=late)
    assert np.isnan([band.mean[0], band.lower[0], band.upper[0]]).all()


def test_the_band_stays_on_the_scale(fitted):
    low = courses_from_rows(client=[1] * 9, session=np.arange(1, 10), score=[2] * 9)
    band = expected_band(model=fitted, courses=low, level=0.95)
    assert band.lower.min() == 0


def test_the_band_holds_eight_of_ten_new_people(fitted):
    new = made_up(n=4_000, seed=9)
    band = expected_band(model=fitted, courses=new)
    later = new.session > 1
    held = (band.lower <= new.score) & (new.score <= band.upper)
    assert np.mean(held[later]) == pytest.approx(0.8, abs=0.03)


def test_a_rating_on_the_worse_side_is_flagged_from_the_third_on(fitted):
    worse = courses_from_rows(client=[1] * 4, session=[1, 2, 3, 4], score=[15, 26, 26, 13])
    made = off_course(model=fitted, courses=worse, scale=SCALE)
    assert made.flag.tolist() == [0, 0, 2, 0]


def test_amber_lies_between_the_limits_and_the_good_side_of_the_cutoff_is_never_flagged(fitted):
    client = courses_from_rows(client=[1] * 4, session=[1, 2, 3, 4], score=[16, 14, 13, 12])
    limits = off_course(model=fitted, courses=client, scale=SCALE)
    between = (limits.amber_limit[2] + limits.red_limit[2]) / 2
    score = np.array([16, 14, between, 9.9])
    made = off_course(
        model=fitted,
        courses=Courses(
            clients=client.clients, starts=client.starts, session=client.session, score=score
        ),
        scale=SCALE,
    )
    assert made.flag.tolist() == [0, 0, 1, 0]


def test_without_a_direction_no_side_is_worse(fitted):
    with pytest.raises(BadInputError, match="higher_is_better"):
        off_course(model=fitted, courses=made_up(n=12), scale=Scale(name="x"))


def test_too_few_clients_are_refused_with_the_numbers_needed():
    with pytest.raises(TooLittleDataError, match="it needs 10 and 30"):
        fit_expected_response(courses=made_up(n=9), scale=SCALE)


def test_the_same_table_gives_the_same_reading():
    first, second = (fit_expected_response(courses=made_up(n=50), scale=SCALE) for _ in range(2))
    assert first.to_json() == second.to_json()


def test_it_says_its_method_its_errors_and_its_papers(fitted):
    shown = fitted.to_dict()
    assert shown["comparison"]["next"]["winner"] == "model"
    assert "calibrated on 600 clients" in str(fitted)
    assert any("Lutz" in paper for paper in shown["papers"])
