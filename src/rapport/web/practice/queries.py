"""Today, for whoever looks: each role its own part."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from rapport.web.checkins.queries import Said, answered_before, said_lately
from rapport.web.people.queries import Meeting, Reader, day_list, members_in_care, the_practice
from rapport.web.people.roles import May, allowed
from rapport.web.safety.queries import OpenFlag, WaitingFlag, flags_to_answer, waiting_flags

T = TypeVar("T")
LATELY = timedelta(days=7)


@dataclass(frozen=True, kw_only=True)
class Today:
    """What the first page shows.

    Attributes:
        flags: answers that wait for the reader, the oldest first.
        waiting: open flags of the practice without what was answered; for whoever leads it.
        sessions: of today, in the practice's zone.
        answered: sessions whose check-in before the session is in; for therapists only.
        said: what came in during the last seven days, in the clients' own words.
        cases: how many open cases the reader works in; None: the role sees none.
    """

    day: datetime
    flags: tuple[OpenFlag, ...]
    waiting: tuple[WaitingFlag, ...]
    sessions: tuple[Meeting, ...]
    answered: frozenset[UUID]
    said: tuple[tuple[str, Said], ...]
    cases: int | None

    @property
    def headline(self) -> str:
        """The one sentence that matters. It never reassures."""
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
    start = datetime.combine(at.astimezone(zone).date(), time(), zone)
    sees = allowed(reader.roles, May.SEE_OWN_CASES)
    sessions = _sessions(start, reader)
    members = {m.membership: m.name for m in members_in_care(reader=reader)} if sees else {}
    said = said_lately(members, since=at - LATELY) if sees else []
    return Today(
        day=start,
        flags=_if(reader, May.ANSWER_FLAGS, flags_to_answer),
        waiting=_if(reader, May.SEE_ALL_FLAGS, waiting_flags),
        sessions=sessions,
        answered=answered_before([s.session for s in sessions]) if sees else frozenset(),
        said=tuple((members[one.membership], one) for one in said),
        cases=len(members) if sees else None,
    )


def _zone() -> ZoneInfo:
    practice = the_practice()
    return ZoneInfo(practice.zone if practice else "UTC")


def _sessions(start: datetime, reader: Reader) -> tuple[Meeting, ...]:
    if not allowed(reader.roles, May.PLAN_SESSIONS):
        return ()
    end = start + timedelta(days=1)
    day = {"day_start": start.astimezone(UTC), "day_end": end.astimezone(UTC)}
    return tuple(day_list(**day, reader=reader))


def _if(reader: Reader, may: May, query: Callable[..., list[T]]) -> tuple[T, ...]:
    return tuple(query(reader=reader)) if allowed(reader.roles, may) else ()
