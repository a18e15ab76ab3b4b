"""A steady maximum is named kindly, and only where the scale's top is known."""

import numpy as np
import pytest

from rapport.science.alliance.steady_maximum import steady_maximum
from rapport.science.errors import BadInputError
from rapport.science.records.courses import courses_from_rows
from rapport.science.records.scales import Scale

OWN = Scale(name="own", higher_is_better=True, minimum=0, maximum=32)


def course(*scores):
    return courses_from_rows(
        client=["Anjali"] * len(scores), session=range(len(scores)), score=scores
    )


def test_three_ratings_running_at_the_top_are_a_steady_maximum():
    found = steady_maximum(courses=course(30, 32, 32, 32), scale=OWN)
    assert found.running.tolist() == [3]
    assert found.steady.tolist() == [True]
    assert found.share.tolist() == [0.75]
    assert found.sentence == "the scale can't go higher: a steady maximum tells little"


def test_the_first_mark_below_ends_it_and_the_longest_run_is_remembered():
    found = steady_maximum(courses=course(32, 32, 32, 32, 32, 28), scale=OWN)
    assert found.running.tolist() == [0]
    assert found.longest.tolist() == [5]
    assert not found.steady.any()


def test_an_unanswered_check_in_does_not_end_it():
    found = steady_maximum(courses=course(32, np.nan, 32, np.nan, 32, np.nan), scale=OWN)
    assert found.running.tolist() == [3]


def test_where_lower_is_better_the_lowest_score_is_the_top():
    strain = Scale(name="strain", higher_is_better=False, minimum=0, maximum=10)
    found = steady_maximum(courses=course(4, 0, 0, 0), scale=strain)
    assert found.running.tolist() == [3]
    assert found.sentence.startswith("the scale can't go lower")


def test_without_a_rating_nothing_is_at_the_top_and_no_share_is_made_up():
    courses = courses_from_rows(client=["a", "b", "c"], session=[1] * 3, score=[np.nan, 32, np.nan])
    found = steady_maximum(courses=courses, scale=OWN)
    assert found.running.tolist() == [0, 1, 0]
    assert np.isnan(found.share).tolist() == [True, False, True]


def test_a_top_that_is_not_known_is_not_guessed():
    with pytest.raises(BadInputError, match="best score is not known"):
        steady_maximum(courses=course(32), scale=Scale(name="own"))


def test_a_run_of_none_is_refused():
    with pytest.raises(BadInputError, match="least"):
        steady_maximum(courses=course(32), scale=OWN, least=0)
