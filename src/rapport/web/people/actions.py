"""Change who is who and who meets when; each change and its audit line are one transaction."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID, uuid4

from django.db import transaction

from rapport.web.audit.actions import By, record, record_about
from rapport.web.core.access import inside
from rapport.web.core.errors import NotHere
from rapport.web.core.keys import key_store
from rapport.web.people.errors import KeptByLaw, WrongMembers, WrongState
from rapport.web.people.models import (
    CANCELLERS,
    Attendance,
    Care,
    Case,
    Consent,
    Membership,
    Person,
    Practice,
    Session,
    Staff,
)
from rapport.web.people.roles import ROLES

MEMBERS = {
    "individual": (1, 1, "one member"),
    "couple": (2, 2, "two members"),
    "family": (2, None, "two members or more"),
    "group": (2, None, "two members or more"),
}


@transaction.atomic
def open_practice(
    *,
    name: str,
    zone: str,
    language: str,
    consent_age: int,
    by: By,
    at: datetime,
    made_up: bool = False,
) -> UUID:
    """Open the practice of this installation and give its id."""
    practice = Practice.objects.create(
        id=uuid4(),
        name=name,
        zone=zone,
        language=language,
        consent_age=consent_age,
        made_up=made_up,
    )
    with inside(practice.id):
        record(deed="practice opened", thing="practice", thing_id=str(practice.id), by=by, at=at)
    return practice.id


@transaction.atomic
def add_staff(*, name: str, email: str, roles: Sequence[str], by: By, at: datetime) -> UUID:
    """Add somebody who works here."""
    unknown = [role for role in roles if role not in ROLES]
    if unknown:
        raise NotHere(f"role {', '.join(unknown)}")
    staff = Staff(name=name, email=email, roles=list(roles))
    staff.save()
    record_about(staff, "staff added", by=by, at=at, roles=", ".join(roles))
    return staff.pk


@transaction.atomic
def add_person(
    *,
    name: str,
    language: str,
    zone: str,
    by: By,
    at: datetime,
    email: str | None = None,
    phone: str | None = None,
    safe_way: str | None = None,
    born: str | None = None,
) -> UUID:
    """Add a client. The key is on the disk before the first sealed word is written."""
    person = Person(language=language, zone=zone, since=at)
    key_store().create(str(person.pk))
    told = {"name": name, "email": email, "phone": phone, "safe_way": safe_way, "born": born}
    for field, value in told.items():
        person.put(field, value)
    person.save()
    record_about(person, "client added", by=by, at=at)
    return person.pk


@transaction.atomic
def open_case(
    *,
    kind: str,
    people: Sequence[UUID],
    therapists: Sequence[UUID],
    policy: str,
    by: By,
    at: datetime,
) -> UUID:
    """Open a case with its first members and therapists.

    Raises:
        WrongMembers: so many members don't make this kind of case, or nobody cares for it.
    """
    _check_members(kind, len(set(people)), len(therapists))
    case = Case(kind=kind, policy=policy, opened_at=at)
    case.save()
    record_about(case, "case opened", by=by, at=at, kind=kind)
    for person in people:
        _join(case, Person.one(person), by=by, at=at)
    for therapist in therapists:
        _take_care(case, Staff.one(therapist), by=by, at=at)
    return case.pk


def _check_members(kind: str, members: int, therapists: int) -> None:
    if kind not in MEMBERS:
        raise NotHere(f"kind of case {kind!r}")
    least, most, needed = MEMBERS[kind]
    if members < least or (most is not None and members > most):
        raise WrongMembers(kind, needed)
    if not therapists:
        raise WrongMembers(kind, "a therapist")


@transaction.atomic
def join(*, case: UUID, person: UUID, by: By, at: datetime) -> UUID:
    """Bring another member into an open case of several."""
    joined = _open_case(case)
    there = joined.memberships.filter(left_at=None).count()
    _check_members(joined.kind, there + 1, 1)
    return _join(joined, Person.one(person), by=by, at=at)


@transaction.atomic
def leave(*, membership: UUID, why: str, by: By, at: datetime) -> None:
    """A member leaves; what they wrote stays theirs and stays closed to the others."""
    gone = Membership.one(membership)
    if gone.left_at is not None:
        raise WrongState("membership", gone.left_why, "ended again")
    gone.left_at, gone.left_why = at, why
    gone.save()
    record_about(gone, "member left", by=by, at=at, why=why)


@transaction.atomic
def stop_messages(*, membership: UUID, by: By, at: datetime) -> None:
    """Send this member nothing more; asked twice it stays as it was the first time."""
    stopped = Membership.one(membership)
    if stopped.messages_stopped_at is None:
        stopped.messages_stopped_at = at
        stopped.save()
        record_about(stopped, "messages stopped", by=by, at=at)


@transaction.atomic
def transfer(*, case: UUID, from_staff: UUID, to_staff: UUID, by: By, at: datetime) -> None:
    """Another therapist takes over; the first one's care ends at the same moment."""
    moved = _open_case(case)
    care = moved.care.filter(staff_id=from_staff, until=None).first()
    if care is None:
        raise NotHere("care")
    care.until = at
    care.save()
    _take_care(moved, Staff.one(to_staff), by=by, at=at)


@transaction.atomic
def begin_care(*, case: UUID, staff: UUID, by: By, at: datetime) -> None:
    """Another therapist works in an open case, too."""
    _take_care(_open_case(case), Staff.one(staff), by=by, at=at)


