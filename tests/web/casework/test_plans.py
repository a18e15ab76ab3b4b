"""What is asked when: lines in words, what is locked and why, the default of the practice."""

import pytest

from rapport.web.measures.models import PlanItem
from rapport.web.measures.queries import due_forms, forms_to_choose, plan_in_force


def line(**told):
    return {"instrument": "phq-2", "moment": "before", "who": "each member", "every": "2",
            "first_session": "3", **told}  # fmt: skip


def asked(case, kind="couple"):
    lines = plan_in_force(case=case, kind=kind, risk_open=False)
    return [line.asks.instrument for line in lines]


def test_a_line_is_added_and_what_was_asked_stays(imani, couple):
    before = asked(couple)
    assert imani.post(f"/cases/{couple}/asked", line()).status_code == 302
    assert asked(couple) == [*before, "phq-2"]
    page = imani.get(f"/cases/{couple}/asked").content.decode()
    assert "Before every 2nd session, from session 3, each member" in page


def test_what_is_locked_says_why_and_what_is_asked_until_then(imani, couple):
    page = imani.get(f"/cases/{couple}/asked").content.decode()
    assert "Locked for now. It asks about safety, and nobody is named yet who answers." in page
    assert "Until then this is asked: Rapport check-in, client" in page


def test_only_forms_that_may_be_shown_can_be_chosen(imani, couple):
    offered = {one.instrument for one in forms_to_choose(risk_open=False)}
    assert {"gad-7", "phq-2", "rapport-checkin-client"} <= offered
    assert offered.isdisjoint({"wai-sr-client", "phq-9", "risq"})  # no text; asks about risk
    assert "phq-9" in {one.instrument for one in forms_to_choose(risk_open=True)}
    for never in ("wai-sr-client", "phq-9", "x"):
        assert imani.post(f"/cases/{couple}/asked", line(instrument=never)).status_code == 422
    assert PlanItem.objects.count() == 0


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"who": "therapist"}, "This form is written for a client."),
        ({"instrument": "rapport-checkin-therapist"}, "This form is written for the therapist."),
        ({"last_session": "2"}, "The last session comes before the first one"),
        ({"every": "0"}, "greater than or equal to 1"),
    ],
)
def test_a_line_that_contradicts_itself_is_refused(imani, couple, told, said):
    page = imani.post(f"/cases/{couple}/asked", line(**told))
    assert page.status_code == 422
    assert said in page.content.decode()
    assert PlanItem.objects.count() == 0


def test_one_member_alone_is_asked(imani, couple, member, cast):
    dev, marta = member(couple, cast.dev), member(couple, cast.marta)
    told = line(who=str(dev), every="1", first_session="1")
    assert imani.post(f"/cases/{couple}/asked", told).status_code == 302
    due = {
        who: [form.instrument for form in due_forms(
            case=couple, kind="couple", membership=who, session_number=1, moment="before",
            language="en", risk_open=False)]
        for who in (dev, marta)
    }  # fmt: skip
    assert "phq-2" in due[dev]
    assert "phq-2" not in due[marta]


def test_a_member_of_another_case_can_not_be_chosen(imani, couple, member, cast):
    stranger = member(cast.case(cast.sarah), cast.sarah)
    assert imani.post(f"/cases/{couple}/asked", line(who=str(stranger))).status_code == 422


def test_a_line_of_the_default_ends_in_this_case_alone(imani, couple, cast):
    other = cast.case(cast.rana, cast.erik, kind="couple")
    before = asked(couple)
    ended = {"place": "0", "asks": before[0]}
    assert imani.post(f"/cases/{couple}/asked/end", ended).status_code == 302
    assert asked(couple) == before[1:]
    assert asked(other) == before


def test_a_line_that_is_another_by_now_does_not_end(imani, couple):
    before = asked(couple)
    stale = {"place": "0", "asks": before[1]}
    assert imani.post(f"/cases/{couple}/asked/end", stale).status_code == 409
    assert asked(couple) == before


def test_the_practice_sets_what_is_asked_in_a_kind_of_case(lead, imani, couple, cast):
    alone = cast.case(cast.sarah)
    before = asked(couple), asked(alone, "individual")
    assert lead.post("/settings/asked/couple/", line()).status_code == 302
    assert asked(couple) == [*before[0], "phq-2"]
    assert asked(alone, "individual") == before[1]
    ended = {"place": str(len(before[0])), "asks": "phq-2"}
    assert lead.post("/settings/asked/couple/end", ended).status_code == 302
    assert asked(couple) == before[0]
    assert lead.get("/settings/asked/crowd/").status_code == 404
    assert imani.get("/settings/asked/couple/").status_code == 403


def test_a_case_with_an_own_plan_does_not_follow_the_default(lead, imani, couple):
    imani.post(f"/cases/{couple}/asked", line())
    own = asked(couple)
    lead.post("/settings/asked/couple/", line(instrument="gad-2"))
    assert asked(couple) == own


def test_a_closed_case_is_asked_nothing_new(imani, couple):
    imani.post(f"/cases/{couple}/close", {"seen": 1})
    assert imani.post(f"/cases/{couple}/asked", line()).status_code == 422
    assert PlanItem.objects.count() == 0
