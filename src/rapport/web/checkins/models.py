"""An occasion to check in, the link that opens it, and the answers."""

from datetime import datetime
from typing import ClassVar

from django.db import models

from rapport.web.core.models import Sealed, Stored
from rapport.web.core.privacy import Kept

WRITERS = ("client", "therapist")
MOMENTS = ("before", "after")
ROUTES = ("link", "card", "mirror", "kiosk", "paper", "file", "fhir")
STATES = ("open", "answered", "ended")


class Occasion(Stored):
    """One check-in: one writer, before or after one session, about one member and one therapist."""

    session = models.ForeignKey("people.Session", models.CASCADE, related_name="+")
    membership = models.ForeignKey("people.Membership", models.CASCADE, related_name="+")
    writer = models.CharField(max_length=12)
    about = models.ForeignKey("people.Staff", models.PROTECT, related_name="+")
    moment = models.CharField(max_length=8)
    forms = models.JSONField(default=list)  # ids of the forms, in order
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    state = models.CharField(max_length=12, default="open")
    language = models.CharField(max_length=8, default="", blank=True)  # "": the writer's usual one

    privacy: ClassVar[dict[str, Kept]] = {
        "session": Kept.ID,
        "membership": Kept.ID,
        "writer": Kept.STATE,
        "about": Kept.ID,
        "moment": Kept.STATE,
        "forms": Kept.RULE,
        "opens_at": Kept.TIME,
        "closes_at": Kept.TIME,
        "state": Kept.STATE,
        "language": Kept.STATE,
    }

    class Meta(Stored.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["session", "membership", "writer", "moment"], name="occasion_once"
            ),
            models.CheckConstraint(condition=models.Q(writer__in=WRITERS), name="writer"),
            models.CheckConstraint(condition=models.Q(moment__in=MOMENTS), name="moment"),
            models.CheckConstraint(condition=models.Q(state__in=STATES), name="occasion_state"),
        ]
        verbose_name = "check-in"

    @property
    def sealed_for(self) -> str:
        return str(self.membership.person_id)


class Link(Stored):
    """Opens one occasion. The token itself is never stored."""

    occasion = models.ForeignKey(Occasion, models.CASCADE, related_name="links")
    token = models.CharField(max_length=64, unique=True)  # hash
    cookie = models.CharField(max_length=64, default="", blank=True, db_index=True)  # hash
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    route = models.CharField(max_length=8, default="link")

    privacy: ClassVar[dict[str, Kept]] = {
        "occasion": Kept.ID,
        "token": Kept.HASH,
        "cookie": Kept.HASH,
        "expires_at": Kept.TIME,
        "ended_at": Kept.TIME,
        "route": Kept.STATE,
    }

    class Meta(Stored.Meta):
        verbose_name = "link"

    def is_open(self, at: datetime) -> bool:
        """Whether it still opens its check-in."""
        in_time = self.ended_at is None and at < self.expires_at
        here = self.occasion.membership.left_at is None
        return in_time and here and self.occasion.state == "open"


class Draft(Stored):
    """What was answered so far; never counted as an answer."""

    occasion = models.OneToOneField(Occasion, models.CASCADE, related_name="draft")
    content = Sealed()  # JSON: form -> question -> value
    flagged = Sealed()  # JSON: form -> question -> value that a flag was raised for on the way

    privacy: ClassVar[dict[str, Kept]] = {
        "occasion": Kept.ID,
        "content": Kept.SEALED,
        "flagged": Kept.SEALED,
    }

    class Meta(Stored.Meta):
        verbose_name = "draft"

    @property
    def sealed_for(self) -> str:
        return self.occasion.sealed_for


class Receipt(Stored):
    """That a check-in came in: once, by which route, and what the writer was told about readers."""

    occasion = models.OneToOneField(Occasion, models.CASCADE, related_name="receipt")
    key = models.CharField(max_length=64)  # hash of the submission key
    body = models.CharField(max_length=64)  # keyed hash of the answers, to know the same ones again
    route = models.CharField(max_length=8)
    language = models.CharField(max_length=8)
    who_sees = models.CharField(max_length=24)  # version of the sentence that said who reads it
    words = Sealed()  # in the writer's own words
    rather_not = Sealed()  # JSON: form -> questions the writer would rather not talk about
    answered_at = models.DateTimeField()  # the true date, also of a form on paper
    received_at = models.DateTimeField()

    privacy: ClassVar[dict[str, Kept]] = {
        "occasion": Kept.ID,
        "key": Kept.HASH,
        "body": Kept.HASH,
        "route": Kept.STATE,
        "language": Kept.STATE,
        "who_sees": Kept.RULE,
        "words": Kept.SEALED,
        "rather_not": Kept.SEALED,
        "answered_at": Kept.TIME,
        "received_at": Kept.TIME,
    }

    class Meta(Stored.Meta):
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(route__in=ROUTES), name="route")
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["received_at"],
                condition=models.Q(words__isnull=False),
                name="receipt_with_words",
            ),
        ]
        verbose_name = "receipt"

    @property
    def sealed_for(self) -> str:
        return self.occasion.sealed_for


class Answers(Stored):
    """The answers to one form."""

    occasion = models.ForeignKey(Occasion, models.CASCADE, related_name="answers")
    form = models.ForeignKey("measures.Form", models.PROTECT, related_name="+")
    content = Sealed()  # JSON: question -> value or null
    scores = Sealed()  # JSON: score -> value or null, as the form's rule gave them

    privacy: ClassVar[dict[str, Kept]] = {
        "occasion": Kept.ID,
        "form": Kept.RULE,
        "content": Kept.SEALED,
        "scores": Kept.SEALED,
    }

    class Meta(Stored.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["occasion", "form"], name="form_answered_once")
        ]
        verbose_name = "answers"

    @property
    def sealed_for(self) -> str:
        return self.occasion.sealed_for


class Card(Stored):
    """A standing address for one member: with a short PIN it opens what is due now."""

    membership = models.ForeignKey("people.Membership", models.CASCADE, related_name="+")
    token = models.CharField(max_length=64, unique=True)  # hash
    pin = models.CharField(max_length=64)  # keyed hash: six digits could be guessed without the key
    made_at = models.DateTimeField()
    tries = models.PositiveIntegerField(default=0)  # wrong ones running
    ended_at = models.DateTimeField(null=True)

    privacy: ClassVar[dict[str, Kept]] = {
        "membership": Kept.ID,
        "token": Kept.HASH,
        "pin": Kept.HASH,
        "made_at": Kept.TIME,
        "tries": Kept.COUNT,
        "ended_at": Kept.TIME,
    }

    class Meta(Stored.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["membership"], condition=models.Q(ended_at=None), name="one_card_at_a_time"
            )
        ]
        verbose_name = "card"

    @property
    def sealed_for(self) -> str:
        return str(self.membership.person_id)


class Guesses(Stored):
    """Wrong codes that came from one address of the network lately."""

    place = models.CharField(max_length=64)  # keyed hash of the address
    since = models.DateTimeField()
    wrong = models.PositiveIntegerField(default=0)

    privacy: ClassVar[dict[str, Kept]] = {
        "place": Kept.HASH,
        "since": Kept.TIME,
        "wrong": Kept.COUNT,
    }

    class Meta(Stored.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["practice_id", "place"], name="guesses_once_a_place")
        ]
        verbose_name = "guesses"
