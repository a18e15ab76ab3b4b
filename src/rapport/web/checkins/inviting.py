"""Open a check-in as the plan of its case asks it, and make the link that leads to it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from rapport.web.audit.actions import By, record_about
from rapport.web.checkins.errors import LinkEnded, NothingDue
from rapport.web.checkins.models import Link, Occasion
from rapport.web.checkins.seen import FEAR
from rapport.web.checkins.tokens import hashed, new_token
from rapport.web.measures.actions import pin_form
from rapport.web.measures.queries import due_forms, form
from rapport.web.people.belonging.queries import must_have_consented
from rapport.web.people.course import next_meeting
from rapport.web.people.queries import SessionOf, session_of, the_practice
from rapport.web.safety.queries import fear_may_be_asked, missing_for_risk_questions

OPEN_DAYS = 7  # after the session; later a check-in says little about it (ours)
HOURS = 72  # a link opens that long (P23 of our promises)


@transaction.atomic
def open_occasion(
    *,
    session: UUID,
    membership: UUID,
    writer: str,
    about: UUID,
    moment: str,
    forms: Sequence[UUID],
    opens_at: datetime,
    closes_at: datetime,
    by: By,
    at: datetime,
) -> UUID:
    """Open one check-in of one writer."""
    occasion = Occasion(
        session_id=session,
        membership_id=membership,
        writer=writer,
        about_id=about,
        moment=moment,
        forms=[str(asked) for asked in forms],
        opens_at=opens_at,
        closes_at=closes_at,
    )
    occasion.save()
    record_about(occasion, "check-in opened", by=by, at=at, moment=moment, writer=writer)
    return occasion.pk


@transaction.atomic
def invite(
    *,
    session: UUID,
    membership: UUID,
    moment: str,
    by: By,
    at: datetime,
    earlier_end: bool = True,
) -> str:
    """Open a client's check-in for a session where it is not open yet, and give a new link.

    Raises:
        NothingDue: the plan asks nothing, or it was answered.
    """
    occasion = open_planned(session=session, membership=membership, moment=moment, by=by, at=at)
    return make_link(occasion=occasion, by=by, at=at, earlier_end=earlier_end)


@transaction.atomic
def open_planned(
    *, session: UUID, membership: UUID, moment: str, by: By, at: datetime, writer: str = "client"
) -> UUID:
    """Open a check-in for a session where it is not open yet, and give its id.

    The forms are those that the plan of the case asks at this session, as they are now.

    Raises:
        NothingDue: the plan asks nothing, or it was answered.
        NoConsent: a young person's guardian has not agreed, or an agreement was taken back.
    """
    if writer == "client":
        must_have_consented(membership, at=at)
    there = Occasion.objects.filter(
        session_id=session, membership_id=membership, moment=moment, writer=writer
    ).first()
    if there is None:
        return _open_as_planned(session_of(session), membership, moment, writer, by=by, at=at)
    if there.state != "open":
        raise NothingDue
    return there.pk


@transaction.atomic
def make_link(
    *, occasion: UUID, by: By, at: datetime, hours: int = HOURS, earlier_end: bool = True
) -> str:
    """Make a link and give its token: the one time it is seen.

    Args:
        earlier_end: end earlier links. A reminder leaves them open: whoever came by the first one
            may be in the middle of answering.
    """
    of = Occasion.one(occasion)
    if of.state != "open":
        raise LinkEnded
    if earlier_end:
        of.links.filter(ended_at=None).update(ended_at=at)
    token = new_token()
    until = min(at + timedelta(hours=hours), of.closes_at)
    link = Link(occasion=of, token=hashed(token), expires_at=until)
    link.save()
    record_about(link, "link made", by=by, at=at, occasion=str(of.pk))
    return token


@transaction.atomic
def end_links_of(*, membership: UUID, by: By, at: datetime) -> None:
    """End all open links of a member: at discharge, or on request."""
    open_links = Link.objects.filter(occasion__membership_id=membership, ended_at=None)
    for link in open_links:
        link.ended_at = at
        link.save()
        record_about(link, "link ended", by=by, at=at)


def _open_as_planned(
    session: SessionOf, membership: UUID, moment: str, writer: str, *, by: By, at: datetime
) -> UUID:
    language = _language(session, membership, writer, at)
    due = due_forms(
        case=session.case,
        kind=session.kind,
        membership=membership if writer == "client" else None,
        session_number=session.number,
        moment=moment,
        language=language,
        risk_open=not missing_for_risk_questions(at=at),
    )
    pinned = [pin_form(instrument=d.instrument, language=d.language, by=by, at=at) for d in due]
    fear_open = fear_may_be_asked(therapist=session.staff)
    forms = [asked for asked in pinned if fear_open or not _asks_fear(asked)]
    if not forms:
        raise NothingDue
    return open_occasion(
        session=session.session,
        membership=membership,
        writer=writer,
        about=session.staff,
        moment=moment,
        forms=forms,
        opens_at=at,
        closes_at=max(at, session.starts_at) + timedelta(days=OPEN_DAYS),
        by=by,
        at=at,
    )


def _language(session: SessionOf, membership: UUID, writer: str, at: datetime) -> str:
    """Of whoever writes: a client's own, a therapist's that of the practice."""
    practice = the_practice()
    if writer == "therapist" and practice is not None:
        return practice.language
    return next_meeting(membership=membership, staff=session.staff, after=at).language


def _asks_fear(form_id: UUID) -> bool:
    return any(question.safety == FEAR for question in form(form_id).questions)
