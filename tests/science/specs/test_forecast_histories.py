"""What is known of a client at a cut, and the one later rating a forecast is judged by."""

import numpy as np
import pytest

from rapport.science.errors import BadInputError
from rapport.science.outcome.histories import histories, one_later_rating, take
from rapport.science.records.courses import courses_from_rows

nan = np.nan


@pytest.fixture
def practice():
    return courses_from_rows(
        client=["a", "a", "a", "a", "b", "b", "c", "d"],
        session=[1, 2, 4, 7, 3, 4, 1, 2],
        score=[20, nan, 14, 10, 9, 8, nan, 5],
    )


def test_time_counts_from_the_first_answer_and_unanswered_sessions_are_left_out(practice):
    known = histories(practice)
    np.testing.assert_array_equal(known.intake, [20, 9, nan, 5])
    np.testing.assert_array_equal(known.last_score, [10, 8, nan, 5])
    np.testing.assert_array_equal(known.last_time, [6, 1, nan, 0])
    assert known.rated.tolist() == [3, 2, 0, 1]
    assert known.client.tolist() == [0, 0, 1]
    assert known.time.tolist() == [3, 6, 1]


def test_only_clients_with_two_answers_have_a_later_rating(practice):
    task = one_later_rating(courses=practice, ahead="next", rng=np.random.default_rng(1))
    assert task.client.tolist() == [0, 1]


@pytest.mark.parametrize("seed", range(5))
def test_the_next_rating_follows_the_cut_and_nothing_later_is_known(practice, seed):
    task = one_later_rating(courses=practice, ahead="next", rng=np.random.default_rng(seed))
    expected = {1: (14, 3), 2: (10, 6)}[int(task.known.rated[0])]
    assert (task.observed[0], task.time[0]) == expected
    assert task.known.last_time[0] < task.time[0]


def test_the_final_rating_is_the_last_answer(practice):
    task = one_later_rating(courses=practice, ahead="final", rng=np.random.default_rng(3))
    assert task.observed.tolist() == [10, 8]


def test_from_the_start_nothing_but_the_first_rating_is_known(practice):
    task = one_later_rating(courses=practice, ahead="start", rng=np.random.default_rng(3))
    assert task.known.rated.tolist() == [1, 1]
    assert task.known.score.size == 0


def test_an_unknown_kind_of_rating_is_refused(practice):
    with pytest.raises(BadInputError, match="choose one of start, next, final, any"):
        one_later_rating(courses=practice, ahead="soon", rng=np.random.default_rng(1))


def test_some_clients_are_taken_with_all_their_rows(practice):
    some = take(practice, np.array([False, True, False, True]))
    assert some.clients.tolist() == ["b", "d"]
    assert some.score.tolist() == [9, 8, 5]
    assert some.starts.tolist() == [0, 2, 3]
