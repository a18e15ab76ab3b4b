"""A line as small as a word: the caseload's sparkline."""

from collections.abc import Sequence

from rapport.pictures.plot import Line, Plot, runs, shape, spread
from rapport.pictures.svg import SANS, figure, label, number, polygon, polyline


def sparkline(
    *,
    id: str,
    title: str,
    description: str,
    lines: Sequence[Line],
    low: float,
    high: float,
    band: Sequence[tuple[float, float, float]] = (),
    named: bool = False,
) -> str:
    """Draw 176 x 56: the last point and its value only, all on one scale per instrument.

    Args:
        low, high: the ends that all sparklines of this instrument share.
        band: session, lower, upper of the usual or the expected range.
        named: write names at the line's ends (several members of one case), else values.
    """
    sessions = [s for line in lines for s in line.sessions] or [0.0]
    ends = [line.answered()[-1] for line in lines if line.answered()]
    words = [
        line.name if named else number(line.answered()[-1][1]) for line in lines if line.answered()
    ]
    room = max((len(w) for w in words), default=0) * 13 * SANS + 20
    plot = Plot(
        width=176, height=56, left=4, right=max(room, 40), top=8, bottom=8,
        first=min(sessions), last=max(sessions), low=low, high=high,
    )  # fmt: skip
    drawn = [line for line in lines if line.answered()]
    body = [_band(plot, band), *(_line(plot, line, sessions) for line in drawn)]
    order = sorted(range(len(drawn)), key=lambda k: plot.y(ends[k][1]))
    ys = spread([plot.y(ends[k][1]) for k in order], 16)
    x = max((plot.x(s) for s, _ in ends), default=0) + 10
    for k, y in zip(order, ys, strict=True):
        body.append(label(words[k], x=x, y=y + 4.5, class_=f"name {drawn[k].role}"))
    return figure(
        *body, id=id, title=title, description=description, width=176, height=56, class_="spark"
    )


def _line(plot: Plot, line: Line, held: Sequence[float]) -> str:
    parts = [
        polyline([plot.at(p) for p in run], class_=f"line {line.role}")
        if len(run) > 1
        else shape(*plot.at(run[0]), role=line.role, size=0.4)
        for run in runs(line, held=held)
    ]
    return "".join(parts) + shape(*plot.at(line.answered()[-1]), role=line.role, size=0.75)


def _band(plot: Plot, band: Sequence[tuple[float, float, float]]) -> str:
    inside = [row for row in band if plot.first <= row[0] <= plot.last]
    if len(inside) < 2:
        return ""
    upper = [(plot.x(s), max(plot.y(high), 1)) for s, _, high in inside]
    lower = [(plot.x(s), min(plot.y(low), plot.height - 1)) for s, low, _ in reversed(inside)]
    return polygon(upper + lower, class_="band")
