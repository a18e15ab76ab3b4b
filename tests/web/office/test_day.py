"""The front desk's day: who comes when, to whom and where; arrived or not; no clinical word."""

from datetime import timedelta

import pytest
from doors_cast import signed_in
from practice_cast import NOW

from rapport.web.audit.queries import lines, lines_about
from rapport.web.core.errors import NotHere
from rapport.web.people import actions
from rapport.web.people.desk.actions import note_arrival
from rapport.web.people.errors import NotAllowed, WrongState
from rapport.web.people.models import Attendance, Membership
from rapport.web.people.queries import reader_of

DAY = "/office/day/2026-07-06/"


@pytest.fixture
def day(cast):
    """Sarah comes to Imani at 11, a couple to Benedikt at 14 online, in Berlin."""
    by = {"by": cast.RAPPORT, "at": NOW}
    case, couple = cast.case(cast.sarah), cast.couple()
    starts = {"imani": NOW, "benedikt": NOW + timedelta(hours=3)}
    return {
        "sarah": actions.plan_session(case=case, staff=cast.imani, starts_at=starts["imani"], **by),
        "couple": actions.plan_session(
            case=couple, staff=cast.benedikt, starts_at=starts["benedikt"], place="online", **by
        ),
    }


@pytest.fixture
def ruth(cast):
    return signed_in(cast.ruth)


def member(session, name):
    return next(
        a.membership_id
        for a in Attendance.objects.filter(session_id=session)
        if a.membership.person.get("name") == name
    )


def test_the_day_says_who_comes_when_to_whom_and_where(ruth, day):
    page = ruth.get(DAY).content.decode()
    for said in ("11:00", "Sarah Lindqvist", "Imani Okafor", "room", "14:00", "Marta Ferreira",
                 "Dev Raman", "Benedikt Aalto", "online"):  # fmt: skip
        assert said in page
    for never in ("check-in", "flag", "answer", "couple", "session 1", "client", "case"):
        assert never not in page.split("<main")[1].split("</main>")[0].lower()


def test_a_day_without_anybody_says_so_and_a_day_that_is_none_is_no_page(ruth, day):
    assert b"Nobody is expected." in ruth.get("/office/day/2026-07-07/").content
    assert ruth.get("/office/day/2026-13-40/").status_code == 404


def test_an_arrival_is_noted_and_taken_back(ruth, day):
    place = f"/office/day/{day['couple']}/{member(day['couple'], 'Dev Raman')}"
    assert ruth.post(place)["Location"] == DAY
    page = ruth.get(DAY).content.decode()
    assert page.count("has arrived</span>") == 1
    ruth.post(place, {"slip": "1"})
    assert "has arrived</span>" not in ruth.get(DAY).content.decode()
    row = Attendance.objects.get(session_id=day["couple"], membership__person__pk__isnull=False,
                                 membership_id=member(day["couple"], "Dev Raman"))  # fmt: skip
    deeds = [line.deed for line in lines_about(row.pk)]
    assert deeds == ["arrival noted", "arrival taken back"]


def test_a_session_that_is_over_does_not_change_any_more(cast, day):
    sarah = member(day["sarah"], "Sarah Lindqvist")
    actions.hold_session(session=day["sarah"], came=[sarah], by=cast.RAPPORT, at=NOW)
    told = {"session": day["sarah"], "membership": sarah, "arrived": False, "at": NOW}
    with pytest.raises(WrongState):
        note_arrival(reader=reader_of(cast.ruth), **told)


def test_a_therapist_sees_and_notes_their_own_alone(cast, day):
    page = signed_in(cast.imani).get(DAY).content.decode()
    assert "Sarah Lindqvist" in page
    assert "Marta" not in page
    dev = member(day["couple"], "Dev Raman")
    told = {"session": day["couple"], "membership": dev, "arrived": True, "at": NOW}
    with pytest.raises(NotHere):
        note_arrival(reader=reader_of(cast.imani), **told)
    stranger = {**told, "session": day["sarah"]}
    with pytest.raises(NotHere):
        note_arrival(reader=reader_of(cast.ruth), **stranger)


def test_whoever_leads_the_practice_has_no_list_of_names(lead, day):
    assert signed_in(lead).get(DAY).status_code == 403
    told = {"session": day["sarah"], "membership": Membership.objects.first().pk}
    with pytest.raises(NotAllowed):
        note_arrival(arrived=True, reader=reader_of(lead), at=NOW, **told)


def test_who_saw_the_names_stands_in_the_log_in_one_line(cast, ruth, day):
    for _ in range(3):
        ruth.get(DAY)
    seen = [line for line in lines(by=cast.ruth) if line.deed == "day list seen"]
    assert len(seen) == 1
    assert str(cast.sarah) in seen[0].detail["clients"]
