"""Made-up courses: what somebody who doesn't exist answered in which session.

A session table holds totals. The answers behind a total are made up too, as even as they can be,
so that the form's own rule gives that total again.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from itertools import groupby

import numpy as np

from rapport.science.records.session_table import RESPONDENTS, SessionTable
from rapport.science.scoring.instrument import Instrument

Given = dict[str, int | None]

# Which form holds a scale of the table, and before or after the session it is asked.
MOMENTS = {
    "phq-9": "before",
    "gad-7": "before",
    "shared-goal": "before",
    "rapport-checkin-client": "after",
    "rapport-checkin-member": "after",
}
GOAL = "We talk again at the end of the day."
MIRROR = "rapport-checkin-therapist"
AFTERWARDS = timedelta(minutes=62)  # a check-in after a session of 50 minutes, on the way home
BEFOREHAND = timedelta(hours=15)  # a check-in before a session, the evening before


@dataclass(frozen=True, kw_only=True)
class Answered:
    """One check-in of one writer.

    Attributes:
        member: position in the names of the course.
        answers: by instrument.
    """

    writer: str
    member: int
    moment: str
    answers: Mapping[str, Given]
    answered_at: datetime
    words: str | None = None


@dataclass(frozen=True, kw_only=True)
class MadeUpMeeting:
    """One session of a course: planned, held or missed, who came, and what came in."""

    starts_at: datetime
    state: str
    came: tuple[bool, ...]
    answered: tuple[Answered, ...] = ()


@dataclass(frozen=True, kw_only=True)
class MadeUpCourse:
    """A case of people who don't exist, from the first session on.

    Attributes:
        therapist: a name, as the table has it.
        ended: "": it is open; else why its members left.
        goal: a goal of every member in words; "": none.
    """

    kind: str
    names: tuple[str, ...]
    therapist: str
    meetings: tuple[MadeUpMeeting, ...]
    ended: str = ""
    goal: str = ""

    @property
    def opened_at(self) -> datetime:
        """A week before the first session."""
        return self.meetings[0].starts_at - timedelta(days=7)

    @property
    def last_at(self) -> datetime:
        """When the last session was."""
        return self.meetings[-1].starts_at


def moved(course: MadeUpCourse, *, by: timedelta) -> MadeUpCourse:
    """The same course at another time."""
    return replace(course, meetings=tuple(_moved(meeting, by) for meeting in course.meetings))


def _moved(meeting: MadeUpMeeting, by: timedelta) -> MadeUpMeeting:
    answered = tuple(replace(a, answered_at=a.answered_at + by) for a in meeting.answered)
    return replace(meeting, starts_at=meeting.starts_at + by, answered=answered)


def courses_in(
    table: SessionTable, *, instruments: Callable[[str], Instrument], hour: int = 10
) -> Iterator[MadeUpCourse]:
    """The courses of a table of totals, members of one case together.

    Args:
        table: with dates, therapists and attendance, as `simulate_caseload` makes it.
        instruments: the instrument of a form's name.
        hour: of each session, in UTC.
    """
    rows, fills = _Rows(table), _Fills(instruments)
    order = np.lexsort((table.client, table.session, np.array(rows.case)))
    for _, of_case in groupby(order.tolist(), key=rows.case.__getitem__):
        yield _course(rows, list(of_case), fills, hour)


class _Rows:
    """The table's columns as plain values: asking an array for one at a time is slow."""

    def __init__(self, table: SessionTable) -> None:
        if table.date is None or table.attended is None or table.therapist is None:
            raise ValueError("a made-up course needs dates, attendance and therapists")
        self.case = _case_of(table)
        self.client = table.client.tolist()
        self.name = [str(name) for name in table.client_ids]
        self.session = table.session.tolist()
        self.scale = [table.scale_names[scale] for scale in table.scale.tolist()]
        self.score = table.score.tolist()
        self.writer = [RESPONDENTS[who] for who in table.respondent.tolist()]
        self.date = table.date.tolist()
        self.came = (table.attended == 1).tolist()
        self.therapist = [str(table.therapist.names[code]) for code in table.therapist.codes]


def _case_of(table: SessionTable) -> list[int]:
    """A number for each row's case; who comes alone is a case of one."""
    if table.case is None:
        return list(table.client.tolist())
    alone = table.case.codes < 0
    named = np.where(alone, table.client + len(table.case.names), table.case.codes)
    return list(named.tolist())


class _Fills:
    """Answers that give a total, each made once."""

    def __init__(self, instruments: Callable[[str], Instrument]) -> None:
        self._instruments = instruments
        self._known: dict[tuple[str, int], Given] = {}

    def __call__(self, name: str, total: float) -> Given:
        asked = (name, int(total))
        if asked not in self._known:
            self._known[asked] = answers_for(self._instruments(name), total=int(total))
        return self._known[asked]


