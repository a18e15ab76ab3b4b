"""Today, for whoever looks: each role its own part."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from rapport.web.checkins.queries import (
    CheckIn,
    Said,
    answered_before,
    check_ins_of,
    said_lately,
)
from rapport.web.core.errors import NotHere
from rapport.web.measures.queries import form
from rapport.web.messages.queries import Messages, messages_to
from rapport.web.people.queries import (
    CaseSoFar,
    Meeting,
    Member,
    Reader,
    SessionOf,
    case_so_far,
    cases_of,
    day_list,
    members_in_care,
    sessions_of,
    the_practice,
)
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
        cases: the reader's open cases by the names of their members; None: the role sees none.
    """

    day: datetime
    flags: tuple[OpenFlag, ...]
    waiting: tuple[WaitingFlag, ...]
    sessions: tuple[Meeting, ...]
    answered: frozenset[UUID]
    said: tuple[tuple[str, Said], ...]
    cases: tuple[tuple[UUID, str], ...] | None

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
        cases=_own_cases(reader) if sees else None,
    )


@dataclass(frozen=True, kw_only=True)
class CheckInShown:
    """One check-in as the page of a case shows it.

    Attributes:
        session: its number.
        scores: title and value of each score; "no total" where too little was answered.
    """

    session: int
    moment: str
    writer: str
    answered_at: datetime
    words: str | None
    scores: tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class MemberSoFar:
    """One member of a case and what they wrote; each member's part stands for itself."""

    member: Member
    check_ins: tuple[CheckInShown, ...]


@dataclass(frozen=True, kw_only=True)
class CasePage:
    """A case as its therapist opens it.

    Attributes:
        shown: the one member whose answers are on the page: of several never two at once, since
            a screen in the room is read by everybody in it; None: nobody was chosen yet.
    """

    case: CaseSoFar
    sessions: tuple[SessionOf, ...]
    shown: MemberSoFar | None
    reached: dict[UUID, Messages]  # by member: how a link can be sent


def case_page(case: UUID, *, reader: Reader, membership: UUID | None = None) -> CasePage:
    """A case with its sessions and what came in from one member.

    Args:
        membership: which member; None: the only one, of several nobody.

    Raises:
        NotAllowed, NotHere: it is not the reader's to see.
    """
    found = case_so_far(case, reader=reader)
    sessions = sessions_of(case, reader=reader)
    numbers = {session.session: session.number for session in sessions}
    chosen = _chosen(found.members, membership)
    return CasePage(
        case=found,
        sessions=tuple(sessions),
        shown=_so_far(chosen, numbers, reader) if chosen else None,
        reached={
            member.membership: messages_to(member.membership, reader=reader)
            for member in found.members
        },
    )


def _chosen(members: Sequence[Member], membership: UUID | None) -> Member | None:
    if membership is None:
        return members[0] if len(members) == 1 else None
    for member in members:
        if member.membership == membership:
            return member
    raise NotHere("member of this case")


def _so_far(member: Member, numbers: dict[UUID, int], reader: Reader) -> MemberSoFar:
    came = check_ins_of(member.membership, reader=reader)
    return MemberSoFar(
        member=member, check_ins=tuple(_shown(one, numbers) for one in reversed(came))
    )


def _shown(one: CheckIn, numbers: dict[UUID, int]) -> CheckInShown:
    scores = [
        (form(form_id).title, "no total" if value is None else f"{value:g}")
        for form_id, of_form in one.scores.items()
        for value in of_form.values()
    ]
    return CheckInShown(
        session=numbers[one.session],
        moment=one.moment,
        writer=one.writer,
        answered_at=one.answered_at,
        words=one.words,
        scores=tuple(scores),
    )


def _zone() -> ZoneInfo:
    practice = the_practice()
    return ZoneInfo(practice.zone if practice else "UTC")


def _own_cases(reader: Reader) -> tuple[tuple[UUID, str], ...]:
    found = [case_so_far(case, reader=reader) for case in cases_of(reader=reader)]
    return tuple((c.case, " and ".join(m.name for m in c.members if not m.left_why)) for c in found)


def _sessions(start: datetime, reader: Reader) -> tuple[Meeting, ...]:
    if not allowed(reader.roles, May.PLAN_SESSIONS):
        return ()
    end = start + timedelta(days=1)
    day = {"day_start": start.astimezone(UTC), "day_end": end.astimezone(UTC)}
    return tuple(day_list(**day, reader=reader))


def _if(reader: Reader, may: May, query: Callable[..., list[T]]) -> tuple[T, ...]:
    return tuple(query(reader=reader)) if allowed(reader.roles, may) else ()
