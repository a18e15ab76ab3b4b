"""What changed since last session, question by question."""

from dataclasses import dataclass

from markupsafe import Markup

from rapport.files.report.findings import Table
from rapport.files.report.words import cell, count
from rapport.pictures.svg import number
from rapport.pictures.ticks import change_ticks
from rapport.science.reading.model import ClientReading, Item


@dataclass(frozen=True, kw_only=True)
class Moved:
    """One question that moved: its words, its ticks and the move in words."""

    text: str
    picture: Markup
    move: str
    asks: bool  # it moved to the side that is worth a question


@dataclass(frozen=True, kw_only=True)
class Changes:
    """The section "since last session": only what moved; all answers in the table."""

    title: str
    low_words: str
    high_words: str
    moved: list[Moved]
    table: Table


def changes(client: ClientReading, *, id: str) -> Changes | None:
    """What moved since last time, what is worth a question first, then the widest move.

    None where the table holds no answers to single questions.
    """
    if not client.items:
        return None
    known = [item for item in client.items if item.now is not None and item.last is not None]
    moved = sorted(
        (i for i in known if i.now != i.last), key=lambda i: (not _asks(i), -_distance(i))
    )
    ends = next((item.labels for item in client.items if item.labels), ("", ""))
    return Changes(
        title=_title(client, len(moved), len(known)),
        low_words=ends[0],
        high_words=ends[-1],
        moved=[_row(item, id=f"{id}-{k}") for k, item in enumerate(moved)],
        table=_table(client.items),
    )


def _title(client: ClientReading, moved: int, known: int) -> str:
    if not known:
        return "Two answered forms are needed to show what changed since last session."
    since = "Between the last two forms" if _silent_last(client) else "Since last session"
    return f"{since} {moved or 'none'} of {count(known, 'answer')} moved."


def _silent_last(client: ClientReading) -> bool:
    """Whether the latest session has no form: then the last two forms are compared."""
    series = client.alliance.series if client.alliance else None
    return series is not None and bool(series.scores) and series.scores[-1] is None


def _distance(item: Item) -> float:
    return abs((item.now or 0) - (item.last or 0)) / (item.maximum - item.minimum or 1)


def _row(item: Item, *, id: str) -> Moved:
    move = f"{answer(item, item.last)} → {answer(item, item.now)}"
    first = f" The first time: {answer(item, item.first)}." if item.first is not None else ""
    picture = change_ticks(
        id=id,
        title=item.text,
        description=f"Last time {answer(item, item.last)}, now {answer(item, item.now)}.{first}",
        low=item.minimum,
        high=item.maximum,
        now=item.now,
        last=item.last,
        first=item.first,
    )
    return Moved(text=item.text, picture=Markup(picture), move=move, asks=_asks(item))


def _asks(item: Item) -> bool:
    """A move towards less of what was hoped for is worth a question."""
    less = item.now is not None and item.last is not None and item.now < item.last
    return less != item.reverse


def answer(item: Item, value: float | None) -> str:
    """An answer in the questionnaire's words where they are known."""
    if value is None:
        return "not answered"
    place = value - item.minimum
    if item.labels and place == int(place) and 0 <= place < len(item.labels):
        return item.labels[int(place)]
    return number(value)


def _table(items: list[Item]) -> Table:
    rows = [
        [item.text, *(_told(item, value) for value in (item.now, item.last, item.first))]
        for item in items
    ]
    return Table(
        caption="All answers, as given",
        head=["sentence", "now", "last time", "first time"],
        rows=rows,
    )


def _told(item: Item, value: float | None) -> str:
    words = answer(item, value)
    return words if words in (cell(value), number(value or 0)) else f"{words} ({cell(value)})"
