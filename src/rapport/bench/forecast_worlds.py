"""Made-up practices whose truth is known, and real courses, for judging forecasts."""

import csv
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rapport.science.records.courses import Courses, courses_from_rows
from rapport.science.records.scales import Scale

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class World:
    """One way a practice's courses may come about (scores fall unless ``better_up``).

    Attributes:
        start, spread: mean and SD of the level at the start, in points.
        speed, speed_spread: change per unit of log(1 + t), and how clients differ in it.
        noise: SD of a rating around the client's own course.
        memory: correlation of that noise from one session to the next.
        uneven: SD of the logarithm of ``noise`` between clients.
        heavy: degrees of freedom of Student's t for the noise; 0 for normal.
        step, top: the scale runs from 0 to ``top`` in steps of ``step``.
        missing: share of sessions without an answer.
        better_up: higher is better.
    """

    name: str
    start: float = 15
    spread: float = 5
    speed: float = -2.5
    speed_spread: float = 1.6
    noise: float = 2.5
    memory: float = 0.0
    uneven: float = 0.0
    heavy: int = 0
    step: float = 1
    top: float = 27
    missing: float = 0.0
    better_up: bool = False

    @property
    def scale(self) -> Scale:
        """The scale of this world; reliable change from its own spread and noise."""
        reliability = self.spread**2 / (self.spread**2 + self.noise**2)
        return Scale(
            name=self.name,
            higher_is_better=self.better_up,
            minimum=0,
            maximum=self.top,
            step=self.step,
            reliability=reliability,
            sd=float(np.hypot(self.spread, self.noise)),
        )


WORLDS = (
    World(name="as modelled, 0-27 rounded"),
    World(name="floor: most end near 0", start=9, spread=4, speed=-3),
    World(name="ceiling, higher is better", start=30, spread=6, speed=3, top=40, better_up=True),
    World(name="coarse scale of 4 items, 0-16", start=8, spread=3, speed=-1.5, speed_spread=1,
          noise=1.5, top=16),
    World(name="AR(1) .5", memory=0.5),
    World(name="noise differs between clients", uneven=0.5),
    World(name="heavy tails (t4)", heavy=4),
    World(name="30 % missing", missing=0.3),
    World(name="all of these", start=9, memory=0.3, uneven=0.3, heavy=4, missing=0.3),
)  # fmt: skip


def made_up_courses(
    *, world: World, clients: int, rng: np.random.Generator, longest: int = 15
) -> Courses:
    """Courses of 2 to ``longest`` sessions of this world."""
    lengths = rng.integers(2, longest + 1, clients)
    starts = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    client = np.repeat(np.arange(clients), lengths)
    time = (np.arange(starts[-1]) - starts[client]).astype(np.float64)
    level = rng.normal(world.start, world.spread, clients)
    speed = rng.normal(world.speed, world.speed_spread, clients)
    own = world.noise * np.exp(world.uneven * rng.normal(size=clients))
    noise = _noise(world, (clients, longest), rng)[client, time.astype(np.int64)]
    score = level[client] + speed[client] * np.log1p(time) + own[client] * noise
    score = np.clip(np.round(score / world.step) * world.step, 0, world.top)
    score[rng.random(len(score)) < world.missing] = np.nan
    return Courses(clients=np.arange(clients), starts=starts, session=time + 1, score=score)


def _noise(world: World, shape: tuple[int, int], rng: np.random.Generator) -> FloatArray:
    """Noise of variance 1 over sessions, with memory."""
    fresh = rng.normal(size=shape)
    if world.heavy:
        fresh = rng.standard_t(world.heavy, shape) / np.sqrt(world.heavy / (world.heavy - 2))
    kept = np.sqrt(1 - world.memory**2)
    for k in range(1, shape[1]):
        fresh[:, k] = world.memory * fresh[:, k - 1] + kept * fresh[:, k]
    return fresh


@dataclass(frozen=True, kw_only=True)
class RealSet:
    """Where real courses lie and what their columns are called."""

    name: str
    file: str
    client: str
    session: str
    score: str
    scale: Scale
    wanted: Callable[[dict[str, str]], bool] = bool  # every row that is not empty
    number: Callable[[str], float] = float


def _session_of_gains(row: dict[str, str], measure: str) -> bool:
    return row["measure"] == measure and row["occasion"].startswith("s")


_BDI = Scale(name="bdi", higher_is_better=False, minimum=0, maximum=63, step=1)

REAL = (
    RealSet(
        name="btheb (BDI-II)", file="btheb/btheb_long.csv", client="id", session="month",
        score="bdi", scale=_BDI,
    ),
    RealSet(
        name="reisby (HDRS change)", file="reisby/reisby.csv", client="subject", session="week",
        score="depr_score", scale=Scale(name="hdrs", higher_is_better=False),
    ),
    RealSet(
        name="NIMH (IMPS 79)", file="nimh_schizophrenia/nimh_schizophrenia.csv", client="id",
        session="Week", score="imps79",
        scale=Scale(name="imps79", higher_is_better=False, minimum=1, maximum=7),
    ),
    RealSet(
        name="sudden gains (BDI)", file="sudden_gains_example/sgdata_long.csv", client="id",
        session="occasion", score="value", scale=_BDI,
        wanted=lambda row: _session_of_gains(row, "bdi"), number=lambda text: float(text[1:]),
    ),
    RealSet(
        name="sudden gains (RQ)", file="sudden_gains_example/sgdata_long.csv", client="id",
        session="occasion", score="value", scale=Scale(name="rq", higher_is_better=False),
        wanted=lambda row: _session_of_gains(row, "rq"), number=lambda text: float(text[1:]),
    ),
)  # fmt: skip


def real_courses(*, real: RealSet, folder: Path) -> Courses:
    """Read one real set from the folder of reference data."""
    with (folder / "data" / real.file).open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if real.wanted(row)]
    return courses_from_rows(
        client=[row[real.client] for row in rows],
        session=[real.number(row[real.session]) for row in rows],
        score=[_score(row[real.score]) for row in rows],
    )


def _score(text: str) -> float:
    return float("nan") if text in ("", "NA") else float(text)
