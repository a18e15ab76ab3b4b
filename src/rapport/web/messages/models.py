"""A message on its way. It holds no address and no text: both are looked up when it goes."""

from typing import ClassVar

from django.db import models

from rapport.web.core.models import Stored
from rapport.web.core.privacy import Kept

KINDS = ("invitation", "reminder", "link", "notice")
WAYS = ("email", "sms")
# "handing" is in somebody's hands right now; "unsure" was handed over twice without an answer.
STATES = ("waiting", "handing", "sent", "dropped", "unsure")
TO_CLIENT = models.Q(notice=None, membership__isnull=False, session__isnull=False)
TO_STAFF = models.Q(notice__isnull=False, membership=None, session=None)


class Message(Stored):
    """One message to one person: an invitation, a reminder, a link sent by hand, or a nudge."""

    kind = models.CharField(max_length=12)
    way = models.CharField(max_length=8)
    membership = models.ForeignKey("people.Membership", models.CASCADE, null=True, related_name="+")
    session = models.ForeignKey("people.Session", models.CASCADE, null=True, related_name="+")
    moment = models.CharField(max_length=8, default="", blank=True)
    notice = models.ForeignKey("safety.Notice", models.CASCADE, null=True, related_name="+")
    turn = models.PositiveIntegerField(default=1)  # of the notice
    due_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True)  # later it says nothing useful any more
    state = models.CharField(max_length=8, default="waiting")
    tries = models.PositiveIntegerField(default=0)
    tried_at = models.DateTimeField(null=True)
    unsure = models.PositiveIntegerField(default=0)  # hand-overs of which nobody knows the end
    why = models.CharField(max_length=64, default="", blank=True)  # kind of fault, or why dropped
    settled_at = models.DateTimeField(null=True)
    stop = models.CharField(max_length=64, default="", blank=True, db_index=True)  # hash

    privacy: ClassVar[dict[str, Kept]] = {
        "kind": Kept.STATE,
        "way": Kept.STATE,
        "membership": Kept.ID,
        "session": Kept.ID,
        "moment": Kept.STATE,
        "notice": Kept.ID,
        "turn": Kept.COUNT,
        "due_at": Kept.TIME,
        "until_at": Kept.TIME,
        "state": Kept.STATE,
        "tries": Kept.COUNT,
        "tried_at": Kept.TIME,
        "unsure": Kept.COUNT,
        "why": Kept.STATE,
        "settled_at": Kept.TIME,
        "stop": Kept.HASH,
    }

    class Meta(Stored.Meta):
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(kind__in=KINDS), name="message_kind"),
            models.CheckConstraint(condition=models.Q(way__in=WAYS), name="message_way"),
            models.CheckConstraint(condition=models.Q(state__in=STATES), name="message_state"),
            models.CheckConstraint(
                condition=(models.Q(kind="notice") & TO_STAFF)
                | (~models.Q(kind="notice") & TO_CLIENT),
                name="message_to_a_client_or_to_staff",
            ),
            # At most one invitation and one reminder for each check-in, whatever clocks do.
            models.UniqueConstraint(
                fields=["session", "membership", "moment", "kind"],
                condition=models.Q(kind__in=("invitation", "reminder")),
                name="asked_once_reminded_once",
            ),
            models.UniqueConstraint(
                fields=["session", "membership", "moment", "way"],
                condition=models.Q(kind="link", state__in=("waiting", "handing")),
                name="link_on_its_way_once",
            ),
            models.UniqueConstraint(
                fields=["notice", "turn"],
                condition=models.Q(kind="notice"),
                name="nudged_once_a_turn",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["practice_id", "state", "due_at"], name="messages_waiting")
        ]
        verbose_name = "message"
