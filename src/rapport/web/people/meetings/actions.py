"""Plan, move and mark the sessions of a case; a stale mark overwrites nothing."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from rapport.web.audit.actions import record_about
from rapport.web.core.errors import Stale
from rapport.web.people import actions as people
from rapport.web.people.belonging.own import own_open_case, own_session
from rapport.web.people.errors import WrongState
from rapport.web.people.meetings.errors import (
    NotInThisCase,
    SayWhoCame,
    StillToCome,
    TooMany,
)
from rapport.web.people.models import Case, Session
from rapport.web.people.queries import Reader

AT_ONCE = 26  # weekly, half a year (ours)
EARLY = timedelta(minutes=60)  # a session may be brought forward and marked at once (ours)


@transaction.atomic
def plan_meetings(
    *,
    case: UUID,
    staff: UUID,
    moments: Sequence[datetime],
    minutes: int,
    place: str,
    members: Sequence[UUID] | None,
    reader: Reader,
    at: datetime,
) -> tuple[UUID, ...]:
    """Plan one session or a series of them, all or none.

    Args:
        members: of an individual session inside a case of several; None: everybody.

    Raises:
        NotInThisCase: the therapist does not work in the case.
    """
    of = own_open_case(case, reader=reader)
    _must_work_in(of, staff)
    if not 1 <= len(moments) <= AT_ONCE:
        raise TooMany(AT_ONCE)
    return tuple(
        people.plan_session(
            case=of.pk, staff=staff, starts_at=moment, minutes=minutes, place=place,
            members=members, by=reader.by, at=at,
        )
        for moment in moments
    )  # fmt: skip


@transaction.atomic
def move_meeting(
    *,
    case: UUID,
    session: UUID,
    seen: int,
    staff: UUID,
    starts_at: datetime,
    minutes: int,
    place: str,
    reader: Reader,
    at: datetime,
) -> None:
    """Change when, where and with whom of the therapists a planned session is."""
    moved = _own_planned(case, session, seen, "moved", reader=reader)
    _must_work_in(moved.case, staff)
    moved.starts_at, moved.minutes, moved.place = starts_at, minutes, place
    moved.staff_id = staff
    moved.save_if_unchanged(seen=seen)
    record_about(moved, "session moved", by=reader.by, at=at, number=moved.number)


@transaction.atomic
def mark_held(
    *,
    case: UUID,
    session: UUID,
    seen: int,
    attendance: Mapping[UUID, str],
    reader: Reader,
    at: datetime,
) -> None:
    """Note that a session was held, and of each member expected whether they came.

    Raises:
        SayWhoCame: somebody was left out, or nobody came.
    """
    held = _own_planned(case, session, seen, "held", reader=reader)
    _must_have_begun(held, at)
    expected = list(held.attendance.all())
    said = [attendance.get(row.membership_id) for row in expected]
    if not set(said) <= {"came", "did not come", "excused"} or "came" not in said:
        raise SayWhoCame
    held.state = "held"
    held.save_if_unchanged(seen=seen)
    for row in expected:
        row.state = attendance[row.membership_id]
        row.save()
    record_about(held, "session held", by=reader.by, at=at, came=said.count("came"))


@transaction.atomic
def call_off(
    *, case: UUID, session: UUID, seen: int, whose: str, reader: Reader, at: datetime
) -> None:
    """Note who called a session off: client, therapist or practice."""
    _own_planned(case, session, seen, "called off", reader=reader)
    people.cancel_session(session=session, whose=whose, seen=seen, by=reader.by, at=at)


@transaction.atomic
def mark_missed(*, case: UUID, session: UUID, seen: int, reader: Reader, at: datetime) -> None:
    """Note that nobody came and nobody had called it off."""
    _must_have_begun(_own_planned(case, session, seen, "missed", reader=reader), at)
    people.miss_session(session=session, seen=seen, by=reader.by, at=at)


@transaction.atomic
def undo_mark(*, case: UUID, session: UUID, seen: int, reader: Reader, at: datetime) -> None:
    """Take a wrong mark back: the session is planned again. The log keeps what it had been."""
    own_open_case(case, reader=reader)
    wrong = own_session(case, session, reader=reader)
    if wrong.state == "planned":
        raise WrongState("session", "planned", "unmarked")
    was, wrong.state, wrong.cancelled_by = wrong.state, "planned", ""
    wrong.save_if_unchanged(seen=seen)
    wrong.attendance.update(state="expected")
    record_about(wrong, "mark taken back", by=reader.by, at=at, was=was)


def _own_planned(case: UUID, session: UUID, seen: int, step: str, *, reader: Reader) -> Session:
    own_open_case(case, reader=reader)
    found = own_session(case, session, reader=reader)
    if found.version != seen:  # asked first: whoever was slower is shown both
        raise Stale("session")
    if found.state != "planned":
        raise WrongState("session", found.state, step)
    return found


def _must_work_in(case: Case, staff: UUID) -> None:
    if not case.care.filter(staff_id=staff, until=None).exists():
        raise NotInThisCase


def _must_have_begun(session: Session, at: datetime) -> None:
    if at < session.starts_at - EARLY:
        raise StillToCome
