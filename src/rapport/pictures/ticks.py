"""One question's answers on its own ticks: now, last time, the first time."""

from rapport.pictures.plot import Plot, shape
from rapport.pictures.svg import disc, element, figure, stroke


def change_ticks(
    *,
    id: str,
    title: str,
    description: str,
    low: float,
    high: float,
    now: float | None,
    last: float | None,
    first: float | None,
) -> str:
    """Draw 168 x 36: disc now, ring last time, small triangle the first time.

    Answers that are not known are left out; equal answers show the disc inside the ring.
    """
    plot = Plot(
        width=168, height=36, left=12, right=12, top=14, bottom=22,
        first=low, last=high, low=0, high=1,
    )  # fmt: skip
    y = 14.0
    body = [stroke(plot.x(low), y, plot.x(high), y, class_="rule"), *_ticks(plot, low, high, y)]
    if now is not None and last is not None:
        body.append(stroke(plot.x(last), y, plot.x(now), y, class_="line client"))
    if first is not None:
        body.append(_triangle(plot.x(first), y + 8))
    if last is not None:
        body.append(disc(plot.x(last), y, r=5, class_="hollow client"))
    if now is not None:
        body.append(shape(plot.x(now), y, role="client", size=0.75 if now == last else 1.2))
    return figure(
        *body, id=id, title=title, description=description, width=168, height=36, class_="ticks"
    )


def _ticks(plot: Plot, low: float, high: float, y: float) -> list[str]:
    """A tick for each possible answer where there are eleven or fewer, else the ends only."""
    steps = int(high - low)
    places = [low + k for k in range(steps + 1)] if 0 < steps <= 10 else [low, high]
    return [stroke(plot.x(p), y - 4, plot.x(p), y + 4, class_="tick") for p in places]


def _triangle(x: float, y: float) -> str:
    points = f"{x:.1f},{y:.1f} {x + 4.5:.1f},{y + 8:.1f} {x - 4.5:.1f},{y + 8:.1f}"
    return element("polygon", points=points, class_="first")
