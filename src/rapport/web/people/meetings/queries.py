"""The sessions of a case, with who is expected and who came."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from rapport.web.people.belonging.own import own_case, own_session
from rapport.web.people.models import Attendance, Session, Staff
from rapport.web.people.queries import Reader


@dataclass(frozen=True, kw_only=True)
class Attending:
    """One member at one session: "expected", "came", "did not come" or "excused"."""

    membership: UUID
    name: str
    state: str


@dataclass(frozen=True, kw_only=True)
class Planned:
    """A session as its therapist arranges it.

    Attributes:
        version: what a change of it carries back.
        staff, therapist: id and name of the therapist it is with.
        attending: who is expected, or who came.
    """

    session: UUID
    version: int
    number: int
    starts_at: datetime
    minutes: int
    place: str
    state: str
    cancelled_by: str
    staff: UUID
    therapist: str
    attending: tuple[Attending, ...]


@dataclass(frozen=True, kw_only=True)
class Appointment:
    """A session as a calendar holds it: no name, no case, no word."""

    session: UUID
    version: int
    starts_at: datetime
    minutes: int
    called_off: bool


def meetings_of(case: UUID, *, reader: Reader) -> tuple[Planned, ...]:
    """All sessions of a case of the reader's, the latest first."""
    sessions = own_case(case, reader=reader).sessions.select_related("staff")
    there = sessions.prefetch_related("attendance__membership__person")
    return tuple(_planned(one) for one in there.order_by("-starts_at", "-number"))


def meeting(case: UUID, session: UUID, *, reader: Reader) -> Planned:
    """One session of a case of the reader's."""
    return _planned(own_session(case, session, reader=reader))


def appointments_of(staff: UUID, *, since: datetime) -> tuple[Appointment, ...]:
    """The sessions of somebody who works here from a moment on; nothing once they have left."""
    if Staff.one(staff).left_at is not None:
        return ()
    sessions = Session.objects.filter(staff_id=staff, starts_at__gte=since)
    return tuple(
        Appointment(
            session=one.pk,
            version=one.version,
            starts_at=one.starts_at,
            minutes=one.minutes,
            called_off=one.state == "cancelled",
        )
        for one in sessions.order_by("starts_at", "pk")
    )


def _planned(session: Session) -> Planned:
    return Planned(
        session=session.pk,
        version=session.version,
        number=session.number,
        starts_at=session.starts_at,
        minutes=session.minutes,
        place=session.place,
        state=session.state,
        cancelled_by=session.cancelled_by,
        staff=session.staff_id,
        therapist=session.staff.name,
        attending=tuple(sorted(map(_attending, session.attendance.all()), key=lambda a: a.name)),
    )


def _attending(row: Attendance) -> Attending:
    return Attending(
        membership=row.membership_id,
        name=row.membership.person.get("name") or "",
        state=row.state,
    )
