"""When members of one case answer apart: pictures of the rule on a form from 0 to 32."""

import numpy as np
import pytest
from tables import numbers, read_table

from rapport.science.alliance.split import find_splits
from rapport.science.errors import BadInputError
from rapport.science.records.courses import courses_from_rows
from rapport.science.records.scales import Scale

OWN = Scale(name="own", minimum=0, maximum=32)  # a quarter is 8, 40 % is 12.8


def answers_of(columns):
    members = [name for name in columns if name not in ("week", "what stands")]
    return courses_from_rows(
        client=np.repeat(members, len(columns["week"])),
        session=np.tile(numbers(columns["week"]), len(members)),
        score=np.concatenate([numbers(columns[name]) for name in members]),
    )


def told(found, weeks):
    words = dict.fromkeys(weeks.tolist(), "")
    for i, week in enumerate(found.session.tolist()):
        if found.standing[i]:
            words[week] = "split" if found.signal[i] else "open"
        if found.recovered[i]:
            words[week] = "recovered"
    return list(words.values())


@pytest.fixture
def split_spec():
    """Follow a table: one column a member, the last what stands after each week."""

    def check(table, *, scale=OWN):
        columns = read_table(table)
        courses = answers_of(columns)
        found = find_splits(courses=courses, case=[0] * courses.n_clients, scale=scale)
        assert told(found, numbers(columns["week"])) == columns["what stands"]

    return check


def test_a_couple_far_apart_once_and_even_twice(split_spec):
    split_spec(
        """
        week | Marta | Dev | what stands
           1 |    26 |  20 |
           2 |    29 |  15 | split          # 14 apart, more than 40 % of the range
           3 |    30 |  10 | split
           4 |    24 |  23 | open           # once is not yet evened
           5 |    30 |  29 | recovered
           6 |    31 |  31 |
        """
    )


def test_more_than_a_quarter_counts_only_twice_running(split_spec):
    split_spec(
        """
        week | Marta | Dev | what stands
           1 |    29 |  20 |
           2 |    29 |  28 |
           3 |    29 |  20 |
           4 |    28 |  19 | split
        """
    )


def test_exactly_a_quarter_is_not_beyond_it(split_spec):
    split_spec(
        """
        week | Marta | Dev | what stands
           1 |    28 |  20 |
           2 |    28 |  20 |
        """
    )


def test_a_week_one_of_them_did_not_answer_is_passed_over(split_spec):
    split_spec(
        """
        week | Marta | Dev | what stands
           1 |    29 |  20 |
           2 |    29 |     |
           3 |       |     |
           4 |    20 |  29 | split          # twice running among the weeks both answered
        """
    )


def test_of_three_the_two_furthest_apart_count_and_silence_evens_nothing(split_spec):
    split_spec(
        """
        week | Rana | Erik | Yusuf | what stands
           1 |   26 |   24 |    11 | split
           2 |   25 |   24 |       | open    # the one apart did not answer
           3 |   25 |   24 |       | open
           4 |   25 |   24 |    23 | open
           5 |   25 |   24 |    23 | recovered
        """
    )


def test_where_reliability_is_known_measurement_error_sets_the_threshold():
    scale = Scale(name="known", minimum=0, maximum=32, reliability=0.91, sd=5)
    course = courses_from_rows(client=["a", "b"], session=[1, 1], score=[3, 8])
    found = find_splits(courses=course, case=[0, 0], scale=scale)
    assert found.threshold == pytest.approx(1.96 * np.sqrt(2) * 1.5)
    assert found.over.tolist() == [True]
    assert found.signal.tolist() == [False]


def test_it_says_who_stands_where_to_the_therapist_only_by_position():
    course = courses_from_rows(client=["Rana", "Erik", "Yusuf"], session=[1] * 3, score=[26, 9, 11])
    found = find_splits(courses=course, case=[0, 0, 0], scale=OWN)
    assert course.clients[found.highest].tolist() == ["Rana"]
    assert course.clients[found.lowest].tolist() == ["Erik"]
    assert found.members.tolist() == [3]


def test_cases_are_kept_apart_and_single_clients_have_none():
    course = courses_from_rows(
        client=["a", "b", "c", "d", "alone"], session=[1] * 5, score=[0, 32, 10, 11, 0]
    )
    found = find_splits(courses=course, case=[1, 1, 2, 2, -1], scale=OWN)
    assert found.case.tolist() == [1, 2]
    assert found.signal.tolist() == [True, False]


def test_without_a_range_there_is_no_verdict_and_it_says_so():
    course = courses_from_rows(client=["a", "b"], session=[1, 1], score=[0, 32])
    found = find_splits(courses=course, case=[0, 0], scale=Scale(name="unknown"))
    assert not found.signal.any()
    assert found.notes == ("neither range nor reliability known: no verdict",)


def test_nobody_in_a_case_is_no_split():
    course = courses_from_rows(client=["a"], session=[1], score=[3])
    assert len(find_splits(courses=course, case=[-1], scale=OWN).session) == 0


def test_one_case_per_client_is_asked_for():
    course = courses_from_rows(client=["a", "b"], session=[1, 1], score=[0, 32])
    with pytest.raises(BadInputError, match="1 cases for 2 clients"):
        find_splits(courses=course, case=[0], scale=OWN)
