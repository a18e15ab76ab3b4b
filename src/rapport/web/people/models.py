"""Practice, staff, clients, cases and sessions (docs/decisions/0006-people-cases-answers.md)."""

from datetime import datetime
from typing import ClassVar

from django.db import models

from rapport.web.core.models import Sealed, Stored
from rapport.web.core.privacy import Kept
from rapport.web.people.accounts import Account

KINDS = ("individual", "couple", "family", "group")
LEFT = ("discharged", "left", "transferred")
PLACES = ("room", "online")
SESSION_STATES = ("planned", "held", "cancelled", "missed")
CANCELLERS = ("client", "therapist", "practice")
ATTENDANCE = ("expected", "came", "did not come", "excused")
POLICIES = ("no-secrets", "limited")  # two defensible kinds; having none is the fault


def _one_of(field: str, values: tuple[str, ...], name: str) -> models.CheckConstraint:
    return models.CheckConstraint(condition=models.Q(**{f"{field}__in": values}), name=name)


class Practice(models.Model):
    """The organisation. One installation on SQLite is one practice."""

    id = models.UUIDField(primary_key=True)
    name = models.CharField(max_length=200)
    zone = models.CharField(max_length=64)  # IANA name, "Europe/Berlin"
    language = models.CharField(max_length=8)
    consent_age = models.PositiveSmallIntegerField()  # from which the young consent themselves
    made_up = models.BooleanField(default=False)  # every page says so
    version = models.PositiveIntegerField(default=1)

    privacy: ClassVar[dict[str, Kept]] = {
        "id": Kept.ID,
        "name": Kept.PRACTICE,
        "zone": Kept.PRACTICE,
        "language": Kept.PRACTICE,
        "consent_age": Kept.PRACTICE,
        "made_up": Kept.PRACTICE,
        "version": Kept.COUNT,
    }


class Staff(Stored):
    """Somebody who works here, in one or several roles."""

    name = models.CharField(max_length=200)
    email = models.EmailField()
    roles = models.JSONField(default=list)
    left_at = models.DateTimeField(null=True)
    away_until = models.DateTimeField(null=True)  # nobody is told anything through them till then
    account = models.OneToOneField(Account, models.SET_NULL, null=True, related_name="staff")

    privacy: ClassVar[dict[str, Kept]] = {
        "name": Kept.STAFF,
        "email": Kept.STAFF,
        "roles": Kept.STAFF,
        "left_at": Kept.STAFF,
        "away_until": Kept.STAFF,
        "account": Kept.ID,
    }

    class Meta(Stored.Meta):
        verbose_name = "member of staff"

    def is_here(self, at: datetime) -> bool:
        """Whether they work here and are not away."""
        return self.left_at is None and (self.away_until is None or self.away_until <= at)


class PolicyText(Stored):
    """The practice's own words for one kind of secrets policy in one language.

    A text that was shown is never changed: other words are a new row, and the old one ends.
    """

    kind = models.CharField(max_length=12)
    language = models.CharField(max_length=8)
    words = models.TextField()
    text_version = models.CharField(max_length=24)
    written_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    privacy: ClassVar[dict[str, Kept]] = {
        "kind": Kept.RULE,
        "language": Kept.RULE,
        "words": Kept.PRACTICE,
        "text_version": Kept.RULE,
        "written_at": Kept.TIME,
        "ended_at": Kept.TIME,
    }

    class Meta(Stored.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["practice_id", "kind", "language"],
                condition=models.Q(ended_at=None),
                name="policy_text_once_at_a_time",
            ),
            _one_of("kind", POLICIES, "policy_kind"),
        ]
        verbose_name = "text of the secrets policy"


class Person(Stored):
    """A client as a human being; one person may be a member of several cases."""

    name = Sealed()
    email = Sealed()
    phone = Sealed()
    safe_way = Sealed()  # how to reach them without anybody else reading it
    born = Sealed()  # ISO date
    language = models.CharField(max_length=8)
    zone = models.CharField(max_length=64)
    since = models.DateTimeField()
    keep_until = models.DateField(null=True)  # the law asks to keep the records until this day

    privacy: ClassVar[dict[str, Kept]] = {
        "name": Kept.SEALED,
        "email": Kept.SEALED,
        "phone": Kept.SEALED,
        "safe_way": Kept.SEALED,
        "born": Kept.SEALED,
        "language": Kept.STATE,
        "zone": Kept.STATE,
        "since": Kept.TIME,
        "keep_until": Kept.TIME,
    }

    class Meta(Stored.Meta):
        verbose_name = "client"

    @property
    def sealed_for(self) -> str:
        return str(self.pk)


class Case(Stored):
    """What brings people together: one client, a couple, a family, a group."""

    kind = models.CharField(max_length=12)
    policy = models.CharField(max_length=24)  # secrets policy, as the practice wrote it
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    privacy: ClassVar[dict[str, Kept]] = {
        "kind": Kept.STATE,
        "policy": Kept.RULE,
        "opened_at": Kept.TIME,
        "closed_at": Kept.TIME,
    }

    class Meta(Stored.Meta):
        constraints: ClassVar = [_one_of("kind", KINDS, "case_kind")]
        verbose_name = "case"


