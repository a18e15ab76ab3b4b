"""Make a card, give it new digits, end it; and open what is due with it."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from rapport.web.audit.actions import By, record_about
from rapport.web.checkins.actions import open_planned
from rapport.web.checkins.entering import new_entrance
from rapport.web.checkins.errors import LinkEnded, NotDueNow, NothingDue, NotOpened
from rapport.web.checkins.limits import must_not_guess, note_guess
from rapport.web.checkins.models import Card
from rapport.web.checkins.tokens import hashed, keyed, new_token
from rapport.web.core.errors import NotHere
from rapport.web.core.keys import key_store
from rapport.web.people.queries import Reader, must_care_for, sessions_expecting
from rapport.web.people.roles import May

TRIES = 5  # then the card is closed: five guesses find one of a million PINs once in 200,000 cards
DIGITS = 6
SOON = timedelta(hours=24)  # so long before a session its questions come first (ours)
LATE = timedelta(minutes=20)  # who scans so late still means the session that begins (ours)
WEEK = timedelta(days=7)


@dataclass(frozen=True, kw_only=True)
class NewCard:
    """A card as it is shown this one time.

    Attributes:
        token: of its address, printed on it; None: the card stays as it is.
        pin: given apart from it, never printed on it.
    """

    token: str | None
    pin: str


@transaction.atomic
def make_card(*, membership: UUID, reader: Reader, at: datetime) -> NewCard:
    """Make a card for a member of an own case; an earlier one ends."""
    _own(membership, reader)
    Card.objects.filter(membership_id=membership, ended_at=None).update(ended_at=at)
    token, pin = new_token(), _new_pin()
    card = Card(membership_id=membership, token=hashed(token), made_at=at)
    card.pin = _keyed(card, pin)
    card.save()
    record_about(card, "card made", by=reader.by, at=at, membership=str(membership))
    return NewCard(token=token, pin=pin)


@transaction.atomic
def new_digits(*, membership: UUID, reader: Reader, at: datetime) -> NewCard:
    """Give a card new digits; one that was closed after wrong tries opens again.

    Raises:
        NotHere: this member has no card.
    """
    _own(membership, reader)
    card = Card.objects.filter(membership_id=membership, ended_at=None).first()
    if card is None:
        raise NotHere("card")
    pin = _new_pin()
    card.pin, card.tries = _keyed(card, pin), 0
    card.save()
    record_about(card, "card given new digits", by=reader.by, at=at)
    return NewCard(token=None, pin=pin)


@transaction.atomic
def end_card(*, membership: UUID, reader: Reader, at: datetime) -> None:
    """End a card that was lost."""
    _own(membership, reader)
    for card in Card.objects.filter(membership_id=membership, ended_at=None):
        card.ended_at = at
        card.save()
        record_about(card, "card ended", by=reader.by, at=at)


def open_with_card(*, token: str, pin: str, place: str, at: datetime) -> str:
    """Give a cookie for what is due now to whoever has card and PIN.

    Raises:
        TooManyGuesses: from this place of the network.
        NotOpened: no such card, closed, or other digits; which of them is told to nobody.
        NotDueNow: card and PIN are right, and nothing is asked at this moment.
    """
    must_not_guess(place=place, at=at)
    card = _tried(token, pin, at)
    if card is None:
        note_guess(place=place, at=at)
        raise NotOpened
    return _entered(card, at)


@transaction.atomic
def _tried(token: str, pin: str, at: datetime) -> Card | None:
    """The card, if the digits are its own; a wrong try is counted before anybody is told.

    The row is locked, so that a hundred tries at once are a hundred tries one after the other.
    """
    cards = Card.objects.select_for_update().filter(token=hashed(token), ended_at=None)
    card = cards.first()
    if card is None or card.tries >= TRIES or card.membership.left_at is not None:
        return None
    if secrets.compare_digest(card.pin, _keyed(card, pin)):
        card.tries = 0
        card.save()
        return card
    card.tries += 1
    card.save()
    if card.tries == TRIES:
        record_about(card, "card closed after wrong digits", by=_by(card), at=at)
    return None


@transaction.atomic
def _entered(card: Card, at: datetime) -> str:
    for session, moment in _in_turn(card.membership_id, at):
        try:
            occasion = open_planned(
                session=session,
                membership=card.membership_id,
                moment=moment,
                by=_by(card),
                at=at,
            )
            return new_entrance(occasion=occasion, route="card", by=_by(card), at=at)
        except (NothingDue, LinkEnded):
            continue
    raise NotDueNow


def _in_turn(membership: UUID, at: datetime) -> list[tuple[UUID, str]]:
    """What may be due: a session about to begin, the one just held, then the next of this week."""
    near = sessions_expecting(membership, since=at - WEEK, until=at + WEEK)
    ahead = [s for s in near if s.state == "planned" and s.starts_at > at - LATE]
    held = [s for s in near if s.state == "held" or s.starts_at <= at - LATE]
    soon = [(s.session, "before") for s in ahead if s.starts_at <= at + SOON]
    later = [(s.session, "before") for s in ahead if s.starts_at > at + SOON]
    return [*soon[:1], *[(s.session, "after") for s in held[-1:]], *later[:1]]


def _own(membership: UUID, reader: Reader) -> None:
    reader.must(May.WRITE_OWN_CASES)
    must_care_for(membership, reader=reader)


def _by(card: Card) -> By:
    return By(kind="client", id=str(card.membership_id))


def _new_pin() -> str:
    return f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"


def _keyed(card: Card, pin: str) -> str:
    typed = "".join(letter for letter in pin if letter.isdigit())
    return keyed(f"{card.pk}:{typed}".encode(), key=key_store().of(card.sealed_for))
