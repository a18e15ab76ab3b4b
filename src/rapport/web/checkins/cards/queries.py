"""Whether a member has a card, and the card as a picture."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from allauth.mfa.adapter import get_adapter

from rapport.web.checkins.cards.actions import TRIES
from rapport.web.checkins.models import Card
from rapport.web.people.queries import Reader, must_care_for, names_of


@dataclass(frozen=True, kw_only=True)
class CardOf:
    """The card of a member, as their therapist sees it.

    Attributes:
        made_at: None: there is none.
        closed: after too many wrong tries.
    """

    membership: UUID
    name: str
    made_at: datetime | None
    closed: bool


def card_of(membership: UUID, *, reader: Reader) -> CardOf:
    """The card of one member of an own case."""
    must_care_for(membership, reader=reader)
    card = Card.objects.filter(membership_id=membership, ended_at=None).first()
    return CardOf(
        membership=membership,
        name=names_of([membership])[membership],
        made_at=card.made_at if card else None,
        closed=bool(card and card.tries >= TRIES),
    )


def qr_picture(address: str) -> str:
    """An address as an SVG that needs neither script nor style."""
    drawn: str = get_adapter().build_totp_svg(address)  # draws any address
    return drawn[drawn.index("<svg") :]
