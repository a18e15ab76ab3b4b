"""Ways in for whoever has no account: a token that is exchanged, or a card and its digits."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from rapport.web.audit.actions import By, record_about
from rapport.web.checkins.actions import HOURS, enter
from rapport.web.checkins.errors import LinkEnded
from rapport.web.checkins.languages import switch_language
from rapport.web.checkins.limits import must_not_guess, note_guess
from rapport.web.checkins.models import Link, Occasion
from rapport.web.checkins.tokens import hashed, new_token
from rapport.web.checkins.words import LANGUAGES


@transaction.atomic
def new_entrance(*, occasion: UUID, route: str, by: By, at: datetime) -> str:
    """Give a cookie at once to whoever proved otherwise who they are; links stay as they are."""
    of = Occasion.one(occasion)
    if of.state != "open" or at >= of.closes_at:
        raise LinkEnded
    of.links.filter(route=route, ended_at=None).update(ended_at=at)
    cookie, until = new_token(), min(at + timedelta(hours=HOURS), of.closes_at)
    link = Link(occasion=of, token=hashed(new_token()), cookie=hashed(cookie), expires_at=until)
    link.route = route
    link.save()
    record_about(link, "check-in entered", by=by, at=at, occasion=str(of.pk), route=route)
    return cookie


def enter_from(*, token: str, place: str, at: datetime, language: str = "") -> str:
    """Exchange a token for a cookie, with wrong ones counted for the place they come from.

    Args:
        language: chosen before Start; "": the writer's usual one.

    Raises:
        TooManyGuesses: too many wrong ones came from there; the token was not looked at.
        LinkEnded: never made, used, too old or ended.
    """
    must_not_guess(place=place, at=at)
    try:
        cookie = enter(token=token, at=at)
    except LinkEnded:
        note_guess(place=place, at=at)
        raise
    if language in LANGUAGES:
        switch_language(cookie=cookie, language=language, answers={}, at=at)
    return cookie
