"""Change who belongs to a case, how they are reached, what they agreed to, and who works in it."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction

from rapport.web.audit.actions import By, record_about
from rapport.web.core.errors import NotHere
from rapport.web.people import actions as people
from rapport.web.people.belonging.errors import (
    GuardianNeeded,
    LastTherapist,
    MeetingsPlanned,
    NotAConsent,
    NotATherapist,
)
from rapport.web.people.belonging.own import own_case, own_member, own_open_case
from rapport.web.people.belonging.queries import consent_of, therapists_here
from rapport.web.people.belonging.young import ABOUT, OWN_YES, is_young
from rapport.web.people.errors import WrongState
from rapport.web.people.models import Case, Consent, Membership, Practice, Session
from rapport.web.people.queries import Reader

SEALED = ("name", "email", "phone", "safe_way", "born")
PLAIN = ("language", "zone")


@transaction.atomic
def change_contacts(
    *,
    case: UUID,
    membership: UUID,
    seen: int,
    told: Mapping[str, str],
    reader: Reader,
    at: datetime,
) -> None:
    """Change how a member is reached; the log says which fields changed, never to what.

    Raises:
        Stale: somebody else changed them since version ``seen``; nothing was written.
    """
    person = own_member(case, membership, reader=reader).person
    changed = [f for f in SEALED if f in told and (person.get(f) or "") != told[f]]
    plain = [f for f in PLAIN if f in told and getattr(person, f) != told[f]]
    for field in changed:
        person.put(field, told[field])
    for field in plain:
        setattr(person, field, told[field])
    person.save_if_unchanged(seen=seen)
    fields = ", ".join([*changed, *plain])
    record_about(person, "contacts changed", by=reader.by, at=at, fields=fields)


@transaction.atomic
def join_new(*, case: UUID, told: Mapping[str, str], reader: Reader, at: datetime) -> UUID:
    """Bring somebody new into an open case of several, and give the membership."""
    own_open_case(case, reader=reader)
    person = people.add_person(**told, by=reader.by, at=at)
    return people.join(case=case, person=person, by=reader.by, at=at)


@transaction.atomic
def member_leaves(*, case: UUID, membership: UUID, why: str, reader: Reader, at: datetime) -> None:
    """A member leaves and is expected nowhere in this case any more.

    What they wrote stays theirs. A meeting planned with nobody else is called off.
    """
    own_member(case, membership, reader=reader)
    people.leave(membership=membership, why=why, by=reader.by, at=at)
    for session in Session.objects.filter(
        state="planned", starts_at__gt=at, attendance__membership_id=membership
    ):
        session.attendance.filter(membership_id=membership).delete()
        if not session.attendance.exists():
            people.cancel_session(session=session.pk, whose="practice", by=reader.by, at=at)


@transaction.atomic
def note_consent(
    *,
    case: UUID,
    membership: UUID,
    about: str,
    text_version: str,
    guardian: str,
    reader: Reader,
    at: datetime,
) -> UUID:
    """Keep that a member, or a guardian for a young one, agreed to something.

    Raises:
        GuardianNeeded: the member is young and no guardian is named.
        NotAConsent: nobody can agree to that.
    """
    member = own_member(case, membership, reader=reader)
    if about not in (*ABOUT, OWN_YES):
        raise NotAConsent
    if about != OWN_YES and not guardian and is_young(member, at=at):
        raise GuardianNeeded(Practice.objects.get(pk=member.practice_id).consent_age)
    named = {"guardian": guardian} if about != OWN_YES else {}
    return people.note_consent(
        membership=membership, about=about, text_version=text_version, by=reader.by, at=at, **named
    )


@transaction.atomic
def withdraw_consent(
    *, case: UUID, membership: UUID, consent: UUID, reader: Reader, at: datetime
) -> str:
    """An agreement is taken back; that it was given stays known. Gives what it was about."""
    taken = consent_of(case, membership, consent, reader=reader)
    if taken.withdrawn_at is not None:
        raise WrongState("consent", "withdrawn", "withdrawn again")
    taken.withdrawn_at = at
    taken.save()
    record_about(taken, "consent withdrawn", by=reader.by, at=at, about=taken.about)
    return taken.about


@transaction.atomic
def say_own_yes(*, membership: UUID, text_version: str, by: By, at: datetime) -> None:
    """A young person says yes to being asked; said once, it is not asked again."""
    member = Membership.one(membership)
    held = Consent.objects.filter(membership=member, about=OWN_YES, withdrawn_at=None)
    if not held.exists():
        people.note_consent(
            membership=membership, about=OWN_YES, text_version=text_version, by=by, at=at
        )


@transaction.atomic
def add_therapist(*, case: UUID, staff: UUID, reader: Reader, at: datetime) -> None:
    """A colleague works in the case, too."""
    _must_be_therapist(staff)
    of = own_open_case(case, reader=reader)
    if of.care.filter(staff_id=staff, until=None).exists():
        raise WrongState("therapist", "in this case already", "added again")
    people.begin_care(case=case, staff=staff, by=reader.by, at=at)


@transaction.atomic
def end_care(*, case: UUID, staff: UUID, reader: Reader, at: datetime) -> None:
    """A therapist works in the case no more.

    Raises:
        LastTherapist: nobody else does.
        MeetingsPlanned: sessions with this therapist are still ahead.
    """
    of = own_case(case, reader=reader)
    care = of.care.filter(staff_id=staff, until=None).first()
    if care is None:
        raise NotHere("therapist")
    if not of.care.filter(until=None).exclude(pk=care.pk).exists():
        raise LastTherapist
    if of.sessions.filter(staff_id=staff, state="planned", starts_at__gt=at).exists():
        raise MeetingsPlanned
    care.until = at
    care.save()
    record_about(care, "care ended", by=reader.by, at=at, case=str(of.pk), staff=str(staff))


@transaction.atomic
def hand_over(
    *, case: UUID, from_staff: UUID, to_staff: UUID, reader: Reader, at: datetime
) -> None:
    """Another therapist takes over, with the sessions that are still ahead."""
    _must_be_therapist(to_staff)
    of = own_open_case(case, reader=reader)
    if of.care.filter(staff_id=to_staff, until=None).exists():
        _end_here(of, from_staff, reader, at)
    else:
        people.transfer(case=case, from_staff=from_staff, to_staff=to_staff, by=reader.by, at=at)
    for session in of.sessions.filter(staff_id=from_staff, state="planned", starts_at__gt=at):
        session.staff_id = to_staff
        session.save_if_unchanged(seen=session.version)
        record_about(session, "session handed over", by=reader.by, at=at, staff=str(to_staff))


@transaction.atomic
def close_case(*, case: UUID, seen: int, reader: Reader, at: datetime) -> None:
    """Close a case; what is still planned is called off, and nothing is deleted."""
    closed = own_open_case(case, reader=reader)
    for session in closed.sessions.filter(state="planned", starts_at__gt=at):
        people.cancel_session(session=session.pk, whose="practice", by=reader.by, at=at)
    closed.closed_at = at
    closed.save_if_unchanged(seen=seen)
    record_about(closed, "case closed", by=reader.by, at=at)


@transaction.atomic
def reopen_case(*, case: UUID, seen: int, reader: Reader, at: datetime) -> None:
    """Open a closed case again, with the members who had not left."""
    opened = own_case(case, reader=reader)
    if opened.closed_at is None:
        raise WrongState("case", "open", "opened again")
    opened.closed_at = None
    opened.save_if_unchanged(seen=seen)
    record_about(opened, "case reopened", by=reader.by, at=at)


def _must_be_therapist(staff: UUID) -> None:
    if staff not in [one for one, _ in therapists_here()]:
        raise NotATherapist


def _end_here(case: Case, staff: UUID, reader: Reader, at: datetime) -> None:
    care = case.care.filter(staff_id=staff, until=None).first()
    if care is None:
        raise NotHere("therapist")
    care.until = at
    care.save()
    record_about(care, "care ended", by=reader.by, at=at, case=str(case.pk), staff=str(staff))
