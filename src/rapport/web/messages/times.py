"""When a message may go: what it is about, and that nobody is woken by it. Pure: no clock."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

EVENING, MORNING = time(21), time(8)  # in the client's own zone; a message at night wakes somebody

# All of these are ours.
ASK_BEFORE = timedelta(hours=24)  # a day on which there is a minute for it
ASK_AFTER = timedelta(days=2)  # asked later, what is answered says little about the session
REMIND_BEFORE = timedelta(hours=3)  # still time to answer, and for the therapist to read
REMIND_NOT_WITHIN = timedelta(hours=12)  # of the invitation
REMIND_AFTER = timedelta(hours=24)  # the next day, at about the same hour
REMIND_UNTIL = timedelta(days=5)
HELD = timedelta(minutes=3)  # far longer than a hand-over takes: then whoever held it has ended

FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = {"notice": timedelta(minutes=4)}  # somebody waits for it
LONGEST_OTHER = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class Window:
    """From when until when a message says something useful."""

    due: datetime
    until: datetime

    def holds(self, at: datetime) -> bool:
        """Whether it may go now."""
        return self.due <= at < self.until


def invitation_window(*, moment: str, starts_at: datetime, ends_at: datetime) -> Window:
    """Before the session a day ahead until it begins; after it as soon as it has ended."""
    if moment == "before":
        return Window(due=starts_at - ASK_BEFORE, until=starts_at)
    return Window(due=ends_at, until=ends_at + ASK_AFTER)


def reminder_window(*, moment: str, starts_at: datetime, asked_at: datetime) -> Window:
    """When the one reminder may go; it may be empty: then there is none."""
    if moment == "before":
        due = max(starts_at - REMIND_BEFORE, asked_at + REMIND_NOT_WITHIN)
        return Window(due=due, until=starts_at)
    return Window(due=asked_at + REMIND_AFTER, until=asked_at + REMIND_UNTIL)


def is_night(at: datetime, zone: str) -> bool:
    """Whether it is night where somebody lives.

    >>> from datetime import UTC
    >>> is_night(datetime(2026, 7, 6, 19, 30, tzinfo=UTC), "Europe/Berlin")
    True
    """
    there = at.astimezone(ZoneInfo(zone)).time()
    return not MORNING <= there < EVENING


def may_try(*, kind: str, tries: int, tried_at: datetime | None, at: datetime) -> bool:
    """Whether enough time has passed since the last try: 1, 2, 4, ... minutes, to a limit.

    A last try that lies in the future was made by a clock that was wrong: it counts for nothing.
    """
    if tried_at is None or tried_at > at:
        return True
    longest = LONGEST_WAIT.get(kind, LONGEST_OTHER)
    doubled = int(2 ** min(max(tries - 1, 0), 10))
    return tried_at + min(FIRST_WAIT * doubled, longest) <= at


def was_dropped_from_hand(tried_at: datetime, at: datetime) -> bool:
    """Whether whoever held a message must have ended since."""
    return not tried_at <= at < tried_at + HELD
