"""After a drop was noticed: half-way back within three rated sessions, or still open."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tables import numbers, one_course, read_table

from rapport.science.alliance.episodes import find_episodes
from rapport.science.alliance.recovery import recovery_after_drops
from rapport.science.errors import BadInputError
from rapport.science.records.courses import courses_from_rows
from rapport.science.records.scales import Scale


@pytest.fixture
def recovery_spec():
    """Follow a table with one drop; the last column says where it ended."""

    def check(table, *, expected, **chosen):
        columns = read_table(table)
        weeks, words = numbers(columns["week"]), columns["what happens"]
        drop = next(i for i, word in enumerate(words) if word.startswith("drop"))
        found = recovery_after_drops(
            courses=one_course(columns["week"], columns["rating"]),
            client_index=[0],
            session=[weeks[drop]],
            reference=[expected],
            **chosen,
        )
        ending = words.index("recovered") if "recovered" in words else None
        status = "repaired" if ending is not None else words[drop].split(", ")[1]
        assert found.status_words == [status]
        np.testing.assert_equal(found.recovered, [np.nan if ending is None else weeks[ending]])

    return check


def test_half_way_back_from_the_worst(recovery_spec):
    recovery_spec(
        """
        week | rating | what happens
           1 |      8 |
           2 |      8 |
           3 |      4 | drop
           4 |        |
           5 |      2 |
           6 |      5 | recovered          # half-way from 2 to the expected 8
        """,
        expected=8,
    )


def test_not_back_after_three_rated_sessions_stays_open_for_supervision(recovery_spec):
    recovery_spec(
        """
        week | rating | what happens
           1 |      8 |
           2 |      4 | drop, unrepaired
           3 |      5 |
           4 |        |
           5 |      5 |
           6 |      5 |
           7 |      8 |
        """,
        expected=8,
    )


def test_with_fewer_ratings_it_is_too_early_to_say(recovery_spec):
    recovery_spec(
        """
        week | rating | what happens
           1 |      8 |
           2 |      4 | drop, open
           3 |      5 |
        """,
        expected=8,
    )


def test_where_lower_is_better_the_way_back_is_down(recovery_spec):
    recovery_spec(
        """
        week | rating | what happens
           1 |      2 |
           2 |      6 | drop
           3 |      5 |
           4 |      4 | recovered
        """,
        expected=2,
        scale=Scale(name="strain", higher_is_better=False),
    )


@given(st.lists(st.lists(st.integers(0, 10), min_size=2, max_size=12), min_size=1, max_size=4))
@settings(deadline=None)
def test_the_first_episode_and_its_recovery_are_told_alike(ratings):
    courses = courses_from_rows(
        client=np.repeat(np.arange(len(ratings)), [len(course) for course in ratings]),
        session=np.concatenate([np.arange(len(course)) for course in ratings]),
        score=np.concatenate(ratings),
    )
    episodes = find_episodes(courses=courses)
    found = recovery_after_drops(
        courses=courses,
        client_index=episodes.client_index,
        session=episodes.start,
        reference=episodes.reference,
    )
    assert found.status_words == episodes.status_words
    np.testing.assert_array_equal(found.recovered, episodes.repair)
    np.testing.assert_array_equal(found.lowest, episodes.nadir_score)


@pytest.mark.parametrize(("client", "session"), [(0, 9), (0, 2), (1, 1)])
def test_a_drop_where_nobody_rated_is_refused_with_its_place(client, session):
    courses = courses_from_rows(
        client=["Ann", "Ann", "Bo"], session=[1, 2, 1], score=[8, np.nan, np.nan]
    )
    with pytest.raises(BadInputError, match=f"session {session}: no rating"):
        recovery_after_drops(
            courses=courses, client_index=[client], session=[session], reference=[8]
        )


@pytest.mark.parametrize("setting", [{"horizon": 0}, {"repair_share": 0}])
def test_settings_out_of_range_are_refused(setting):
    courses = courses_from_rows(client=["Ann"], session=[1], score=[8])
    with pytest.raises(BadInputError, match=next(iter(setting))):
        recovery_after_drops(
            courses=courses, client_index=[0], session=[1], reference=[8], **setting
        )
