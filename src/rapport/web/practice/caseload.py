"""The first page of a therapist: whom first, why, who comes today, who has not answered."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from rapport.web.audit.actions import record_seen
from rapport.web.checkins.by_staff.queries import own_side_given
from rapport.web.checkins.queries import answered_before, said_lately
from rapport.web.people.course import OpenCase, open_cases, upcoming
from rapport.web.people.queries import Meeting, Reader, day_list
from rapport.web.practice.entries import Entry, entry, first_words, reasons_by_case
from rapport.web.reading.queries import Asks, Stands, standings_for
from rapport.web.safety.queries import OpenFlag, flags_shown, kept_apart

SHOWN = 5  # whom one can think about before the first session (design: at most a handful)
WORDS_SHOWN = 5
LATELY = timedelta(days=7)
SPOKEN = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
          "eleven", "twelve")  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Today:
    """One of today's sessions.

    Attributes:
        asks: the case stands among those to think about.
        answered: what is asked before the session was answered.
        own_side: the therapist has not answered yet about everybody who is expected.
    """

    meeting: Meeting
    case: UUID
    asks: bool
    answered: bool
    own_side: bool


@dataclass(frozen=True, kw_only=True)
class NotAnswered:
    """A member whose latest check-ins stayed open; silence says nothing by itself."""

    case: UUID
    name: str
    times: int


@dataclass(frozen=True, kw_only=True)
class Shown:
    """An entry with when one meets next."""

    entry: Entry
    when: str


@dataclass(frozen=True, kw_only=True)
class Caseload:
    """Everything that a therapist's first page holds, in its order.

    Attributes:
        headline: the answer to "whom first?".
        rest: one sentence about everybody else; it never reassures.
        words: what came in during the last seven days and stands in no entry.
        cases: how many are open.
    """

    day: datetime
    headline: str
    flags: tuple[OpenFlag, ...]
    think: tuple[Shown, ...]
    rest: str
    today: tuple[Today, ...]
    silent: tuple[NotAnswered, ...]
    words: tuple[tuple[str, str, str], ...]
    cases: int


def caseload(*, reader: Reader, zone: ZoneInfo, at: datetime) -> Caseload:
    """The caseload of one therapist at this moment.

    Raises:
        NotAllowed: the role sees no cases.
    """
    cases = open_cases(reader=reader)
    stands = standings_for(cases, reader=reader, at=at)
    joinable = may_join(cases)
    reasons = reasons_by_case(cases, stands, may_join=joinable)
    asking = in_order(cases, reasons)
    start = datetime.combine(at.astimezone(zone).date(), time(), zone)
    _seen(cases, reader, at)
    flags = tuple(flags_shown(reader=reader, at=at))
    think = [case for case in asking if not _flagged(case, flags)][:SHOWN]
    today = _today(start, reader, {case.case for case in asking})
    return Caseload(
        day=at.astimezone(zone),
        headline=headline(flags, [case.name for case in asking], today, len(cases)),
        flags=flags,
        think=tuple(_shown(think, reasons, stands, joinable, at=at, zone=zone)),
        rest=the_rest(len(cases) - len(asking), more=len(asking) - len(think), of=len(cases)),
        today=today,
        silent=_silent(cases, stands),
        words=_words(cases, {c.case for c in think}, reader=reader, at=at),
        cases=len(cases),
    )


@dataclass(frozen=True, kw_only=True)
class CaseRow:
    """One open case in the list of all: what its answers say, and when one meets next."""

    case: UUID
    name: str
    said: str
    next: datetime | None


@dataclass(frozen=True, kw_only=True)
class AllCases:
    """Every open case of a therapist, by name."""

    rows: tuple[CaseRow, ...]


def all_cases(*, reader: Reader, at: datetime, called: str = "") -> AllCases:
    """Every open case of a therapist; ``called`` keeps those in which a name holds these letters.

    Raises:
        NotAllowed: the role sees no cases.
    """
    wanted = called.strip().casefold()
    cases = [c for c in open_cases(reader=reader) if wanted in c.name.casefold()]
    stands = standings_for(cases, reader=reader, at=at)
    _seen(cases, reader, at)
    joinable = may_join(cases)
    reasons = reasons_by_case(cases, stands, may_join=joinable)
    next_ones = upcoming([case.case for case in cases], after=at)
    rows = [
        CaseRow(
            case=case.case,
            name=case.name,
            said=first_words(case, reasons[case.case], stands),
            next=next_ones.get(case.case, (0, None))[1],
        )
        for case in sorted(cases, key=lambda one: one.name.casefold())
    ]
    return AllCases(rows=tuple(rows))


def _seen(cases: Sequence[OpenCase], reader: Reader, at: datetime) -> None:
    """Keep in the log that what these clients' answers say was seen in a sentence."""
    clients = {m.person for case in cases for m in case.members}
    record_seen("caseload seen", clients=clients, by=reader.by, at=at)


def may_join(cases: Sequence[OpenCase]) -> set[UUID]:
    """Cases whose members' answers may be shown side by side."""
    several = [case for case in cases if case.several]
    apart = kept_apart([m.membership for case in several for m in case.members])
    return {c.case for c in several if not apart & {m.membership for m in c.members}}


