"""Forms as they were used, plans of what is asked when, and goals in a client's own words."""

from typing import ClassVar

from django.db import models

from rapport.web.core.models import Sealed, Stored
from rapport.web.core.privacy import Kept


class Form(Stored):
    """One instrument in one version and language, as it was when it was used. Never changed."""

    instrument = models.CharField(max_length=64)
    language = models.CharField(max_length=8)
    content_hash = models.CharField(max_length=64)  # SHA-256 of the definition
    definition = models.TextField()  # TOML: wording, answers, scoring, rights
    pinned_at = models.DateTimeField()

    privacy: ClassVar[dict[str, Kept]] = {
        "instrument": Kept.RULE,
        "language": Kept.RULE,
        "content_hash": Kept.RULE,
        "definition": Kept.RULE,
        "pinned_at": Kept.TIME,
    }

    class Meta(Stored.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["practice_id", "content_hash"], name="form_once")
        ]
        verbose_name = "form"


class Plan(Stored):
    """What is asked in one case, or, without a case, in all cases of a kind that have no own."""

    case = models.ForeignKey("people.Case", models.CASCADE, null=True, related_name="+")
    kind = models.CharField(max_length=12, default="", blank=True)  # of a default: which cases

    privacy: ClassVar[dict[str, Kept]] = {"case": Kept.ID, "kind": Kept.STATE}

    class Meta(Stored.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case"], condition=models.Q(case__isnull=False), name="plan_once"
            ),
            models.UniqueConstraint(
                fields=["practice_id", "kind"],
                condition=models.Q(case=None),
                name="default_plan_once",
            ),
            models.CheckConstraint(
                condition=models.Q(case=None) | models.Q(kind=""), name="plan_of_case_or_of_kind"
            ),
        ]
        verbose_name = "plan"


class PlanItem(Stored):
    """One line of a plan. A line that ended stays, so that it can be seen what was asked when."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="items")
    position = models.PositiveSmallIntegerField()
    instrument = models.CharField(max_length=64)
    moment = models.CharField(max_length=8)
    who = models.CharField(max_length=12)
    membership = models.ForeignKey("people.Membership", models.CASCADE, null=True, related_name="+")
    every = models.PositiveSmallIntegerField()
    first_session = models.PositiveIntegerField()
    last_session = models.PositiveIntegerField(null=True)
    since = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    privacy: ClassVar[dict[str, Kept]] = {
        "plan": Kept.ID,
        "position": Kept.COUNT,
        "instrument": Kept.RULE,
        "moment": Kept.RULE,
        "who": Kept.RULE,
        "membership": Kept.ID,
        "every": Kept.RULE,
        "first_session": Kept.COUNT,
        "last_session": Kept.COUNT,
        "since": Kept.TIME,
        "ended_at": Kept.TIME,
    }

    class Meta(Stored.Meta):
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(every__gte=1, first_session__gte=1), name="plan_counts_from_one"
            )
        ]
        verbose_name = "line of a plan"


class Goal(Stored):
    """What a client wants to be different, in their own words; rated before sessions."""

    membership = models.ForeignKey("people.Membership", models.CASCADE, related_name="+")
    number = models.PositiveSmallIntegerField()  # never given to another goal of this membership
    words = Sealed()
    set_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_why = models.CharField(max_length=12, default="", blank=True)  # reached, let go

    privacy: ClassVar[dict[str, Kept]] = {
        "membership": Kept.ID,
        "number": Kept.COUNT,
        "words": Kept.SEALED,
        "set_at": Kept.TIME,
        "ended_at": Kept.TIME,
        "ended_why": Kept.STATE,
    }

    class Meta(Stored.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["membership", "number"], name="goal_number_once")
        ]
        verbose_name = "goal"

    @property
    def sealed_for(self) -> str:
        return self.membership.sealed_for
