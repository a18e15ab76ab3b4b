"""Sessions of a case: planned, moved, held with who came, called off, missed, a mark taken back."""

from datetime import UTC, datetime, timedelta

import pytest
from practice_cast import NOW

from rapport.web.audit.queries import lines_about, verify
from rapport.web.people.models import Attendance, Session


def sent(**told):
    return {"starts_at": "2026-07-13T10:00", "minutes": "50", "place": "room", "times": "1", **told}


@pytest.fixture
def plan(imani, couple, member, cast):
    """Post the form of a couple's case; both members are expected unless told."""

    def posted(**told):
        both = [str(member(couple, person)) for person in (cast.marta, cast.dev)]
        fields = sent(**{"staff": str(cast.imani), "members": both, "every": "1", **told})
        return imani.post(f"/cases/{couple}/sessions", fields)

    return posted


def states(session):
    return sorted(Attendance.objects.filter(session=session).values_list("state", flat=True))


def test_a_session_is_planned_in_the_practices_time(plan):
    assert plan().status_code == 302
    session = Session.objects.get()
    assert session.starts_at == datetime(2026, 7, 13, 8, tzinfo=UTC)
    assert states(session) == ["expected", "expected"]


def test_an_individual_session_inside_a_couples_case_expects_one(plan, couple, member, cast):
    dev = member(couple, cast.dev)
    assert plan(members=[str(dev)], place="online").status_code == 302
    assert Attendance.objects.get().membership_id == dev
    assert Session.objects.get().place == "online"


@pytest.mark.parametrize("members", [[], ["00000000-0000-0000-0000-000000000000"]])
def test_a_session_for_nobody_of_the_case_is_refused(plan, members):
    assert plan(members=members).status_code == 422
    assert Session.objects.count() == 0


def test_a_weekly_series_keeps_its_hour_when_the_clocks_change(plan):
    assert plan(starts_at="2026-10-19T10:00", times="3").status_code == 302
    hours = [s.starts_at.hour for s in Session.objects.order_by("number")]
    assert hours == [8, 9, 9]  # Berlin leaves summer time on 25 October


@pytest.mark.parametrize("times", ["0", "27", "x"])
def test_a_series_has_one_to_twenty_six(plan, times):
    assert plan(times=times).status_code == 422
    assert Session.objects.count() == 0


def test_a_time_that_does_not_exist_is_refused_and_what_was_typed_stays(plan):
    page = plan(starts_at="2027-03-28T02:30")
    assert page.status_code == 422
    assert "does not exist in Europe/Berlin" in page.content.decode()
    assert "2027-03-28T02:30" in page.content.decode()
    assert Session.objects.count() == 0


def test_a_time_that_comes_twice_is_asked_about(plan):
    page = plan(starts_at="2026-10-25T02:30")
    assert page.status_code == 422
    assert "comes twice" in page.content.decode()
    assert '<select name="which"' in page.content.decode()
    for which, hour in (("earlier", 0), ("later", 1)):
        assert plan(starts_at="2026-10-25T02:30", which=which).status_code == 302
        assert Session.objects.latest("number").starts_at.hour == hour


def test_a_session_is_with_a_therapist_of_the_case(plan, cast):
    assert plan(staff=str(cast.benedikt)).status_code == 422
    assert Session.objects.count() == 0


@pytest.fixture
def begun(couple, planned, clock):
    """A session that begins now, and its address."""
    session = planned(couple, NOW)
    return session, f"/cases/{couple}/sessions/{session}"


def test_a_held_session_knows_of_each_member_whether_they_came(imani, begun, couple, member, cast):
    session, address = begun
    said = {str(member(couple, cast.marta)): "came", str(member(couple, cast.dev)): "excused"}
    assert imani.post(f"{address}/held", {"seen": 1, **said}).status_code == 302
    assert Session.one(session).state == "held"
    assert states(session) == ["came", "excused"]


def test_of_everybody_it_has_to_be_said_whether_they_came(imani, begun, couple, member, cast):
    session, address = begun
    said = {str(member(couple, cast.marta)): "came"}
    page = imani.post(f"{address}/held", {"seen": 1, **said})
    assert page.status_code == 422
    assert "Say whether they came." in page.content.decode()
    assert "checked" in page.content.decode()
    assert Session.one(session).state == "planned"


def test_a_session_to_which_nobody_came_was_not_held(imani, begun, couple, member, cast):
    session, address = begun
    said = {str(member(couple, p)): "did not come" for p in (cast.marta, cast.dev)}
    page = imani.post(f"{address}/held", {"seen": 1, **said})
    assert page.status_code == 422
    assert "mark the session as missed" in page.content.decode()
    assert imani.post(f"{address}/missed", {"seen": 1}).status_code == 302
    assert states(session) == ["did not come", "did not come"]


def test_what_has_not_begun_is_neither_held_nor_missed(imani, couple, planned, clock):
    session = planned(couple)
    address = f"/cases/{couple}/sessions/{session}"
    assert imani.post(f"{address}/missed", {"seen": 1}).status_code == 422
    assert "It was held" not in imani.get(f"{address}/").content.decode()
    assert Session.one(session).state == "planned"
    clock.later(days=1)
    assert "It was held" in imani.get(f"{address}/").content.decode()
    assert imani.post(f"{address}/missed", {"seen": 1}).status_code == 302


