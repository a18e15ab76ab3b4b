"""Do the intervals hold? Coverage and errors of forecasts for clients left out of the fit."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from rapport.science.errors import BadInputError, TooLittleDataError
from rapport.science.numerics.proportions import wilson
from rapport.science.outcome.baselines import Comparison, compare_squared_errors, group_mean_course
from rapport.science.outcome.expected_response import (
    PAPERS,
    ExpectedResponse,
    fit_expected_response,
)
from rapport.science.outcome.forecast import deterioration_limit, predictions
from rapport.science.outcome.histories import Ahead, BoolArray, Task, one_later_rating, take
from rapport.science.records.courses import Courses
from rapport.science.records.result import Result
from rapport.science.records.scales import Scale

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

LEVELS = (0.8, 0.95)
BIN_EDGES = (0.0, 0.02, 0.05, 0.1, 0.2, 0.4, 1.0)  # ours: deterioration is rare, so finer below


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """How often one interval held.

    Attributes:
        level: what it promised.
        share: how often the later rating lay within.
        lower, upper: 95 % Wilson interval of the share, n the number of distinct clients.
        by_third: share in each third of the first score.
        width: mean width, in points.
    """

    level: float
    share: float
    lower: float
    upper: float
    by_third: FloatArray
    width: float

    @property
    def nominal_within(self) -> bool:
        """Whether the Wilson interval contains what was promised."""
        return self.lower <= self.level <= self.upper


@dataclass(frozen=True, kw_only=True)
class ReliabilityBins:
    """Forecast probabilities of reliable deterioration beside how often it came.

    Attributes:
        lower, upper: ends of each bin.
        n: forecasts in it (repeats counted).
        forecast: their mean probability.
        observed: share of them that came true.
    """

    lower: FloatArray
    upper: FloatArray
    n: NDArray[np.int64]
    forecast: FloatArray
    observed: FloatArray


@dataclass(frozen=True, kw_only=True)
class CoverageReport(Result):
    """Forecasts for clients the model had not seen, against what came.

    Attributes:
        n_clients: distinct clients with two or more ratings.
        repeats: how often all of them were forecast, with new folds and new cuts.
        coverage: one entry per level (80 % and 95 %).
        comparison: errors beside the naive forecasts.
        deterioration: reliability of its probability; None where no criterion is known.
    """

    n_clients: int
    repeats: int
    coverage: tuple[Coverage, ...]
    comparison: Comparison
    deterioration: ReliabilityBins | None

    def to_text(self) -> str:
        """One line per level, then the errors."""
        lines = [f"{self.method}: {self.n_clients} clients"]
        for made in self.coverage:
            thirds = ", ".join(f"{share:.1%}" for share in made.by_third)
            lines.append(
                f"  {made.level:.0%} interval held in {made.share:.1%} "
                f"[{made.lower:.1%}, {made.upper:.1%}]; by third of first score {thirds}; "
                f"mean width {made.width:.3g}"
            )
        return "\n".join([*lines, f"  {self.comparison.sentence}"])


@dataclass(frozen=True, kw_only=True)
class Judged:
    """One forecast per client beside what came, for clients the model had not seen.

    Attributes:
        client: position in the courses, shape (n,).
        intake: first rating.
        held, width: of the interval at each level, shape (n_levels, n).
        squared: squared errors of model, last value and group mean, shape (3, n).
        chance: forecast probability of reliable deterioration, NaN where there is none.
        came: whether it came.
    """

    client: NDArray[np.int64]
    intake: FloatArray
    held: BoolArray
    width: FloatArray
    squared: FloatArray
    chance: FloatArray
    came: BoolArray


def cross_validated_coverage(
    *,
    courses: Courses,
    scale: Scale,
    rng: np.random.Generator,
    folds: int = 10,
    repeats: int = 5,
    target: Ahead = "next",
) -> CoverageReport:
    """Fit and calibrate on most clients, forecast the others, and count; repeat with new folds.

    Everything is done anew without the left-out clients: the choice of time base, the fit and the
    calibration. The Wilson interval takes the number of distinct clients as n, because repeats
    forecast the same people again and add little.

    Args:
        courses: one scale, one kind of respondent.
        scale: ends, direction and reliable change where known.
        rng: draws folds and cuts.
        folds: parts the clients are divided into.
        repeats: how often.
        target: the ``next`` rating after a random cut, the ``final`` or ``any`` later one, or
            ``start``: any later one from the first alone (the expected band).

    Raises:
        BadInputError: fewer than two folds or no repeat.
        TooLittleDataError: too few clients to fit without one fold.
    """
    if folds < 2 or repeats < 1:
        raise BadInputError(f"folds {folds}, repeats {repeats}: give at least 2 and 1")
    seen = courses.observed()
    able = take(seen, seen.lengths > 1)
    if able.n_clients < folds:
        raise TooLittleDataError(f"{able.n_clients} clients for {folds} folds; give fewer folds")
    parts = []
    for _ in range(repeats):
        fold = rng.permutation(able.n_clients) % folds
        for k in range(folds):
            parts.append(_one_fold(able, fold == k, scale, target, rng))
    return report(parts=parts, repeats=repeats, target=target)


def held_out_coverage(
    *,
    model: ExpectedResponse,
    courses: Courses,
    scale: Scale,
    rng: np.random.Generator,
    target: Ahead = "next",
) -> CoverageReport:
    """Forecast one later rating of each of these clients, whom the model has not seen, and count.

    Args:
        model: from ``fit_expected_response``, fitted to other clients.
        courses: the held-back clients.
        scale, rng, target: see ``cross_validated_coverage``.
    """
    task = one_later_rating(courses=courses, ahead=target, rng=rng)
    mean = group_mean_course(courses=courses, time=task.time)
    judged = judge(model=model, task=task, scale=scale, target=target, group_mean=mean)
    return report(parts=[judged], repeats=1, target=target)


def judge(
    *, model: ExpectedResponse, task: Task, scale: Scale, target: Ahead, group_mean: FloatArray
) -> Judged:
    """Forecast each client of the task and compare with the rating that came."""
    made = predictions(
        model=model, known=task.known, time=task.time, ahead=target, levels=LEVELS, scale=scale
    )
    intake, worse = task.known.intake, -scale.direction
    limit = deterioration_limit(intake=intake, scale=scale, sd=model.intake_sd)
    return Judged(
        client=task.client,
        intake=intake,
        held=(made.lower <= task.observed) & (task.observed <= made.upper),
        width=made.upper - made.lower,
        squared=(np.stack([made.mean, task.known.last_score, group_mean]) - task.observed) ** 2,
        chance=made.p_deterioration,
        came=worse * (task.observed - limit) >= 0,
    )


def report(*, parts: list[Judged], repeats: int, target: Ahead) -> CoverageReport:
    """Sum up judged forecasts, a client's repeats averaged first."""
    client, one = _distinct(np.concatenate([part.client for part in parts]))
    intake = one(np.concatenate([part.intake for part in parts]))
    held = np.stack([one(row) for row in np.concatenate([p.held for p in parts], axis=1)])
    width = np.concatenate([part.width for part in parts], axis=1).mean(axis=1)
    squared = np.stack([one(row) for row in np.concatenate([p.squared for p in parts], axis=1)])
    return CoverageReport(
        method=f"Coverage of forecasts for clients left out of the fit ({target})",
        settings={"target": target, "levels": list(LEVELS)},
        papers=(*PAPERS, "Wilson (1927) J Am Stat Assoc 22, 209-212"),
        n_clients=len(client),
        repeats=repeats,
        coverage=tuple(
            _coverage(level, held[i], intake, float(width[i])) for i, level in enumerate(LEVELS)
        ),
        comparison=compare_squared_errors(squared=squared, model_name="the growth model"),
        deterioration=_bins(
            np.concatenate([part.chance for part in parts]),
            np.concatenate([part.came for part in parts]),
        ),
    )


