"""Who can be forgotten by whom: a therapist their own clients, whoever leads the practice all."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from rapport.web.core.errors import NotHere
from rapport.web.people.errors import OnlyTheLead
from rapport.web.people.models import Care, Membership, Person
from rapport.web.people.queries import Reader
from rapport.web.people.roles import May, allowed

MOST = 200  # shown at a time, the longest gone first


@dataclass(frozen=True, kw_only=True)
class Leaving:
    """A client who can be forgotten.

    Attributes:
        ended_at: when the last of their cases ended for them; None: one goes on.
        keep_until: until when the law asks to keep the records; None: it does not ask.
    """

    person: UUID
    name: str
    since: datetime
    ended_at: datetime | None
    keep_until: date | None


def who_left(*, reader: Reader) -> list[Leaving]:
    """Clients none of whose cases goes on, the longest gone first."""
    reader.must(May.FORGET_CLIENTS)
    going_on = Membership.objects.filter(person=OuterRef("pk"), left_at=None, case__closed_at=None)
    gone = [_leaving(person) for person in _mine(reader).exclude(Exists(going_on))]
    return sorted(gone, key=lambda one: one.ended_at or one.since)[:MOST]


def one_leaving(person: UUID, *, reader: Reader) -> Leaving:
    """One client, to be forgotten.

    Raises:
        NotAllowed: the role forgets nobody.
        NotHere: there is no such client, or not in a case of the reader's.
        OnlyTheLead: somebody else's work would go with it.
    """
    reader.must(May.FORGET_CLIENTS)
    found = _mine(reader).filter(pk=person).first()
    if found is None:
        raise NotHere("client")
    if not allowed(reader.roles, May.FORGET_ANYBODY) and _others_work(found, reader):
        raise OnlyTheLead
    return _leaving(found)


def _mine(reader: Reader) -> QuerySet[Person]:
    if allowed(reader.roles, May.FORGET_ANYBODY):
        return Person.objects.all()
    return Person.objects.filter(
        Exists(_care_of(reader).filter(case__memberships__person=OuterRef("pk")))
    )


def _others_work(person: Person, reader: Reader) -> bool:
    mine = _care_of(reader).filter(case=OuterRef("case"))
    return Membership.objects.filter(person=person).exclude(Exists(mine)).exists()


def _care_of(reader: Reader) -> QuerySet[Care]:
    return Care.objects.filter(staff_id=reader.staff, until=None)


def _leaving(person: Person) -> Leaving:
    memberships = list(person.memberships.select_related("case"))
    ends = [_ended(one) for one in memberships]
    return Leaving(
        person=person.pk,
        name=person.get("name") or "",
        since=person.since,
        ended_at=None if None in ends else max(filter(None, ends), default=None),
        keep_until=person.keep_until,
    )


def _ended(membership: Membership) -> datetime | None:
    """When a case ended for a member: they left, or it was closed."""
    ends = [end for end in (membership.left_at, membership.case.closed_at) if end is not None]
    return min(ends, default=None)