def in_order(
    cases: Sequence[OpenCase], reasons: Mapping[UUID, Sequence[tuple[str, Asks]]]
) -> list[OpenCase]:
    """Cases in which something asks for a thought, the weightiest reason first; ties by name."""
    asking = [case for case in cases if reasons[case.case]]
    return sorted(asking, key=lambda c: (reasons[c.case][0][1].rank, -len(reasons[c.case]), c.name))


def headline(
    flags: Sequence[OpenFlag], asking: Sequence[str], today: Sequence[Today], cases: int
) -> str:
    """The one sentence that matters.

    >>> headline([], [], [], 0)
    'Here will stand whom to think about first.'
    """
    if not cases and not flags:
        return "Here will stand whom to think about first."
    first = _first(flags, asking)
    then = _sessions(today, after=bool(first))
    return f"{first} {then}".strip()


def _first(flags: Sequence[OpenFlag], asking: Sequence[str]) -> str:
    names = list(dict.fromkeys(flag.name for flag in flags))
    if len(names) == 1:
        return f"{names[0]} first, please."
    if names:
        return f"{spoken(len(names)).capitalize()} people's answers first, please."
    return f"{asking[0]} first." if asking else "Nothing in the latest answers asks for attention."


def _sessions(today: Sequence[Today], *, after: bool) -> str:
    still = [one for one in today if one.meeting.state == "planned"]
    asking = sum(one.asks for one in still)
    if not still:
        return "No session is planned today." if not today else "Today's sessions are over."
    sessions = f"{spoken(len(still))} session{'' if len(still) == 1 else 's'}"
    told = f"Then {sessions}" if after else f"{sessions.capitalize()} today"
    if not asking:
        return f"{told}."
    return f"{told}, {spoken(asking)} of them worth a thought beforehand."


def spoken(n: int) -> str:
    """A small number as one says it.

    >>> spoken(2), spoken(13)
    ('two', '13')
    """
    return SPOKEN[n] if n < len(SPOKEN) else str(n)


def the_rest(quiet: int, *, more: int, of: int) -> str:
    """What is said of everybody else: nothing that reassures."""
    told = ""
    if more > 0:
        told = f"{spoken(more).capitalize()} more {'is' if more == 1 else 'are'} worth a thought. "
    if quiet and of:
        where = "In the other case" if quiet == 1 else f"In the other {quiet} cases"
        where = "In the latest answers" if quiet == of else where
        told += f"{where} nothing asks for attention. That is not the same as nothing being there."
    return told.strip()


def _flagged(case: OpenCase, flags: Sequence[OpenFlag]) -> bool:
    return bool({m.membership for m in case.members} & {flag.membership for flag in flags})


def _shown(
    think: Sequence[OpenCase],
    reasons: Mapping[UUID, Sequence[tuple[str, Asks]]],
    stands: Mapping[UUID, Stands],
    joinable: set[UUID],
    *,
    at: datetime,
    zone: ZoneInfo,
) -> list[Shown]:
    meetings = upcoming([case.case for case in think], after=at - timedelta(hours=2))
    return [
        Shown(
            entry=entry(case, reasons[case.case], stands, may_join=case.case in joinable),
            when=_when(meetings.get(case.case), at=at, zone=zone),
        )
        for case in think
    ]


def _when(meeting: tuple[int, datetime] | None, *, at: datetime, zone: ZoneInfo) -> str:
    if meeting is None:
        return "no session planned"
    number, starts_at = meeting
    local, today = starts_at.astimezone(zone), at.astimezone(zone).date()
    days = (local.date() - today).days
    day = {0: "today", 1: "tomorrow"}.get(days, f"on {local:%A}, {local.day} {local:%B}")
    return f"session {number} {day} at {local:%H:%M}"


def _today(start: datetime, reader: Reader, asking: set[UUID]) -> tuple[Today, ...]:
    end = start + timedelta(days=1)
    day = {"day_start": start.astimezone(UTC), "day_end": end.astimezone(UTC)}
    meetings = day_list(**day, reader=reader)
    sessions = [one.session for one in meetings]
    answered = answered_before(sessions)
    given = Counter(session for session, _ in own_side_given(sessions))
    return tuple(
        Today(
            meeting=one,
            case=one.case,
            asks=one.case in asking,
            answered=one.session in answered,
            own_side=given[one.session] < len(one.expected),
        )
        for one in meetings
    )


def _silent(cases: Sequence[OpenCase], stands: Mapping[UUID, Stands]) -> tuple[NotAnswered, ...]:
    found = [
        NotAnswered(case=case.case, name=m.name, times=stands[m.membership].silent)
        for case in cases
        for m in case.members
        if m.membership in stands and stands[m.membership].silent
    ]
    return tuple(sorted(found, key=lambda one: (-one.times, one.name)))


def _words(
    cases: Sequence[OpenCase], told: set[UUID], *, reader: Reader, at: datetime
) -> tuple[tuple[str, str, str], ...]:
    members = {m.membership: m.name for c in cases if c.case not in told for m in c.members}
    said = said_lately(members, since=at - LATELY, most=WORDS_SHOWN, reader=reader, at=at)
    return tuple(
        (members[one.membership], f"{one.moment} session {one.session}", one.words) for one in said
    )
