"""Wrong codes are counted for each place of the network, in the database that all processes share.

Right ones are never counted, so that a whole waiting room behind one address gets in.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import CharField, DateTimeField, F
from django.utils.crypto import salted_hmac

from rapport.web.checkins.errors import TooManyGuesses
from rapport.web.checkins.models import Guesses
from rapport.web.core.asked_often import AskedOften

WRONG = 20  # from one place in a quarter of an hour; nobody mistypes that often (ours)
WHILE = timedelta(minutes=15)
_TOO_MANY = AskedOften(
    lambda place, since: Guesses.objects.filter(place=place, since__gt=since, wrong__gte=WRONG)[:1],
    place=CharField(),
    since=DateTimeField(),
)


def must_not_guess(*, place: str, at: datetime) -> None:
    """Refuse a place from which too many wrong codes came, before any code is looked at.

    Raises:
        TooManyGuesses: they did.
    """
    if _TOO_MANY.first(place=_hidden(place), since=at - WHILE) is not None:
        raise TooManyGuesses


@transaction.atomic
def note_guess(*, place: str, at: datetime) -> None:
    """Count one wrong code; what is too old to count is deleted."""
    Guesses.objects.filter(since__lte=at - WHILE).delete()
    row, _ = Guesses.objects.get_or_create(place=_hidden(place), defaults={"since": at})
    Guesses.objects.filter(pk=row.pk).update(wrong=F("wrong") + 1)


def _hidden(place: str) -> str:
    """An address of the network is about a person: only a keyed hash of it is kept."""
    return salted_hmac("rapport.guesses", place, algorithm="sha256").hexdigest()
