"""The first page, for whoever looks: each role its own part; and the page of a case."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from rapport.web.people.queries import Meeting, Reader, day_list, the_practice
from rapport.web.people.roles import May, allowed
from rapport.web.practice.caseload import AllCases, Caseload, all_cases, caseload
from rapport.web.practice.relationship import CasePage, MemberPage, case_page
from rapport.web.safety.queries import OpenFlag, WaitingFlag, flags_to_answer, waiting_flags

__all__ = [
    "AllCases",
    "CasePage",
    "Caseload",
    "MemberPage",
    "Today",
    "all_cases",
    "case_page",
    "today",
]

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Today:
    """What the first page shows of somebody without cases of their own.

    Attributes:
        flags: answers that wait for the reader, the oldest first.
        waiting: open flags of the practice without what was answered; for whoever leads it.
        sessions: of today, in the practice's zone, for whoever plans them.
        caseload: of a therapist; it holds flags and sessions too.
    """

    day: datetime
    flags: tuple[OpenFlag, ...]
    waiting: tuple[WaitingFlag, ...]
    sessions: tuple[Meeting, ...]
    caseload: Caseload | None

    @property
    def headline(self) -> str:
        """The one sentence that matters. It never reassures."""
        if self.caseload is not None:
            return self.caseload.headline
        if self.flags:
            n = len(self.flags)
            return "One answer waits for you." if n == 1 else f"{n} answers wait for you."
        if self.waiting:
            n = len(self.waiting)
            return "One flag is open." if n == 1 else f"{n} flags are open."
        if self.sessions:
            n = len(self.sessions)
            return "One session today." if n == 1 else f"{n} sessions today."
        return "No session today."


def today(*, reader: Reader, at: datetime) -> Today:
    """The day of one reader."""
    zone = _zone()
    sees = allowed(reader.roles, May.SEE_OWN_CASES)
    return Today(
        day=at.astimezone(zone),
        flags=() if sees else _if(reader, May.ANSWER_FLAGS, flags_to_answer),
        waiting=_if(reader, May.SEE_ALL_FLAGS, waiting_flags),
        sessions=() if sees else _sessions(at, zone, reader),
        caseload=caseload(reader=reader, zone=zone, at=at) if sees else None,
    )


def _zone() -> ZoneInfo:
    practice = the_practice()
    return ZoneInfo(practice.zone if practice else "UTC")


def _sessions(at: datetime, zone: ZoneInfo, reader: Reader) -> tuple[Meeting, ...]:
    if not allowed(reader.roles, May.PLAN_SESSIONS):
        return ()
    start = datetime.combine(at.astimezone(zone).date(), time(), zone)
    end = start + timedelta(days=1)
    day = {"day_start": start.astimezone(UTC), "day_end": end.astimezone(UTC)}
    return tuple(day_list(**day, reader=reader))


def _if(reader: Reader, may: May, query: Callable[..., list[T]]) -> tuple[T, ...]:
    return tuple(query(reader=reader)) if allowed(reader.roles, may) else ()
