"""Goals in a client's own words: sealed, rated one by one, never added up or mixed."""

import pytest
from practice_cast import NOW

from rapport.web.audit.queries import lines_about
from rapport.web.core.errors import NotHere
from rapport.web.measures import actions
from rapport.web.measures.errors import GoalsFull, PlanUnclear
from rapport.web.measures.models import Goal
from rapport.web.measures.queries import due_forms, goals_of, with_goals
from rapport.web.people.models import Membership

SLEEP, CALL = "Sleep through the night", "Call my sister again"


@pytest.fixture
def sarah(cast):
    return Membership.objects.get(case=cast.case(cast.sarah)).pk


@pytest.fixture
def wish(cast, sarah):
    def put(words, membership=sarah):
        return actions.set_goal(membership=membership, words=words, by=cast.RAPPORT, at=NOW)

    return put


@pytest.fixture
def end(cast):
    def stop(goal, why="reached"):
        actions.end_goal(goal=goal, why=why, by=cast.RAPPORT, at=NOW)

    return stop


def test_the_words_of_a_goal_are_sealed_and_in_no_log(sarah, wish):
    goal = wish(f"  {SLEEP} ")
    assert [g.words for g in goals_of(sarah)] == [SLEEP]
    assert b"Sleep" not in bytes(Goal.one(goal).words)
    assert "Sleep" not in str(lines_about(goal))


def test_a_goal_is_asked_in_its_own_words_and_has_a_score_of_its_own(pinned, sarah, wish):
    wish(SLEEP)
    wish(CALL)
    shown = with_goals(pinned("rapport-goals"), goals=goals_of(sarah))
    assert [q.text.splitlines()[0] for q in shown.questions] == [SLEEP, CALL]
    assert [len(q.options) for q in shown.questions] == [11, 11]
    scores = shown.scores({"goal_1": 7})
    assert [(s.scale, s.value) for s in scores] == [
        ("rapport-goals.goal_1", 7),
        ("rapport-goals.goal_2", None),
    ]
    assert len(shown.out_of_range({"goal_3": 5, "goal_1": 11})) == 2


def test_another_form_is_left_alone(pinned, sarah, wish):
    wish(SLEEP)
    form = pinned("gad-7")
    assert with_goals(form, goals=goals_of(sarah)) == form


def test_goals_are_asked_before_a_session_once_there_is_one(sarah, wish):
    told = {
        "case": Membership.objects.get(pk=sarah).case_id, "kind": "individual",
        "membership": sarah, "session_number": 1, "language": "en", "risk_open": False,
    }  # fmt: skip
    assert [f.instrument for f in due_forms(moment="before", **told)] == ["gad-7"]
    wish(SLEEP)
    assert [f.instrument for f in due_forms(moment="before", **told)] == ["gad-7", "rapport-goals"]


def test_a_place_is_never_given_to_a_second_goal(sarah, wish, end):
    first = wish(SLEEP)
    end(first)
    wish(CALL)
    assert [g.item for g in goals_of(sarah)] == ["goal_2"]
    both = goals_of(sarah, ended_too=True)
    assert [(g.item, g.ended_why) for g in both] == [("goal_1", "reached"), ("goal_2", "")]


def test_there_are_three_goals_at_a_time(wish):
    for words in (SLEEP, CALL, "Eat lunch"):
        wish(words)
    with pytest.raises(GoalsFull, match="3 goals at a time"):
        wish("one more")


def test_there_are_twelve_goals_in_all(sarah, wish, end):
    for number in range(1, 13):
        end(wish(f"goal {number}"))
    assert [g.item for g in goals_of(sarah, ended_too=True)][-1] == "goal_12"
    with pytest.raises(GoalsFull, match="12 goals in all"):
        wish("one more")


@pytest.mark.parametrize("words", ["", "   ", "x" * 301])
def test_a_goal_has_words_and_not_too_many(wish, words):
    with pytest.raises(PlanUnclear, match="1 to 300"):
        wish(words)


def test_a_goal_ends_once_and_says_how(wish, end):
    goal = wish(SLEEP)
    with pytest.raises(PlanUnclear, match="reached or let go"):
        end(goal, "failed")
    end(goal)
    with pytest.raises(NotHere):
        end(goal)


def test_members_of_a_couple_do_not_share_goals(cast, wish):
    first, second = Membership.objects.filter(case=cast.couple()).values_list("pk", flat=True)
    wish(SLEEP, membership=first)
    assert goals_of(second) == ()
