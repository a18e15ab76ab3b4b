"""What is asked when: from the first minute without risk, later as the case needs it."""

import pytest
from practice_cast import NOW

from rapport.web.audit.queries import lines_about
from rapport.web.core.errors import NotHere
from rapport.web.measures import actions
from rapport.web.measures.catalogue import definition_of, read
from rapport.web.measures.errors import NoText, PlanUnclear, RiskQuestionsLocked
from rapport.web.measures.models import PlanItem
from rapport.web.measures.planning import (
    AFTER,
    BEFORE,
    EACH_MEMBER,
    MOMENTS,
    ONE_MEMBER,
    THERAPIST,
    PlannedForm,
)
from rapport.web.measures.queries import due_forms, lines_in_force, plan_of
from rapport.web.people.models import Membership

KINDS = ["individual", "couple", "family", "group"]


def line(instrument="gad-7", **told):
    return PlannedForm(**{"instrument": instrument, "moment": BEFORE, **told})


def members(case):
    return list(Membership.objects.filter(case=case).values_list("pk", flat=True))


@pytest.fixture
def sarah(cast):
    return cast.case(cast.sarah)


@pytest.fixture
def asked(cast):
    """Ids of the forms one writer is asked."""

    def names(case, moment=BEFORE, *, kind="individual", writer="first", number=1, **told):
        membership = members(case)[0] if writer == "first" else writer
        settings = {"language": "en", "risk_open": False, **told}
        due = due_forms(
            case=case, kind=kind, membership=membership, session_number=number, moment=moment,
            **settings,
        )  # fmt: skip
        return [form.instrument for form in due]

    return names


@pytest.fixture
def plan(cast):
    def put(case=None, *items, risk_open=False, **told):
        return actions.set_plan(
            case=case, items=items, risk_open=risk_open, by=cast.RAPPORT, at=NOW, **told
        )

    return put


@pytest.mark.parametrize("kind", KINDS)
def test_the_default_plan_asks_nothing_about_risk(cast, asked, kind):
    case = cast.case(cast.sarah) if kind == "individual" else cast.couple()
    asked_for = {line.instrument for line in lines_in_force(case=case, kind=kind, risk_open=False)}
    for moment in MOMENTS:
        for writer in ("first", None):
            asked_for |= set(asked(case, moment, kind=kind, writer=writer))
    forms = [read(definition_of(name, wanted="en")) for name in asked_for]
    assert len(forms) >= 3
    assert not [item for f in forms for item in (*f.items, *f.extra_items) if item.safety]


def test_a_case_is_asked_something_from_the_first_minute(asked, sarah):
    assert asked(sarah, BEFORE) == ["gad-7"]
    assert asked(sarah, AFTER) == ["rapport-checkin-client"]
    assert asked(sarah, BEFORE, writer=None) == []
    assert asked(sarah, AFTER, writer=None) == ["rapport-checkin-therapist"]


@pytest.mark.parametrize("kind", ["couple", "family", "group"])
def test_members_get_their_own_check_in_as_soon_as_somebody_answers_for_risk(cast, asked, kind):
    case = cast.couple()
    assert asked(case, AFTER, kind=kind, risk_open=True) == ["rapport-checkin-member"]
    assert asked(case, AFTER, kind=kind, risk_open=False) == ["rapport-checkin-client"]


def test_a_form_about_risk_can_not_be_planned_before_somebody_answers(cast, plan, sarah):
    with pytest.raises(RiskQuestionsLocked, match="phq-9"):
        plan(sarah, line(), line("phq-9"))
    with pytest.raises(RiskQuestionsLocked):
        actions.add_to_plan(
            case=sarah, kind="individual", item=line("phq-9"), risk_open=False,
            by=cast.RAPPORT, at=NOW,
        )  # fmt: skip
    assert PlanItem.objects.count() == 0


def test_a_planned_form_about_risk_is_not_asked_while_nobody_answers(asked, plan, sarah):
    plan(sarah, line("phq-9"), line(), risk_open=True)
    assert asked(sarah, risk_open=True) == ["phq-9", "gad-7"]
    assert asked(sarah, risk_open=False) == ["gad-7"]
    first = plan_of(case=sarah, kind="individual", risk_open=False)[0]
    assert first.asked_instead is None
    assert "safety" in first.problem


@pytest.mark.parametrize("name", ["wai-sr-client", "core-10", "no-such-form"])
def test_what_has_no_text_can_not_be_planned(plan, sarah, name):
    with pytest.raises(NoText):
        plan(sarah, line(name))


def test_a_form_whose_text_went_away_stays_in_sight_but_holds_nobody_up(
    asked, plan, sarah, monkeypatch
):
    plan(sarah, line("sparq"), line())
    monkeypatch.setattr("rapport.web.measures.queries.may_be_asked", lambda name: name != "sparq")
    assert asked(sarah) == ["gad-7"]
    assert "no text" in plan_of(case=sarah, kind="individual", risk_open=False)[0].problem


