"""Cases, members and attendance as a reading needs them: many at a time, in few looks."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db.models import Count, DateTimeField, Q, QuerySet, UUIDField

from rapport.web.core.asked_often import AnyOf, AskedOften, ColumnsAskedOften
from rapport.web.people.models import Attendance, Care, Case, Membership, Person, Session, Staff
from rapport.web.people.queries import Reader
from rapport.web.people.roles import May

ALONE = "individual"


@dataclass(frozen=True, kw_only=True, slots=True)
class MemberOf:
    """A membership without a name."""

    membership: UUID
    case: UUID
    several: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class MemberHere:
    """A member of an open case.

    Attributes:
        mark: changes when the name does, and tells nothing of it.
    """

    membership: UUID
    person: UUID
    name: str
    mark: str


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenCase:
    """An open case with the members who have not left."""

    case: UUID
    kind: str
    members: tuple[MemberHere, ...]

    @property
    def several(self) -> bool:
        """Whether more than one person belongs to it."""
        return self.kind != ALONE

    @property
    def name(self) -> str:
        """How the case is called: by its members."""
        names = [member.name for member in self.members]
        return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def open_cases(*, reader: Reader) -> list[OpenCase]:
    """The reader's open cases, the longest first.

    Raises:
        NotAllowed: the role sees no cases.
    """
    reader.must(May.SEE_OWN_CASES)
    return _cases(_OWN_MEMBERS.all(staff=reader.staff))


def cases_by_therapist() -> dict[UUID, list[OpenCase]]:
    """Every open case of the practice under each therapist who works in it, for the worker."""
    everyone = _members(Case.objects.filter(closed_at=None))
    cases = {case.case: case for case in _cases(everyone)}
    found: dict[UUID, list[OpenCase]] = {}
    here = Care.objects.filter(case_id__in=cases, until=None, staff__left_at=None)
    for staff, case in here.values_list("staff_id", "case_id"):
        found.setdefault(staff, []).append(cases[case])
    return found


_PLANNED = ColumnsAskedOften(
    lambda case, after: (
        Session.objects.filter(case_id=case, state="planned", starts_at__gte=after)
        .order_by("starts_at")
        .values_list("number", "starts_at")[:1]
    ),
    case=UUIDField(),
    after=DateTimeField(),
)


def upcoming_of(case: UUID, *, after: datetime) -> tuple[int, datetime] | None:
    """The next planned session of one case; None: none is planned."""
    found = _PLANNED.first(case=case, after=after)
    return (found[0], found[1]) if found else None


def upcoming(cases: Collection[UUID], *, after: datetime) -> dict[UUID, tuple[int, datetime]]:
    """The next planned session of each case: its number and when it starts."""
    found: dict[UUID, tuple[int, datetime]] = {}
    for case, number, starts_at in _ALL_PLANNED.all(cases=cases, after=after):
        found.setdefault(case, (number, starts_at))
    return found


_ALL_PLANNED = ColumnsAskedOften(
    lambda cases, after: (
        Session.objects.filter(case_id__in=cases, state="planned", starts_at__gte=after)
        .order_by("starts_at")
        .values_list("case_id", "number", "starts_at")
    ),
    cases=AnyOf(UUIDField()),
    after=DateTimeField(),
)
_NEXT = AskedOften(
    lambda case, member, after: Session.objects.filter(
        case_id=case, attendance__membership_id=member, state="planned", starts_at__gt=after
    ).order_by("starts_at")[:1],
    case=UUIDField(),
    member=UUIDField(),
    after=DateTimeField(),
)


def next_planned(*, case: UUID, membership: UUID, after: datetime) -> datetime | None:
    """When a member of a case is expected next; None: nothing is planned."""
    planned = _NEXT.first(case=case, member=membership, after=after)
    return planned.starts_at if planned else None


def names_of_staff(staff: Collection[UUID]) -> dict[UUID, str]:
    """Names of people who work here or did."""
    found = Staff.objects.filter(pk__in=staff).values_list("pk", "name")
    return dict(found)


def _members(cases: QuerySet[Case]) -> QuerySet[Membership, tuple[Any, ...]]:
    """Who belongs to these cases: the columns that an open case is made from."""
    there = Membership.objects.filter(left_at=None, case__in=cases)
    return there.order_by("case__opened_at", "case_id").values_list(
        "case_id", "case__kind", "joined_at", "pk", "person_id", "person__name"
    )


_OWN_MEMBERS = ColumnsAskedOften(
    lambda staff: _members(
        Case.objects.filter(care__staff_id=staff, care__until=None, closed_at=None)
    ),
    staff=UUIDField(),
)


def _cases(rows: Iterable[Sequence[Any]]) -> list[OpenCase]:
    kinds: dict[UUID, str] = {}
    found: dict[UUID, list[tuple[datetime, MemberHere]]] = {}
    for case, kind, joined_at, membership, person, name in rows:
        kinds[case] = kind
        found.setdefault(case, []).append(
            (joined_at, _here(membership, person, None if name is None else bytes(name)))
        )
    return [
        OpenCase(case=case, kind=kinds[case], members=_in_order_of_coming(members))
        for case, members in found.items()
    ]


def _in_order_of_coming(members: list[tuple[datetime, MemberHere]]) -> tuple[MemberHere, ...]:
    """The first who came first; those who came together by name."""
    ordered = sorted(members, key=lambda m: (m[0], m[1].name, m[1].membership))
    return tuple(member for _, member in ordered)


def _here(membership: UUID, person: UUID, name: bytes | None) -> MemberHere:
    return MemberHere(
        membership=membership,
        person=person,
        name=Person.opened("name", name, of=person, key=person),
        mark=sha256(bytes(name or b"")).hexdigest()[:16],
    )


def everybody() -> list[MemberOf]:
    """Every membership there ever was and that was not forgotten."""
    rows = Membership.objects.values_list("pk", "case_id", "case__kind")
    return [MemberOf(membership=pk, case=case, several=kind != ALONE) for pk, case, kind in rows]


_CAME = ColumnsAskedOften(
    lambda membership: Attendance.objects.filter(
        Q(session__state="held", state__in=("came", "did not come"))
        | Q(session__state="missed")
        | Q(session__cancelled_by="client"),
        membership_id=membership,
    ).values_list("session__number", "session__starts_at", "state"),
    membership=UUIDField(),
)


def attendance_of(
    memberships: Collection[UUID],
) -> dict[UUID, dict[int, tuple[datetime, bool]]]:
    """By member and number of session: when it was, and whether they came.

    A session that the client called off counts as not come; one that the practice or the
    therapist called off is left out, and so is one still to come.
    """
    found = {
        member: {
            number: (starts_at, state == "came")
            for number, starts_at, state in _CAME.all(membership=member)
        }
        for member in memberships
    }
    return {member: came for member, came in found.items() if came}


_ATTENDED = ColumnsAskedOften(
    lambda memberships: (
        Attendance.objects.filter(membership_id__in=memberships)
        .exclude(session__state="planned")
        .values_list("membership_id", "session__state", "state")
        .annotate(Count("pk"))
        .order_by("session__state", "state")
    ),
    memberships=AnyOf(UUIDField()),
)


def attendance_stands(memberships: Collection[UUID]) -> dict[UUID, str]:
    """A text per member that changes when a session was held, missed, or marked anew."""
    found: dict[UUID, list[str]] = {}
    for member, of_session, state, times in _ATTENDED.all(memberships=memberships):
        found.setdefault(member, []).append(f"{of_session}/{state}/{times}")
    return {member: ";".join(parts) for member, parts in found.items()}
