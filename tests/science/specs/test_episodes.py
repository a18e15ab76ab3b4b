"""What counts as a rupture, what as a repair: the pinned rule, in pictures."""

import numpy as np
import pytest
from tables import one_course, read_table

from rapport.science.alliance.episodes import STATUSES, find_episodes
from rapport.science.alliance.spread import pooled_within_sd
from rapport.science.errors import BadInputError
from rapport.science.records.courses import courses_from_rows
from rapport.science.records.scales import Scale


@pytest.fixture
def episode_spec():
    """Follow a table: the third column says what happens at each rating."""

    def check(table, *, points=2.0, **settings):
        columns = read_table(table)
        course = one_course(columns["week"], columns["rating"])
        own = pooled_within_sd(course)
        criterion = points / own if own else points
        found = find_episodes(courses=course, criterion=criterion, **settings)
        assert _told(found, course.session) == columns["what happens"]

    return check


def _told(found, sessions):
    told = dict.fromkeys(sessions.tolist(), "")
    for i in range(len(found)):
        ending = STATUSES[found.status[i]]
        told[found.start[i]] = "rupture" if ending == "repaired" else f"rupture, {ending}"
        if ending == "repaired":
            told[found.repair[i]] = "full repair" if found.full[i] else "repair"
    return list(told.values())


def test_a_sharp_drop_and_half_of_the_way_back(episode_spec):
    episode_spec(
        """
        week | rating | what happens
           1 |      7 |
           2 |      8 |
           3 |      4 | rupture
           4 |      5 |                 # less than half of the four points
           5 |      6 | repair
           6 |      8 |
        """
    )


def test_silence_is_not_a_drop_and_is_not_counted(episode_spec):
    episode_spec(
        """
        week | rating | what happens
           1 |      8 |
           2 |        |                 # not answered
           3 |      4 | rupture
           4 |        |
           5 |        |
           6 |      4 |
           7 |        |
           8 |      5 |
           9 |      8 | full repair     # the third answer since
        """
    )


def test_it_can_get_worse_before_it_gets_better(episode_spec):
    episode_spec(
        """
        week | rating | what happens
           1 |      8 |
           2 |      6 | rupture
           3 |      2 |
           4 |      5 | repair          # half-way from the lowest, 2
           5 |      5 |
        """
    )


def test_three_ratings_without_a_way_back_are_unrepaired_and_the_next_may_be_a_new_one(
    episode_spec,
):
    episode_spec(
        """
        week | rating | what happens
           1 |      9 |
           2 |      6 | rupture, unrepaired
           3 |      6 |
           4 |      6 |
           5 |      6 |
           6 |      4 | rupture, open
           7 |      4 |
        """
    )


def test_the_last_rating_can_be_a_rupture_and_is_open(episode_spec):
    episode_spec(
        """
        week | rating | what happens
           1 |      8 |
           2 |      8 |
           3 |      5 | rupture, open
        """
    )


def test_a_drop_of_exactly_the_criterion_counts_and_a_shade_less_does_not(episode_spec):
    episode_spec(
        """
        week | rating | what happens
           1 |    5.5 |
           2 |    5.3 | rupture         # 5.5 - 5.3 is a shade under .2 in binary
           3 |    5.5 | full repair
           4 |   5.31 |
        """,
        points=0.2,
    )


def test_a_slow_decline_is_seen_only_by_looking_back_further(episode_spec):
    decline = """
        week | rating | what happens
           1 |      8 |
           2 |      7 |
           3 |      6 | {}
           4 |      6 |
        """
    episode_spec(decline.format(""))
    episode_spec(decline.format("rupture, open"), window=3)


def test_a_repair_is_not_at_once_a_new_rupture(episode_spec):
    episode_spec(
        """
        week | rating | what happens
           1 |     10 |
           2 |      2 | rupture
           3 |      7 | repair          # three under week 1, and yet no new drop
           4 |      8 |
        """,
        window=3,
        points=3,
    )


def test_ratings_that_never_move_hold_no_rupture():
    course = one_course(["1", "2", "3"], ["8", "8", "8"])
    assert len(find_episodes(courses=course)) == 0


def test_the_top_of_the_scale_is_named():
    scale = Scale(name="heard", higher_is_better=True, maximum=10)
    course = courses_from_rows(
        client=["a"] * 4 + ["b"] * 4, session=[1, 2, 3, 4] * 2, score=[10, 4, 9, 9, 9, 4, 9, 9]
    )
    found = find_episodes(courses=course, scale=scale)
    assert found.reference_at_maximum.tolist() == [True, False]


def test_one_rating_says_nothing_and_this_is_noted():
    course = courses_from_rows(client=["a", "b"], session=[1, 1], score=[3, 9])
    found = find_episodes(courses=course)
    assert len(found) == 0
    assert found.notes == ("2 courses without a known SD were not looked at",)


def test_a_practice_can_lend_its_spread_to_a_new_client():
    course = one_course(["1", "2"], ["8", "5"])
    assert len(find_episodes(courses=course, pooled_sd=2.0)) == 1
    assert len(find_episodes(courses=course, pooled_sd=3.5)) == 0


@pytest.mark.parametrize(
    "setting",
    [{"criterion": 0}, {"window": 0}, {"horizon": 0}, {"repair_share": 0}, {"repair_share": 1.1}],
)
def test_a_setting_out_of_range_is_refused_by_name(setting):
    course = one_course(["1", "2"], ["8", "5"])
    with pytest.raises(BadInputError, match=next(iter(setting))):
        find_episodes(courses=course, **setting)


def test_it_prints_itself_as_text_and_json():
    found = find_episodes(courses=one_course(["1", "2", "3"], ["8", "4", "8"]))
    assert "1 episodes in 1 of 1 courses: 0 open, 1 repaired, 0 unrepaired" in str(found)
    assert found.to_dict()["repair"] == [3.0]
    assert np.isfinite(found.pooled_sd)
