"""Who answers when somebody may be at risk: locked until it is whole, and again without anybody."""

from datetime import timedelta
from itertools import product

import pytest
from doors_cast import signed_in
from office_cast import EMPTY_PLAN

from rapport.web.audit.queries import lines_about, verify
from rapport.web.core.clock import now
from rapport.web.people.models import Staff
from rapport.web.people.queries import reader_of
from rapport.web.people.staff import actions as staff
from rapport.web.safety.actions import must_be_open
from rapport.web.safety.errors import RiskQuestionsLocked
from rapport.web.safety.models import ResponsePlan
from rapport.web.safety.queries import NEEDED, help_for, missing_for_risk_questions

PLACE = "/office/risk/change"
SIX = {
    "who answers": ("responder",),
    "who steps in": ("backup",),
    "the hours": ("hours",),
    "the time within which somebody answers": ("minutes",),
    "help lines in the practice's language": ("emergency", "help_en"),
    "the consent wording": ("consent_en",),
}


@pytest.fixture
def opened(desk, whole_plan):
    """A practice in which questions about risk are open."""
    assert desk.post(PLACE, whole_plan).status_code == 302
    must_be_open(at=now())
    return whole_plan


def version():
    return str(ResponsePlan.objects.get().version)


@pytest.mark.slow
def test_of_64_ways_to_fill_the_page_63_stay_locked_and_say_why_and_one_opens(desk, whole_plan):
    opened = []
    for chosen in product([False, True], repeat=6):
        given = [
            name
            for names, there in zip(SIX.values(), chosen, strict=True)
            if there
            for name in names
        ]
        seen = version() if ResponsePlan.objects.exists() else "0"
        typed = EMPTY_PLAN | {name: whole_plan[name] for name in given} | {"version": seen}
        assert desk.post(PLACE, typed).status_code == 302
        missing = [need for need, there in zip(NEEDED, chosen, strict=True) if not there]
        page = desk.get("/office/risk/").content.decode()
        assert page.count("<strong>, missing</strong>") == len(missing)
        if missing:
            with pytest.raises(RiskQuestionsLocked, match=missing[0]):
                must_be_open(at=now())
            assert "are closed" in page
        else:
            must_be_open(at=now())
            opened.append(chosen)
    assert opened == [(True,) * 6]


def test_the_lead_reads_on_the_first_pages_that_questions_are_closed(desk):
    for place in ("/office/", "/office/staff/"):
        assert (
            b"Questions about risk are closed. Still missing: who answers"
            in desk.get(place).content
        )


def test_when_the_last_who_answers_leaves_it_locks_again_and_says_so(desk, opened, cast):
    assert b"are closed" not in desk.get("/office/").content
    desk.post(f"/office/staff/{cast.imani}/let-go")
    assert b"Still missing: who answers" in desk.get("/office/").content
    with pytest.raises(RiskQuestionsLocked, match="who answers"):
        must_be_open(at=now())


def test_a_role_that_may_not_read_an_answer_does_not_answer(desk, opened, cast):
    Staff.objects.filter(pk=cast.imani).update(roles=["front-desk"])
    assert missing_for_risk_questions(at=now()) == ["who answers"]


def test_who_is_away_is_not_there_and_their_back_up_needs_one_too(opened, cast, lead):
    def away(who):
        staff.set_away(staff=who, until=now() + timedelta(days=7), reader=reader_of(lead), at=now())

    away(cast.imani)
    assert missing_for_risk_questions(at=now()) == ["who steps in"]
    away(cast.benedikt)
    assert missing_for_risk_questions(at=now()) == ["who answers", "who steps in"]
    assert missing_for_risk_questions(at=now() + timedelta(days=8)) == []


