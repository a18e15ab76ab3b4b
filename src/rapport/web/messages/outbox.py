"""Hand over what waits: at least once, hardly ever twice, and never to who said stop.

Each message goes through three steps, each a transaction of its own: taken into the hand (with its
new link), handed over, settled. A process that ends in between leaves it in the hand; after a few
minutes nobody can hold it any more, and it is handed over once more: so after a crash a person may
see a message twice, never three times. A reminder is not repeated: one too few is better than two.
"""

import logging
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from rapport.web.audit.actions import SYSTEM, record_about
from rapport.web.checkins.actions import invite
from rapport.web.checkins.errors import NothingDue
from rapport.web.checkins.tokens import hashed
from rapport.web.messages import times, ways, words
from rapport.web.messages.actions import stop_token
from rapport.web.messages.errors import NotHandedOver
from rapport.web.messages.models import WAYS, Message
from rapport.web.people.reaching import Expected, Reach, expected_at, reach_of, staff_reach
from rapport.web.safety.actions import notice_sent
from rapport.web.safety.queries import nudge_waits

log = logging.getLogger("rapport.web.messages")

AT_A_TIME = 50  # of each way in a round, so that a round stays short
FAULTS_IN_A_ROW = 3  # then the server is down, and asking it fifty times helps nobody
MOST_TRIES = 12  # to a client; a nudge of a flag is tried until somebody takes the flag
TWICE = 2

LATER = "later"


def deliver(*, at: datetime) -> int:
    """Hand over everything that may go now; gives how many were taken."""
    for message in list(_left_in_hand(at)):
        _settle_unknown(message, at=at)
    return sum(_deliver_by(way, at) for way in WAYS)


def _deliver_by(way: str, at: datetime) -> int:
    waiting = list(islice(_due(way, at), AT_A_TIME))
    carrier = ways.carrier(way)
    taken = faults = 0
    for message in waiting:
        done = _one(message, carrier, at)
        taken += done is True
        faults = faults + 1 if done is False else 0
        if faults == FAULTS_IN_A_ROW:
            break
    carrier.close()
    return taken


def _due(way: str, at: datetime) -> Iterator[UUID]:
    """Ids of what may be tried now; what staff has to read comes first."""
    in_time = Q(until_at=None) | Q(until_at__gt=at)
    waiting = Message.objects.filter(in_time, state="waiting", way=way, due_at__lte=at)
    for message in waiting.order_by("-kind", "due_at", "pk"):  # "notice" before all other kinds
        if times.may_try(kind=message.kind, tries=message.tries, tried_at=message.tried_at, at=at):
            yield message.pk


def _one(message: UUID, carrier: ways.Carrier, at: datetime) -> bool | None:
    """True: taken; False: the carrier failed; None: it does not go, or not now."""
    try:
        carrier.open()  # before the message is in the hand, so that it is there for a moment only
        parcel = _take(message, at=at)
        if parcel is None:
            return None
        carrier.hand_over(parcel)
    except NotHandedOver as fault:
        log.warning("a message was not taken; it is tried again", exc_info=fault)
        _not_taken(message, fault, at=at)
        return False
    except Exception as fault:  # one message that can't be made never holds up the others
        log.error("a message could not be made", exc_info=fault)
        _not_taken(message, NotHandedOver(type(fault).__name__), at=at)
        return None
    _taken(message, at=at)
    return True


@transaction.atomic
def _take(message: UUID, *, at: datetime) -> ways.Parcel | None:
    """Take it into the hand with all it needs; None: it does not go, or somebody else has it."""
    held = Message.objects.select_for_update().filter(pk=message, state="waiting").first()
    if held is None:
        return None
    parcel = _to_staff(held) if held.kind == "notice" else _to_client(held, at)
    if isinstance(parcel, ways.Parcel):
        held.state, held.tried_at, held.tries = "handing", at, held.tries + 1
        held.save()
        return parcel
    if parcel != LATER:
        _drop(held, parcel, at)
    return None


def _to_staff(message: Message) -> ways.Parcel | str:
    if message.notice_id is None:
        return "no notice"
    whom = nudge_waits(message.notice_id, turn=message.turn)
    if whom is None:
        return "taken on"
    reach = staff_reach(whom)
    if not reach.email:
        return "not here any more"
    said = words.to_staff(language=reach.language, link=f"{settings.RAPPORT_ADDRESS}/")
    return ways.Parcel(
        id=message.pk.hex, to=reach.email, subject=said.subject, text=said.text, stop=""
    )


def _to_client(message: Message, at: datetime) -> ways.Parcel | str:
    if message.membership_id is None or message.session_id is None:
        return "no member"
    reach = reach_of(message.membership_id)
    expected = expected_at(session=message.session_id, membership=message.membership_id)
    reason = _why_not(message, reach, expected, at)
    if reason:
        return reason
    try:
        link = invite(
            session=message.session_id,
            membership=message.membership_id,
            moment=message.moment,
            by=SYSTEM,
            at=at,
            earlier_end=False,  # whoever has the first link may be answering right now
        )
    except NothingDue:
        return "nothing is asked"
    return _parcel(message, reach, link)


