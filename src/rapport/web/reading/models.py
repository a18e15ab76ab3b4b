"""What the practice's courses taught, what was computed from it, and the one switch."""

from typing import ClassVar

from django.db import models

from rapport.web.core.models import Sealed, Stored
from rapport.web.core.privacy import Kept


class Learnt(Stored):
    """What all courses taught at one time; sealed under the practice's key, of nobody by name."""

    at = models.DateTimeField()
    rules = models.CharField(max_length=24)  # version of the program whose rules it holds
    clients = models.PositiveIntegerField()
    content = models.BinaryField()

    privacy: ClassVar[dict[str, Kept]] = {
        "at": Kept.TIME,
        "rules": Kept.RULE,
        "clients": Kept.COUNT,
        "content": Kept.OWN,
    }

    class Meta(Stored.Meta):
        verbose_name = "learnt"


class Standing(Stored):
    """What a reading of one member said, for the caseload; valid while its stamp is.

    Holds what one member answered and nothing of any other: members who answer apart are found
    anew at each look, and written down nowhere.
    """

    membership = models.ForeignKey("people.Membership", models.CASCADE, related_name="+")
    staff = models.ForeignKey(
        "people.Staff", models.CASCADE, related_name="+"
    )  # for whose caseload
    stamp = models.CharField(max_length=64)  # hash over everything it was computed from
    content = Sealed()

    privacy: ClassVar[dict[str, Kept]] = {
        "membership": Kept.ID,
        "staff": Kept.ID,
        "stamp": Kept.HASH,
        "content": Kept.SEALED,
    }

    class Meta(Stored.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["membership", "staff"], name="standing_once")
        ]
        verbose_name = "standing"

    @property
    def sealed_for(self) -> str:
        return str(self.membership.person_id)


class Switch(Stored):
    """Whether anything is forecast, who turned it on or off, and after reading what."""

    forecasts = models.BooleanField()
    by = models.ForeignKey("people.Staff", models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    text_version = models.CharField(max_length=24)

    privacy: ClassVar[dict[str, Kept]] = {
        "forecasts": Kept.PRACTICE,
        "by": Kept.STAFF,
        "at": Kept.TIME,
        "text_version": Kept.RULE,
    }

    class Meta(Stored.Meta):
        verbose_name = "switch"
