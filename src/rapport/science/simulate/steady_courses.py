"""Practices in which nothing ever happens: steady courses with known truth, to try alarms on."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rapport.science.records.courses import Courses, courses_from_rows
from rapport.science.records.scales import Scale

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class SteadyWorld:
    """How steady clients of one kind of practice rate; points of a scale, higher is better.

    Attributes:
        name: in words.
        mean, between_sd, within_sd: of the levels and of the noise around them.
        sd_spread: SD of log within-client SD between clients.
        autocorrelation: lag one, of the noise.
        df: of Student's t noise, scaled to the within SD; infinite is Gaussian.
        minimum, maximum, step: of the scale.
        missing: share of sessions without a rating, at random.
        lengths: shortest and longest course in sessions, all equally likely.
        trend: points gained per session.
    """

    name: str
    mean: float = 7.0
    between_sd: float = 1.5
    within_sd: float = 1.0
    sd_spread: float = 0.0
    autocorrelation: float = 0.0
    df: float = np.inf
    minimum: float | None = None
    maximum: float | None = None
    step: float | None = None
    missing: float = 0.0
    lengths: tuple[int, int] = (12, 12)
    trend: float = 0.0

    @property
    def scale(self) -> Scale:
        """The scale its ratings are given on."""
        return Scale(
            name="alliance",
            role="alliance",
            higher_is_better=True,
            minimum=self.minimum,
            maximum=self.maximum,
            step=self.step,
        )


# The worlds of the alarm's honesty table. Levels and SDs are those of a 0-10 rating scale, as in
# the measured bars of methods section 4 (between 1.5, within 1); each differs in one thing.
STEADY_WORLDS = (
    SteadyWorld(name="white noise"),
    SteadyWorld(name="AR(1) .3", autocorrelation=0.3),
    SteadyWorld(name="ceiling, half perfect", maximum=7.0),
    SteadyWorld(name="4-item coarse scale", minimum=0, maximum=16, step=1, mean=11),
    SteadyWorld(name="30 % missing", missing=0.3),
    SteadyWorld(name="5 to 30 sessions", lengths=(5, 30)),
    SteadyWorld(name="within SD log-normal .3", sd_spread=0.3),
    SteadyWorld(name="within SD log-normal .5", sd_spread=0.5),
    SteadyWorld(name="t4 noise", df=4),
    SteadyWorld(name="rising trend", trend=0.1),
    SteadyWorld(
        name="all combined",
        autocorrelation=0.3,
        minimum=0,
        maximum=8,
        step=0.25,
        missing=0.3,
        lengths=(5, 30),
        sd_spread=0.3,
        df=4,
        trend=0.05,
    ),
)


def steady_matrix(*, world: SteadyWorld, n_clients: int, rng: np.random.Generator) -> FloatArray:
    """Ratings of steady clients, one a row, NaN where missing or after the end.

    >>> steady_matrix(world=SteadyWorld(name="w"), n_clients=2, rng=np.random.default_rng(1)).shape
    (2, 12)
    """
    shortest, longest = world.lengths
    shape = (n_clients, longest)
    level = rng.normal(world.mean, world.between_sd, (n_clients, 1))
    sd = world.within_sd * np.exp(world.sd_spread * rng.standard_normal((n_clients, 1)))
    noise = _noise(world, shape, rng)
    values = _on_scale(level + world.trend * np.arange(longest) + sd * noise, world)
    length = rng.integers(shortest, longest + 1, (n_clients, 1))
    absent = (np.arange(longest) >= length) | (rng.random(shape) < world.missing)
    return np.where(absent, np.nan, values)


def _noise(world: SteadyWorld, shape: tuple[int, int], rng: np.random.Generator) -> FloatArray:
    if np.isinf(world.df):
        shock = rng.standard_normal(shape)
    else:
        shock = rng.standard_t(world.df, shape) * np.sqrt((world.df - 2) / world.df)
    rho = world.autocorrelation
    for k in range(1, shape[1] if rho else 0):
        shock[:, k] = rho * shock[:, k - 1] + np.sqrt(1 - rho**2) * shock[:, k]
    return shock


def _on_scale(values: FloatArray, world: SteadyWorld) -> FloatArray:
    if world.step:
        values = world.step * np.round(values / world.step)
    if world.minimum is None and world.maximum is None:
        return values
    return np.clip(values, world.minimum, world.maximum)


def steady_courses(*, world: SteadyWorld, n_clients: int, rng: np.random.Generator) -> Courses:
    """The same as courses, sessions numbered from 1.

    >>> world = SteadyWorld(name="w")
    >>> steady_courses(world=world, n_clients=3, rng=np.random.default_rng(1)).n_rows
    36
    """
    ratings = steady_matrix(world=world, n_clients=n_clients, rng=rng)
    held = np.maximum.accumulate(~np.isnan(ratings)[:, ::-1], axis=1)[:, ::-1]
    client, session = np.nonzero(held)
    return courses_from_rows(client=client, session=session + 1.0, score=ratings[held])
