"""Who works here, for whoever manages it; names of staff by id."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db.models import Count, Exists, OuterRef, Q

from rapport.web.people.models import Case, Staff
from rapport.web.people.queries import Reader
from rapport.web.people.roles import ROLES, May, allowed


@dataclass(frozen=True, kw_only=True)
class WorksHere:
    """Somebody who works here, or did.

    Attributes:
        away_until: when they are back, where they are away now; None: they are here.
        comes_in: whether a second factor is set up, so that they can sign in.
        open_cases: how many open cases they care for.
        version: what an edit has to have seen.
    """

    staff: UUID
    name: str
    email: str
    roles: tuple[str, ...]
    away_until: datetime | None
    left_at: datetime | None
    comes_in: bool
    open_cases: int
    version: int

    @property
    def role_names(self) -> tuple[str, ...]:
        """Roles as people read them, in the order of the list of roles."""
        return tuple(role.name for key, role in ROLES.items() if key in self.roles)

    @property
    def answers(self) -> bool:
        """Whether they may answer a flag."""
        return self.left_at is None and allowed(self.roles, May.ANSWER_FLAGS)


@dataclass(frozen=True, kw_only=True)
class RolesFilled:
    """Which roles nobody has, and how many can let people in.

    Attributes:
        empty: names of roles that nobody here has.
        managers: how many may add people and make sign-in links.
    """

    empty: tuple[str, ...]
    managers: int


def everybody(*, reader: Reader, at: datetime) -> list[WorksHere]:
    """Everybody who works here by name, then those who have left."""
    reader.must(May.MANAGE_STAFF)
    found = _told().order_by("left_at", "name", "pk")
    here = [_works_here(member, at) for member in found]
    return sorted(here, key=lambda one: one.left_at is not None)


def one_of_staff(staff: UUID, *, reader: Reader, at: datetime) -> WorksHere:
    """One of them.

    Raises:
        NotHere: nobody of this id.
    """
    reader.must(May.MANAGE_STAFF)
    Staff.one(staff)
    return _works_here(_told().get(pk=staff), at)


def staff_who_may(what: May) -> list[tuple[UUID, str]]:
    """Id and name of everybody here whose roles allow it, by name."""
    here = Staff.objects.filter(left_at=None).order_by("name", "pk")
    return [(staff.pk, staff.name) for staff in here if allowed(staff.roles, what)]


def names_of_staff(ids: Iterable[UUID | str]) -> dict[str, str]:
    """Names by id, of those too who have left."""
    found = Staff.objects.filter(pk__in={str(one) for one in ids})
    return {str(staff.pk): staff.name for staff in found}


def away_now(*, at: datetime) -> list[tuple[str, datetime]]:
    """Who is away and until when, the soonest back first."""
    away = Staff.objects.filter(left_at=None, away_until__gt=at).order_by("away_until")
    return [(staff.name, staff.away_until) for staff in away if staff.away_until]


def roles_filled() -> RolesFilled:
    """Which roles are without anybody."""
    here = list(Staff.objects.filter(left_at=None))
    had = {role for staff in here for role in staff.roles}
    return RolesFilled(
        empty=tuple(role.name for key, role in ROLES.items() if key not in had),
        managers=sum(allowed(staff.roles, May.MANAGE_STAFF) for staff in here),
    )


def cases_without_therapist() -> int:
    """How many open cases nobody who works here cares for: nobody reads what comes in there."""
    cared = Q(care__until=None, care__staff__left_at=None)
    cases = Case.objects.filter(closed_at=None).annotate(carers=Count("care", filter=cared))
    return cases.filter(carers=0).count()


def _told() -> Any:
    """A query set of staff with two columns more."""
    factors = Authenticator.objects.filter(
        user_id=OuterRef("account_id"),
        type__in=(Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN),
    )
    open_cases = Count("care", filter=Q(care__until=None, care__case__closed_at=None))
    return Staff.objects.annotate(comes_in=Exists(factors), open_cases=open_cases)


def _works_here(member: Any, at: datetime) -> WorksHere:
    away = member.away_until if member.away_until and member.away_until > at else None
    return WorksHere(
        staff=member.pk,
        name=member.name,
        email=member.email,
        roles=tuple(member.roles),
        away_until=away,
        left_at=member.left_at,
        comes_in=member.comes_in,
        open_cases=member.open_cases,
        version=member.version,
    )
