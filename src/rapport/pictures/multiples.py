"""Several members of one case: one small picture each, the others as pale lines."""

from collections.abc import Sequence

from rapport.pictures.columns import columns
from rapport.pictures.course import Ends, course_stops, value_range
from rapport.pictures.plot import Line, Plot, draw_line, session_axis
from rapport.pictures.svg import element, figure, label, number


def small_multiples(
    *, id: str, lines: Sequence[Line], ends: Ends, flagged: Sequence[float] = ()
) -> list[str]:
    """Draw one 224 x 184 picture for each line; flagged sessions are washed.

    All share one scale and one axis of sessions, so that the eye can compare.
    """
    scores = [score for line in lines for _, score in line.answered()]
    low, high = value_range(scores, ends)
    held = sorted({s for line in lines for s in line.sessions})
    plot = Plot(
        width=224, height=184, left=12, right=56, top=32, bottom=40,
        first=held[0] if held else 0, last=held[-1] if held else 1, low=low, high=high,
    )  # fmt: skip
    return [
        _panel(f"{id}-{k}", line, lines, plot, held, flagged, ends=ends)
        for k, line in enumerate(lines)
    ]


def _panel(
    id: str,
    line: Line,
    lines: Sequence[Line],
    plot: Plot,
    held: Sequence[float],
    flagged: Sequence[float],
    *,
    ends: Ends,
) -> str:
    others = [other for other in lines if other is not line]
    points = line.answered()
    name = f"{line.name} {number(points[-1][1])}" if points else f"{line.name}, no answers yet"
    body = [
        *(_washed(plot, session, held) for session in flagged),
        *(draw_line(other, plot, held=held, pale=True) for other in others),
        draw_line(line, plot, held=held),
        session_axis(plot, held, strong=held[-1:]),
        label(name, x=plot.left - 4, y=13, class_=f"name {line.role}"),
    ]
    told = columns(plot, course_stops([line, *others], ends, apart=flagged, days={}))
    said = ", ".join(f"session {number(s)}: {number(x)}" for s, x in points)
    return figure(
        *body, id=id, title=f"{line.name}, the others as pale lines",
        description=f"{said or 'No answers yet'}.{told.note}", columns=told.markup,
        width=224, height=184, class_=f"multiple says-{told.rows}",
    )  # fmt: skip


def _washed(plot: Plot, session: float, held: Sequence[float]) -> str:
    step = (plot.width - plot.left - plot.right) / max(len(held) - 1, 1)
    half = min(step, 36) / 2
    return element(
        "rect", x=plot.x(session) - half, y=plot.top - 6, width=2 * half,
        height=plot.base - plot.top + 6, class_="wash",
    )  # fmt: skip
