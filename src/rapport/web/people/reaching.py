"""How people are reached: a client by address and language, and that they want no messages."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet, UUIDField

from rapport.web.audit.actions import By, record_about
from rapport.web.core.asked_often import AskedOften, ColumnsAskedOften
from rapport.web.core.errors import NotHere
from rapport.web.people.models import Attendance, Membership, Person, Staff
from rapport.web.people.queries import Reader, must_care_for, the_practice


@dataclass(frozen=True, kw_only=True)
class Reach:
    """How one member is reached.

    Attributes:
        email, phone: as they were given; None: not at all.
        by_hand: a safe way is noted, so nothing goes out by itself.
        stopped_at: since when they want no messages, in whichever case they said so.
        left: no member any more.
    """

    person: UUID
    email: str | None
    phone: str | None
    by_hand: bool
    language: str
    zone: str
    stopped_at: datetime | None
    left: bool


@dataclass(frozen=True, kw_only=True)
class Expected:
    """One member expected at one session, without any name or address.

    Attributes:
        person: whose key seals what is about them.
        by_mail, by_phone: an address of this kind is there.
    """

    session: UUID
    membership: UUID
    person: UUID
    starts_at: datetime
    ends_at: datetime
    state: str
    attendance: str
    by_mail: bool
    by_phone: bool


@dataclass(frozen=True, kw_only=True)
class StaffReach:
    """Where somebody who works here gets a nudge; None: they have left."""

    email: str | None
    language: str


_REACHED = AskedOften(
    lambda id: Membership.objects.select_related("person", "case").filter(pk=id), id=UUIDField()
)
_STOPPED = ColumnsAskedOften(
    lambda person: (
        Membership.objects.filter(person_id=person, messages_stopped_at__isnull=False)
        .order_by("messages_stopped_at")
        .values_list("messages_stopped_at")[:1]
    ),
    person=UUIDField(),
)


def reach_of(membership: UUID) -> Reach:
    """How a member is reached, for whatever sends; not for a page."""
    member = _REACHED.first(id=membership)
    if member is None:
        raise NotHere("membership")
    person = member.person
    return Reach(
        person=person.pk,
        email=person.get("email"),
        phone=person.get("phone"),
        by_hand=person.safe_way is not None,
        language=person.language,
        zone=person.zone,
        stopped_at=_stopped_at(person),
        left=member.left_at is not None or member.case.closed_at is not None,
    )


def reach_of_own(membership: UUID, *, reader: Reader) -> Reach:
    """The same for a therapist who works in the case.

    Raises:
        NotAllowed, NotHere: it is not the reader's to know.
    """
    must_care_for(membership, reader=reader)
    return reach_of(membership)


def expected_at(*, session: UUID, membership: UUID) -> Expected | None:
    """A member's place in a session as it is now; None: not expected there."""
    found = _with_all().filter(session_id=session, membership_id=membership).first()
    return _expected(found) if found else None


def expected_between(*, first: datetime, last: datetime) -> list[Expected]:
    """Members with any address who are expected at sessions that start in this time.

    Left out are those who left, whose case is closed, for whom a safe way is noted, or who want no
    messages.
    """
    stopped = Membership.objects.filter(messages_stopped_at__isnull=False).values("person_id")
    rows = _with_all().filter(
        Q(membership__person__email__isnull=False) | Q(membership__person__phone__isnull=False),
        session__starts_at__gte=first,
        session__starts_at__lte=last,
        session__state__in=("planned", "held"),
        membership__left_at=None,
        membership__case__closed_at=None,
        membership__person__safe_way=None,
    )
    wanted = rows.exclude(membership__person_id__in=stopped)
    return [_expected(row) for row in wanted.order_by("session__starts_at", "pk")]


def staff_reach(staff: UUID) -> StaffReach:
    """Where somebody who works here is nudged, and in which language."""
    member, practice = Staff.one(staff), the_practice()
    here = member.left_at is None and (member.account is None or member.account.is_active)
    language = practice.language if practice else "en"
    return StaffReach(email=member.email if here else None, language=language)


def cannot_sign_in(staff: Iterable[UUID | None]) -> set[UUID]:
    """Those of these who have left or whose account is closed."""
    return _those(staff, _CLOSED)


def out_of_reach(staff: Iterable[UUID | None], at: datetime) -> set[UUID]:
    """Those of these who would read nothing now: they can't sign in, or are away."""
    return _those(staff, _CLOSED | Q(away_until__gt=at))


_CLOSED = Q(left_at__isnull=False) | Q(account__is_active=False)


def _those(staff: Iterable[UUID | None], gone: Q) -> set[UUID]:
    return set(Staff.objects.filter(gone, pk__in=list(staff)).values_list("pk", flat=True))


@transaction.atomic
def stop_messages(*, person: UUID, by: By, at: datetime) -> bool:
    """Stop all messages to a client, in every case of theirs; False: they were stopped before."""
    stopped = Person.one(person)
    going = stopped.memberships.filter(messages_stopped_at=None)
    for membership in going:
        membership.messages_stopped_at = at
        membership.save()
        record_about(membership, "messages stopped", by=by, at=at)
    return bool(going)


@transaction.atomic
def allow_messages(*, membership: UUID, reader: Reader, at: datetime) -> None:
    """A client asked their therapist for messages again."""
    must_care_for(membership, reader=reader)
    person = Membership.one(membership).person
    for stopped in person.memberships.filter(messages_stopped_at__isnull=False):
        stopped.messages_stopped_at = None
        stopped.save()
        record_about(stopped, "messages allowed", by=reader.by, at=at)


def _stopped_at(person: Person) -> datetime | None:
    found = _STOPPED.first(person=person.pk)
    first: datetime | None = found[0] if found else None
    return first


def _with_all() -> QuerySet[Attendance]:
    return Attendance.objects.select_related("session", "membership__person")


def _expected(row: Attendance) -> Expected:
    session, person = row.session, row.membership.person
    return Expected(
        session=session.pk,
        membership=row.membership_id,
        person=person.pk,
        starts_at=session.starts_at,
        ends_at=session.starts_at + timedelta(minutes=session.minutes),
        state=session.state,
        attendance=row.state,
        by_mail=person.email is not None,
        by_phone=person.phone is not None,
    )
