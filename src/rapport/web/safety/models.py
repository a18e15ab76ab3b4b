"""Who answers in this practice, the flags, and who was told of each."""

from typing import Any, ClassVar

from django.db import models
from django.db.models.deletion import Collector

from rapport.web.core.models import Sealed, Stored
from rapport.web.core.privacy import Kept
from rapport.web.safety.errors import FlagStillOpen

STEPS = ("first", "back-up", "lead")


def only_when_closed(
    collector: Collector, field: Any, flags: models.QuerySet[Any], using: str
) -> None:
    """A closed flag goes with what it hangs on; an open one holds it.

    One that a client keeps back holds nothing: nobody could close it, and refusing would tell.
    """
    if any(flag.closed_at is None and flag.owner_id is not None for flag in flags):
        raise FlagStillOpen
    models.CASCADE(collector, field, flags, using)


class ResponsePlan(Stored):
    """Who answers when somebody says they are at risk. Without it no such question is asked."""

    responder = models.ForeignKey("people.Staff", models.PROTECT, null=True, related_name="+")
    backup = models.ForeignKey("people.Staff", models.PROTECT, null=True, related_name="+")
    lead = models.ForeignKey("people.Staff", models.PROTECT, null=True, related_name="+")
    outside = models.CharField(max_length=300, default="", blank=True)  # for a practice of one
    hours = models.CharField(max_length=300, default="", blank=True)  # in words, for clients
    minutes = models.PositiveIntegerField(null=True)  # until the next person is told
    emergency = models.CharField(max_length=40, default="", blank=True)  # the number to call
    help_text = models.JSONField(default=dict)  # by language: crisis lines, hours, where to go
    consent_text = models.JSONField(default=dict)  # by language: who reads answers, and when

    privacy: ClassVar[dict[str, Kept]] = {
        "responder": Kept.STAFF,
        "backup": Kept.STAFF,
        "lead": Kept.STAFF,
        "outside": Kept.PRACTICE,
        "hours": Kept.PRACTICE,
        "minutes": Kept.PRACTICE,
        "emergency": Kept.PRACTICE,
        "help_text": Kept.PRACTICE,
        "consent_text": Kept.PRACTICE,
    }

    class Meta(Stored.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["practice_id"], name="one_response_plan")
        ]
        verbose_name = "response plan"


class Flag(Stored):
    """An answer that a person must answer. What was asked and answered is sealed in it."""

    membership = models.ForeignKey("people.Membership", only_when_closed, related_name="+")
    answers_id = models.UUIDField()  # the check-in it came with
    content = Sealed()  # JSON: kind, question, answer in words, and what to do
    raised_at = models.DateTimeField()
    # None: nobody is told, as the client chose, or as nobody but the feared therapist is here
    owner = models.ForeignKey("people.Staff", models.PROTECT, null=True, related_name="+")
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.ForeignKey("people.Staff", models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey("people.Staff", models.PROTECT, null=True, related_name="+")
    note = Sealed()

    privacy: ClassVar[dict[str, Kept]] = {
        "membership": Kept.ID,
        "answers_id": Kept.ID,
        "content": Kept.SEALED,
        "raised_at": Kept.TIME,
        "owner": Kept.ID,
        "acknowledged_at": Kept.TIME,
        "acknowledged_by": Kept.ID,
        "closed_at": Kept.TIME,
        "closed_by": Kept.ID,
        "note": Kept.SEALED,
    }

    class Meta(Stored.Meta):
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(closed_at=None, closed_by=None, note=None)
                | models.Q(closed_at__isnull=False, closed_by__isnull=False, note__isnull=False),
                name="closed_by_a_person_with_a_note",
            ),
            models.CheckConstraint(
                condition=models.Q(acknowledged_at=None, acknowledged_by=None)
                | models.Q(acknowledged_at__isnull=False, acknowledged_by__isnull=False),
                name="acknowledged_by_a_person",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["practice_id", "closed_at"], name="open_flags"),
            models.Index(fields=["answers_id"], name="flags_of_a_check_in"),
        ]
        verbose_name = "flag"

    @property
    def sealed_for(self) -> str:
        return str(self.membership.person_id)


class Notice(Stored):
    """One person told of one flag. The list in the application is the truth, mail only a nudge."""

    flag = models.ForeignKey(Flag, models.CASCADE, related_name="notices")
    to = models.ForeignKey("people.Staff", models.PROTECT, related_name="+")
    step = models.CharField(max_length=8)
    due_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    tries = models.PositiveIntegerField(default=0)
    turn = models.PositiveIntegerField(default=1)  # the how-many-eth time this person is told
    unsure = models.BooleanField(default=False)  # handed over twice, and nobody knows how it ended

    privacy: ClassVar[dict[str, Kept]] = {
        "flag": Kept.ID,
        "to": Kept.ID,
        "step": Kept.STATE,
        "due_at": Kept.TIME,
        "sent_at": Kept.TIME,
        "tries": Kept.COUNT,
        "turn": Kept.COUNT,
        "unsure": Kept.STATE,
    }

    class Meta(Stored.Meta):
        constraints: ClassVar = [models.UniqueConstraint(fields=["flag", "to"], name="told_once")]
        verbose_name = "notice"