def test_with_somebody_outside_one_who_is_here_is_enough(desk, opened, cast, lead):
    desk.post(PLACE, opened | {"outside": "Dr. Example, 0800 111", "version": version()})
    staff.set_away(
        staff=cast.imani, until=now() + timedelta(days=7), reader=reader_of(lead), at=now()
    )
    assert missing_for_risk_questions(at=now()) == []


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"backup": "imani"}, "somebody else than who answers"),
        ({"responder": "ruth"}, "not one of the available choices"),
        ({"minutes": "0"}, "greater than or equal to 1"),
        ({"minutes": "soon"}, "whole number"),
        ({"version": ""}, "required"),
    ],
)
def test_a_plan_that_cannot_be_is_refused_and_stays_typed(desk, whole_plan, cast, wrong, said):
    typed = {
        key: str(getattr(cast, v)) if v in ("imani", "ruth") else v for key, v in wrong.items()
    }
    reply = desk.post(PLACE, whole_plan | typed)
    assert reply.status_code == 422
    assert said in reply.content.decode() or "version" in wrong
    assert "Helpline 0800 000" in reply.content.decode()
    assert not ResponsePlan.objects.exists()


def test_two_who_change_it_at_once_see_both_texts(desk, opened, keeper):
    other = signed_in(keeper, fresh=True)
    seen = version()
    desk.post(PLACE, opened | {"hours": "Weekdays, 8 to 18", "version": seen})
    reply = other.post(PLACE, opened | {"hours": "Every day, 9 to 12", "version": seen})
    page = reply.content.decode()
    assert reply.status_code == 409
    assert "Weekdays, 8 to 18" in page
    assert "Every day, 9 to 12" in page
    assert page.count("<tr>") == 2  # the head, and the one field that differs
    assert ResponsePlan.objects.get().hours == "Weekdays, 8 to 18"


def test_two_who_begin_it_at_once_make_one_plan(desk, whole_plan, keeper):
    other = signed_in(keeper, fresh=True)
    assert desk.post(PLACE, whole_plan).status_code == 302
    assert other.post(PLACE, whole_plan | {"hours": "Never"}).status_code == 409
    assert ResponsePlan.objects.get().hours == "Monday to Friday, 9 to 17"


def test_the_page_says_who_is_told_of_fear_of_each_therapist(desk, opened):
    page = desk.get("/office/risk/").content.decode()
    assert "<dt>Afraid of Benedikt Aalto</dt><dd>Imani Okafor is told</dd>" in page
    assert "<dt>Afraid of Imani Okafor</dt><dd>Benedikt Aalto is told</dd>" in page


def test_a_practice_of_one_is_told_to_name_somebody_outside(cast, somebody):
    alone = somebody("Only One", "practice-lead", "therapist")
    Staff.objects.exclude(pk=alone).update(left_at=now())
    browser = signed_in(alone, fresh=True)
    typed = EMPTY_PLAN | {"responder": str(alone), "hours": "h", "minutes": "9", "emergency": "1"}
    browser.post(PLACE, typed | {"help_en": "h", "consent_en": "c"})
    page = browser.get("/office/risk/").content.decode()
    assert "name somebody outside the practice" in page
    assert missing_for_risk_questions(at=now()) == ["who steps in"]
    more = {"outside": "Dr. Example, 0800 111", "version": version()}
    browser.post(PLACE, typed | {"help_en": "h", "consent_en": "c"} | more)
    assert (
        "the client is given: Dr. Example, 0800 111"
        in browser.get("/office/risk/").content.decode()
    )
    assert missing_for_risk_questions(at=now()) == []


def test_the_log_says_which_fields_changed_and_holds_no_text(desk, opened):
    line = lines_about(ResponsePlan.objects.get().pk)[-1]
    assert line.deed == "response plan changed"
    assert line.detail == {
        "fields": "backup, consent_text, emergency, help_text, hours, minutes, responder"
    }
    assert verify().fault is None


def test_help_is_shown_in_some_language_rather_than_in_none(desk, whole_plan):
    desk.post(PLACE, whole_plan | {"help_en": "", "help_de": "Telefonseelsorge 0800 1110111"})
    assert help_for("es").text == "Telefonseelsorge 0800 1110111"


def test_the_plan_is_for_who_may_change_settings_alone(cast):
    for who in (cast.imani, cast.ruth):
        browser = signed_in(who, fresh=True)
        assert browser.get("/office/risk/").status_code == 403
        assert browser.post(PLACE, EMPTY_PLAN).status_code == 403
