"""A case as it is arranged: who belongs to it, who works in it, what was agreed to."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from rapport.web.core.errors import NotHere
from rapport.web.people.belonging.own import own_case, own_member
from rapport.web.people.belonging.young import OWN_YES, is_young, still_needed
from rapport.web.people.errors import NoConsent, WrongState
from rapport.web.people.models import Care, Case, Consent, Membership, Staff
from rapport.web.people.queries import Reader, staff_with


@dataclass(frozen=True, kw_only=True)
class Belonging:
    """One member in the list of a case: a name and a state, no contact and no word.

    Attributes:
        young: a guardian agrees, too.
        missing: who has not agreed yet, "guardian" or "client"; None: nobody is waited for.
    """

    membership: UUID
    name: str
    joined_at: datetime
    left_at: datetime | None
    left_why: str
    young: bool
    missing: str | None


@dataclass(frozen=True, kw_only=True)
class Working:
    """One therapist of a case."""

    staff: UUID
    name: str
    since: datetime
    until: datetime | None


@dataclass(frozen=True, kw_only=True)
class Arranged:
    """A case as its therapist arranges it.

    Attributes:
        version: what an edit of the case itself carries back.
        members: all, those who have left last.
        therapists: all who work or worked in it, those who do now first.
    """

    case: UUID
    version: int
    kind: str
    policy: str
    opened_at: datetime
    closed_at: datetime | None
    members: tuple[Belonging, ...]
    therapists: tuple[Working, ...]

    def must_be_open(self) -> "Arranged":
        """The same case, if nobody closed it.

        Raises:
            WrongState: it is closed.
        """
        if self.closed_at is not None:
            raise WrongState("case", "closed", "changed")
        return self

    @property
    def here(self) -> tuple[Belonging, ...]:
        """Members who have not left."""
        return tuple(member for member in self.members if member.left_at is None)

    @property
    def working(self) -> tuple[Working, ...]:
        """Therapists who work in it now."""
        return tuple(one for one in self.therapists if one.until is None)


@dataclass(frozen=True, kw_only=True)
class Contacts:
    """How one person is reached, and what an edit of it carries back."""

    version: int
    name: str
    email: str
    phone: str
    safe_way: str
    born: str
    language: str
    zone: str


@dataclass(frozen=True, kw_only=True)
class Agreed:
    """One consent. ``guardian`` is the name of who agreed for a young person; "" : themselves."""

    consent: UUID
    about: str
    text_version: str
    guardian: str
    given_at: datetime
    withdrawn_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class MemberWhole:
    """One member alone: their contacts and consents stand on a page with nobody else's."""

    member: Belonging
    contacts: Contacts
    consents: tuple[Agreed, ...]
    policy_accepted_at: datetime | None
    own_yes: bool


def arranged(case: UUID, *, reader: Reader, at: datetime) -> Arranged:
    """Who belongs to a case of the reader's and who works in it."""
    found = own_case(case, reader=reader)
    members = found.memberships.select_related("person").prefetch_related("consents")
    return Arranged(
        case=found.pk,
        version=found.version,
        kind=found.kind,
        policy=found.policy,
        opened_at=found.opened_at,
        closed_at=found.closed_at,
        members=tuple(sorted((_belonging(m, at) for m in members), key=_here_first)),
        therapists=tuple(_working(c) for c in _care(found)),
    )


def member_whole(case: UUID, membership: UUID, *, reader: Reader, at: datetime) -> MemberWhole:
    """One member of a case of the reader's, with contacts and consents."""
    found = own_member(case, membership, reader=reader)
    consents = found.consents.order_by("given_at", "pk")
    return MemberWhole(
        member=_belonging(found, at),
        contacts=contacts_of(found),
        consents=tuple(_agreed(consent) for consent in consents),
        policy_accepted_at=found.policy_accepted_at,
        own_yes=any(c.about == OWN_YES and c.withdrawn_at is None for c in consents),
    )


def therapists_outside(case: UUID, *, reader: Reader) -> tuple[tuple[UUID, str], ...]:
    """Therapists who could be asked into this case, by name."""
    there = set(
        own_case(case, reader=reader).care.filter(until=None).values_list("staff", flat=True)
    )
    return tuple((one, name) for one, name in therapists_here() if one not in there)


def therapists_here() -> tuple[tuple[UUID, str], ...]:
    """All therapists of the practice, by name."""
    staff = {one.pk: one.name for one in Staff.objects.filter(pk__in=staff_with("therapist"))}
    return tuple((one, staff[one]) for one in staff_with("therapist"))


def must_have_consented(membership: UUID, *, at: datetime) -> None:
    """Refuse to ask somebody who may not be asked yet.

    Raises:
        NoConsent: a young person's guardian has not agreed, or an agreement was taken back.
    """
    missing = still_needed(Membership.one(membership), at=at)
    if missing is not None:
        raise NoConsent(missing)


def contacts_of(membership: Membership) -> Contacts:
    """How a member is reached, for whoever has the right to know it already."""
    person = membership.person
    told = {f: person.get(f) or "" for f in ("name", "email", "phone", "safe_way", "born")}
    return Contacts(version=person.version, language=person.language, zone=person.zone, **told)


def consent_of(case: UUID, membership: UUID, consent: UUID, *, reader: Reader) -> Consent:
    """One consent of a member of the reader's."""
    found = own_member(case, membership, reader=reader).consents.filter(pk=consent).first()
    if found is None:
        raise NotHere("consent")
    return found


def _belonging(membership: Membership, at: datetime) -> Belonging:
    return Belonging(
        membership=membership.pk,
        name=membership.person.get("name") or "",
        joined_at=membership.joined_at,
        left_at=membership.left_at,
        left_why=membership.left_why,
        young=is_young(membership, at=at),
        missing=still_needed(membership, at=at),
    )


def _here_first(member: Belonging) -> tuple[bool, datetime, str]:
    return member.left_at is not None, member.joined_at, member.name


def _care(case: Case) -> Iterable[Care]:
    every = case.care.select_related("staff").order_by("since", "pk")
    return sorted(every, key=lambda care: care.until is not None)


def _working(care: Care) -> Working:
    return Working(staff=care.staff_id, name=care.staff.name, since=care.since, until=care.until)


def _agreed(consent: Consent) -> Agreed:
    return Agreed(
        consent=consent.pk,
        about=consent.about,
        text_version=consent.text_version,
        guardian=consent.get("guardian") or "",
        given_at=consent.given_at,
        withdrawn_at=consent.withdrawn_at,
    )