@transaction.atomic
def note_consent(
    *,
    membership: UUID,
    about: str,
    text_version: str,
    by: By,
    at: datetime,
    guardian: str | None = None,
) -> UUID:
    """Keep that somebody agreed; ``guardian`` names who agreed for a young person."""
    consent = Consent(
        membership=Membership.one(membership), about=about, text_version=text_version, given_at=at
    )
    consent.put("guardian", guardian)
    consent.save()
    record_about(consent, "consent noted", by=by, at=at, about=about, text=text_version)
    return consent.pk


@transaction.atomic
def plan_session(
    *,
    case: UUID,
    staff: UUID,
    starts_at: datetime,
    by: By,
    at: datetime,
    minutes: int = 50,
    place: str = "room",
    members: Sequence[UUID] | None = None,
) -> UUID:
    """Plan a meeting; ``members`` for an individual session inside a case of several."""
    of = _open_case(case)
    last = of.sessions.order_by("-number").values_list("number", flat=True).first() or 0
    session = Session(
        case=of,
        staff=Staff.one(staff),
        number=last + 1,
        starts_at=starts_at,
        minutes=minutes,
        place=place,
    )
    session.save()
    for member in _expected(of, members):
        Attendance(session=session, membership=member).save()
    record_about(session, "session planned", by=by, at=at, number=session.number)
    return session.pk


@transaction.atomic
def hold_session(*, session: UUID, came: Sequence[UUID], by: By, at: datetime) -> None:
    """Note that a session was held and which members came."""
    held = _planned(session, "held")
    held.state = "held"
    held.save_if_unchanged(seen=held.version)
    for attendance in held.attendance.all():
        attendance.state = "came" if attendance.membership_id in came else "did not come"
        attendance.save()
    record_about(held, "session held", by=by, at=at, came=len(came))


@transaction.atomic
def cancel_session(
    *, session: UUID, whose: str, by: By, at: datetime, seen: int | None = None
) -> None:
    """Note who called a session off: client, therapist or practice.

    Args:
        seen: the version that whoever does it was looking at; None: nobody was looking.

    Raises:
        Stale: somebody else changed it since.
        WrongState: it is not planned any more, or nobody is said to have called it off.
    """
    cancelled = _planned(session, "called off")
    if whose not in CANCELLERS:
        raise WrongState("session", "planned", "called off by nobody")
    cancelled.state, cancelled.cancelled_by = "cancelled", whose
    cancelled.save_if_unchanged(seen=cancelled.version if seen is None else seen)
    record_about(cancelled, "session cancelled", by=by, at=at, whose=whose)


@transaction.atomic
def miss_session(*, session: UUID, by: By, at: datetime, seen: int | None = None) -> None:
    """Note that nobody came and nobody had called it off; ``seen`` as in ``cancel_session``."""
    missed = _planned(session, "missed")
    missed.state = "missed"
    missed.save_if_unchanged(seen=missed.version if seen is None else seen)
    missed.attendance.update(state="did not come")
    record_about(missed, "session missed", by=by, at=at)


@transaction.atomic
def forget(*, person: UUID, by: By, at: datetime, why: str = "asked") -> None:
    """Forget a client: every row that hangs on them, and the key that opens old copies.

    The key goes last and inside the transaction: if it can't be destroyed, nothing was deleted.

    Args:
        why: asked, time over, or mistake; a state, never a sentence.

    Raises:
        KeptByLaw: the records have to be kept until a later day.
        FlagStillOpen: an answer of this client still waits for a person.
    """
    gone = Person.one(person)
    if gone.keep_until is not None and at.date() < gone.keep_until:
        raise KeptByLaw(gone.keep_until)
    _erase(gone, "client forgotten", by=by, at=at, why=why)


@transaction.atomic
def forget_again(*, person: UUID, by: By, at: datetime) -> None:
    """Delete what a restored backup brought back of somebody who was forgotten since."""
    _erase(Person.one(person), "client forgotten again", by=by, at=at, why="restored")


@transaction.atomic
def keep_until(*, person: UUID, until: date | None, by: By, at: datetime) -> None:
    """Say until which day the law asks to keep the records; None: it does not ask."""
    kept = Person.one(person)
    kept.keep_until = until
    kept.save()
    told = until.isoformat() if until else "no day"
    record_about(kept, "records kept until", by=by, at=at, until=told)


def _erase(gone: Person, deed: str, *, by: By, at: datetime, why: str) -> None:
    person = str(gone.pk)
    cases = list(Case.objects.filter(memberships__person=gone).distinct())
    record_about(gone, deed, by=by, at=at, why=why)
    gone.delete()
    for case in cases:
        if not case.memberships.exists():
            case.delete()
    key_store().destroy(person, at=at)


def _open_case(case: UUID) -> Case:
    found = Case.one(case)
    if found.closed_at is not None:
        raise WrongState("case", "closed", "changed")
    return found


def _planned(session: UUID, step: str) -> Session:
    found = Session.one(session)
    if found.state != "planned":
        raise WrongState("session", found.state, step)
    return found


def _expected(case: Case, members: Sequence[UUID] | None) -> list[Membership]:
    there = list(case.memberships.filter(left_at=None))
    if members is None:
        return there
    chosen = [member for member in there if member.pk in members]
    if not chosen or len(chosen) != len(set(members)):
        raise NotHere("member of this case")
    return chosen


def _join(case: Case, person: Person, *, by: By, at: datetime) -> UUID:
    membership = Membership(case=case, person=person, joined_at=at)
    membership.save()
    record_about(membership, "member joined", by=by, at=at, case=str(case.pk))
    return membership.pk


def _take_care(case: Case, staff: Staff, *, by: By, at: datetime) -> None:
    care = Care(case=case, staff=staff, since=at)
    care.save()
    record_about(care, "care begun", by=by, at=at, case=str(case.pk), staff=str(staff.pk))
