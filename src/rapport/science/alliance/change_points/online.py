"""Has the level just changed? Asked again after each rating, while a course runs."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from rapport.science.alliance.spread import spread_of
from rapport.science.alliance.walk import steps
from rapport.science.errors import BadInputError, TooLittleDataError
from rapport.science.numerics import special
from rapport.science.records.courses import Courses, FloatArray, IntArray
from rapport.science.records.result import Result

# One change in 24 ratings, two courses of twelve; ours.
HAZARD = 1 / 24
# What the practice's spread weighs against a client's own: about four ratings; ours.
_SPREAD_RATINGS = 4

_ADAMS = "Adams & MacKay (2007), Bayesian online changepoint detection, arXiv:0710.3742"


@dataclass(frozen=True, kw_only=True)
class LevelPrior:
    """What is expected of a level and its spread before its first rating (Normal-Gamma).

    Attributes:
        mean: expected level, in points.
        weight: how many ratings that expectation is worth.
        shape, rate: Gamma prior of the precision 1 / variance; rate / shape is a variance.
    """

    mean: float
    weight: float
    shape: float
    rate: float


@dataclass(frozen=True, kw_only=True)
class OnlineChange(Result):
    """How probable a change of level is, rating by rating; rows are observed ratings.

    Attributes:
        client_index: position of the client of each rating, shape (n_rows,).
        session: its session.
        p_change: P(the present level began with this rating or the one before), given all
            ratings so far; 0 at the first.
        run_length: most probable number of ratings since the last change.
        level: expected present level in points.
    """

    client_index: IntArray
    session: FloatArray
    p_change: FloatArray
    run_length: IntArray
    level: FloatArray


def practice_prior(courses: Courses) -> LevelPrior:
    """Learn from a practice's own courses what a client's level and spread are like.

    Levels differ by the variance of client means beyond chance; the spread is the pooled
    within-client one, worth four ratings (ours).

    Raises:
        TooLittleDataError: fewer than two clients with two ratings, or no spread at all.

    >>> from rapport.science.records.courses import courses_from_rows
    >>> c = courses_from_rows(client=list("aabb"), session=[1, 2] * 2, score=[4, 6, 8, 8])
    >>> practice_prior(c)
    LevelPrior(mean=6.5, weight=0.25, shape=2.0, rate=2.0)
    """
    spread = spread_of(courses)
    if not (spread.within > 0 and spread.between > 0):
        raise TooLittleDataError(
            "a prior needs two clients with two ratings each, and some spread; give one by hand"
        )
    shape = _SPREAD_RATINGS / 2
    return LevelPrior(
        mean=spread.mean,
        weight=spread.within / spread.between,
        shape=shape,
        rate=shape * spread.within,
    )


def online_change(
    *, courses: Courses, prior: LevelPrior | None = None, hazard: float = HAZARD
) -> OnlineChange:
    """Follow each course and say how probable it is that its level has just changed.

    Bayesian online change-point detection: normal ratings, Normal-Gamma prior for each level, a
    constant chance of a change before each rating. Exact, no approximation. When not to use it:
    as an alarm with a budget. It is a probability under that model; at a ceiling, on a coarse
    scale or under autocorrelation it is too sure of itself. Measured with the default prior and
    hazard: above .5 at least once in 1.2 % of 20,000 steady courses of twelve ratings (white
    noise), 2.9 % with autocorrelation .3, 4.5 % with t4 noise.

    Args:
        courses: missing ratings are skipped.
        prior: of each new level; None: learnt from these courses by :func:`practice_prior`.
        hazard: chance of a change before each rating, between 0 and 1 (1/24, ours).

    Raises:
        BadInputError: a hazard out of range. TooLittleDataError: no prior can be learnt.

    >>> from rapport.science.records.courses import courses_from_rows
    >>> c = courses_from_rows(client=["Ann"] * 7, session=range(7), score=[7, 8, 7, 8, 7, 2, 2])
    >>> prior = LevelPrior(mean=7, weight=0.1, shape=2, rate=0.5)
    >>> online_change(courses=c, prior=prior).p_change.round(2).tolist()
    [0.0, 0.04, 0.04, 0.04, 0.03, 0.99, 1.0]
    """
    _check_hazard(hazard)
    prior = practice_prior(courses) if prior is None else prior
    seen = courses.observed()
    p_change, level = np.zeros(seen.n_rows), np.zeros(seen.n_rows)
    run_length = np.zeros(seen.n_rows, dtype=np.int64)
    for position, rows, posterior, means in _filtered(seen, prior, hazard):
        here = posterior[:, 1:] / posterior[:, 1:].sum(axis=1, keepdims=True)
        # A level as long as the course began with it and is no change.
        p_change[rows] = here[:, : min(2, position)].sum(axis=1)
        run_length[rows] = posterior.argmax(axis=1)
        level[rows] = (here * means[:, 1:]).sum(axis=1)
    return OnlineChange(
        method="Bayesian online change-point detection, Normal-Gamma, constant hazard",
        settings={"prior": prior, "hazard": hazard},
        papers=(_ADAMS,),
        client_index=seen.client_index,
        session=seen.session,
        p_change=p_change,
        run_length=run_length,
        level=level,
    )


def run_length_posterior(
    *, courses: Courses, prior: LevelPrior, hazard: float = HAZARD
) -> FloatArray:
    """P(0, 1, 2, ... ratings since the last change) after the last rating of the first client.

    Entry 0 is the chance that the level changes before the next rating, as in Adams & MacKay.

    Returns:
        Shape (n_ratings + 1,), summing to one.

    >>> from rapport.science.records.courses import courses_from_rows
    >>> c = courses_from_rows(client=["Ann"] * 2, session=[1, 2], score=[7, 2])
    >>> prior = LevelPrior(mean=7, weight=0.1, shape=2, rate=0.5)
    >>> run_length_posterior(courses=c, prior=prior, hazard=0.1).round(2)
    array([0.1 , 0.77, 0.13])
    """
    _check_hazard(hazard)
    posterior: FloatArray = np.ones((1, 1))
    for _, _, now, _ in _filtered(_first(courses), prior, hazard):
        posterior = now
    return np.asarray(posterior[0])


def _first(courses: Courses) -> Courses:
    session, score = courses.of(0)
    rows = np.array([0, len(session)])
    return Courses(
        clients=courses.clients[:1], starts=rows, session=session, score=score
    ).observed()


def _check_hazard(hazard: float) -> None:
    if not 0 < hazard < 1:
        raise BadInputError(f"hazard is {hazard:g}; give a chance between 0 and 1")


def _filtered(
    seen: Courses, prior: LevelPrior, hazard: float
) -> Iterator[tuple[int, IntArray, FloatArray, FloatArray]]:
    """Position, rows, run-length posterior and level of each run length, after each rating."""
    posterior = np.ones((seen.n_clients, 1))
    means, rates = (
        np.full((seen.n_clients, 1), prior.mean),
        np.full((seen.n_clients, 1), prior.rate),
    )
    for position, clients, rows in steps(seen):
        now = seen.score[rows][:, None]
        posterior, means, rates = (a[: len(clients)] for a in (posterior, means, rates))
        runs = np.arange(position + 1)
        joint = posterior * _predictive(now - means, rates, prior, runs)
        stay, change = joint * (1 - hazard), hazard * joint.sum(axis=1, keepdims=True)
        posterior = np.hstack([change, stay])
        posterior /= posterior.sum(axis=1, keepdims=True)
        weight = prior.weight + runs
        rates = _with_prior(rates + weight * (now - means) ** 2 / (2 * (weight + 1)), prior.rate)
        means = _with_prior(means + (now - means) / (weight + 1), prior.mean)
        yield position, rows, posterior, means


def _with_prior(values: FloatArray, prior: float) -> FloatArray:
    return np.hstack([np.full((len(values), 1), prior), values])


def _predictive(
    away: FloatArray, rates: FloatArray, prior: LevelPrior, runs: IntArray
) -> FloatArray:
    """Student-t density of the next rating under each run length, up to a factor per client."""
    weight, shape = prior.weight + runs, prior.shape + runs / 2
    spread = 2 * rates * (weight + 1) / weight
    log_density = (
        special.gammaln(shape + 0.5)
        - special.gammaln(shape)
        - 0.5 * np.log(spread)
        - (shape + 0.5) * np.log1p(away**2 / spread)
    )
    # Only ratios count; the largest becomes 1 so that a very odd rating does not underflow.
    return np.asarray(np.exp(log_density - log_density.max(axis=1, keepdims=True)))