class Membership(Stored):
    """One person in one case. All that this person writes there hangs on it."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="memberships")
    person = models.ForeignKey(Person, models.CASCADE, related_name="memberships")
    joined_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)
    left_why = models.CharField(max_length=12, default="", blank=True)
    policy_accepted_at = models.DateTimeField(null=True)
    policy_accepted = models.CharField(max_length=24, default="", blank=True)  # text_version
    messages_stopped_at = models.DateTimeField(null=True)

    privacy: ClassVar[dict[str, Kept]] = {
        "case": Kept.ID,
        "person": Kept.ID,
        "joined_at": Kept.TIME,
        "left_at": Kept.TIME,
        "left_why": Kept.STATE,
        "policy_accepted_at": Kept.TIME,
        "policy_accepted": Kept.RULE,
        "messages_stopped_at": Kept.TIME,
    }

    class Meta(Stored.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case", "person"],
                condition=models.Q(left_at=None),
                name="member_once_at_a_time",
            ),
            _one_of("left_why", ("", *LEFT), "left_why"),
            models.CheckConstraint(
                condition=models.Q(left_at=None, left_why="")
                | (models.Q(left_at__isnull=False) & ~models.Q(left_why="")),
                name="left_at_and_why_together",
            ),
        ]
        verbose_name = "membership"

    @property
    def sealed_for(self) -> str:
        return str(self.person_id)


class Consent(Stored):
    """Somebody agreed to something: the person, or a guardian for a young one."""

    membership = models.ForeignKey(Membership, models.CASCADE, related_name="consents")
    about = models.CharField(max_length=24)  # treatment, recording, research
    text_version = models.CharField(max_length=24)
    guardian = Sealed()  # name, where a guardian agreed
    given_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    privacy: ClassVar[dict[str, Kept]] = {
        "membership": Kept.ID,
        "about": Kept.RULE,
        "text_version": Kept.RULE,
        "guardian": Kept.SEALED,
        "given_at": Kept.TIME,
        "withdrawn_at": Kept.TIME,
    }

    class Meta(Stored.Meta):
        verbose_name = "consent"

    @property
    def sealed_for(self) -> str:
        return self.membership.sealed_for


class Care(Stored):
    """Which therapist works in a case, from when until when."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="care")
    staff = models.ForeignKey(Staff, models.PROTECT, related_name="care")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    privacy: ClassVar[dict[str, Kept]] = {
        "case": Kept.ID,
        "staff": Kept.ID,
        "since": Kept.TIME,
        "until": Kept.TIME,
    }

    class Meta(Stored.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case", "staff"],
                condition=models.Q(until=None),
                name="in_care_once_at_a_time",
            )
        ]
        verbose_name = "care"


class Session(Stored):
    """One meeting of a case; who is expected is said by its attendance."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="sessions")
    staff = models.ForeignKey(Staff, models.PROTECT, related_name="sessions")
    number = models.PositiveIntegerField()
    starts_at = models.DateTimeField()
    minutes = models.PositiveSmallIntegerField()
    place = models.CharField(max_length=8)
    state = models.CharField(max_length=12, default="planned")
    cancelled_by = models.CharField(max_length=12, default="", blank=True)

    privacy: ClassVar[dict[str, Kept]] = {
        "case": Kept.ID,
        "staff": Kept.ID,
        "number": Kept.COUNT,
        "starts_at": Kept.TIME,
        "minutes": Kept.TIME,
        "place": Kept.STATE,
        "state": Kept.STATE,
        "cancelled_by": Kept.STATE,
    }

    class Meta(Stored.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "number"], name="session_number_once"),
            _one_of("state", SESSION_STATES, "session_state"),
            _one_of("place", PLACES, "session_place"),
            _one_of("cancelled_by", ("", *CANCELLERS), "cancelled_by"),
            models.CheckConstraint(
                condition=(models.Q(state="cancelled") & ~models.Q(cancelled_by=""))
                | (~models.Q(state="cancelled") & models.Q(cancelled_by="")),
                name="cancelled_and_by_whom_together",
            ),
        ]
        verbose_name = "session"


class Attendance(Stored):
    """Whether one member was expected at a session, and came."""

    session = models.ForeignKey(Session, models.CASCADE, related_name="attendance")
    membership = models.ForeignKey(Membership, models.CASCADE, related_name="attendance")
    state = models.CharField(max_length=12, default="expected")

    privacy: ClassVar[dict[str, Kept]] = {
        "session": Kept.ID,
        "membership": Kept.ID,
        "state": Kept.STATE,
    }

    class Meta(Stored.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["session", "membership"], name="attendance_once"),
            _one_of("state", ATTENDANCE, "attendance_state"),
        ]
        verbose_name = "attendance"
