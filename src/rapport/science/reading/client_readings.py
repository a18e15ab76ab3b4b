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
from rapport.science.records.courses import IntArray
from rapport.science.records.session_table import RESPONDENTS, SessionTable

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
    row = last_rows(table)
    return AboutClients(
        case=[None if table.case is None else table.case.at(r) for r in row],
        therapist=[None if table.therapist is None else table.therapist.at(r) for r in row],
        last_date=[None] * len(row) if table.date is None else iso_dates(table.date[row]),
        words=_words(table),
        items=items,
    )


def last_rows(table: SessionTable) -> IntArray:
    """For each client the row of the latest session."""
    order = np.lexsort((table.session, table.client))
    rows = np.zeros(table.n_clients, dtype=np.int64)
    rows[table.client[order]] = order  # ascending sessions: the last one written is the latest
    return rows


def _words(table: SessionTable) -> dict[int, list[Words]]:
    into: dict[int, list[Words]] = defaultdict(list)
    if table.words is None:
        return into
    written = [i for i, text in enumerate(table.words.tolist()) if text]
    for i in sorted(written, key=lambda i: float(table.session[i])):
        into[int(table.client[i])].append(
            Words(
                session=float(table.session[i]),
                text=str(table.words[i]),
                respondent=RESPONDENTS[int(table.respondent[i])],
            )
        )
    return into
