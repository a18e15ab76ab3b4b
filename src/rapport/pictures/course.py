"""The relationship over time: client's and therapist's lines, alarms, episodes, usual range."""

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rapport.pictures.columns import Stop, columns, opening
from rapport.pictures.plot import (
    Box,
    Line,
    Plot,
    below_axis,
    draw_line,
    end_labels,
    first_clear,
    obstacles,
    place_in_rows,
    range_frame,
    session_axis,
    silences,
)
from rapport.pictures.svg import SERIF, disc, element, figure, label, number, polygon, stroke

QUOTE_LEADING = 21.0


@dataclass(frozen=True, kw_only=True)
class Ends:
    """The ends of a scale and the questionnaire's words for them; ``None`` is not known."""

    low: float | None = None
    high: float | None = None
    low_words: str | None = None
    high_words: str | None = None


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """A shaded stretch of sessions with words at some of them."""

    start: float
    end: float
    words: Sequence[tuple[float, str]] = ()


@dataclass(frozen=True, kw_only=True)
class Fall:
    """A rating below what earlier ones led to expect."""

    session: float
    score: float
    expected: float


@dataclass(frozen=True, kw_only=True)
class Quote:
    """What was written at a session, to stand in the picture where there is room."""

    session: float
    score: float
    words: str


def course_chart(
    *,
    id: str,
    title: str,
    description: str,
    lines: Sequence[Line],
    ends: Ends,
    stretches: Sequence[Stretch] = (),
    falls: Sequence[Fall] = (),
    usual: Sequence[tuple[float, float, float]] = (),
    apart: Sequence[float] = (),
    quote: Quote | None = None,
    dates: Mapping[float, str] | None = None,
    days: Mapping[float, str] | None = None,
    compact: bool = False,
) -> str:
    """Draw ratings over sessions; each session answers to focus and pointer with a sentence.

    Args:
        lines: the client's first; others may follow.
        ends: ends of the scale, named in the questionnaire's words.
        stretches: rupture-repair episodes, shaded.
        falls: drop alarms; a dotted amber line joins rating and expectation.
        usual: session, lower, upper of the client's own usual range.
        apart: sessions where two members' lines lie apart by the rule; the gap is filled.
        quote: own words, written in only where they cover nothing.
        dates: session to short date; the first, the last and those of the stretches are shown.
        days: session to day in words, for the sentences.
        compact: the phone's version (340 wide), with the ends of the scale inside the plane.
    """
    held = sorted({s for line in lines for s in line.sessions})
    plot = _plane(lines, ends, usual=usual, held=held, compact=compact, over=bool(stretches))
    body = [
        *(_wash(plot, stretch, held) for stretch in stretches),
        _usual(plot, usual),
        _gap_between(plot, lines, apart),
        _scale_ends(plot, ends, compact=compact),
        range_frame(plot, _all_scores(lines)),
        *(_fall(plot, fall) for fall in falls),
        *(draw_line(line, plot, held=held) for line in reversed(lines)),
        end_labels(plot, lines),
        _quote(plot, quote, lines) if quote and not compact else "",
        _axis(plot, lines, held, stretches, dates or {}),
    ]
    stops = course_stops(
        lines, ends, stretches=stretches, falls=falls, usual=usual, apart=apart, days=days or {}
    )
    told = columns(plot, stops)
    return figure(
        *body,
        id=id,
        title=title,
        description=description + told.note,
        width=plot.width,
        height=plot.height,
        class_=f"{'compact' if compact else 'wide'} says-{told.rows}",
        columns=told.markup,
    )


def course_stops(
    lines: Sequence[Line],
    ends: Ends,
    *,
    stretches: Sequence[Stretch] = (),
    falls: Sequence[Fall] = (),
    usual: Sequence[tuple[float, float, float]] = (),
    apart: Sequence[float] = (),
    days: Mapping[float, str],
) -> list[Stop]:
    """What each session says: who answered what, the usual range, what happened there."""
    scores = [dict(zip(line.sessions, line.scores, strict=True)) for line in lines]
    ranges = {s: f" (own usual range {number(a)} to {number(b)})" for s, a, b in usual}
    remarks = _remarks(stretches, falls, apart, digits=_digits(ends))
    stops = []
    for session in sorted({s for line in lines for s in line.sessions}):
        told = [
            _answer(line.name, own.get(session), ranges.get(session, "") if not k else "")
            for k, (line, own) in enumerate(zip(lines, scores, strict=True))
        ]
        silent = all(own.get(session) is None for own in scores)
        said = "not answered" if silent else ", ".join(told)
        noted = remarks.get(session, [])
        words = " ".join([f"{opening(session, days)}: {said}.", *noted])
        stops.append(Stop(session=session, words=words, marked=bool(noted)))
    return stops