def answers_for(instrument: Instrument, *, total: int) -> Given:
    """Answers whose score by the form's own rule is this total, as even as they can be.

    A question about risk is answered so that nobody has to be told; a total that could not be
    reached then is brought as near as can be. Questions outside the total get their middle.

    >>> from rapport.files.instruments import load_instrument
    >>> list(answers_for(load_instrument("phq-9"), total=10).values())
    [2, 2, 1, 1, 1, 1, 1, 1, 0]
    """
    rule = next(rule for rule in instrument.scores if rule.id == "total")
    counting = [name for name in rule.items if instrument.item(name).safety is None]
    ranges = [_range(instrument, name) for name in counting]
    points = _spread(total - sum(low for low, _ in ranges), [high - low for low, high in ranges])
    given: Given = {}
    for name, (low, high), more in zip(counting, ranges, points, strict=True):
        given[name] = high - more if instrument.item(name).reverse else low + more
    return {item.id: given.get(item.id, _calm(instrument, item.id)) for item in instrument.items}


def _spread(total: int, most: Sequence[int]) -> list[int]:
    """Give out points one round after the other until they are gone or no place is left."""
    given = [0] * len(most)
    left = max(0, min(total, sum(most)))
    while left:
        for place, limit in enumerate(most):
            if left and given[place] < limit:
                given[place] += 1
                left -= 1
    return given


def _range(instrument: Instrument, name: str) -> tuple[int, int]:
    allowed = instrument.answers_of(instrument.item(name))
    if allowed is None or allowed.minimum is None or allowed.maximum is None:
        raise ValueError(f"{instrument.id}: {name} has no range")
    return int(allowed.minimum), int(allowed.maximum)


def _calm(instrument: Instrument, name: str) -> int | None:
    """An answer outside the total that no rule about safety meets."""
    item = instrument.item(name)
    if item.optional:
        return None
    low, high = _range(instrument, name)
    if item.safety is None:
        return (low + high + 1) // 2
    return next(
        value for value in (low, high) if not item.safety.met_by(np.array([float(value)]))[0]
    )


def _course(rows: _Rows, places: list[int], fills: _Fills, hour: int) -> MadeUpCourse:
    clients = list(dict.fromkeys(rows.client[place] for place in places))
    by_session = groupby(places, key=rows.session.__getitem__)
    meetings = [_meeting(rows, list(of), clients, fills, hour) for _, of in by_session]
    shared = any(rows.scale[place] == "shared-goal" for place in places)
    return MadeUpCourse(
        kind={1: "individual", 2: "couple"}.get(len(clients), "family"),
        names=tuple(rows.name[client] for client in clients),
        therapist=rows.therapist[places[0]],
        meetings=tuple(meetings),
        goal=GOAL if shared else "",
    )


def _meeting(
    rows: _Rows, places: list[int], clients: list[int], fills: _Fills, hour: int
) -> MadeUpMeeting:
    starts_at = datetime.combine(rows.date[places[0]], time(hour), UTC)
    came = {rows.client[place] for place in places if rows.came[place]}
    return MadeUpMeeting(
        starts_at=starts_at,
        state="held" if came else "missed",
        came=tuple(client in came for client in clients),
        answered=tuple(_check_ins(rows, places, clients, fills, starts_at)),
    )


def _check_ins(
    rows: _Rows, places: list[int], clients: list[int], fills: _Fills, starts_at: datetime
) -> Iterable[Answered]:
    """One for each writer and moment, with every form that was handed in."""
    found: dict[tuple[str, int, str], Answered] = {}
    for place in places:
        if rows.score[place] == rows.score[place]:  # NaN: the form was not handed in
            one = _answered(rows, place, clients, fills, starts_at)
            key = (one.writer, one.member, one.moment)
            before = found.get(key)
            found[key] = replace(one, answers={**before.answers, **one.answers}) if before else one
    return found.values()


def _answered(
    rows: _Rows, place: int, clients: list[int], fills: _Fills, starts_at: datetime
) -> Answered:
    scale, writer = rows.scale[place], rows.writer[place]
    moment = MOMENTS.get(scale, "after")
    return Answered(
        writer=writer,
        member=clients.index(rows.client[place]),
        moment=moment,
        answers=_filled(scale, writer, rows.score[place], fills),
        answered_at=starts_at + AFTERWARDS if moment == "after" else starts_at - BEFOREHAND,
    )


def _filled(scale: str, writer: str, total: float, fills: _Fills) -> dict[str, Given]:
    if scale == "shared-goal":
        return {"rapport-goals": {"goal_1": int(total)}}
    name = MIRROR if writer == "therapist" else scale
    return {name: fills(name, total)}
