"""What a therapist arranges in one step that concerns several parts; each in one transaction."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from rapport.web.audit.actions import record_about
from rapport.web.casework.models import Feed
from rapport.web.casework.queries import hashed, risk_open
from rapport.web.checkins.actions import end_links_of
from rapport.web.core.errors import NotHere
from rapport.web.measures import actions as measures
from rapport.web.measures.queries import PlannedForm, goals_of
from rapport.web.people import actions as people
from rapport.web.people.belonging import actions as belonging
from rapport.web.people.belonging.queries import arranged, member_whole, must_have_consented
from rapport.web.people.belonging.young import TREATMENT
from rapport.web.people.errors import NoConsent
from rapport.web.people.queries import Reader
from rapport.web.people.roles import May
from rapport.web.people.secrets.errors import NoSuchPolicy
from rapport.web.people.secrets.queries import stated

BYTES = 20  # of a secret address: 160 bits


@transaction.atomic
def begin_case(
    *,
    kind: str,
    policy: str,
    members: Sequence[Mapping[str, str]],
    reader: Reader,
    at: datetime,
) -> UUID:
    """Open a case of new clients with how each is reached, cared for by whoever opens it.

    Raises:
        WrongMembers: so many people don't make this kind of case; nobody was added.
    """
    reader.must(May.OPEN_CASES)
    if policy != stated(policy):
        raise NoSuchPolicy
    added = [people.add_person(**told, by=reader.by, at=at) for told in members]
    return people.open_case(
        kind=kind, people=added, therapists=[reader.staff], policy=policy, by=reader.by, at=at
    )


@transaction.atomic
def leave(*, case: UUID, membership: UUID, why: str, reader: Reader, at: datetime) -> None:
    """A member leaves: expected nowhere any more, and every link of theirs ends."""
    belonging.member_leaves(case=case, membership=membership, why=why, reader=reader, at=at)
    end_links_of(membership=membership, by=reader.by, at=at)


@transaction.atomic
def withdraw(*, case: UUID, membership: UUID, consent: UUID, reader: Reader, at: datetime) -> None:
    """An agreement is taken back; without a consent to treatment nobody is asked any more."""
    about = belonging.withdraw_consent(
        case=case, membership=membership, consent=consent, reader=reader, at=at
    )
    if about == TREATMENT:
        _end_links_without_consent(membership, reader, at)


@transaction.atomic
def close(*, case: UUID, seen: int, reader: Reader, at: datetime) -> None:
    """Close a case: what is planned is called off, and every link of its members ends."""
    belonging.close_case(case=case, seen=seen, reader=reader, at=at)
    for member in arranged(case, reader=reader, at=at).members:
        end_links_of(membership=member.membership, by=reader.by, at=at)


@transaction.atomic
def plan_form(*, case: UUID, item: PlannedForm, reader: Reader, at: datetime) -> None:
    """Ask one more form in a case of the reader's."""
    found = _open(case, reader, at)
    measures.add_to_plan(
        case=case, kind=found, item=item, risk_open=risk_open(at=at), by=reader.by, at=at
    )


@transaction.atomic
def unplan_form(*, case: UUID, place: int, asks: str, reader: Reader, at: datetime) -> None:
    """Ask a form of the plan no more, in this case alone."""
    kind = _open(case, reader, at)
    measures.end_line(
        case=case,
        kind=kind,
        place=place,
        asks=asks,
        risk_open=risk_open(at=at),
        by=reader.by,
        at=at,
    )


@transaction.atomic
def plan_default(*, kind: str, item: PlannedForm, reader: Reader, at: datetime) -> None:
    """Ask one more form in all cases of a kind that have no plan of their own."""
    reader.must(May.MANAGE_SETTINGS)
    measures.add_to_plan(
        case=None, kind=kind, item=item, risk_open=risk_open(at=at), by=reader.by, at=at
    )


@transaction.atomic
def unplan_default(*, kind: str, place: int, asks: str, reader: Reader, at: datetime) -> None:
    """Ask a form no more in the cases of a kind that have no plan of their own."""
    reader.must(May.MANAGE_SETTINGS)
    measures.end_line(
        case=None,
        kind=kind,
        place=place,
        asks=asks,
        risk_open=risk_open(at=at),
        by=reader.by,
        at=at,
    )


@transaction.atomic
def set_goal(*, case: UUID, membership: UUID, words: str, reader: Reader, at: datetime) -> None:
    """Keep a goal in the words of a member of the reader's."""
    member_whole(case, membership, reader=reader, at=at)
    measures.set_goal(membership=membership, words=words, by=reader.by, at=at)


@transaction.atomic
def end_goal(
    *, case: UUID, membership: UUID, goal: UUID, why: str, reader: Reader, at: datetime
) -> None:
    """A goal of a member of the reader's was reached or let go."""
    member_whole(case, membership, reader=reader, at=at)
    if goal not in [one.id for one in goals_of(membership)]:
        raise NotHere("goal")
    measures.end_goal(goal=goal, why=why, by=reader.by, at=at)


@transaction.atomic
def make_feed(*, reader: Reader, at: datetime) -> str:
    """Make a secret address for the reader's own sessions: the one time it is seen.

    An earlier one ends.
    """
    reader.must(May.SEE_OWN_CASES)
    end_feed(reader=reader, at=at)
    token = secrets.token_urlsafe(BYTES)
    feed = Feed(staff_id=reader.staff, token=hashed(token), made_at=at)
    feed.save()
    record_about(feed, "calendar address made", by=reader.by, at=at)
    return token


@transaction.atomic
def end_feed(*, reader: Reader, at: datetime) -> None:
    """End the address; a program that still asks for it gets nothing."""
    reader.must(May.SEE_OWN_CASES)
    for feed in Feed.objects.filter(staff_id=reader.staff, ended_at=None):
        feed.ended_at = at
        feed.save()
        record_about(feed, "calendar address ended", by=reader.by, at=at)


def _open(case: UUID, reader: Reader, at: datetime) -> str:
    """The kind of an open case of the reader's."""
    return arranged(case, reader=reader, at=at).must_be_open().kind


def _end_links_without_consent(membership: UUID, reader: Reader, at: datetime) -> None:
    try:
        must_have_consented(membership, at=at)
    except NoConsent:
        end_links_of(membership=membership, by=reader.by, at=at)
