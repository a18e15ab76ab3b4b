"""That the worker is alive, and which daily jobs are done."""

from typing import ClassVar

from django.db import models

from rapport.web.core.models import Stored
from rapport.web.core.privacy import Kept


class Heartbeat(Stored):
    """When the worker last went round, and when it last told the watch outside."""

    at = models.DateTimeField()
    outside_at = models.DateTimeField(null=True)

    privacy: ClassVar[dict[str, Kept]] = {"at": Kept.TIME, "outside_at": Kept.TIME}

    class Meta(Stored.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["practice_id"], name="one_heartbeat")
        ]
        verbose_name = "heartbeat"


class DailyRun(Stored):
    """One daily job on one day of the practice: whoever writes the row does the job."""

    job = models.CharField(max_length=64)
    day = models.DateField()
    tries = models.PositiveIntegerField(default=1)
    begun_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    privacy: ClassVar[dict[str, Kept]] = {
        "job": Kept.STATE,
        "day": Kept.TIME,
        "tries": Kept.COUNT,
        "begun_at": Kept.TIME,
        "done_at": Kept.TIME,
    }

    class Meta(Stored.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["practice_id", "job", "day"], name="daily_once")
        ]
        verbose_name = "daily job"
