"""Read who is who, each reader their own part; what is not theirs is not there."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Prefetch, QuerySet, UUIDField

from rapport.web.audit.actions import By
from rapport.web.audit.queries import lines_about
from rapport.web.core.access import current_practice
from rapport.web.core.asked_often import AskedOften, ColumnsAskedOften
from rapport.web.core.errors import NotHere
from rapport.web.people.errors import NotAllowed, NotMadeUp
from rapport.web.people.models import (
    Attendance,
    Case,
    Membership,
    Person,
    Practice,
    Session,
    Staff,
)
from rapport.web.people.roles import May, allowed


@dataclass(frozen=True, kw_only=True)
class Reader:
    """Somebody who works here, as far as access goes."""

    staff: UUID
    roles: tuple[str, ...]

    @property
    def by(self) -> By:
        """The same, for the audit log."""
        return By(kind="staff", id=str(self.staff))

    def must(self, what: May) -> None:
        """Refuse unless a role allows it.

        Raises:
            NotAllowed: none does.
        """
        if not allowed(self.roles, what):
            raise NotAllowed


@dataclass(frozen=True, kw_only=True)
class Member:
    """One member of a case as its therapist sees them."""

    membership: UUID
    person: UUID
    name: str
    left_why: str


@dataclass(frozen=True, kw_only=True)
class CaseSoFar:
    """A case as its therapist sees it."""

    case: UUID
    kind: str
    policy: str
    opened_at: datetime
    members: tuple[Member, ...]


@dataclass(frozen=True, kw_only=True)
class Meeting:
    """A session as the day list shows it: no clinical word."""

    session: UUID
    case: UUID
    number: int
    starts_at: datetime
    state: str
    place: str
    expected: tuple[str, ...]  # names of the members who are expected


@dataclass(frozen=True, kw_only=True)
class ThePractice:
    """The practice of this installation, as the head of every page shows it."""

    practice: UUID
    name: str
    zone: str
    language: str
    made_up: bool


_PRACTICES = AskedOften(lambda: Practice.objects.all()[:2])


def the_practice() -> ThePractice | None:
    """The one practice of this installation; None: `rapport init` has not run yet.

    Raises:
        RuntimeError: there are several, so nobody can say which is meant.
    """
    found = _PRACTICES.all()
    if len(found) > 1:
        raise RuntimeError("several practices in one database: one process can't serve them")
    if not found:
        return None
    only = found[0]
    return ThePractice(
        practice=only.pk,
        name=only.name,
        zone=only.zone,
        language=only.language,
        made_up=only.made_up,
    )


def language_here() -> str:
    """The practice's own language; "": there is no practice yet."""
    practice = the_practice()
    return practice.language if practice else ""


def must_be_made_up() -> None:
    """Refuse unless nobody in the practice one is in exists.

    Raises:
        NotMadeUp: somebody may.
    """
    if not Practice.objects.filter(pk=current_practice(), made_up=True).exists():
        raise NotMadeUp


def practices() -> list[UUID]:
    """Every practice in this database; on SQLite one, or none yet."""
    return list(Practice.objects.order_by("pk").values_list("pk", flat=True))


def begun_at() -> datetime:
    """When the practice one is in was opened."""
    return lines_about(current_practice())[0].at


def everyone() -> list[UUID]:
    """Ids of all clients of the practice one is in, for work that concerns each of them."""
    return list(Person.objects.order_by("pk").values_list("pk", flat=True))


def language_of_member(membership: UUID) -> str:
    """In which language a client reads.

    Raises:
        NotHere: there is no such member.
    """
    found = Membership.objects.select_related("person").filter(pk=membership).first()
    if found is None:
        raise NotHere("membership")
    return found.person.language


@dataclass(frozen=True, kw_only=True)
class SessionOf:
    """A session with what is needed to ask about it."""

    session: UUID
    case: UUID
    kind: str
    staff: UUID
    number: int
    starts_at: datetime
    state: str


_SESSIONS = ColumnsAskedOften(
    lambda case: (
        Session.objects.filter(case_id=case)
        .order_by("-number")
        .values_list("pk", "staff_id", "number", "starts_at", "state")
    ),
    case=UUIDField(),
)


def session_of(session: UUID) -> SessionOf:
    """One session and its case."""
    return _session_of(Session.one(session))


def sessions_of(case: UUID, *, reader: Reader) -> list[SessionOf]:
    """All sessions of a case, the latest first, for a therapist who works in it."""
    kind = _case_of(case, reader).kind
    return [
        SessionOf(
            session=pk,
            case=case,
            kind=kind,
            staff=staff,
            number=number,
            starts_at=starts_at,
            state=state,
        )
        for pk, staff, number, starts_at, state in _SESSIONS.all(case=case)
    ]


def sessions_expecting(membership: UUID, *, since: datetime, until: datetime) -> list[SessionOf]:
    """Sessions between two moments that this member is or was expected at and that were not off."""
    there = Session.objects.filter(
        attendance__membership_id=membership,
        state__in=("planned", "held"),
        starts_at__gte=since,
        starts_at__lt=until,
    )
    return [_session_of(session) for session in there.order_by("starts_at")]


def _session_of(session: Session) -> SessionOf:
    return SessionOf(
        session=session.pk,
        case=session.case_id,
        kind=session.case.kind,
        staff=session.staff_id,
        number=session.number,
        starts_at=session.starts_at,
        state=session.state,
    )


