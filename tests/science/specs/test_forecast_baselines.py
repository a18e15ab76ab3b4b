"""Naive forecasts, and neighbours, stand beside every model."""

import numpy as np
import pytest

from rapport.science.errors import BadInputError, TooLittleDataError
from rapport.science.outcome.baselines import compare_forecasts, group_mean_course
from rapport.science.outcome.neighbours import nearest_neighbours, neighbour_response
from rapport.science.records.courses import courses_from_rows


def test_the_mean_course_counts_time_from_each_clients_own_first_rating():
    late = courses_from_rows(
        client=[1, 1, 1, 2, 2], session=[1, 2, 3, 5, 6], score=[9, np.nan, 3, 7, 5]
    )
    assert group_mean_course(courses=late, time=[0, 1, 2]).tolist() == [8, 5, 3]


def test_many_different_times_are_averaged_in_stretches():
    rng = np.random.default_rng(1)
    day = np.sort(rng.uniform(0, 100, 4_000))
    uneven = courses_from_rows(client=np.zeros(4_000), session=day, score=50 - 0.3 * day)
    made = group_mean_course(courses=uneven, time=[20.0, 80.0])
    np.testing.assert_allclose(made, [44, 26], atol=0.5)


def test_without_any_rating_there_is_no_mean_course():
    empty = courses_from_rows(client=[1], session=[1], score=[np.nan])
    with pytest.raises(TooLittleDataError, match="no rating"):
        group_mean_course(courses=empty, time=[1])


@pytest.mark.parametrize(
    ("model", "winner", "words"),
    [
        ([1, 2, 3, 4], "model", "Off by less"),
        ([9, 9, 9, 9], "last value", "A naive forecast wins: carrying the last value forward"),
    ],
)
def test_the_report_says_who_wins(model, winner, words):
    made = compare_forecasts(
        observed=[1, 2, 3, 4], model=model, last_value=[2, 3, 4, 5], group_mean=[5, 5, 5, 5]
    )
    assert made.winner == winner
    assert made.sentence.startswith(words)
    assert made.rmse_last_value == 1


def test_a_gain_that_may_be_chance_is_called_so():
    made = compare_forecasts(
        observed=[0, 0, 0, 0], model=[1, 3, 1, 3], last_value=[3, 1, 3, 1.1], group_mean=[9] * 4
    )
    assert "may be chance" in made.sentence
    assert made.gain_lower < 0 < made.gain_upper


def test_missing_forecasts_cannot_be_compared():
    with pytest.raises(BadInputError, match="none missing"):
        compare_forecasts(observed=[1], model=[np.nan], last_value=[1], group_mean=[1])


def test_neighbours_without_a_later_rating_are_left_out_of_its_mean():
    nan = np.nan
    made = neighbour_response(
        reference=[[1, 1, 1, 4, nan], [2, 2, 2, nan, nan], [9, 9, 9, 9, 9]],
        query=[[1.4, 1.4, 1.4]],
        k=2,
    )
    assert made.mean[0, 3] == 4
    assert np.isnan(made.mean[0, 4])


def test_a_feature_that_never_varies_tells_no_one_apart():
    index, distance = nearest_neighbours(reference=[[5, 1], [5, 2], [5, 8]], query=[[7, 7.5]], k=1)
    assert index.tolist() == [[2]]
    assert np.isfinite(distance).all()


@pytest.mark.parametrize(
    ("reference", "error", "words"),
    [
        ([[1.0], [np.nan]], BadInputError, "missing feature"),
        ([[1.0]], TooLittleDataError, "lower k"),
        ([[1.0, 2.0]], BadInputError, "same ones"),
    ],
)
def test_neighbours_that_cannot_be_found_are_refused(reference, error, words):
    with pytest.raises(error, match=words):
        nearest_neighbours(reference=reference, query=[[1.0]], k=2)
