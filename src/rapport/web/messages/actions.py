"""Write down what has to be said; `outbox` hands it over."""

import logging
from base64 import urlsafe_b64encode
from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from django.db import IntegrityError, transaction

from rapport.web.audit.actions import By, record_about
from rapport.web.checkins.actions import open_planned
from rapport.web.checkins.tokens import hashed
from rapport.web.core.errors import Refused
from rapport.web.core.keys import key_store
from rapport.web.messages import times, ways
from rapport.web.messages.errors import MessagesStopped, NoWay
from rapport.web.messages.models import Message
from rapport.web.people.queries import Reader, the_practice
from rapport.web.people.reaching import (
    Expected,
    Reach,
    expected_between,
    reach_of_own,
    stop_messages,
)
from rapport.web.safety.queries import Nudge, nudges_due

log = logging.getLogger("rapport.web.messages")

STOP_BYTES = 20


def write_invitations(*, at: datetime) -> int:
    """Write an invitation for every check-in that has become due, once; gives how many.

    Where a session was moved meanwhile, what still waits for it moves along.
    """
    first, last = at - times.ASK_AFTER, at + times.ASK_BEFORE
    expected = expected_between(first=first, last=last)
    there = _written(expected)
    new = 0
    for one in expected:
        for moment in ("before", "after"):
            window = times.invitation_window(
                moment=moment, starts_at=one.starts_at, ends_at=one.ends_at
            )
            known = there.get((one.session, one.membership, moment), [])
            if known:
                _move_along(known, window)
            elif window.holds(at):
                new += _invited(one, moment, window)
    return new


def write_nudges(*, at: datetime) -> int:
    """Write a nudge for every notice that has not got one for this turn; gives how many."""
    nudges = nudges_due(at=at)
    known = Message.objects.filter(notice_id__in=[nudge.notice for nudge in nudges])
    there = set(known.values_list("notice_id", "turn"))
    missing = [nudge for nudge in nudges if (nudge.notice, nudge.turn) not in there]
    return sum(_nudged(nudge) for nudge in missing)


@transaction.atomic
def send_link(
    *, session: UUID, membership: UUID, moment: str, way: str, reader: Reader, at: datetime
) -> UUID:
    """Send a member of an own case the link to a check-in, by hand; it goes with the next round.

    Pressed twice it is sent once.

    Raises:
        NotAllowed, NotHere: it is not the reader's member, or not a member expected there.
        MessagesStopped: they want no messages.
        NoWay: no address of this kind, or this kind is not set up.
        NothingDue: the plan asks nothing, or it was answered.
    """
    reach = reach_of_own(membership, reader=reader)
    _must_be_reachable(reach, way)
    place = {"session_id": session, "membership_id": membership, "moment": moment, "way": way}
    waiting = Message.objects.filter(kind="link", state__in=("waiting", "handing"), **place).first()
    if waiting is not None:
        return waiting.pk
    open_planned(session=session, membership=membership, moment=moment, by=reader.by, at=at)
    message = Message(kind="link", due_at=at, until_at=at + times.ASK_AFTER, **place)
    _save_with_stop(message, reach.person)
    record_about(message, "link to be sent", by=reader.by, at=at, way=way)
    return message.pk


@transaction.atomic
def stop(*, token: str, at: datetime) -> None:
    """Stop all messages to whoever got this one. A token of nobody does nothing, and says so to
    nobody.
    """
    found = Message.objects.filter(stop=hashed(token)).select_related("membership").first()
    if found is None or found.membership is None:
        return
    person = found.membership.person_id
    stop_messages(person=person, by=By(kind="client", id=str(person)), at=at)


def stop_token(*, message: UUID, person: UUID) -> str:
    """The token that stops all messages to a person: made anew each time, kept nowhere."""
    key = key_store().of(str(person))
    made = sha256(b"stop:" + message.bytes + key).digest()
    return urlsafe_b64encode(made[:STOP_BYTES]).decode().rstrip("=")


def _nudged(nudge: Nudge) -> bool:
    try:
        with transaction.atomic():
            Message(
                kind="notice",
                way="email",
                notice_id=nudge.notice,
                turn=nudge.turn,
                due_at=nudge.due_at,
            ).save()
    except IntegrityError:  # another worker was faster
        return False
    return True


def _written(expected: Iterable[Expected]) -> dict[tuple[UUID, UUID, str], list[Message]]:
    sessions = {one.session for one in expected}
    found: dict[tuple[UUID, UUID, str], list[Message]] = {}
    for message in Message.objects.filter(session_id__in=sessions):
        if message.session_id and message.membership_id:
            place = (message.session_id, message.membership_id, message.moment)
            found.setdefault(place, []).append(message)
    return found


def _move_along(known: Iterable[Message], window: times.Window) -> None:
    for message in known:
        moved = message.due_at != window.due
        if message.kind == "invitation" and message.state == "waiting" and moved:
            changed = Message.objects.filter(pk=message.pk, state="waiting")
            changed.update(due_at=window.due, until_at=window.until)


def _invited(one: Expected, moment: str, window: times.Window) -> int:
    try:
        with transaction.atomic():
            return _invite(one, moment, window)
    except (Refused, IntegrityError) as fault:
        # A key is lost, or another worker was faster: the others get theirs all the same.
        log.warning("an invitation was not written", exc_info=fault)
        return 0


def _invite(one: Expected, moment: str, window: times.Window) -> int:
    practice = the_practice()
    way = _way(one, made_up=bool(practice and practice.made_up))
    if way is None or one.attendance not in ("expected", "came"):
        return 0
    message = Message(
        kind="invitation",
        way=way,
        session_id=one.session,
        membership_id=one.membership,
        moment=moment,
        due_at=window.due,
        until_at=window.until,
    )
    _save_with_stop(message, one.person)
    return 1


def _way(one: Expected, *, made_up: bool) -> str | None:
    """E-mail where there is an address, else a short message; None: neither goes anywhere."""
    if one.by_mail and ways.is_set_up("email", made_up=made_up):
        return "email"
    if one.by_phone and ways.is_set_up("sms", made_up=made_up):
        return "sms"
    return None


def _must_be_reachable(reach: Reach, way: str) -> None:
    practice = the_practice()
    if reach.stopped_at is not None:
        raise MessagesStopped
    address = {"email": reach.email, "sms": reach.phone}.get(way)
    if not address or not ways.is_set_up(way, made_up=bool(practice and practice.made_up)):
        raise NoWay


def _save_with_stop(message: Message, person: UUID) -> None:
    message.stop = hashed(stop_token(message=message.pk, person=person))
    message.save()