def _digits(ends: Ends) -> int:
    """Expectations are told no finer than the scale's own answers: whole points on a wide one."""
    if ends.low is None or ends.high is None:
        return 1
    return 0 if ends.high - ends.low >= 20 else 1


def _answer(name: str, score: float | None, usual: str) -> str:
    return f"{name} not answered" if score is None else f"{name} {number(score)}{usual}"


def _remarks(
    stretches: Sequence[Stretch], falls: Sequence[Fall], apart: Sequence[float], *, digits: int
) -> dict[float, list[str]]:
    found: dict[float, list[str]] = {}
    for fall in falls:
        expected = number(fall.expected, digits=digits)
        said = f"Earlier ratings led to expect about {expected}."
        found.setdefault(fall.session, []).append(said)
    for stretch in stretches:
        for session, word in stretch.words:
            began = " starts here" if session == stretch.start else ""
            said = f"{word.capitalize()}{began}."
            found.setdefault(session, []).append(said)
    for session in apart:
        found.setdefault(session, []).append("The answers lie apart.")
    return found


def _plane(
    lines: Sequence[Line],
    ends: Ends,
    *,
    usual: Sequence[tuple[float, float, float]],
    held: Sequence[float],
    compact: bool,
    over: bool,
) -> Plot:
    values = _all_scores(lines) + [v for _, lower, upper in usual for v in (lower, upper)]
    low, high = value_range(values, ends)
    top = 50 if over else 18
    return Plot(
        width=340 if compact else 720,
        height=(206 if compact else 264) + top,
        left=16 if compact else 104,
        right=92 if compact else 136,
        top=top,
        bottom=58,
        first=held[0] if held else 0,
        last=held[-1] if held else 1,
        low=low,
        high=high,
    )


def value_range(values: Sequence[float], ends: Ends) -> tuple[float, float]:
    """The whole scale where its ends are known, else what the values need and a little more."""
    least, most = min(values, default=0.0), max(values, default=1.0)
    pad = 0.08 * (most - least or 1.0)
    low = ends.low if ends.low is not None else least - pad
    high = ends.high if ends.high is not None else most + pad
    return min(low, least), max(high, most)


def _all_scores(lines: Sequence[Line]) -> list[float]:
    return [score for line in lines for _, score in line.answered()]


def _wash(plot: Plot, stretch: Stretch, held: Sequence[float]) -> str:
    half = 0.5 * _step(plot, held)
    left = max(plot.x(stretch.start) - half, plot.left - 10)
    right = min(plot.x(stretch.end) + half, plot.width - plot.right + 10)
    shade = element(
        "rect", x=left, y=plot.top - 6, width=right - left, height=plot.base - plot.top + 6,
        class_="wash",
    )  # fmt: skip
    leaders = [
        stroke(plot.x(s), plot.top - 8, plot.x(s), plot.base, class_="leader")
        for s, _ in stretch.words
    ]
    return shade + "".join(leaders)


def _step(plot: Plot, held: Sequence[float]) -> float:
    """Half-way distances are taken from the closest pair of sessions, 36 px at most."""
    xs = [plot.x(s) for s in held]
    return min([b - a for a, b in pairwise(xs)] + [36.0])


def _usual(plot: Plot, usual: Sequence[tuple[float, float, float]]) -> str:
    if len(usual) < 2:
        return ""
    upper = [(plot.x(s), plot.y(high)) for s, _, high in usual]
    lower = [(plot.x(s), plot.y(low)) for s, low, _ in reversed(usual)]
    return polygon(upper + lower, class_="band")


