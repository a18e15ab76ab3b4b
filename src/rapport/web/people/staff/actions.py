"""Add people who work here, change their roles, say who is away, let them go and let them in."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from rapport.web.audit.actions import By, record_about
from rapport.web.core.errors import NotHere
from rapport.web.people import actions as people
from rapport.web.people.errors import WrongState
from rapport.web.people.last import must_not_be_last
from rapport.web.people.models import Staff
from rapport.web.people.queries import Reader
from rapport.web.people.roles import ROLES, May
from rapport.web.people.sign_in import actions as sign_in
from rapport.web.people.staff.errors import AddressTaken, AwayInThePast, NoRole
from rapport.web.people.staff.handover import hand_over_cases


@transaction.atomic
def add(*, name: str, email: str, roles: Sequence[str], reader: Reader, at: datetime) -> UUID:
    """Add somebody; they come in by a one-time link.

    Raises:
        NoRole, AddressTaken: nobody was added.
    """
    reader.must(May.MANAGE_STAFF)
    _check(email, roles)
    return people.add_staff(name=name, email=email, roles=roles, by=reader.by, at=at)


@transaction.atomic
def change(
    *,
    staff: UUID,
    name: str,
    email: str,
    roles: Sequence[str],
    seen: int,
    reader: Reader,
    at: datetime,
) -> None:
    """Change name, address and roles of somebody; what they may do changes with the next request.

    Raises:
        Stale: somebody else changed them since version ``seen``.
        NoRole, AddressTaken, LastInRole: nothing was changed.
    """
    member = _here(staff, reader, "changed")
    _check(email, roles, but=staff)
    lost, gained = set(member.roles) - set(roles), set(roles) - set(member.roles)
    must_not_be_last(member, losing=lost)
    told = _changed_fields(member, name=name, email=email)
    member.name, member.email, member.roles = name, email, list(roles)
    member.save_if_unchanged(seen=seen)
    if member.account is not None:
        member.account.email = email
        member.account.save()
    if lost or gained:
        _note_roles(member, gained, lost, by=reader.by, at=at)
    if told:
        record_about(member, "staff changed", by=reader.by, at=at, fields=told)


@transaction.atomic
def set_away(*, staff: UUID, until: datetime, reader: Reader, at: datetime) -> None:
    """Somebody is away until then: others are told instead.

    Raises:
        AwayInThePast: that moment has gone by.
    """
    member = _here(staff, reader, "away")
    if until <= at:
        raise AwayInThePast
    member.away_until = until
    member.save_if_unchanged(seen=member.version)
    record_about(member, "staff away", by=reader.by, at=at, until=until.isoformat())


@transaction.atomic
def come_back(*, staff: UUID, reader: Reader, at: datetime) -> None:
    """Somebody is back before the day that was said."""
    member = _here(staff, reader, "back")
    member.away_until = None
    member.save_if_unchanged(seen=member.version)
    record_about(member, "staff back", by=reader.by, at=at)


@transaction.atomic
def let_go(*, staff: UUID, reader: Reader, at: datetime, to: UUID | None = None) -> None:
    """Somebody stops working here; the door closes with their next request.

    Args:
        to: the therapist who takes over their open cases; None: nobody yet.

    Raises:
        LastInRole: nobody else could do what they do.
        NoTherapistHere: nobody was let go.
    """
    _here(staff, reader, "let go again")
    sign_in.let_go(staff=staff, by=reader.by, at=at)
    if to is not None:
        hand_over_cases(staff=staff, to=to, reader=reader, at=at)


@transaction.atomic
def give_link(*, staff: UUID, lost_device: bool, reader: Reader, at: datetime) -> str:
    """Make a one-time sign-in link and give its token, which is shown this once."""
    _here(staff, reader, "let in")
    return sign_in.make_link(staff=staff, by=reader.by, at=at, lost_device=lost_device)


def _here(staff: UUID, reader: Reader, step: str) -> Staff:
    reader.must(May.MANAGE_STAFF)
    member = Staff.one(staff)
    if member.left_at is not None:
        raise WrongState("member of staff", "gone", step)
    return member


def _check(email: str, roles: Sequence[str], but: UUID | None = None) -> None:
    if not roles:
        raise NoRole
    unknown = [role for role in roles if role not in ROLES]
    if unknown:
        raise NotHere("role")
    same = Staff.objects.filter(email__iexact=email).values_list("pk", flat=True)
    if set(same) - {but}:
        raise AddressTaken


def _changed_fields(member: Staff, *, name: str, email: str) -> str:
    """Names of the fields that change, never what stands in them; roles get a line of their own."""
    told = {"name": member.name != name, "address": member.email != email}
    return ", ".join(field for field, changed in told.items() if changed)


def _note_roles(member: Staff, gained: set[str], lost: set[str], *, by: By, at: datetime) -> None:
    given, taken = ", ".join(sorted(gained)), ", ".join(sorted(lost))
    record_about(member, "roles changed", by=by, at=at, given=given, taken=taken)
