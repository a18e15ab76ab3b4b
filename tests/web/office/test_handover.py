"""Cases of somebody who leaves go to another therapist; whoever hands them over sees no client."""

from datetime import timedelta

import pytest
from doors_cast import signed_in
from practice_cast import NOW

from rapport.web.audit.queries import lines_about, verify
from rapport.web.checkins import actions as checkins
from rapport.web.checkins.models import Occasion
from rapport.web.core.clock import now
from rapport.web.people import actions as people
from rapport.web.people.errors import NotAllowed
from rapport.web.people.models import Care, Case, Membership, Session, Staff
from rapport.web.people.queries import case_so_far, reader_of
from rapport.web.people.staff import actions
from rapport.web.people.staff.errors import NoTherapistHere, StillHere
from rapport.web.people.staff.handover import hand_over_cases
from rapport.web.people.staff.queries import cases_without_therapist


@pytest.fixture
def theirs(cast):
    """Imani's: Sarah's case, Rana's in which Joana works too, and Erik's, which is closed."""
    by = {"by": cast.RAPPORT, "at": NOW}
    cases = [cast.case(person) for person in (cast.sarah, cast.rana, cast.erik)]
    people.begin_care(case=cases[1], staff=cast.joana, **by)
    Case.objects.filter(pk=cases[2]).update(closed_at=NOW)
    return cases


def place(staff, step=""):
    return f"/office/staff/{staff}/{step}"


def cares(case):
    return {c.staff.name.split()[0] for c in Care.objects.filter(case_id=case, until=None)}


def everything():
    """What could have changed, for tests in which nothing may."""
    return (
        sorted(Care.objects.values_list("staff", "case", "until")),
        sorted(Session.objects.values_list("pk", "staff", "version")),
        sorted(Staff.objects.values_list("pk", "left_at"), key=str),
    )


def test_who_lets_somebody_go_says_who_takes_over_and_all_open_cases_go_there(
    desk, lead, cast, theirs
):
    page = desk.get(place(cast.imani, "let-go")).content.decode()
    assert "Who takes over their 2 open cases" in page
    for name in ("Sarah", "Rana", str(theirs[0])):
        assert name not in page
    before = everything()
    for wrong in ({}, {"to": ""}, {"to": str(cast.imani)}, {"to": str(cast.ruth)}, {"to": "x"}):
        assert desk.post(place(cast.imani, "let-go"), wrong).status_code == 422
    assert everything() == before
    assert desk.post(place(cast.imani, "let-go"), {"to": str(cast.joana)}).status_code == 302
    assert [cares(case) for case in theirs] == [{"Joana"}, {"Joana"}, {"Imani"}]
    assert cases_without_therapist() == 0
    assert case_so_far(theirs[0], reader=reader_of(cast.joana)).members[0].name
    assert verify().fault is None


def test_cases_of_who_left_are_nobodys_until_they_are_handed_over(desk, cast, theirs):
    desk.post(place(cast.imani, "let-go"), {"to": "nobody"})
    assert cases_without_therapist() == 1
    assert b"with 2 open cases" in desk.get("/office/staff/").content
    assert b"Hand them over" in desk.get("/office/").content
    page = desk.get(place(cast.imani)).content.decode()
    assert "2 open cases are still in their care" in page
    assert "Nobody yet" not in page
    assert desk.post(place(cast.imani, "hand-over"), {"to": "nobody"}).status_code == 422
    reply = desk.post(place(cast.imani, "hand-over"), {"to": str(cast.benedikt)})
    assert reply["Location"] == place(cast.imani)
    assert "in their care" not in desk.get(place(cast.imani)).content.decode()
    assert [cares(case) for case in theirs] == [{"Benedikt"}, {"Benedikt", "Joana"}, {"Imani"}]
    again = desk.post(place(cast.imani, "hand-over"), {"to": str(cast.joana)})
    assert (again.status_code, cares(theirs[0])) == (302, {"Benedikt"})


def test_what_is_ahead_goes_along_and_what_was_asked_stays_asked(desk, cast, theirs):
    by = {"by": cast.RAPPORT, "at": now()}
    case, member = theirs[0], Membership.objects.get(case=theirs[0]).pk
    week = timedelta(days=7)
    old, ahead, off = (
        people.plan_session(case=case, staff=cast.imani, starts_at=now() + shift, **by)
        for shift in (-week, week, 2 * week)
    )
    people.cancel_session(session=off, whose="client", **by)
    checkins.invite(session=old, membership=member, moment="after", **by)
    desk.post(place(cast.imani, "let-go"), {"to": str(cast.joana)})
    found = dict(Session.objects.filter(case_id=case).values_list("pk", "staff"))
    assert found == {old: cast.imani, ahead: cast.joana, off: cast.imani}
    assert Occasion.objects.get(membership_id=member).about_id == cast.imani
    assert lines_about(ahead)[-1].detail == {"staff": str(cast.joana)}


def test_each_case_has_its_lines_in_the_log_and_the_log_tells_them(desk, cast, lead, theirs):
    desk.post(place(cast.imani, "let-go"), {"to": str(cast.joana)})
    told = {}
    for care in Care.objects.filter(case_id__in=theirs[:2]):
        told[care.staff_id, care.case_id] = [line.deed for line in lines_about(care.pk)]
    assert told == {
        (cast.imani, theirs[0]): ["care begun", "care ended"],
        (cast.joana, theirs[0]): ["care begun"],
        (cast.imani, theirs[1]): ["care begun", "care ended"],
        (cast.joana, theirs[1]): ["care begun"],
    }
    page = desk.get("/office/log/").content.decode()
    short = str(theirs[0])[:8]
    assert f"Ines Brandt noted that Imani Okafor works in case {short} no more." in page
    assert f"Ines Brandt noted that Joana Teixeira works in case {short}." in page


def test_of_who_works_here_nothing_is_handed_over_by_others(desk, lead, cast, theirs):
    before = everything()
    told = {"staff": cast.imani, "to": cast.joana, "at": now()}
    with pytest.raises(StillHere):
        hand_over_cases(reader=reader_of(lead), **told)
    with pytest.raises(NotAllowed):
        hand_over_cases(reader=reader_of(cast.joana), **told)
    assert desk.post(place(cast.imani, "hand-over"), {"to": str(cast.joana)}).status_code == 409
    assert signed_in(cast.joana, fresh=True).post(place(cast.imani, "hand-over")).status_code == 403
    assert everything() == before


def test_a_target_who_is_no_therapist_here_is_refused_and_nobody_is_let_go(lead, cast, theirs):
    reader, before = reader_of(lead), everything()
    for nobody in (cast.ruth, cast.imani, lead, cast.sarah):
        with pytest.raises(NoTherapistHere):
            actions.let_go(staff=cast.imani, to=nobody, reader=reader, at=now())
    assert everything() == before


def test_without_its_audit_lines_nothing_is_handed_over(lead, cast, theirs, monkeypatch):
    def broken(*_, **__):
        raise RuntimeError("no log")

    before = everything()
    monkeypatch.setattr("rapport.web.people.staff.handover.record_about", broken)
    with pytest.raises(RuntimeError):
        actions.let_go(staff=cast.imani, to=cast.joana, reader=reader_of(lead), at=now())
    assert everything() == before


def test_who_has_no_open_case_is_let_go_without_a_question(desk, cast):
    assert b"Who takes over" not in desk.get(place(cast.joana, "let-go")).content
    assert desk.post(place(cast.joana, "let-go")).status_code == 302