def _gap_between(plot: Plot, lines: Sequence[Line], apart: Sequence[float]) -> str:
    if len(lines) < 2 or not apart:
        return ""
    one, other = (dict(line.answered()) for line in lines[:2])
    both = [s for s in apart if s in one and s in other]
    edge = [plot.at((s, one[s])) for s in both]
    back = [plot.at((s, other[s])) for s in reversed(both)]
    if len(both) == 1:
        (x, top), (_, bottom) = edge[0], back[0]
        return stroke(x, top, x, bottom, class_="apart")
    return polygon(edge + back, class_="wash")


def _scale_ends(plot: Plot, ends: Ends, *, compact: bool) -> str:
    parts = []
    for value, words in ((ends.high, ends.high_words), (ends.low, ends.low_words)):
        if value is None:
            continue
        said, y = words or number(value), plot.y(value)
        if compact:
            parts.append(label(said, x=0, y=y - 5, class_="soft halo"))
        else:
            parts.append(label(said, x=0, y=y + 4.5))
            parts.append(stroke(plot.left - 16, y, plot.left - 8, y, class_="axis"))
    return "".join(parts)


def _fall(plot: Plot, fall: Fall) -> str:
    x, y, expected = plot.x(fall.session), plot.y(fall.score), plot.y(fall.expected)
    return "".join(
        [
            stroke(x, y, x, expected, class_="fall"),
            stroke(x - 7, expected, x + 7, expected, class_="expected"),
            disc(x, y, r=9, class_="ring"),
        ]
    )


def _quote(plot: Plot, quote: Quote, lines: Sequence[Line]) -> str:
    """The words beside their point, on one to three lines, or not at all: never shortened."""
    drawn = obstacles(plot, lines)
    for count in (1, 2, 3):
        rows = wrapped(f"“{quote.words}”", lines=count)
        box = first_clear(_room_for(rows, plot, quote), drawn)
        if box is not None:
            return _quote_at(box, rows, plot.at((quote.session, quote.score)))
    return ""


def wrapped(words: str, *, lines: int) -> list[str]:
    """Words on so many lines of about the same length.

    >>> wrapped("I said it was fine and it was not", lines=2)
    ['I said it was fine and', 'it was not']
    """
    return textwrap.wrap(words, width=len(words) // lines + 6, break_long_words=False)


def _room_for(rows: Sequence[str], plot: Plot, quote: Quote) -> list[Box]:
    """Places around the point, nearest first, that lie inside the plane and before the names."""
    wide, high = max(len(row) for row in rows) * 16 * SERIF, QUOTE_LEADING * len(rows)
    x, y = plot.at((quote.session, quote.score))
    boxes: list[Box] = []
    for dy in (12, 30, 48, 66, -high - 24, -high - 44):
        for dx in (34, 60, 100, 150):
            boxes.append((x + dx, y + dy, x + dx + wide, y + dy + high))
            boxes.append((x - dx - wide, y + dy, x - dx, y + dy + high))
    return [
        (left, top, right, bottom)
        for left, top, right, bottom in boxes
        if left > plot.left and right < plot.width - plot.right
        if top > plot.top and bottom < plot.base - 2
    ]


def _quote_at(box: Box, rows: Sequence[str], point: tuple[float, float]) -> str:
    (left, top, right, _), (x, y) = box, point
    near = left - 6 if left > x else right + 6
    level = top + 0.5 * QUOTE_LEADING
    path = f"M{x:.1f},{y:.1f} Q{x:.1f},{level:.1f} {near:.1f},{level:.1f}"
    told = [
        label(row, x=left, y=top + QUOTE_LEADING * (k + 1) - 6, class_="quote")
        for k, row in enumerate(rows)
    ]
    return element("path", d=path, class_="curve") + "".join(told)


def _axis(
    plot: Plot,
    lines: Sequence[Line],
    held: Sequence[float],
    stretches: Sequence[Stretch],
    dates: Mapping[float, str],
) -> str:
    told = [word for stretch in reversed(stretches) for word in stretch.words]
    strong = [session for session, _ in told] + list(held[-1:])
    silent = silences(lines[0], held=held) if lines else []
    named = [held[-1], held[0], *(s for s, _ in told)] if held else []
    notes = [(s, "no answer") for s in silent]
    notes += [(s, dates[s]) for s in dict.fromkeys(named) if s in dates and s not in silent]
    above = place_in_rows(plot, told, rows=[plot.top - 14, plot.top - 32], class_="amber")
    return above + session_axis(plot, held, strong=strong) + below_axis(plot, notes)