def _parcel(message: Message, reach: Reach, link: str) -> ways.Parcel:
    address = settings.RAPPORT_ADDRESS
    stop = f"{address}/m/{stop_token(message=message.pk, person=reach.person)}"
    said = words.to_client(
        kind=message.kind,
        way=message.way,
        language=reach.language,
        link=f"{address}/c/{link}",
        stop=stop,
    )
    to = (reach.email if message.way == "email" else reach.phone) or ""
    return ways.Parcel(id=message.pk.hex, to=to, subject=said.subject, text=said.text, stop=stop)


def _why_not(message: Message, reach: Reach, expected: Expected | None, at: datetime) -> str | None:
    """Why a message to a client does not go; LATER: it may still; None: it goes."""
    if reach.left:
        return "no member any more"
    if reach.stopped_at is not None:
        return "stopped"
    if not (reach.email if message.way == "email" else reach.phone):
        return "no address"
    if message.kind == "link":
        return None
    if reach.by_hand:
        return "by hand only"
    if expected is None or not _takes_place(expected, message.moment):
        return "no session"
    if times.is_night(at, reach.zone) or not _window(message, expected).holds(at):
        return LATER
    return None


def _takes_place(expected: Expected, moment: str) -> bool:
    states = ("planned",) if moment == "before" else ("planned", "held")
    return expected.state in states and expected.attendance in ("expected", "came")


def _window(message: Message, expected: Expected) -> times.Window:
    """The window as the session stands now: it may have been moved since."""
    if message.kind == "invitation":
        return times.invitation_window(
            moment=message.moment, starts_at=expected.starts_at, ends_at=expected.ends_at
        )
    return times.Window(due=message.due_at, until=message.until_at or message.due_at)


@transaction.atomic
def _taken(message: UUID, *, at: datetime) -> None:
    """It is with the carrier: settled, and the reminder that may follow is written."""
    sent = Message.objects.select_for_update().get(pk=message)
    sent.state, sent.settled_at, sent.why = "sent", at, ""
    sent.save()
    if sent.notice_id is not None:
        notice_sent(notice=sent.notice_id, at=at, delivered=True)
    else:
        record_about(sent, "message sent", by=SYSTEM, at=at, kind=sent.kind, way=sent.way)
        _remind(sent, at)


@transaction.atomic
def _not_taken(message: UUID, fault: NotHandedOver, *, at: datetime) -> None:
    """It is tried again, later each time; to a client not for ever."""
    back = Message.objects.select_for_update().get(pk=message)
    if back.state == "waiting":  # the carrier was not even there
        back.tries, back.tried_at = back.tries + 1, at
    back.why = fault.kind
    if fault.unsure and back.state == "handing":
        _unknown(back, at)
    elif back.notice_id is None and back.tries >= MOST_TRIES:
        _drop(back, fault.kind, at)
    else:
        back.state = "waiting"
        back.save()
    if back.notice_id is not None and not fault.unsure:
        notice_sent(notice=back.notice_id, at=at, delivered=False)


def _left_in_hand(at: datetime) -> Iterator[UUID]:
    for message in Message.objects.filter(state="handing"):
        if message.tried_at is None or times.was_dropped_from_hand(message.tried_at, at):
            yield message.pk


@transaction.atomic
def _settle_unknown(message: UUID, *, at: datetime) -> None:
    left = Message.objects.select_for_update().get(pk=message)
    if left.state == "handing" and (
        left.tried_at is None or times.was_dropped_from_hand(left.tried_at, at)
    ):
        _unknown(left, at)


def _unknown(message: Message, at: datetime) -> None:
    """Nobody knows whether it was taken: once more, a reminder not; the second time it ends."""
    message.unsure += 1
    ends = message.unsure >= TWICE or message.kind == "reminder"
    message.state = "unsure" if ends else "waiting"
    message.settled_at = at if ends else None
    message.save()
    if ends and message.notice_id is not None:
        notice_sent(notice=message.notice_id, at=at, delivered=False, unsure=True)
    elif ends:
        record_about(message, "message unsure", by=SYSTEM, at=at, kind=message.kind)
        _remind(message, at)


def _drop(message: Message, why: str, at: datetime) -> None:
    message.state, message.why, message.settled_at = "dropped", why, at
    message.save()


def _remind(asked: Message, at: datetime) -> None:
    """Write the one reminder that may follow, if there is a time for it."""
    place = {
        "session_id": asked.session_id,
        "membership_id": asked.membership_id,
        "moment": asked.moment,
    }
    there = Message.objects.filter(kind="reminder", **place).exists()
    if asked.kind == "reminder" or there or asked.session is None or asked.membership is None:
        return
    window = times.reminder_window(
        moment=asked.moment, starts_at=asked.session.starts_at, asked_at=at
    )
    if window.due >= window.until:
        return
    reminder = Message(
        kind="reminder", way=asked.way, due_at=window.due, until_at=window.until, **place
    )
    token = stop_token(message=reminder.pk, person=asked.membership.person_id)
    reminder.stop = hashed(token)
    reminder.save()
