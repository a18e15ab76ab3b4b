"""Fear of the therapist: the client chooses who is told, and the therapist never sees a trace."""

import json
import re
from datetime import timedelta

import pytest
from django.test import Client
from doors_cast import signed_in
from practice_cast import NOW

from rapport.web.checkins import actions
from rapport.web.checkins.errors import NothingDue
from rapport.web.checkins.models import Answers, Occasion
from rapport.web.checkins.queries import check_ins_of
from rapport.web.core.errors import NotHere
from rapport.web.measures.actions import set_plan
from rapport.web.measures.queries import PlannedForm
from rapport.web.people import actions as people
from rapport.web.people.models import Membership, Staff
from rapport.web.people.queries import reader_of
from rapport.web.safety import actions as safety
from rapport.web.safety import queries
from rapport.web.safety.models import Flag, Notice

WITHOUT = {"q1": 0, "q3": 0, "q4": 0}


@pytest.fixture(autouse=True)
def at_the_time_of_the_tests(monkeypatch):
    monkeypatch.setattr("rapport.web.checkins.views.now", lambda: NOW)


def plan(cast, **told):
    settings = {
        "responder": cast.imani, "backup": cast.joana, "lead": cast.benedikt, "minutes": 30,
        "hours": "Mon to Fri, 9 to 17", "emergency": "112",
        "help_text": {"en": "Helpline 0800 000"}, "consent_text": {"en": "We read."},
    }  # fmt: skip
    safety.set_response_plan(by=cast.RAPPORT, at=NOW, **(settings | told))


@pytest.fixture
def phone():
    return Client()


@pytest.fixture
def risq(cast, open_checkin, phone):
    """Sarah's phone shows the RISQ about Imani; gives the page and the form."""

    def shown(**told):
        plan(cast, **told)
        occasion, (form,) = open_checkin("risq")
        token = actions.make_link(occasion=occasion, by=cast.RAPPORT, at=NOW)
        phone.post(f"/c/{token}")
        return phone.get("/c/").content.decode(), form

    return shown


def sent(phone, form, q2=1, **other):
    answers = {f"a.{form}.{q}": v for q, v in (WITHOUT | {"q2": q2}).items()}
    reply = phone.post("/c/", {"key": "k", "language": "en", "who_sees": "v", **answers, **other})
    return reply.content.decode()


def told():
    return set(Notice.objects.values_list("to_id", flat=True))


def test_the_page_offers_everybody_named_but_that_therapist(risq, cast):
    page, _ = risq()
    offered = re.findall(r'name="tell" value="([^"]+)"', page)
    assert offered == [str(cast.joana), str(cast.benedikt), "nobody"]
    assert "Your therapist does not see this answer." in page
    assert "If you choose nobody here, Joana Teixeira is told." in page


def test_whom_the_client_chose_is_told_and_nobody_else(cast, risq, phone):
    _, form = risq()
    reply = sent(phone, form, tell=str(cast.benedikt))
    assert told() == {cast.benedikt}
    assert "Benedikt Aalto at the practice is told, and your therapist is not." in reply
    assert reply.index('href="tel:112"') < reply.index("Thank you.")


def test_where_nothing_was_chosen_the_first_is_told_as_the_page_said(cast, risq, phone):
    _, form = risq()
    sent(phone, form)
    assert told() == {cast.joana}


@pytest.mark.parametrize("choice", ["imani", "ruth", "guess"])
def test_who_cannot_be_chosen_is_never_told(cast, risq, phone, choice):
    _, form = risq()
    sent(phone, form, tell=str(getattr(cast, choice, choice)) if choice != "guess" else "guess")
    assert told() == {cast.joana}


def test_nobody_yet_tells_nobody_keeps_the_flag_and_shows_help_from_outside(cast, risq, phone):
    _, form = risq(outside="Women's advice centre, 0800 111")
    reply = sent(phone, form, tell="nobody")
    assert told() == set()
    assert Flag.objects.get().owner_id is None
    for said in ("nobody at the practice is told yet", "0800 111", "0800 000", 'href="tel:112"'):
        assert said in reply
    for minutes in (31, 62, 600):
        safety.tell_the_next(at=NOW + timedelta(minutes=minutes), by=cast.RAPPORT)
    assert told() == set()


def test_the_client_can_tell_somebody_after_all(cast, risq, phone):
    _, form = risq()
    reply = sent(phone, form, tell="nobody")
    assert "Tell Joana Teixeira now" in reply
    assert phone.post("/c/tell", {"tell": str(cast.imani)}).status_code == 422
    reply = phone.post("/c/tell", {"tell": str(cast.benedikt)}).content.decode()
    assert told() == {cast.benedikt}
    assert "Benedikt Aalto at the practice is told" in reply
    assert "Tell Joana" not in reply


def test_who_is_told_and_does_not_read_it_gets_company_but_never_the_therapist(cast, risq, phone):
    _, form = risq()
    sent(phone, form, tell=str(cast.benedikt))
    for minutes in (31, 62, 93):
        safety.tell_the_next(at=NOW + timedelta(minutes=minutes), by=cast.RAPPORT)
    assert told() == {cast.benedikt, cast.joana}


@pytest.mark.parametrize("q2", [0, 1, ""])
def test_the_therapist_reads_the_same_whatever_was_answered(cast, risq, phone, sarahs, q2):
    """Neither the answer nor a score nor a gap tells: with yes, no or nothing it reads alike."""
    _, form = risq()
    sent(phone, form, q2=q2, tell=str(cast.benedikt))
    (came,) = check_ins_of(sarahs, reader=reader_of(cast.imani), at=NOW)
    assert came.answers == {form: WITHOUT}
    assert came.scores == {form: {}}
    kept = json.loads(Answers.objects.get().get("content"))
    assert kept["q2"] == (None if q2 == "" else q2)


