"""The day as the front desk sees it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from rapport.web.audit.actions import record_seen
from rapport.web.core.errors import NotHere
from rapport.web.people.models import Attendance, Session
from rapport.web.people.queries import Reader
from rapport.web.people.roles import May, allowed


@dataclass(frozen=True, kw_only=True)
class Expected:
    """Somebody who is expected at a session.

    Attributes:
        state: "expected", "came", "did not come" or "excused".
    """

    membership: UUID
    name: str
    state: str


@dataclass(frozen=True, kw_only=True)
class Appointment:
    """A session of the day: no clinical word.

    Attributes:
        version: what a change of it carries back.
    """

    session: UUID
    version: int
    starts_at: datetime
    minutes: int
    place: str
    state: str
    with_whom: str
    expected: tuple[Expected, ...]


def appointments(
    *, day_start: datetime, day_end: datetime, reader: Reader, at: datetime
) -> list[Appointment]:
    """All sessions of a day by time, for the front desk; for a therapist their own alone."""
    reader.must(May.PLAN_SESSIONS)
    there = Attendance.objects.filter(
        session__starts_at__gte=day_start, session__starts_at__lt=day_end
    )
    if allowed(reader.roles, May.SEE_OWN_CASES):
        there = there.filter(session__staff_id=reader.staff)
    rows = there.select_related("session__staff", "membership__person")
    people = {row.membership.person_id for row in rows}
    record_seen("day list seen", clients=people, by=reader.by, at=at)
    by_session: dict[UUID, list[Attendance]] = {}
    for row in rows.order_by("session__starts_at", "session_id"):
        by_session.setdefault(row.session_id, []).append(row)
    return [_appointment(expected) for expected in by_session.values()]


def appointment(session: UUID, *, reader: Reader, at: datetime) -> Appointment:
    """One of them, with who is expected."""
    rows = list(
        session_here(session, reader=reader).attendance.select_related("membership__person")
    )
    people = {row.membership.person_id for row in rows}
    record_seen("day list seen", clients=people, by=reader.by, at=at)
    return _appointment(rows)


def session_here(session: UUID, *, reader: Reader) -> Session:
    """A session whose time the reader may change, and at which somebody is expected.

    Raises:
        NotAllowed: the role plans no sessions.
        NotHere: there is none, or it is a colleague's.
    """
    reader.must(May.PLAN_SESSIONS)
    there = Session.objects.filter(pk=session, attendance__isnull=False)
    if allowed(reader.roles, May.SEE_OWN_CASES):
        there = there.filter(staff_id=reader.staff)
    found = there.select_related("staff", "case").first()
    if found is None:
        raise NotHere("session")
    return found


def _appointment(rows: list[Attendance]) -> Appointment:
    session: Session = rows[0].session
    expected = [
        Expected(
            membership=row.membership_id,
            name=row.membership.person.get("name") or "",
            state=row.state,
        )
        for row in rows
    ]
    return Appointment(
        session=session.pk,
        version=session.version,
        starts_at=session.starts_at,
        minutes=session.minutes,
        place=session.place,
        state=session.state,
        with_whom=session.staff.name,
        expected=tuple(sorted(expected, key=lambda one: one.name)),
    )
