"""The ground that pictures stand on: lines with gaps, a plane, and the axis of sessions."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from statistics import median
from typing import Literal

from rapport.pictures.svg import SANS, disc, element, label, number, polygon, polyline, stroke

Role = Literal["client", "therapist", "partner", "third", "fourth"]
Point = tuple[float, float]
Box = tuple[float, float, float, float]  # left, top, right, bottom


@dataclass(frozen=True, kw_only=True)
class Line:
    """The answers of one person on one scale; ``None`` is not answered.

    The role fixes colour, dash and shape: client solid with discs, therapist dashed with hollow
    squares; a second member of the case solid with diamonds, a third dash-dotted with triangles,
    a fourth dotted with crosses.
    """

    name: str
    sessions: Sequence[float]
    scores: Sequence[float | None]
    role: Role = "client"

    def answered(self) -> list[Point]:
        """The sessions that have an answer, with it."""
        return [(s, x) for s, x in zip(self.sessions, self.scores, strict=True) if x is not None]


@dataclass(frozen=True, kw_only=True)
class Plot:
    """The plane: where a session and a score stand on the picture."""

    width: float
    height: float
    left: float
    right: float
    top: float
    bottom: float
    first: float
    last: float
    low: float
    high: float

    def x(self, session: float) -> float:
        """Place of a session, left to right."""
        span, inner = self._across
        share = (session - self.first) / span if span > 0 else 0.5
        return self.left + share * inner

    def y(self, score: float) -> float:
        """Place of a score, bottom to top."""
        span, inner = self._upwards
        share = (score - self.low) / span if span > 0 else 0.5
        return self.height - self.bottom - share * inner

    def at(self, point: Point) -> Point:
        """Place of a session and its score."""
        return self.x(point[0]), self.y(point[1])

    @property
    def base(self) -> float:
        """Where the plane ends below."""
        return self.height - self.bottom

    @cached_property
    def _across(self) -> tuple[float, float]:
        """Sessions from the first to the last, and the room for them."""
        return self.last - self.first, self.width - self.left - self.right

    @cached_property
    def _upwards(self) -> tuple[float, float]:
        """Points from the lowest to the highest, and the room for them."""
        return self.high - self.low, self.height - self.top - self.bottom


def runs(line: Line, *, held: Sequence[float] = ()) -> list[list[Point]]:
    """The stretches of neighbouring answers. A session not answered breaks the line.

    A gap is a score of ``None``; a session of ``held`` (known from somebody else's answers)
    between two answers; or a jump in sessions that are otherwise numbered evenly.

    >>> runs(Line(name="a", sessions=[1, 2, 3, 4], scores=[5, None, 6, 7]))
    [[(1, 5)], [(3, 6), (4, 7)]]
    """
    points = line.answered()
    silent = {s for s, x in zip(line.sessions, line.scores, strict=True) if x is None}
    missing = silent | (set(held) - {s for s, _ in points})
    step = _even_step([s for s, _ in points])
    found: list[list[Point]] = []
    for point in points:
        if found and not _gap(found[-1][-1][0], point[0], missing=missing, step=step):
            found[-1].append(point)
        else:
            found.append([point])
    return found


def silences(line: Line, *, held: Sequence[float] = ()) -> list[float]:
    """Sessions that are known to have been held and have no answer of this person."""
    answered = {s for s, _ in line.answered()}
    return sorted((set(line.sessions) | set(held)) - answered)


def _gap(before: float, after: float, *, missing: set[float], step: float | None) -> bool:
    between = any(before < s < after for s in missing)
    return between or (step is not None and after - before > 1.5 * step)


def _even_step(sessions: list[float]) -> float | None:
    """The usual distance where at least three in four sessions keep it (ours), else None."""
    steps = [b - a for a, b in pairwise(sessions)]
    if len(steps) < 2:
        return None
    usual = median(steps)
    even = sum(abs(step - usual) < 1e-9 for step in steps)
    return usual if even >= 0.75 * len(steps) else None


def draw_line(line: Line, plot: Plot, *, held: Sequence[float] = (), pale: bool = False) -> str:
    """A person's line: strokes between neighbours, then a mark for each answer."""
    class_ = f"line {line.role}" + (" pale" if pale else "")
    strokes = [
        polyline([plot.at(p) for p in run], class_=class_)
        for run in runs(line, held=held)
        if len(run) > 1
    ]
    if pale:
        return "".join(strokes)
    points = line.answered()
    size = 0.75 if len(points) > 30 else 1.0
    marks = [mark(line, point, plot, last=point is points[-1], size=size) for point in points]
    return "".join(strokes + marks)


def mark(line: Line, point: Point, plot: Plot, *, last: bool, size: float = 1.0) -> str:
    """One answer, in the shape of its role; the last one is larger."""
    return shape(*plot.at(point), role=line.role, size=size * (1.3 if last else 1.0))


def shape(x: float, y: float, *, role: Role, size: float = 1.0) -> str:
    """The mark of a role: disc, hollow square, diamond, triangle or cross."""
    class_ = f"mark {role}"
    if role == "client":
        return disc(x, y, r=4.6 * size, class_=class_)
    if role == "therapist":
        side = 6.5 * min(size, 1.1)
        return element(
            "rect", x=x - side / 2, y=y - side / 2, width=side, height=side, class_=class_
        )
    if role == "fourth":
        r, d = 4 * size, 8 * size
        arms = f"M{x - r:.1f},{y - r:.1f}l{d:.1f},{d:.1f}m0,{-d:.1f}l{-d:.1f},{d:.1f}"
        return element("path", d=arms, class_=class_)
    r = 6 * size
    if role == "third":
        corners = [(x, y - r), (x + r, y + 0.8 * r), (x - r, y + 0.8 * r)]
    else:
        corners = [(x, y - r), (x + r, y), (x, y + r), (x - r, y)]
    return polygon(corners, class_=class_)


def session_axis(plot: Plot, sessions: Sequence[float], *, strong: Sequence[float] = ()) -> str:
    """The rule of sessions: a tick for each, as many numbers as can be read."""
    y = plot.base + 12
    xs = sorted(set(sessions))
    if not xs:
        return ""
    parts = [stroke(plot.x(xs[0]), y, plot.x(xs[-1]), y, class_="axis")]
    numbered = _numbered(plot, xs, strong)
    ticks = xs if len(xs) <= 60 else sorted(numbered)  # more would run into one another
    parts += [stroke(plot.x(s), y, plot.x(s), y + 4, class_="axis") for s in ticks]
    for session in numbered:
        class_ = "ink" if session in strong else "soft"
        words = number(session)
        parts.append(label(words, x=plot.x(session), y=y + 18, class_=class_, anchor="middle"))
    wide = plot.left > 60
    parts.append(label("session", x=0 if wide else plot.x(xs[-1]) + 18, y=y + 18))
    return "".join(parts)


def _numbered(plot: Plot, sessions: list[float], strong: Sequence[float]) -> list[float]:
    """Strong sessions first, then first and last, then as many others as leave room."""
    chosen: dict[float, float] = {}  # session to its place
    ends = [sessions[-1], sessions[0]]
    for session in [*ends, *(s for s in strong if s in sessions), *sessions]:
        x, room = plot.x(session), 13 + 4 * len(number(session))
        if all(abs(x - other) >= room for other in chosen.values()):
            chosen[session] = x
    return list(chosen)


def below_axis(plot: Plot, notes: Sequence[tuple[float, str]]) -> str:
    """Words under session numbers (dates, "no answer"); the first ones win where room is short."""
    y = plot.base + 46
    return place_in_rows(plot, notes, rows=[y], class_="soft")


def place_in_rows(
    plot: Plot, notes: Sequence[tuple[float, str]], *, rows: Sequence[float], class_: str
) -> str:
    """Centre each word at its session in the first row with room; leave out what has none."""
    taken: dict[float, list[tuple[float, float]]] = {row: [] for row in rows}
    parts = []
    for session, words in notes:
        half = len(words) * 13 * SANS / 2
        x = min(max(plot.x(session), half), plot.width - half)
        row = next((r for r in rows if _free(taken[r], x - half - 4, x + half + 4)), None)
        if row is not None:
            taken[row].append((x - half, x + half))
            parts.append(label(words, x=x, y=row, class_=class_, anchor="middle"))
    return "".join(parts)


def _free(taken: list[tuple[float, float]], left: float, right: float) -> bool:
    return all(right < a or left > b for a, b in taken)


def end_labels(plot: Plot, lines: Sequence[Line], *, gap: float = 19) -> str:
    """Name and last value at each line's end, moved apart where they would touch."""
    ends = [(line, line.answered()[-1]) for line in lines if line.answered()]
    ends.sort(key=lambda end: plot.y(end[1][1]))
    x = max((plot.x(point[0]) for _, point in ends), default=0) + 14
    parts = []
    for (line, point), y in zip(ends, spread([plot.y(p[1]) for _, p in ends], gap), strict=True):
        words = f"{line.name} {number(point[1])}"
        parts.append(label(words, x=x, y=y + 4.5, class_=f"name {line.role}"))
    return "".join(parts)


def spread(ys: list[float], gap: float) -> list[float]:
    """Sorted heights moved as little as keeps ``gap`` between neighbours.

    >>> spread([10, 12], 20)
    [1.0, 21.0]
    """
    groups: list[tuple[float, int]] = []  # middle, how many
    for y in ys:
        groups.append((y, 1))
        while len(groups) > 1 and _touch(groups[-2], groups[-1], gap):
            (b, m), (a, n) = groups.pop(), groups.pop()
            groups.append(((a * n + b * m) / (m + n), m + n))
    return [middle + (k - (count - 1) / 2) * gap for middle, count in groups for k in range(count)]


def _touch(above: tuple[float, int], below: tuple[float, int], gap: float) -> bool:
    reach = (above[1] + below[1]) / 2 * gap
    return below[0] - above[0] < reach


def range_frame(plot: Plot, scores: Sequence[float]) -> str:
    """The vertical rule spans the lowest to the highest answer only."""
    if not scores:
        return ""
    x = plot.left - 12
    return stroke(x, plot.y(min(scores)), x, plot.y(max(scores)), class_="axis")


def obstacles(plot: Plot, lines: Sequence[Line]) -> list[Point]:
    """Points along the drawn lines, for finding room for words."""
    found: list[Point] = []
    for line in lines:
        points = [plot.at(p) for p in line.answered()]
        found += points
        for (x1, y1), (x2, y2) in pairwise(points):
            found += [(x1 + (x2 - x1) * k / 10, y1 + (y2 - y1) * k / 10) for k in range(1, 10)]
    return found


def first_clear(boxes: Sequence[Box], points: Sequence[Point], *, margin: float = 8) -> Box | None:
    """The first box that no point comes near."""
    for box in boxes:
        left, top, right, bottom = box
        inside = (
            left - margin < x < right + margin and top - margin < y < bottom + margin
            for x, y in points
        )
        if not any(inside):
            return box
    return None