def reader_of(staff: UUID) -> Reader:
    """Somebody who works here.

    Raises:
        NotHere: nobody of this id, or somebody who has left.
    """
    found = Staff.one(staff)
    if found.left_at is not None:
        raise NotHere("member of staff")
    return Reader(staff=found.pk, roles=tuple(found.roles))


_MEMBERS = AskedOften(
    lambda case: Membership.objects.select_related("person").filter(case_id=case), case=UUIDField()
)


def case_so_far(case: UUID, *, reader: Reader) -> CaseSoFar:
    """A case with its members, for a therapist who works in it.

    Raises:
        NotAllowed: the role sees no cases.
        NotHere: there is no such case, or it is not the reader's.
    """
    found = _case_of(case, reader)
    return CaseSoFar(
        case=found.pk,
        kind=found.kind,
        policy=found.policy,
        opened_at=found.opened_at,
        members=tuple(_member(m) for m in in_order_of_coming(_MEMBERS.all(case=found.pk))),
    )


def in_order_of_coming(memberships: Iterable[Membership]) -> list[Membership]:
    """The first who came first; those who came together by name."""
    return sorted(memberships, key=lambda m: (m.joined_at, m.person.get("name") or "", m.pk))


_HERE = AskedOften(lambda: Staff.objects.filter(left_at=None).order_by("name", "pk"))


def staff_with(role: str) -> list[UUID]:
    """Everybody who works here in a role, in the order of their names."""
    return [staff.pk for staff in _HERE.all() if role in staff.roles]


def is_here(staff: UUID, *, at: datetime) -> bool:
    """Whether somebody works here and is not away at this moment."""
    return Staff.one(staff).is_here(at)


def staff_names(staff: Iterable[UUID]) -> dict[UUID, str]:
    """Names of those who work here, by id."""
    found = Staff.objects.filter(pk__in=list(staff))
    return {one.pk: one.name for one in found}


def names_of(memberships: Iterable[UUID]) -> dict[UUID, str]:
    """Names of members by membership, for whoever has the right to know them already."""
    found = Membership.objects.filter(pk__in=list(memberships)).select_related("person")
    return {member.pk: member.person.get("name") or "" for member in found}


def members_in_care(*, reader: Reader) -> list[Member]:
    """Every member of the reader's open cases who has not left."""
    reader.must(May.SEE_OWN_CASES)
    mine = Membership.objects.filter(
        case__care__staff_id=reader.staff,
        case__care__until=None,
        case__closed_at=None,
        left_at=None,
    )
    return [_member(m) for m in mine.select_related("person").order_by("joined_at", "pk")]


_CARED_FOR_MEMBER = ColumnsAskedOften(
    lambda membership, staff: Membership.objects.filter(
        pk=membership, case__care__staff_id=staff, case__care__until=None
    ).values_list("pk")[:1],
    membership=UUIDField(),
    staff=UUIDField(),
)


def must_care_for(membership: UUID, *, reader: Reader) -> None:
    """Refuse unless the reader works in the case of this member.

    Raises:
        NotAllowed: the role sees no cases.
        NotHere: there is no such member, or not in a case of the reader's.
    """
    reader.must(May.SEE_OWN_CASES)
    if not _CARED_FOR_MEMBER.all(membership=membership, staff=reader.staff):
        raise NotHere("membership")


def cases_of(*, reader: Reader) -> list[UUID]:
    """Ids of all open cases the reader works in, the longest first."""
    reader.must(May.SEE_OWN_CASES)
    mine = _cared_for(reader).filter(closed_at=None).order_by("opened_at", "pk")
    return list(mine.values_list("pk", flat=True))


def day_list(*, day_start: datetime, day_end: datetime, reader: Reader) -> list[Meeting]:
    """All sessions of a day with the names of who is expected, for the front desk."""
    reader.must(May.PLAN_SESSIONS)
    there = Attendance.objects.select_related("membership__person")
    expected = Prefetch("attendance", there, to_attr="expected")
    sessions = Session.objects.filter(starts_at__gte=day_start, starts_at__lt=day_end)
    sessions = sessions.prefetch_related(expected)
    if not allowed(reader.roles, May.SEE_OWN_CASES):
        return [_meeting(session) for session in sessions.order_by("starts_at")]
    return [_meeting(s) for s in sessions.filter(staff_id=reader.staff).order_by("starts_at")]


_CARED_FOR = AskedOften(
    lambda case, staff: Case.objects.filter(
        pk=case, care__staff_id=staff, care__until=None
    ).order_by("pk")[:1],
    case=UUIDField(),
    staff=UUIDField(),
)


def _case_of(case: UUID, reader: Reader) -> Case:
    reader.must(May.SEE_OWN_CASES)
    found = _CARED_FOR.first(case=case, staff=reader.staff)
    if found is None:
        raise NotHere("case")
    return found


def _cared_for(reader: Reader) -> QuerySet[Case]:
    return Case.objects.filter(care__staff_id=reader.staff, care__until=None)


def _member(membership: Membership) -> Member:
    return Member(
        membership=membership.pk,
        person=membership.person_id,
        name=membership.person.get("name") or "",
        left_why=membership.left_why,
    )


def _meeting(session: Session) -> Meeting:
    there = session.expected  # type: ignore[attr-defined]
    return Meeting(
        session=session.pk,
        case=session.case_id,
        number=session.number,
        starts_at=session.starts_at,
        state=session.state,
        place=session.place,
        expected=tuple(sorted(a.membership.person.get("name") or "" for a in there)),
    )
