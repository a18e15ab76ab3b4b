"""The front desk moves an appointment, calls it off, plans the next one: names and times alone."""

from datetime import UTC, datetime, timedelta

import pytest
from doors_cast import signed_in
from practice_cast import NOW

from rapport.web.audit.queries import lines, lines_about, verify
from rapport.web.core.clock import now
from rapport.web.core.errors import NotHere, Stale
from rapport.web.people import actions
from rapport.web.people.desk import actions as desk
from rapport.web.people.desk.errors import GoneBy, NotTogetherAnyMore
from rapport.web.people.desk.queries import appointment
from rapport.web.people.errors import NotAllowed, WrongState
from rapport.web.people.models import Attendance, Care, Case, Membership, Session
from rapport.web.people.queries import reader_of

YEAR = now().year + 1
TYPED = {"starts_at": f"{YEAR}-07-13T10:30", "place": "online"}
BERLIN = datetime(YEAR, 7, 13, 8, 30, tzinfo=UTC)


@pytest.fixture
def met(cast):
    """Marta alone, inside the couple's case, comes to Benedikt in two days, for 80 minutes."""
    case = cast.couple()
    marta = Membership.objects.get(case=case, person_id=cast.marta).pk
    return actions.plan_session(
        case=case, staff=cast.benedikt, starts_at=now() + timedelta(days=2), minutes=80,
        members=[marta], by=cast.RAPPORT, at=NOW,
    )  # fmt: skip


@pytest.fixture
def ruth(cast):
    return signed_in(cast.ruth)


def place(session, step=""):
    return f"/office/day/{session}/{step}"


def kept(session):
    row = Session.objects.get(pk=session)
    return row.starts_at, row.place, row.state, row.cancelled_by, row.version


def test_an_appointment_is_moved_with_its_line_in_the_log(ruth, cast, met):
    came = Attendance.objects.filter(session_id=met)
    came.update(state="came")
    reply = ruth.post(place(met, "move"), TYPED | {"version": "1"})
    assert reply["Location"] == f"/office/day/{YEAR}-07-13/"
    assert kept(met) == (BERLIN, "online", "planned", "", 2)
    assert came.get().state == "expected"  # nobody has arrived at what is ahead
    line = lines_about(met)[-1]
    assert (line.deed, line.by.id) == ("session moved", str(cast.ruth))
    assert b"10:30" in ruth.get(reply["Location"]).content
    assert verify().fault is None


@pytest.mark.parametrize("whose", ["client", "therapist", "practice"])
def test_an_appointment_is_called_off_by_somebody(ruth, met, whose):
    assert ruth.post(place(met, "call-off"), {"version": "1", "whose": ""}).status_code == 422
    assert ruth.post(place(met, "call-off"), {"version": "1", "whose": whose}).status_code == 302
    assert kept(met)[2:] == ("cancelled", whose, 2)
    assert (lines_about(met)[-1].deed, lines_about(met)[-1].detail) == (
        "session cancelled", {"whose": whose},
    )  # fmt: skip
    page = ruth.get(place(met)).content.decode()
    assert "Call off" not in page
    assert "Plan" in page


def test_the_next_one_is_of_the_same_people_with_the_same_therapist(ruth, cast, met):
    reply = ruth.post(place(met, "next"), TYPED)
    assert reply["Location"] == f"/office/day/{YEAR}-07-13/"
    new = Session.objects.exclude(pk=met).get()
    assert (new.starts_at, new.place, new.minutes, new.number) == (BERLIN, "online", 80, 2)
    assert new.staff_id == cast.benedikt
    assert [a.membership.person_id for a in new.attendance.all()] == [cast.marta]
    assert lines_about(new.pk)[-1].deed == "session planned"


def test_the_page_says_names_and_times_and_no_clinical_word_and_opens_no_case(ruth, cast, met):
    page = ruth.get(place(met)).content.decode()
    main = page.split("<main")[1].split("</main>")[0].lower()
    assert "marta ferreira" in main
    for never in ("dev raman", "check-in", "flag", "answer", "couple", "case", "session 1"):
        assert never not in main
    case = Session.objects.get(pk=met).case_id
    assert ruth.get(f"/cases/{case}/").status_code in (403, 404)
    seen = [line for line in lines(by=cast.ruth) if line.deed == "day list seen"]
    assert [line.thing_id for line in seen] == [str(cast.marta)]


