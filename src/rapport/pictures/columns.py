"""Session by session: each answers to the pointer and to keyboard focus with a sentence.

No script: a session is a column that can take the focus. Its sentence is its name for screen
readers, and the style sheet shows the same words under the picture while the column is pointed
at or focused. The drawing itself is hidden from screen readers then, so nothing is said twice.
"""

import re
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rapport.pictures.plot import Plot
from rapport.pictures.svg import element, number, text

MANY = 60  # sessions; beyond it a column is under 4 px on a phone and the way by keyboard too long
WIDEST = 48.0  # px; a comfortable target for a finger, and still a column to the eye
LIT = 10.0  # px to either side of the session: the highlight is thin, its target is wide
LEADING = 18.0  # px between the rows of a sentence
SENTENCE = 0.52  # mean width of a character in em: sentences are narrower than labels
_BREAKABLE = re.compile(r"-(-|[^\W\d])")  # a hyphen at which a word may be broken
ROWS = 6  # room under a picture for so many rows; see .says-1 to .says-6 in the style sheet


@dataclass(frozen=True, kw_only=True)
class Stop:
    """One session (or the forecast) and what it says; marked is what must not be left out."""

    session: float
    words: str
    marked: bool = False


@dataclass(frozen=True, kw_only=True)
class Columns:
    """The columns of a picture as markup, and the rows that their longest sentence takes."""

    markup: str = ""
    rows: int = 0
    note: str = ""  # for the description: which sessions have no column


def opening(session: float, days: Mapping[float, str]) -> str:
    """The session and its day.

    >>> opening(6.0, {6.0: "10 August"}), opening(7.0, {})
    ('Session 6, 10 August', 'Session 7')
    """
    day = days.get(session)
    return f"Session {number(session)}" + (f", {day}" if day else "")


def columns(plot: Plot, stops: Sequence[Stop]) -> Columns:
    """A column for each stop: focusable, as wide as its neighbours allow, up to 48 px.

    Of more than 60 sessions those that are marked, the first and the last have a column; the
    table beside the picture holds all of them, and the description says so.
    """
    shown = _chosen(stops)
    if not shown:
        return Columns()
    told = [_wrapped(stop.words, plot.width) for stop in shown]
    lit = _lit(plot, stops)
    drawn = [
        _column(plot, stop, rows, edges, lit=lit)
        for stop, rows, edges in zip(shown, told, _edges(plot, shown), strict=True)
    ]
    # An empty title keeps the browser from showing the picture's own over the columns.
    markup = element("g", "<title/>", *drawn, class_="columns")
    return Columns(markup=markup, rows=max(map(len, told)), note=_note(stops, shown))


def _chosen(stops: Sequence[Stop]) -> list[Stop]:
    if len(stops) <= MANY:
        return list(stops)
    inner = [stop for stop in stops[1:-1] if stop.marked][2 - MANY :]
    return [stops[0], *inner, stops[-1]]


def _note(stops: Sequence[Stop], shown: Sequence[Stop]) -> str:
    if len(shown) == len(stops):
        return ""
    return (
        f" Of {len(stops)} sessions the first, the last and those with a remark can be focused; "
        "the table holds all of them."
    )


def _edges(plot: Plot, shown: Sequence[Stop]) -> list[tuple[float, float]]:
    """Half-way to the neighbours, never more than half the widest column away."""
    xs = [plot.x(stop.session) for stop in shown]
    middles = [(a + b) / 2 for a, b in pairwise(xs)]
    # The first and the last reach as far outwards as inwards, and a finger's breadth at least.
    before = [xs[0] - WIDEST / 2, *middles]
    after = [*middles, xs[-1] + WIDEST / 2]
    return [
        (max(left, x - WIDEST / 2), min(right, x + WIDEST / 2))
        for left, x, right in zip(before, xs, after, strict=True)
    ]


def _lit(plot: Plot, stops: Sequence[Stop]) -> float:
    """Half the highlight: thin, and over one session only where sessions stand close."""
    gaps = (b - a for a, b in pairwise(plot.x(stop.session) for stop in stops))
    return min([gap / 2 for gap in gaps] + [LIT])


def _column(
    plot: Plot, stop: Stop, rows: Sequence[str], edges: tuple[float, float], *, lit: float
) -> str:
    left, right = edges
    x = plot.x(stop.session)
    first, *more = (text(row) for row in rows)
    below = "".join(f'<tspan x="0" dy="{LEADING:g}">{row}</tspan>' for row in more)
    told = element("text", first, below, y=plot.height + 6)
    areas = _area(plot, left, right) + _area(plot, x - lit, x + lit)
    return f'<g tabindex="0" role="img" aria-label="{text(stop.words)}">{areas}{told}</g>'


def _area(plot: Plot, left: float, right: float) -> str:
    """From above the plane down to the session's number, without its date."""
    wide, high = right - left, plot.base - plot.top + 42
    return f'<path d="M{left:.1f},{plot.top - 8:.1f}h{wide:.1f}v{high:.1f}h{-wide:.1f}z"/>'


def _wrapped(words: str, width: float) -> list[str]:
    """Rows that fit under the picture; the name for screen readers is never shortened."""
    room = int(width / (13 * SENTENCE))
    if rows := _plainly_wrapped(words, room):
        return rows
    return textwrap.wrap(words, width=room, max_lines=ROWS, placeholder=" …") or [""]


def _plainly_wrapped(words: str, room: int) -> list[str]:
    """The same rows, sooner, for words with single spaces between them; none: they are not so."""
    if not words.isprintable() or _BREAKABLE.search(words):
        return []
    rows = [""]
    for word in words.split(" "):
        if not 0 < len(word) <= room:
            return []
        row = f"{rows[-1]} {word}" if rows[-1] else word
        rows[-1:] = [row] if len(row) <= room else [rows[-1], word]
    return rows if len(rows) <= ROWS else []