@pytest.mark.parametrize("whose", ["client", "therapist", "practice"])
def test_a_session_called_off_says_by_whom(imani, begun, whose):
    session, address = begun
    assert imani.post(f"{address}/off", {"seen": 1, "whose": whose}).status_code == 302
    assert Session.one(session).cancelled_by == whose
    assert f"by the {whose}" in imani.get(f"{address}/").content.decode()


def test_nobody_else_calls_it_off(imani, begun):
    session, address = begun
    assert imani.post(f"{address}/off", {"seen": 1, "whose": "weather"}).status_code == 422
    assert Session.one(session).state == "planned"


def test_a_wrong_mark_is_taken_back_and_the_log_keeps_it(imani, begun):
    session, address = begun
    imani.post(f"{address}/missed", {"seen": 1})
    assert imani.post(f"{address}/undo", {"seen": 2}).status_code == 302
    assert Session.one(session).state == "planned"
    assert states(session) == ["expected", "expected"]
    last = lines_about(session)[-1]
    assert (last.deed, last.detail) == ("mark taken back", {"was": "missed"})
    assert imani.post(f"{address}/undo", {"seen": 3}).status_code == 422
    assert verify().fault is None


def test_a_session_moves_in_time_place_and_between_therapists(imani, couple, planned, cast, reader):
    from rapport.web.people.belonging.actions import add_therapist

    add_therapist(case=couple, staff=cast.benedikt, reader=reader, at=NOW)
    session = planned(couple)
    address = f"/cases/{couple}/sessions/{session}/move"
    assert 'value="2026-07-07T11:00"' in imani.get(address).content.decode()
    told = sent(seen=1, staff=str(cast.benedikt), place="online", minutes="80")
    assert imani.post(address, told).status_code == 302
    moved = Session.one(session)
    assert (moved.staff_id, moved.place, moved.minutes) == (cast.benedikt, "online", 80)
    assert moved.starts_at == datetime(2026, 7, 13, 8, tzinfo=UTC)


def test_what_was_held_does_not_move(imani, begun, cast):
    session, address = begun
    imani.post(f"{address}/missed", {"seen": 1})
    assert imani.post(f"{address}/move", sent(seen=2, staff=str(cast.imani))).status_code == 422
    assert Session.one(session).starts_at == NOW


def test_a_session_of_another_case_is_not_here(imani, couple, planned, cast):
    other = planned(cast.case(cast.sarah))
    for step in ("/", "/move", "/held", "/off", "/missed", "/undo"):
        address = f"/cases/{couple}/sessions/{other}{step}"
        answer = imani.post(address, {"seen": 1}) if step != "/" else imani.get(address)
        assert answer.status_code == 404
    assert Session.one(other).state == "planned"


def test_what_has_begun_and_is_not_marked_stands_first(imani, couple, planned, clock):
    planned(couple)
    assert "was it held?" not in imani.get(f"/cases/{couple}/arrange").content.decode()
    clock.later(days=2)
    assert "was it held?" in imani.get(f"/cases/{couple}/arrange").content.decode()


def test_two_therapists_and_the_one_who_hands_over(imani, benedikt, couple, planned, cast, clock):
    ahead = planned(couple, NOW + timedelta(days=3))
    address = f"/cases/{couple}/therapists"
    assert imani.post(f"{address}/{cast.imani}/end").status_code == 422  # nobody else is there
    assert imani.post(address, {"staff": str(cast.ruth)}).status_code == 422  # no therapist
    assert imani.post(address, {"staff": str(cast.benedikt)}).status_code == 302
    assert imani.post(address, {"staff": str(cast.benedikt)}).status_code == 422  # twice
    assert benedikt.get(f"/cases/{couple}/arrange").status_code == 200
    page = imani.post(f"{address}/{cast.imani}/end")
    assert page.status_code == 422
    assert "still planned" in page.content.decode()
    handed = imani.post(f"{address}/{cast.imani}/hand-over", {"staff": str(cast.benedikt)})
    assert handed["Location"] == "/"
    assert Session.one(ahead).staff_id == cast.benedikt
    assert imani.get(f"/cases/{couple}/arrange").status_code == 404


def test_each_form_is_about_the_therapist_of_its_session(
    imani, couple, planned, member, cast, reader
):
    from rapport.web.checkins.actions import invite
    from rapport.web.checkins.models import Occasion
    from rapport.web.people.belonging.actions import add_therapist

    add_therapist(case=couple, staff=cast.benedikt, reader=reader, at=NOW)
    for staff in (cast.imani, cast.benedikt):
        session = planned(couple, staff=staff)
        invite(session=session, membership=member(couple, cast.dev), moment="after",
               by=cast.RAPPORT, at=NOW)  # fmt: skip
        assert Occasion.objects.get(session_id=session).about_id == staff
