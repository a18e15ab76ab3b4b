"""Note who has arrived; move an appointment, call it off, plan the next one.

The front desk plans for everybody; a therapist, here as elsewhere, for their own alone.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from rapport.web.audit.actions import record_about
from rapport.web.core.errors import NotHere, Stale
from rapport.web.people import actions as people
from rapport.web.people.desk.errors import GoneBy, NotTogetherAnyMore
from rapport.web.people.desk.queries import session_here
from rapport.web.people.errors import WrongState
from rapport.web.people.models import Attendance, Session
from rapport.web.people.queries import Reader
from rapport.web.people.roles import May, allowed


@transaction.atomic
def note_arrival(
    *, session: UUID, membership: UUID, arrived: bool, reader: Reader, at: datetime
) -> None:
    """Somebody who was expected is here, or the note was a slip.

    Raises:
        NotHere: nobody of this kind is expected at such a session.
        WrongState: the session was held or called off already.
    """
    reader.must(May.PLAN_SESSIONS)
    expected = Attendance.objects.filter(session_id=session, membership_id=membership)
    if allowed(reader.roles, May.SEE_OWN_CASES):
        expected = expected.filter(session__staff_id=reader.staff)
    row = expected.select_related("session").first()
    if row is None:
        raise NotHere("session")
    if row.session.state != "planned":
        raise WrongState("session", row.session.state, "changed")
    row.state = "came" if arrived else "expected"
    row.save()
    deed = "arrival noted" if arrived else "arrival taken back"
    record_about(row, deed, by=reader.by, at=at, session=str(session))


@transaction.atomic
def move(
    *, session: UUID, seen: int, starts_at: datetime, place: str, reader: Reader, at: datetime
) -> None:
    """Another time or place, with the same therapist; whoever had arrived is expected anew.

    Raises:
        Stale: somebody else changed it since version ``seen``.
        GoneBy: that time is over.
        WrongState: it was held, called off or missed, or its case is closed.
    """
    moved = _planned(session, seen, "moved", reader)
    if starts_at <= at:
        raise GoneBy
    moved.starts_at, moved.place = starts_at, place
    moved.save_if_unchanged(seen=seen)
    moved.attendance.filter(state="came").update(state="expected")
    record_about(moved, "session moved", by=reader.by, at=at, number=moved.number)


@transaction.atomic
def call_off(*, session: UUID, seen: int, whose: str, reader: Reader, at: datetime) -> None:
    """Note who called an appointment off: client, therapist or practice."""
    _planned(session, seen, "called off", reader)
    people.cancel_session(session=session, whose=whose, seen=seen, by=reader.by, at=at)


@transaction.atomic
def plan_next(
    *, session: UUID, starts_at: datetime, place: str, reader: Reader, at: datetime
) -> UUID:
    """Plan one more appointment of the same people with the same therapist, as long as this one.

    Raises:
        GoneBy: that time is over.
        NotTogetherAnyMore: the therapist works with them no more, or all of them have left.
        WrongState: their case is closed.
    """
    last = session_here(session, reader=reader)
    if starts_at <= at:
        raise GoneBy
    members = last.attendance.filter(membership__left_at=None)
    if not members.exists() or not last.case.care.filter(staff=last.staff_id, until=None).exists():
        raise NotTogetherAnyMore
    return people.plan_session(
        case=last.case_id,
        staff=last.staff_id,
        starts_at=starts_at,
        minutes=last.minutes,
        place=place,
        members=list(members.values_list("membership", flat=True)),
        by=reader.by,
        at=at,
    )


def _planned(session: UUID, seen: int, step: str, reader: Reader) -> Session:
    found = session_here(session, reader=reader)
    if found.version != seen:  # asked first: whoever was slower is shown both
        raise Stale("session")
    if found.case.closed_at is not None:
        raise WrongState("case", "closed", "changed")
    if found.state != "planned":
        raise WrongState("session", found.state, step)
    return found
