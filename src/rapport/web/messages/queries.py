"""What a therapist sees of messages: by which way one may be sent, what became of the last."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import UUIDField

from rapport.web.core.asked_often import AskedOften
from rapport.web.messages.models import Message
from rapport.web.messages.ways import is_set_up
from rapport.web.people.queries import Reader, the_practice
from rapport.web.people.reaching import reach_of_own


@dataclass(frozen=True, kw_only=True)
class LastMessage:
    """The newest message to a member: what it was and what became of it.

    Attributes:
        kind: invitation, reminder or link.
        state: waiting, handing, sent, dropped or unsure.
        why: kind of fault, or why it was dropped; "": nothing.
    """

    kind: str
    way: str
    moment: str
    state: str
    why: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Messages:
    """How a member of an own case is reached by messages.

    Attributes:
        by_mail, by_sms: a link can be sent this way now.
        stopped_at: since when they want none; None: they did not say so.
        by_hand: a safe way is noted, so that nothing goes out by itself.
        last: None: there was none yet.
    """

    by_mail: bool
    by_sms: bool
    stopped_at: datetime | None
    by_hand: bool
    last: LastMessage | None


def messages_to(membership: UUID, *, reader: Reader) -> Messages:
    """How one member is reached, for a therapist who works in the case.

    Raises:
        NotAllowed, NotHere: it is not the reader's to know.
    """
    reach, practice = reach_of_own(membership, reader=reader), the_practice()
    made_up, here = bool(practice and practice.made_up), not (reach.stopped_at or reach.left)
    return Messages(
        by_mail=bool(here and reach.email and is_set_up("email", made_up=made_up)),
        by_sms=bool(here and reach.phone and is_set_up("sms", made_up=made_up)),
        stopped_at=reach.stopped_at,
        by_hand=reach.by_hand,
        last=_last(membership),
    )


_LAST = AskedOften(
    lambda membership: Message.objects.filter(
        membership_id=membership, settled_at__isnull=False
    ).order_by("-settled_at")[:1],
    membership=UUIDField(),
)


def _last(membership: UUID) -> LastMessage | None:
    last = _LAST.first(membership=membership)
    if last is None or last.settled_at is None:
        return None
    return LastMessage(
        kind=last.kind,
        way=last.way,
        moment=last.moment,
        state=last.state,
        why=last.why,
        at=last.settled_at,
    )
