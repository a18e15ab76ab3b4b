"""When a client seems to slip away: missed sessions, silence, and coming back."""

import numpy as np
import pytest
from tables import numbers, read_table

from rapport.science.alliance.disengaging import missed_sessions, unanswered_check_ins
from rapport.science.errors import BadInputError
from rapport.science.records.courses import courses_from_rows

HELD = {"held": 1.0, "missed": 0.0, "": np.nan}


def told(found, weeks):
    words = dict.fromkeys(weeks.tolist(), "")
    for i, week in enumerate(found.session.tolist()):
        if found.standing[i]:
            words[week] = "signal" if found.signal[i] else "open"
        if found.recovered[i]:
            words[week] = "recovered"
    return list(words.values())


def follow(table, find, read):
    columns = read_table(table)
    weeks = numbers(columns["week"])
    course = courses_from_rows(
        client=["Cal"] * len(weeks), session=weeks, score=read(columns["session"])
    )
    assert told(find(course), weeks) == columns["what stands"]


def attendance(table):
    follow(table, lambda c: missed_sessions(attendance=c), lambda cells: [HELD[x] for x in cells])


def check_ins(table):
    follow(table, lambda c: unanswered_check_ins(check_ins=c), numbers)


def test_two_of_the_last_three_sessions_missed():
    attendance(
        """
        week | session | what stands
           1 | held    |
           2 | missed  |
           3 | held    |
           4 | missed  | signal
           5 | held    | recovered       # 3 to 5 hold one missed session only
           6 | held    |
        """
    )


def test_a_held_session_recovers_although_two_of_three_were_missed():
    attendance(
        """
        week | session | what stands
           1 | missed  |
           2 | missed  | signal
           3 | held    | recovered
           4 | missed  | signal          # again two of three
           5 | missed  | signal
        """
    )


def test_a_session_nobody_said_anything_about_is_left_out():
    attendance(
        """
        week | session | what stands
           1 | missed  |
           2 |         |
           3 |         |
           4 | missed  | signal
        """
    )


def test_one_missed_session_says_little():
    attendance(
        """
        week | session | what stands
           1 | missed  |
           2 | held    |
           3 | held    |
           4 | missed  |
        """
    )


def test_two_check_ins_running_unanswered():
    check_ins(
        """
        week | session | what stands
           1 |      20 |
           2 |         |
           3 |      21 |
           4 |         |
           5 |         | signal
           6 |         | signal
           7 |      19 | recovered
        """
    )


def test_silence_of_one_client_is_not_that_of_the_next():
    course = courses_from_rows(
        client=["a", "a", "b", "b"], session=[1, 2] * 2, score=[5, np.nan, np.nan, 5]
    )
    assert not unanswered_check_ins(check_ins=course).signal.any()
    attended = courses_from_rows(
        client=["a", "a", "b", "b"], session=[1, 2] * 2, score=[1, 0, 0, 1]
    )
    assert not missed_sessions(attendance=attended).signal.any()


def test_attendance_is_nothing_but_held_or_missed():
    course = courses_from_rows(client=["a"], session=[1], score=[2])
    with pytest.raises(BadInputError, match="attendance"):
        missed_sessions(attendance=course)


def test_rules_that_cannot_be_met_are_refused():
    course = courses_from_rows(client=["a"], session=[1], score=[1])
    with pytest.raises(BadInputError, match="4 missed of the last 3"):
        missed_sessions(attendance=course, missed=4)
    with pytest.raises(BadInputError, match="running is 0"):
        unanswered_check_ins(check_ins=course, running=0)