def test_no_page_of_the_therapist_holds_a_trace(cast, risq, phone, sarahs):
    _, form = risq()
    sent(phone, form, tell=str(cast.benedikt))
    case = Membership.one(sarahs).case_id
    imani, benedikt = signed_in(cast.imani), signed_in(cast.benedikt)
    flag = Flag.objects.get().pk
    pages = [imani.get(place).content.decode() for place in ("/", f"/cases/{case}/")]
    assert not [
        word for page in pages for word in ("harm me", "waits for you", str(flag)) if word in page
    ]
    assert imani.get(f"/flags/{flag}/").status_code == 404
    seen = benedikt.get(f"/flags/{flag}/").content.decode()
    assert "might harm me" in seen
    assert "the therapist is not. Keep it so." in seen


def test_a_therapist_who_leads_the_practice_does_not_see_that_such_a_flag_waits(cast, risq, phone):
    leading = Staff.one(cast.imani)
    leading.roles = ["therapist", "practice-lead"]
    leading.save()
    other = people.add_staff(
        name="Ines Brandt", email="i@example.org", roles=["practice-lead"], by=cast.RAPPORT, at=NOW
    )
    _, form = risq()
    sent(phone, form, tell=str(cast.benedikt))
    assert queries.waiting_flags(reader=reader_of(cast.imani)) == []
    assert len(queries.waiting_flags(reader=reader_of(other))) == 1


def test_what_is_kept_back_waits_in_nobodys_list(cast, risq, phone):
    other = people.add_staff(
        name="Ines Brandt", email="i@example.org", roles=["practice-lead"], by=cast.RAPPORT, at=NOW
    )
    _, form = risq()
    sent(phone, form, tell="nobody")
    assert queries.waiting_flags(reader=reader_of(other)) == []
    for staff in (cast.imani, cast.benedikt, cast.joana, other):
        with pytest.raises(NotHere):
            queries.flag_to_answer(Flag.objects.get().pk, reader=reader_of(staff))


def test_it_does_not_stand_in_the_way_of_being_forgotten(cast, risq, phone):
    _, form = risq()
    sent(phone, form, tell="nobody")
    people.forget(person=cast.sarah, by=cast.RAPPORT, at=NOW)
    assert Flag.objects.count() == 0


# A practice of one


@pytest.fixture
def alone(cast):
    for staff in (cast.joana, cast.benedikt, cast.ruth):
        gone = Staff.one(staff)
        gone.left_at = NOW
        gone.save()


@pytest.fixture
def asks(cast, sarahs):
    """The plan of Sarah's case asks these after each session."""

    def planned(*instruments):
        case = Membership.one(sarahs).case_id
        lines = [PlannedForm(instrument=one, moment="after") for one in instruments]
        set_plan(items=lines, risk_open=True, case=case, by=cast.RAPPORT, at=NOW)
        session = people.plan_session(
            case=case, staff=cast.imani, starts_at=NOW, by=cast.RAPPORT, at=NOW
        )
        return {"session": session, "membership": sarahs, "moment": "after"}

    return planned


ONE = {"backup": None, "lead": None}


@pytest.mark.parametrize(
    ("outside", "opens"), [("", False), ("   ", False), ("Centre, 0800", True)]
)
def test_alone_it_is_asked_only_where_somebody_outside_is_named(cast, alone, asks, outside, opens):
    plan(cast, outside=outside, **ONE)
    assert queries.fear_may_be_asked(therapist=cast.imani) is opens
    due = asks("risq")
    if opens:
        actions.invite(by=cast.RAPPORT, at=NOW, **due)
        return
    with pytest.raises(NothingDue):
        actions.invite(by=cast.RAPPORT, at=NOW, **due)


def test_the_other_forms_are_asked_all_the_same(cast, alone, asks):
    plan(cast, outside="Centre, 0800", **ONE)
    due = asks("risq", "gad-2")
    plan(cast, outside="", **ONE)
    actions.open_planned(by=cast.RAPPORT, at=NOW, **due)
    assert len(Occasion.objects.get().forms) == 1


def test_alone_nobody_is_told_and_the_person_outside_is_shown(cast, alone, risq, phone):
    page, form = risq(outside="Women's advice centre, 0800 111", **ONE)
    assert "Nobody else works here" in page
    reply = sent(phone, form, tell="nobody")
    assert told() == set()
    assert "Outside the practice you can reach: Women&#x27;s advice centre, 0800 111" in reply


def test_the_question_goes_from_an_open_page_when_nobody_is_left(cast, risq, phone):
    risq()
    for staff in (cast.joana, cast.benedikt):
        gone = Staff.one(staff)
        gone.left_at = NOW
        gone.save()
    assert "might harm me" not in phone.get("/c/").content.decode()


def test_an_answer_that_came_all_the_same_waits_until_somebody_is_there(
    cast, alone, open_checkin, send
):
    occasion, (form,) = open_checkin("risq")
    send(occasion, {str(form): {"q2": 1}}, route="file")
    assert Flag.objects.get().owner_id is None
    new = people.add_staff(
        name="Ines Brandt", email="i@example.org", roles=["practice-lead"], by=cast.RAPPORT, at=NOW
    )
    safety.tell_the_next(at=NOW, by=cast.RAPPORT)
    assert told() == {new}
