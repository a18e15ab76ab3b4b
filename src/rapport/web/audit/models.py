"""One line of the audit log. No foreign keys: the log must never hold up a change or forgetting."""

from typing import ClassVar

from django.db import models

from rapport.web.core.privacy import Kept


class Entry(models.Model):
    """Somebody saw or did something. Ids only."""

    practice_id = models.UUIDField()
    number = models.PositiveBigIntegerField()
    at = models.DateTimeField()
    by_kind = models.CharField(max_length=12)  # staff, client, system
    by_id = models.CharField(max_length=64)
    deed = models.CharField(max_length=48)  # "case opened", "answers seen"
    thing = models.CharField(max_length=32)
    thing_id = models.CharField(max_length=64)
    detail = models.JSONField(default=dict)  # further ids and states, never content
    chain = models.CharField(max_length=64)  # hash over this line and the one before

    privacy: ClassVar[dict[str, Kept]] = {
        "id": Kept.COUNT,
        "practice_id": Kept.ID,
        "number": Kept.COUNT,
        "at": Kept.TIME,
        "by_kind": Kept.STATE,
        "by_id": Kept.ID,
        "deed": Kept.STATE,
        "thing": Kept.STATE,
        "thing_id": Kept.ID,
        "detail": Kept.ID,
        "chain": Kept.HASH,
    }

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["practice_id", "number"], name="audit_number_once")
        ]
        indexes: ClassVar = [
            models.Index(fields=["practice_id", "thing_id", "number"], name="audit_about"),
            models.Index(fields=["practice_id", "by_id", "at"], name="audit_by"),
        ]
        verbose_name = "line of the audit log"


class Head(models.Model):
    """The newest line of each practice; locked while a line is added, so the chain never forks."""

    practice_id = models.UUIDField(primary_key=True)
    number = models.PositiveBigIntegerField(default=0)
    chain = models.CharField(max_length=64, default="")

    privacy: ClassVar[dict[str, Kept]] = {
        "practice_id": Kept.ID,
        "number": Kept.COUNT,
        "chain": Kept.HASH,
    }