@pytest.mark.parametrize(
    ("told", "sessions"),
    [
        ({}, [1, 2, 3, 4, 5, 6]),
        ({"every": 2}, [1, 3, 5]),
        ({"every": 3, "first_session": 2}, [2, 5]),
        ({"first_session": 3, "last_session": 4}, [3, 4]),
        ({"first_session": 6, "last_session": 6}, [6]),
    ],
)
def test_a_line_is_due_at_every_nth_session_from_one_to_another(asked, plan, sarah, told, sessions):
    plan(sarah, line(**told))
    assert [n for n in range(1, 7) if asked(sarah, number=n)] == sessions


def test_one_member_is_asked_what_the_others_are_not(cast, asked, plan):
    case = cast.couple()
    first, second = members(case)
    plan(case, line(who=ONE_MEMBER, membership=second), line("gad-2", who=EACH_MEMBER))
    assert asked(case, kind="couple", writer=first) == ["gad-2"]
    assert asked(case, kind="couple", writer=second) == ["gad-7", "gad-2"]
    assert asked(case, kind="couple", writer=None) == []


def test_nobody_of_another_case_stands_in_a_plan(cast, plan, sarah):
    stranger = members(cast.couple())[0]
    with pytest.raises(NotHere, match="member of this case"):
        plan(sarah, line(who=ONE_MEMBER, membership=stranger))


@pytest.mark.parametrize(
    "told",
    [
        {"moment": "during"},
        {"who": "everybody"},
        {"who": ONE_MEMBER},
        {"every": 0},
        {"first_session": 0},
        {"first_session": 5, "last_session": 4},
    ],
)
def test_a_line_that_contradicts_itself_is_refused(plan, sarah, told):
    with pytest.raises(PlanUnclear):
        plan(sarah, line(**told))


def test_a_new_plan_replaces_the_old_and_an_empty_one_asks_nothing(asked, plan, sarah):
    plan(sarah, line("gad-2"))
    plan(sarah, line("phq-2"), line("gad-7"))
    assert asked(sarah) == ["phq-2", "gad-7"]
    plan(sarah)
    assert asked(sarah) == []
    assert PlanItem.objects.filter(ended_at=None).count() == 0
    assert PlanItem.objects.count() == 3


def test_a_form_added_stands_beside_what_was_asked_by_default(cast, asked, sarah):
    actions.add_to_plan(
        case=sarah, kind="individual", item=line("audit-c", last_session=1), risk_open=False,
        by=cast.RAPPORT, at=NOW,
    )  # fmt: skip
    assert asked(sarah) == ["gad-7", "audit-c"]
    assert asked(sarah, AFTER) == ["rapport-checkin-client"]
    assert asked(sarah, number=2) == ["gad-7"]


def test_what_was_locked_when_a_form_was_added_opens_later(cast, asked):
    case = cast.couple()
    actions.add_to_plan(
        case=case, kind="couple", item=line("gad-2"), risk_open=False, by=cast.RAPPORT, at=NOW
    )
    assert asked(case, AFTER, kind="couple") == ["rapport-checkin-client"]
    assert asked(case, AFTER, kind="couple", risk_open=True) == ["rapport-checkin-member"]


def test_who_plans_sees_what_is_asked_in_place_of_a_locked_form(cast):
    lines = plan_of(case=cast.couple(), kind="couple", risk_open=False)
    locked = [told for told in lines if told.problem]
    assert [(told.asks.instrument, told.asked_instead) for told in locked] == [
        ("rapport-checkin-member", "rapport-checkin-client")
    ]


def test_an_ended_line_is_asked_no_more_and_its_end_is_in_the_log(cast, asked, plan, sarah):
    plan(sarah, line(), line("gad-2"))
    item = plan_of(case=sarah, kind="individual", risk_open=False)[0].item
    actions.end_plan_item(item=item, by=cast.RAPPORT, at=NOW)
    assert asked(sarah) == ["gad-2"]
    assert [told.deed for told in lines_about(item)] == ["form no longer planned"]
    with pytest.raises(NotHere):
        actions.end_plan_item(item=item, by=cast.RAPPORT, at=NOW)


def test_the_practice_has_defaults_of_its_own_and_a_case_overrides_them(cast, asked, plan, sarah):
    plan(None, line("gad-2"))
    plan(None, line("phq-2"), kind="couple")
    couple = cast.couple()
    assert asked(sarah) == ["gad-2"]
    assert asked(couple, kind="couple") == ["phq-2"]
    plan(sarah, line("pcl-5"), risk_open=True)
    assert asked(sarah, risk_open=True) == ["pcl-5"]


def test_a_case_that_is_not_here_has_no_plan(cast, plan):
    with pytest.raises(NotHere, match="case"):
        plan(members(cast.couple())[0], line())


def test_forgetting_takes_the_plan_along(cast, plan, sarah):
    from rapport.web.people.actions import forget

    plan(sarah, line(who=ONE_MEMBER, membership=members(sarah)[0]), line("gad-2", who=THERAPIST))
    forget(person=cast.sarah, by=cast.RAPPORT, at=NOW)
    assert PlanItem.objects.count() == 0


def test_what_is_due_says_its_language_and_whether_it_fell_back(cast, sarah):
    told = {"case": sarah, "kind": "individual", "membership": members(sarah)[0]}
    for moment, language, fell_back in ((BEFORE, "en", True), (AFTER, "de", False)):
        (due,) = due_forms(**told, session_number=1, moment=moment, language="de", risk_open=False)
        assert (due.language, due.fell_back) == (language, fell_back)
