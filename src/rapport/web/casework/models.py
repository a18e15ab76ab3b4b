"""A calendar that a therapist's own program may ask for."""

from typing import ClassVar

from django.db import models

from rapport.web.core.models import Stored
from rapport.web.core.privacy import Kept


class Feed(Stored):
    """The secret address of one therapist's sessions. The token itself is never stored."""

    staff = models.ForeignKey("people.Staff", models.CASCADE, related_name="+")
    token = models.CharField(max_length=64, unique=True)  # hash
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    privacy: ClassVar[dict[str, Kept]] = {
        "staff": Kept.ID,
        "token": Kept.HASH,
        "made_at": Kept.TIME,
        "ended_at": Kept.TIME,
    }

    class Meta(Stored.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["staff"], condition=models.Q(ended_at=None), name="one_feed_at_a_time"
            )
        ]
        verbose_name = "calendar address"
