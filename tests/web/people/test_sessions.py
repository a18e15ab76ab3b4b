"""Sessions: planned, held, called off or missed; who was expected, and what the front desk sees."""

from datetime import timedelta

import pytest
from practice_cast import NOW

from rapport.web.core.errors import NotHere
from rapport.web.people import actions
from rapport.web.people.errors import NotAllowed, WrongState
from rapport.web.people.models import Attendance, Membership, Session
from rapport.web.people.queries import day_list, reader_of

DAY = {"day_start": NOW - timedelta(hours=9), "day_end": NOW + timedelta(hours=15)}


@pytest.fixture
def couple(cast):
    return cast.couple()


@pytest.fixture
def plan(cast, couple):
    def planned(**told):
        settings = {"case": couple, "staff": cast.benedikt, "starts_at": NOW, **told}
        return actions.plan_session(by=cast.RAPPORT, at=NOW, **settings)

    return planned


def states(session):
    return sorted(Attendance.objects.filter(session=session).values_list("state", flat=True))


def member(cast, couple, person):
    return Membership.objects.get(case=couple, person=person).pk


def test_sessions_are_numbered_in_the_order_they_were_planned(plan):
    assert [Session.one(plan()).number for _ in range(3)] == [1, 2, 3]


def test_all_members_are_expected_unless_it_is_said_who(cast, couple, plan):
    assert states(plan()) == ["expected", "expected"]
    alone = plan(members=[member(cast, couple, cast.dev)])
    assert states(alone) == ["expected"]


def test_nobody_of_another_case_is_expected(cast, plan):
    stranger = Membership.objects.get(case=cast.case(cast.sarah)).pk
    with pytest.raises(NotHere, match="member of this case"):
        plan(members=[stranger])
    assert Session.objects.count() == 0


def test_who_has_left_is_not_expected_any_more(cast, couple, plan):
    gone = member(cast, couple, cast.dev)
    actions.leave(membership=gone, why="left", by=cast.RAPPORT, at=NOW)
    assert states(plan()) == ["expected"]


def test_a_held_session_knows_who_came(cast, couple, plan):
    session = plan()
    came = [member(cast, couple, cast.marta)]
    actions.hold_session(session=session, came=came, by=cast.RAPPORT, at=NOW)
    assert Session.one(session).state == "held"
    assert states(session) == ["came", "did not come"]


def test_a_session_called_off_says_by_whom(cast, plan):
    session = plan()
    actions.cancel_session(session=session, whose="client", by=cast.RAPPORT, at=NOW)
    assert (Session.one(session).state, Session.one(session).cancelled_by) == (
        "cancelled",
        "client",
    )
    other = plan()
    with pytest.raises(WrongState, match="by nobody"):
        actions.cancel_session(session=other, whose="nobody", by=cast.RAPPORT, at=NOW)


def test_a_missed_session_is_not_a_held_one(cast, plan):
    session = plan()
    actions.miss_session(session=session, by=cast.RAPPORT, at=NOW)
    assert states(session) == ["did not come", "did not come"]
    with pytest.raises(WrongState, match="missed"):
        actions.hold_session(session=session, came=[], by=cast.RAPPORT, at=NOW)


def test_the_front_desk_sees_the_whole_day_and_a_therapist_the_own(cast, plan):
    plan()
    alone = cast.case(cast.sarah)
    actions.plan_session(
        case=alone, staff=cast.imani, starts_at=NOW + timedelta(hours=1), by=cast.RAPPORT, at=NOW
    )
    desk = day_list(**DAY, reader=reader_of(cast.ruth))
    assert [m.expected for m in desk] == [("Dev Raman", "Marta Ferreira"), ("Sarah Lindqvist",)]
    own = day_list(**DAY, reader=reader_of(cast.imani))
    assert [m.expected for m in own] == [("Sarah Lindqvist",)]


def test_somebody_without_the_permission_sees_no_day(cast):
    lead = actions.add_staff(
        name="Ines Brandt", email="ines@example.org", roles=["practice-lead"],
        by=cast.RAPPORT, at=NOW,
    )  # fmt: skip
    with pytest.raises(NotAllowed):
        day_list(**DAY, reader=reader_of(lead))


def test_who_has_left_the_practice_reads_nothing(cast):
    from rapport.web.people.models import Staff

    gone = Staff.one(cast.benedikt)
    gone.left_at = NOW
    gone.save()
    with pytest.raises(NotHere):
        reader_of(cast.benedikt)
