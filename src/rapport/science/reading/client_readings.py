"""The readings of all clients, each cut out of the columns only when somebody asks for it.

A table of five million rows stays a table of columns: what a page or a line of JSON needs is made
when it is written and let go again.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar, overload

import numpy as np

from rapport.science.reading import sentences
from rapport.science.reading.attention import Attention
from rapport.science.reading.model import ClientReading, Item, Series, Words
from rapport.science.reading.progress import Progress
from rapport.science.reading.relationship import Relationship
from rapport.science.reading.tracks import Track, iso_dates
from rapport.science.records.session_table import RESPONDENTS, Labels, SessionTable

Read = TypeVar("Read", Relationship, Progress)


@dataclass(frozen=True, kw_only=True)
class Found:
    """What was found on each scale, by role, the scale to read first standing first."""

    alliance: list[Relationship]
    outcome: list[Progress]
    others: list[Track]


@dataclass(frozen=True, kw_only=True)
class AboutClients:
    """What the table says of each client besides scores, by client code."""

    case: list[str | None]
    therapist: list[str | None]
    last_date: list[str | None]
    words: dict[int, list[Words]]
    items: list[dict[int, Item]]


@dataclass(frozen=True, kw_only=True)
class ClientReadings(Sequence[ClientReading]):
    """All clients' readings in the order in which they should be looked at."""

    found: Found
    attention: Attention
    about: AboutClients
    order: list[int]

    def __len__(self) -> int:
        return len(self.order)

    @overload
    def __getitem__(self, at: int) -> ClientReading: ...
    @overload
    def __getitem__(self, at: slice) -> list[ClientReading]: ...
    def __getitem__(self, at: int | slice) -> ClientReading | list[ClientReading]:
        if isinstance(at, slice):
            return [self._cut(code) for code in self.order[at]]
        return self._cut(self.order[at])

    def __iter__(self) -> Iterator[ClientReading]:
        return (self._cut(code) for code in self.order)

    def _cut(self, code: int) -> ClientReading:
        name, about = self.attention.names[code], self.about
        signals = self.attention.of(code)
        now = [s for s in signals if s.current]
        alliance = next(_having(self.found.alliance, code), None)
        outcome = next(_having(self.found.outcome, code), None)
        return ClientReading(
            client=name,
            headline=now[0].sentence if now else sentences.calm(name),
            alliance=None
            if alliance is None
            else alliance.of(int(alliance.track.position[code]), code),
            outcome=None if outcome is None else outcome.of(int(outcome.track.position[code])),
            signals=signals,
            case=about.case[code],
            therapist=about.therapist[code],
            last_session=float(self.attention.last_session[code]),
            last_date=about.last_date[code],
            items=[moves[code] for moves in about.items if code in moves],
            words=about.words.get(code, []),
            others=self._others(code),
        )

    def _others(self, code: int) -> list[Series]:
        """Every further series of this client: shown, not judged."""
        further = [read.track for read in list(_having(self.found.alliance, code))[1:]]
        further += [read.track for read in list(_having(self.found.outcome, code))[1:]]
        further += [t for t in self.found.others if t.position[code] >= 0]
        return [t.series(int(t.position[code])) for t in further]


def _having(reads: Iterable[Read], code: int) -> Iterator[Read]:
    return (read for read in reads if read.track.position[code] >= 0)


def about_clients(*, table: SessionTable, items: list[dict[int, Item]]) -> AboutClients:
    """Case, therapist, last date and own words of every client of a table."""
    return AboutClients(
        case=_last_named(table, table.case),
        therapist=_last_named(table, table.therapist),
        last_date=_last_dates(table),
        words=_words(table),
        items=items,
    )


def _last_named(table: SessionTable, names: Labels | None) -> list[str | None]:
    """For each client the name in the latest row that has one."""
    if names is None:
        return [None] * table.n_clients
    rows = np.flatnonzero(names.codes >= 0)
    codes = np.full(table.n_clients, -1, dtype=np.int64)
    order = rows[np.lexsort((names.codes[rows], table.session[rows], table.client[rows]))]
    codes[table.client[order]] = names.codes[order]  # ascending sessions: the latest stays
    return [None if code < 0 else str(names.names[code]) for code in codes.tolist()]


def _last_dates(table: SessionTable) -> list[str | None]:
    """For each client the day of the latest session, None where it isn't said."""
    if table.date is None:
        return [None] * table.n_clients
    days = table.date.astype("datetime64[D]").astype(np.int64)  # NaT is the smallest of all
    order = np.lexsort((days, table.session, table.client))
    last = np.full(table.n_clients, np.datetime64("NaT"), dtype="datetime64[D]")
    last[table.client[order]] = table.date[order]
    return iso_dates(last)


def _words(table: SessionTable) -> dict[int, list[Words]]:
    into: dict[int, list[Words]] = defaultdict(list)
    if table.words is None:
        return into
    written = [i for i, text in enumerate(table.words.tolist()) if text]
    for i in sorted(written, key=lambda i: _when_and_who(table, i)):
        into[int(table.client[i])].append(
            Words(
                session=float(table.session[i]),
                text=str(table.words[i]),
                respondent=RESPONDENTS[int(table.respondent[i])],
            )
        )
    return into


def _when_and_who(table: SessionTable, row: int) -> tuple[float, int, str]:
    assert table.words is not None
    return float(table.session[row]), int(table.respondent[row]), str(table.words[row])
