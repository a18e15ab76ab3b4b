"""Open and keep what is typed in at the desk."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from rapport.web.checkins.actions import Submission, open_planned, receive_checkin
from rapport.web.checkins.by_staff.queries import (
    ToType,
    Typed,
    mirror_of,
    own_occasion,
    to_type,
    typed,
)
from rapport.web.checkins.errors import NotADay, NothingDue, WrongForm
from rapport.web.checkins.models import MOMENTS, Occasion
from rapport.web.core.errors import NotHere
from rapport.web.people.queries import (
    Reader,
    SessionOf,
    case_so_far,
    session_of,
    the_practice,
)
from rapport.web.people.roles import May

Given = Mapping[str, Mapping[str, int | None]]


@transaction.atomic
def open_mirror(*, session: UUID, membership: UUID, reader: Reader, at: datetime) -> ToType:
    """The therapist's own questions about one member, after a session they held themselves.

    Raises:
        NothingDue: the session has not begun, was off, or the questions were answered.
        NotHere: it is somebody else's session.
    """
    held = _own_session(session, membership, reader)
    if held.staff != reader.staff:
        raise NotHere("session of your own")
    if held.state not in ("held", "planned") or held.starts_at > at:
        raise NothingDue
    occasion = open_planned(
        session=session,
        membership=membership,
        moment="after",
        writer="therapist",
        by=reader.by,
        at=at,
    )
    return to_type(occasion, reader=reader, at=at)


@transaction.atomic
def send_mirror(
    *,
    session: UUID,
    membership: UUID,
    key: str,
    answers: Given,
    words: str | None,
    reader: Reader,
    at: datetime,
) -> UUID | None:
    """Keep the therapist's answers, and give whose are still open at this session; None: nobody's.

    Raises:
        WrongForm: nothing was answered at all.
    """
    page = mirror_of(session=session, membership=membership, reader=reader, at=at)
    if not words and all(v is None for given in answers.values() for v in given.values()):
        raise WrongForm
    submission = Submission(
        key=key,
        answers=answers,
        words=words,
        route="mirror",
        language=page.language,
        who_sees="",
        answered_at=at,
    )
    receive_checkin(occasion=page.occasion, submission=submission, by=reader.by, at=at)
    return next(iter(open_mirrors(session=session, reader=reader)), None)


@dataclass(frozen=True, kw_only=True)
class Desk:
    """A form on paper as it was typed in."""

    key: str
    answers: Given
    words: str | None
    day: date


@transaction.atomic
def open_paper(
    *, session: UUID, membership: UUID, moment: str, reader: Reader, at: datetime
) -> UUID:
    """The check-in for which a form is printed or typed in; the paper carries its code."""
    _own_session(session, membership, reader)
    if moment not in MOMENTS:
        raise NotHere("check-in")
    return open_planned(session=session, membership=membership, moment=moment, by=reader.by, at=at)


@transaction.atomic
def send_paper(*, occasion: UUID, desk: Desk, reader: Reader, at: datetime) -> Typed:
    """Keep a form on paper with its true day; what was left open on it stays open.

    Raises:
        NotADay: before the member joined, or still to come.
        WrongForm: an answer to a question that is not on the paper.
    """
    of = own_occasion(occasion, reader=reader)
    if of.state == "open":
        _must_be_on_paper(to_type(occasion, reader=reader, at=at), desk)
    submission = Submission(
        key=desk.key,
        answers=desk.answers,
        words=desk.words,
        route="paper",
        language=of.language or of.membership.person.language,
        who_sees="paper",
        answered_at=_true_time(of, desk.day, at),
    )
    receive_checkin(occasion=occasion, submission=submission, by=reader.by, at=at)
    return typed(occasion, reader=reader)


def open_mirrors(*, session: UUID, reader: Reader) -> list[UUID]:
    """Members of a session about whom its therapist has not answered yet."""
    case = case_so_far(session_of(session).case, reader=reader)
    done = Occasion.objects.filter(session_id=session, writer="therapist", state="answered")
    answered = set(done.values_list("membership_id", flat=True))
    here = [member.membership for member in case.members if not member.left_why]
    return [membership for membership in here if membership not in answered]


def _own_session(session: UUID, membership: UUID, reader: Reader) -> SessionOf:
    """A session of an own case that this member belongs to."""
    reader.must(May.WRITE_OWN_CASES)
    found = session_of(session)
    case = case_so_far(found.case, reader=reader)
    if membership not in [member.membership for member in case.members]:
        raise NotHere("member of this case")
    return found


def _must_be_on_paper(page: ToType, desk: Desk) -> None:
    there = {(str(form.id), q.id) for form in page.forms for q in form.questions}
    given = {(form, q) for form, answers in desk.answers.items() for q in answers}
    if given - there:
        raise WrongForm


def _true_time(of: Occasion, day: date, at: datetime) -> datetime:
    """Noon of that day, or now where it is today and not noon yet."""
    practice = the_practice()
    zone = ZoneInfo(practice.zone if practice else "UTC")
    joined = of.membership.joined_at.astimezone(zone).date()
    if not joined <= day <= at.astimezone(zone).date():
        raise NotADay
    return min(datetime.combine(day, time(12), zone), at)
