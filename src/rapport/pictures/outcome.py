"""How the person is over time: the line, the expected band, thresholds and the forecast fan."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rapport.pictures.plot import (
    Box,
    Line,
    Plot,
    below_axis,
    draw_line,
    first_clear,
    obstacles,
    place_in_rows,
    range_frame,
    session_axis,
    silences,
)
from rapport.pictures.svg import (
    SANS,
    element,
    figure,
    label,
    number,
    polygon,
    polyline,
    stroke,
    text,
)


@dataclass(frozen=True, kw_only=True)
class Band:
    """Where people who started alike stand: session, most likely, lower, upper."""

    rows: Sequence[tuple[float, float, float, float]]
    words: str


@dataclass(frozen=True, kw_only=True)
class Fan:
    """Where this client is likely to stand at a later session."""

    session: float
    mean: float
    lower: float
    upper: float


@dataclass(frozen=True, kw_only=True)
class Jump:
    """A sudden change between two neighbouring sessions, with the word for it."""

    before: float
    after: float
    words: str


def outcome_chart(
    *,
    id: str,
    title: str,
    description: str,
    line: Line,
    low: float | None = None,
    high: float | None = None,
    band: Band | None = None,
    threshold: tuple[float, str] | None = None,
    fan: Fan | None = None,
    jumps: Sequence[Jump] = (),
    dates: Mapping[float, str] | None = None,
    compact: bool = False,
) -> str:
    """Draw an outcome scale over sessions.

    Args:
        line: the client's scores.
        low, high: ends of the scale; the plane never goes beyond them.
        band: the expected course; drawn up to the last answer only, named in words.
        threshold: a score and its name, drawn dotted.
        fan: the forecast, dashed and bracketed, its ends numbered.
        jumps: sudden gains and losses, named above their stretch.
        dates: session to short date; the first and the last are shown.
        compact: the phone's version (340 wide).
    """
    plot = _plane(line, band, threshold, fan, (low, high), compact=compact)
    body = [
        _band(plot, band, line),
        _threshold(plot, threshold, line, compact=compact),
        range_frame(plot, [score for _, score in line.answered()]),
        _fan(plot, fan, line),
        *(_jump(plot, jump, line) for jump in jumps),
        _jump_words(plot, jumps),
        draw_line(line, plot),
        _start_and_now(plot, line, compact=compact),
        _band_words(plot, band, line, jumps),
        _axis(plot, line, fan, dates or {}),
    ]
    size = "compact" if compact else "wide"
    return figure(
        *body, id=id, title=title, description=description,
        width=plot.width, height=plot.height, class_=size,
    )  # fmt: skip


def _plane(
    line: Line,
    band: Band | None,
    threshold: tuple[float, str] | None,
    fan: Fan | None,
    ends: tuple[float | None, float | None],
    *,
    compact: bool,
) -> Plot:
    values = [score for _, score in line.answered()]
    values += [v for row in _drawn(band, line) for v in row[2:]]
    values += [fan.lower, fan.upper] if fan else []
    values += [threshold[0]] if threshold else []
    least, most = min(values, default=0.0), max(values, default=1.0)
    pad = 0.12 * (most - least or 1.0)
    low, high = least - pad, most + pad
    sessions = [*line.sessions, *([fan.session] if fan else [])] or [0.0]
    return Plot(
        width=340 if compact else 720,
        height=244 if compact else 280,
        left=16 if compact else 104,
        right=(92 if fan else 56) if compact else 136,
        top=28,
        bottom=58,
        first=min(sessions),
        last=max(sessions),
        low=low if ends[0] is None else max(low, ends[0] - pad / 2),
        high=high if ends[1] is None else min(high, ends[1] + pad / 2),
    )


def _drawn(band: Band | None, line: Line) -> list[tuple[float, float, float, float]]:
    """The band ends where the data end."""
    if band is None or not line.sessions:
        return []
    return [row for row in band.rows if row[0] <= line.sessions[-1]]


def _band(plot: Plot, band: Band | None, line: Line) -> str:
    rows = _drawn(band, line)
    if len(rows) < 2:
        return ""
    upper = [(plot.x(row[0]), plot.y(row[3])) for row in rows]
    lower = [(plot.x(row[0]), plot.y(row[2])) for row in reversed(rows)]
    likely = [(plot.x(row[0]), plot.y(row[1])) for row in rows]
    return polygon(upper + lower, class_="band") + polyline(likely, class_="likely")


def _band_words(plot: Plot, band: Band | None, line: Line, jumps: Sequence[Jump]) -> str:
    """Name the band from outside of it, where nothing is drawn."""
    rows = _drawn(band, line)
    if band is None or len(rows) < 2:
        return ""
    wide = len(band.words) * 13 * SANS
    drawn = obstacles(plot, [line])
    drawn += obstacles(plot, [_edge(rows, side) for side in (2, 3)])
    drawn += [(plot.x(s), plot.top - 14) for jump in jumps for s in (jump.before, jump.after)]
    boxes: list[tuple[Box, float, float]] = []
    for row in rows[1:]:
        x = plot.x(row[0])
        left = min(max(x - wide / 2, 0), plot.width - wide)
        bottom, top = plot.y(row[2]), plot.y(row[3])
        boxes.append(((left, bottom + 18, left + wide, bottom + 32), x, bottom))
        boxes.append(((left, top - 32, left + wide, top - 18), x, top))
    fit = [b for b in boxes if b[0][1] > 2 and b[0][3] < plot.base]
    for box, x, edge in fit:
        if first_clear([box], drawn, margin=3):
            below = box[1] > edge
            end = box[1] - 1 if below else box[3] + 3
            leader = stroke(x, edge + (-10 if below else 10), x, end, class_="axis")
            return leader + label(band.words, x=box[0], y=box[3] - 3, class_="soft halo")
    return ""


def _edge(rows: Sequence[tuple[float, float, float, float]], side: int) -> Line:
    return Line(name="", sessions=[row[0] for row in rows], scores=[row[side] for row in rows])


def _threshold(
    plot: Plot, threshold: tuple[float, str] | None, line: Line, *, compact: bool
) -> str:
    if threshold is None:
        return ""
    value, words = threshold
    y = plot.y(value)
    rule = stroke(plot.left - 12, y, plot.width - plot.right, y, class_="threshold")
    said = f"{words} {number(value)}"
    if not compact:
        return rule + label(said, x=0, y=y + 4.5)
    wide, right = len(said) * 13 * SANS, plot.width - plot.right
    boxes: list[Box] = [
        (left, top, left + wide, top + 14)
        for top in (y - 17, y + 4)
        for left in (right - wide, plot.left, (plot.left + right - wide) / 2)
    ]
    box = first_clear(boxes, obstacles(plot, [line]), margin=4) or boxes[0]
    return rule + label(said, x=box[0], y=box[3] - 2, class_="soft halo")


def _fan(plot: Plot, fan: Fan | None, line: Line) -> str:
    points = line.answered()
    if fan is None or not points or fan.session <= points[-1][0]:
        return ""
    start, x = plot.at(points[-1]), plot.x(fan.session)
    lower, mean, upper = (plot.y(v) for v in (fan.lower, fan.mean, fan.upper))
    low_y, mean_y, high_y = sorted((lower, mean, upper), reverse=True)
    parts = [
        polygon([start, (x, upper), (x, lower)], class_="fan"),
        stroke(*start, x, mean, class_="forecast"),
        stroke(x, lower, x, upper, class_="bracket"),
        stroke(x - 5, upper, x + 5, upper, class_="bracket"),
        stroke(x - 5, lower, x + 5, lower, class_="bracket"),
        element("circle", cx=x, cy=mean, r=4, class_="hollow client"),
    ]
    words = [number(fan.upper), f"{number(fan.mean)} most likely", number(fan.lower)]
    parts += _fan_labels(plot, words, [high_y, mean_y, low_y], x)
    return "".join(parts)


def _fan_labels(plot: Plot, words: list[str], heights: list[float], x: float) -> list[str]:
    """Most likely stays at its mark; the ends give way where the fan is narrow."""
    high, mean, low = heights
    ys = [min(high, mean - 17), mean, max(low, mean + 17)]
    room = plot.width - x
    short = [w.replace(" most likely", " likely") if room < 100 else w for w in words]
    return [
        label(word, x=x + 12, y=y + 4.5, class_="ink" if k == 1 else "soft")
        for k, (word, y) in enumerate(zip(short, ys, strict=True))
    ]


def _jump(plot: Plot, jump: Jump, line: Line) -> str:
    scores = dict(line.answered())
    if jump.before not in scores or jump.after not in scores:
        return ""
    start, end = (
        plot.at((jump.before, scores[jump.before])),
        plot.at((jump.after, scores[jump.after])),
    )
    return element("g", element("title", text(jump.words)), stroke(*start, *end, class_="jump"))


def _start_and_now(plot: Plot, line: Line, *, compact: bool) -> str:
    points = line.answered()
    if not points:
        return ""
    (x1, y1), (x2, y2) = plot.at(points[0]), plot.at(points[-1])
    start, now = f"start {number(points[0][1])}", f"now {number(points[-1][1])}"
    before = points[-2][1] if len(points) > 1 else points[-1][1]
    below = y2 >= plot.y(before)  # the line comes from above: write below it
    parts = [label(now, x=x2, y=y2 + (24 if below else -12), class_="name client halo",
                   anchor="middle")]  # fmt: skip
    if len(points) > 1:
        x, y = (x1, y1 - 12) if compact else (0, y1 + 4.5)
        parts.append(label(start, x=x, y=y, class_="soft halo"))
    return "".join(parts)


def _axis(plot: Plot, line: Line, fan: Fan | None, dates: Mapping[float, str]) -> str:
    held = list(line.sessions)
    if not held:
        return ""
    later = [fan.session] if fan and fan.session > held[-1] else []
    notes = [(s, "no answer") for s in silences(line)]
    notes += [(s, dates[s]) for s in (held[-1], held[0]) if s in dates]
    if fan and later:
        notes.insert(0, (fan.session, "forecast"))
    axis = session_axis(plot, [*held, *later], strong=held[-1:])
    return axis + below_axis(plot, notes)


def _jump_words(plot: Plot, jumps: Sequence[Jump]) -> str:
    """The words of sudden changes, above the plane at the middle of their stretch."""
    notes = [((jump.before + jump.after) / 2, jump.words) for jump in jumps]
    return place_in_rows(plot, notes, rows=[plot.top - 12], class_="soft")