def test_two_who_change_one_appointment_see_both_versions(ruth, cast, met):
    ruth.post(place(met, "move"), TYPED | {"version": "1"})
    before = kept(met)
    later = {"starts_at": f"{YEAR}-07-14T09:00", "place": "room", "version": "1"}
    reply = ruth.post(place(met, "move"), later)
    page = reply.content.decode()
    assert reply.status_code == 409
    assert f"13 July {YEAR}, 10:30" in page
    assert f"14 July {YEAR}, 09:00" in page
    assert ruth.post(place(met, "call-off"), {"version": "1", "whose": "client"}).status_code == 409
    assert kept(met) == before
    again = reply.context["form"].data
    assert ruth.post(place(met, "move"), again).status_code == 302
    assert kept(met)[1:3] == ("room", "planned")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"starts_at": ""}, "required"),
        ({"starts_at": "soon"}, "valid date"),
        ({"place": "garden"}, "not one of the available choices"),
        ({"starts_at": "2020-01-01T10:00"}, "not gone by yet"),
        ({"starts_at": "2030-03-31T02:30"}, "does not exist in Europe/Berlin"),
        ({"starts_at": "2030-10-27T02:30"}, "comes twice in Europe/Berlin"),
    ],
)
@pytest.mark.parametrize("step", ["move", "next"])
def test_a_time_that_cannot_be_is_said_and_changes_nothing(ruth, met, step, typed, said):
    before = kept(met)
    reply = ruth.post(place(met, step), TYPED | {"version": "1"} | typed)
    assert reply.status_code == 422
    assert said in reply.content.decode()
    assert (kept(met), Session.objects.count()) == (before, 1)


def test_of_a_time_that_comes_twice_the_one_that_is_meant_is_kept(ruth, met):
    twice = {"starts_at": "2030-10-27T02:30", "version": "1", "which": "later", "place": "room"}
    assert ruth.post(place(met, "move"), twice).status_code == 302
    assert kept(met)[0] == datetime(2030, 10, 27, 1, 30, tzinfo=UTC)
    assert 'value="later" selected' in ruth.get(place(met)).content.decode()


def test_only_who_plans_sessions_does_and_a_therapist_their_own_alone(cast, lead, met):
    time = {"starts_at": BERLIN, "place": "room", "at": now()}
    steps = [
        lambda reader: desk.move(session=met, seen=1, reader=reader, **time),
        lambda reader: desk.call_off(
            session=met, seen=1, whose="client", reader=reader, at=now()
        ),
        lambda reader: desk.plan_next(session=met, reader=reader, **time),
        lambda reader: appointment(met, reader=reader, at=now()),
    ]  # fmt: skip
    before = kept(met)
    for step in steps:
        with pytest.raises(NotAllowed):
            step(reader_of(lead))
        with pytest.raises(NotHere):
            step(reader_of(cast.imani))
    assert (kept(met), Session.objects.count()) == (before, 1)
    steps[2](reader_of(cast.benedikt))
    assert Session.objects.count() == 2


def test_what_is_over_or_closed_is_neither_moved_nor_called_off(cast, met):
    time = {"session": met, "starts_at": BERLIN, "place": "room", "at": now()}
    reader = reader_of(cast.ruth)
    with pytest.raises(Stale):
        desk.move(seen=7, reader=reader, **time)
    with pytest.raises(GoneBy):
        desk.move(seen=1, reader=reader, **time | {"starts_at": NOW, "at": NOW})
    Case.objects.update(closed_at=now())
    with pytest.raises(WrongState):
        desk.move(seen=1, reader=reader, **time)
    with pytest.raises(WrongState):
        desk.plan_next(reader=reader, **time)
    Case.objects.update(closed_at=None)
    actions.miss_session(session=met, by=cast.RAPPORT, at=now())
    with pytest.raises(WrongState):
        desk.call_off(session=met, seen=2, whose="client", reader=reader, at=now())


def test_those_who_meet_no_more_get_no_next_one(ruth, cast, met):
    Care.objects.update(until=now())
    reply = ruth.post(place(met, "next"), TYPED)
    assert reply.status_code == 422
    assert "Ask a therapist" in reply.content.decode()
    Care.objects.update(until=None)
    marta = Attendance.objects.get(session_id=met).membership_id
    actions.leave(membership=marta, why="left", by=cast.RAPPORT, at=now())
    with pytest.raises(NotTogetherAnyMore):
        desk.plan_next(
            session=met, starts_at=BERLIN, place="room", reader=reader_of(cast.ruth), at=now()
        )


def test_without_its_audit_line_nothing_is_moved(cast, met, monkeypatch):
    def broken(*_, **__):
        raise RuntimeError("no log")

    monkeypatch.setattr("rapport.web.people.desk.actions.record_about", broken)
    before = kept(met)
    with pytest.raises(RuntimeError):
        desk.move(
            session=met, seen=1, starts_at=BERLIN, place="room", reader=reader_of(cast.ruth),
            at=now(),
        )  # fmt: skip
    assert kept(met) == before