def _one_fold(
    able: Courses, out: BoolArray, scale: Scale, target: Ahead, rng: np.random.Generator
) -> Judged:
    others = take(able, ~out)
    model = fit_expected_response(courses=others, scale=scale, rng=rng)
    task = one_later_rating(courses=take(able, out), ahead=target, rng=rng)
    mean = group_mean_course(courses=others, time=task.time)
    judged = judge(model=model, task=task, scale=scale, target=target, group_mean=mean)
    return replace(judged, client=np.flatnonzero(out)[task.client])


def _distinct(client: IntArray) -> tuple[IntArray, Callable[[FloatArray], FloatArray]]:
    """The distinct clients, and a function that averages values over each one's repeats."""
    distinct, position, count = np.unique(client, return_inverse=True, return_counts=True)
    return distinct, lambda values: np.bincount(position, weights=values) / count


def _coverage(level: float, held: FloatArray, intake: FloatArray, width: float) -> Coverage:
    interval = wilson(count=round(float(held.sum())), of=len(held))
    third = np.searchsorted(np.quantile(intake, [1 / 3, 2 / 3]), intake)
    n = np.bincount(third, minlength=3)
    return Coverage(
        level=level,
        share=float(held.mean()),
        lower=interval.lower,
        upper=interval.upper,
        by_third=np.bincount(third, weights=held, minlength=3) / np.maximum(n, 1),
        width=width,
    )


def _bins(chance: FloatArray, came: BoolArray) -> ReliabilityBins | None:
    known = ~np.isnan(chance)
    if not known.any():
        return None
    chance, came = chance[known], came[known]
    edges = np.array(BIN_EDGES)
    index = np.clip(np.searchsorted(edges, chance, side="right") - 1, 0, len(edges) - 2)
    n = np.bincount(index, minlength=len(edges) - 1)
    filled = n > 0
    size = np.maximum(n, 1)
    forecast = np.bincount(index, weights=chance, minlength=len(n)) / size
    observed = np.bincount(index, weights=came, minlength=len(n)) / size
    return ReliabilityBins(
        lower=edges[:-1][filled],
        upper=edges[1:][filled],
        n=n[filled],
        forecast=forecast[filled],
        observed=observed[filled],
    )
