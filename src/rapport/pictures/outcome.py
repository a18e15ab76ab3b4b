"""How the person is over time: the line, the expected band, thresholds and the forecast fan."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rapport.pictures.columns import Stop, columns, opening
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
    disc,
    figure,
    label,
    number,
    polygon,
    polyline,
    stroke,
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
    days: Mapping[float, str] | None = None,
    measure: str = "",
    compact: bool = False,
) -> str:
    """Draw an outcome scale over sessions; each answers to focus and pointer with a sentence.

    Args:
        line: the client's scores.
        low, high: ends of the scale; the plane never goes beyond them.
        band: the expected course; drawn up to the last answer only, named in words.
        threshold: a score and its name, drawn dotted.
        fan: the forecast, dashed and bracketed, its ends numbered.
        jumps: sudden gains and losses, named above their stretch.
        dates: session to short date; the first and the last are shown.
        days: session to day in words, for the sentences.
        measure: the scale's short name, for the sentences.
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
        _band_words(plot, band, line, jumps, taken=_start_and_now_boxes(plot, line, compact)),
        _axis(plot, line, fan, dates or {}),
    ]
    stops = outcome_stops(line, band=band, fan=fan, jumps=jumps, days=days or {}, measure=measure)
    told = columns(plot, stops)
    return figure(
        *body, id=id, title=title, description=description + told.note, columns=told.markup,
        width=plot.width, height=plot.height,
        class_=f"{'compact' if compact else 'wide'} says-{told.rows}",
    )  # fmt: skip


def outcome_stops(
    line: Line,
    *,
    band: Band | None,
    fan: Fan | None,
    jumps: Sequence[Jump],
    days: Mapping[float, str],
    measure: str,
) -> list[Stop]:
    """What each session says: the score, where people who started alike stand, sudden changes."""
    alike = {row[0]: row for row in _drawn(band, line)}
    sudden = {jump.after: jump for jump in jumps}
    stops = []
    for session, score in zip(line.sessions, line.scores, strict=True):
        said = f"{opening(session, days)}: "
        said += "not answered" if score is None else f"{measure} {number(score)}".strip()
        if score is not None and band and session in alike:
            said += _alike(band.words, *alike[session][2:])
        jump = sudden.get(session)
        if jump:
            said += f". {jump.words.capitalize()} since session {number(jump.before)}"
        stops.append(Stop(session=session, words=f"{said}.", marked=jump is not None))
    return stops + _forecast_stop(fan, line)


def _alike(words: str, lower: float, upper: float) -> str:
    if number(lower) == number(upper):
        return ""  # all started here
    return f"; {words} stand between {number(lower)} and {number(upper)}"


def _forecast_stop(fan: Fan | None, line: Line) -> list[Stop]:
    points = line.answered()
    if fan is None or not points or fan.session <= points[-1][0]:
        return []
    words = (
        f"Session {number(fan.session)}, forecast: between {number(fan.lower)} and "
        f"{number(fan.upper)}, most likely {number(fan.mean)}."
    )
    return [Stop(session=fan.session, words=words, marked=True)]


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


def _band_words(
    plot: Plot,
    band: Band | None,
    line: Line,
    jumps: Sequence[Jump],
    *,
    taken: Sequence[Box],
) -> str:
    """Name the band from outside of it, where nothing is drawn; its leader crosses no words."""
    rows = _drawn(band, line)
    if band is None or len(rows) < 2:
        return ""
    points = obstacles(plot, [line])
    drawn = points + obstacles(plot, [_edge(rows, side) for side in (2, 3)])
    drawn += [(plot.x(s), plot.top - 14) for jump in jumps for s in (jump.before, jump.after)]
    for box, way in _beside_band(plot, rows, wide=len(band.words) * 13 * SANS):
        if any(_overlap(place, words) for place in (box, way) for words in taken):
            continue
        if first_clear([box], drawn, margin=3) and first_clear([way], points, margin=3):
            x = (way[0] + way[2]) / 2
            leader = stroke(x, way[1], x, way[3], class_="axis")
            return leader + label(band.words, x=box[0], y=box[3] - 3, class_="soft halo")
    return ""


def _beside_band(
    plot: Plot, rows: Sequence[tuple[float, float, float, float]], *, wide: float
) -> list[tuple[Box, Box]]:
    """Places for the band's name under and over it, each with the way of its leader."""
    found: list[tuple[Box, Box]] = []
    for row in rows[1:]:
        x, bottom, top = plot.x(row[0]), plot.y(row[2]), plot.y(row[3])
        left = min(max(x - wide / 2, 0), plot.width - wide)
        under: Box = (left, bottom + 18, left + wide, bottom + 32)
        over: Box = (left, top - 32, left + wide, top - 18)
        found.append((under, (x - 4, bottom - 10, x + 4, bottom + 17)))
        found.append((over, (x - 4, top - 15, x + 4, top + 10)))
    return [(box, way) for box, way in found if box[1] > 2 and box[3] < plot.base]


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


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
        disc(x, mean, r=4, class_="hollow client"),
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
    return stroke(*start, *end, class_="jump")


def _start_and_now(plot: Plot, line: Line, *, compact: bool) -> str:
    points = line.answered()
    if not points:
        return ""
    (start, x1, y1), (now, x2, y2) = _first_and_last(plot, points, compact=compact)
    told = label(now, x=x2, y=y2, class_="name client halo", anchor="middle")
    return told + label(start, x=x1, y=y1, class_="soft halo") if len(points) > 1 else told


def _first_and_last(
    plot: Plot, points: Sequence[tuple[float, float]], *, compact: bool
) -> list[tuple[str, float, float]]:
    """The words at the first and the last answer, and where they stand (the last one centred)."""
    (x1, y1), (x2, y2) = plot.at(points[0]), plot.at(points[-1])
    before = points[-2][1] if len(points) > 1 else points[-1][1]
    below = y2 >= plot.y(before)  # the line comes from above: write below it
    start = (x1, y1 - 12) if compact else (0.0, y1 + 4.5)
    return [
        (f"start {number(points[0][1])}", *start),
        (f"now {number(points[-1][1])}", x2, y2 + (24 if below else -12)),
    ]


def _start_and_now_boxes(plot: Plot, line: Line, compact: bool) -> list[Box]:
    """Where those words stand, with 4 px of air above and below."""
    points = line.answered()
    if not points:
        return []
    (start, x1, y1), (now, x2, y2) = _first_and_last(plot, points, compact=compact)
    wide, half = len(start) * 13 * SANS, len(now) * 13 * SANS / 2
    return [(x1, y1 - 15, x1 + wide, y1 + 7), (x2 - half, y2 - 15, x2 + half, y2 + 7)]


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
