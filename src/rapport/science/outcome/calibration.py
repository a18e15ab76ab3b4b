"""How far a forecast was off for people it had not seen, and the intervals that follow."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rapport.science.numerics import special
from rapport.science.numerics.conformal import (
    conformal_quantile,
    conformal_rank,
    share_above,
)
from rapport.science.outcome.baselines import Comparison, compare_forecasts

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

# Ours. With m calibration clients the coverage of a 95 % interval varies from clinic to clinic
# with SD sqrt(.95 * .05 / m): 1.3 points at 300 in each group, 2.2 points at 100 in all.
BY_THIRD = 300
BY_TAIL = 100

# Ours: the search for the level to ask of each group, down to 8 points lower in steps of 1/800.
LOWEST_ASKED = 0.08
HALVINGS = 6

# Ours. The quantile is itself someone's error, so many people of a stepped scale stand exactly on
# the end of their interval; they must not fall out by the last digit of a multiplication.
ROUNDING = 1e-9


@dataclass(frozen=True, kw_only=True)
class Calibration:
    """One forecast per calibration client, made by a model that had not seen the client.

    Attributes:
        observed, predicted, spread: what came, what was forecast (not yet put on the scale), the
            model's own SD.
        shown: the forecast as shown, on the scale.
        intake: the client's first rating; its thirds are calibrated each for itself.
        last_value, group_mean: the naive forecasts of the same rating.
        low, high: ends of the scale, to which intervals are clipped; infinite where unknown.
    """

    observed: FloatArray
    predicted: FloatArray
    shown: FloatArray
    spread: FloatArray
    intake: FloatArray
    last_value: FloatArray
    group_mean: FloatArray
    low: float = -np.inf
    high: float = np.inf

    @property
    def n(self) -> int:
        return len(self.observed)

    @cached_property
    def residual(self) -> FloatArray:
        """Signed, in units of the model's own SD."""
        return (self.observed - self.predicted) / self.spread

    @cached_property
    def edges(self) -> FloatArray:
        """Intakes that separate the thirds; empty where there are too few clients for thirds.

        The first third holds intakes up to and including the first edge.
        """
        return _thirds(self.intake)

    @cached_property
    def inner_edges(self) -> list[FloatArray]:
        """Within each third of intake, forecasts that separate the thirds of forecasts."""
        third = np.searchsorted(self.edges, self.intake)
        return [_thirds(self.predicted[third == g]) for g in range(len(self.edges) + 1)]

    def group_of(self, *, intake: FloatArray, predicted: FloatArray) -> IntArray:
        """Which group each forecast is calibrated with: 3 times the third of intake, plus the
        third of the forecast within it (0 where there are too few clients for thirds)."""
        third = np.searchsorted(self.edges, intake)
        group = np.zeros(len(intake), dtype=np.int64)
        for g, edges in enumerate(self.inner_edges):
            rows = third == g
            group[rows] = 3 * g + np.searchsorted(edges, predicted[rows])
        return group

    @cached_property
    def groups(self) -> dict[int, IntArray]:
        """Rows of each group of ``group_of``."""
        own = self.group_of(intake=self.intake, predicted=self.predicted)
        return {int(g): np.flatnonzero(own == g) for g in np.unique(own)}

    @cached_property
    def shortfall(self) -> FloatArray:
        """How far below the forecast; minus infinity where no interval could miss it below.

        An interval that holds its forecast and is clipped to the scale never starts above the
        top, and starts at the bottom where the forecast lies there. Counted as missed, such
        ratings would make intervals too wide at the ends of the scale.
        """
        safe = (self.observed >= self.high) | (self.predicted <= self.low)
        return np.where(safe, -np.inf, -self.residual)

    @cached_property
    def excess(self) -> FloatArray:
        """How far above the forecast; minus infinity where no interval could miss it above."""
        safe = (self.observed <= self.low) | (self.predicted >= self.high)
        return np.where(safe, -np.inf, self.residual)

    def comparison(self, name: str = "the growth model") -> Comparison:
        """The model's errors beside those of the naive forecasts."""
        return compare_forecasts(
            observed=self.observed,
            model=self.shown,
            last_value=self.last_value,
            group_mean=self.group_mean,
            model_name=name,
        )


def join(parts: list[Calibration]) -> Calibration:
    """Calibrations from several folds as one."""
    whole = parts[0]
    rows = [name for name in Calibration.__dataclass_fields__ if name not in ("low", "high")]
    columns: dict[str, Any] = {
        name: np.concatenate([getattr(part, name) for part in parts]) for name in rows
    }
    return Calibration(low=whole.low, high=whole.high, **columns)


def tails(
    *, calibration: Calibration, level: float, intake: FloatArray, predicted: FloatArray
) -> FloatArray:
    """Lower and upper end of each interval, in units of the model's SD around the forecast.

    Near the ends of a scale people can be off in one direction only, and by less. So each third
    of intake, and in it each third of the forecast, is calibrated for itself where there are
    enough clients; otherwise all together. A group too small for two tails gets one symmetric
    quantile, and where even that is infinite the model's own interval with Student's t, which
    then rests on the model being right.

    Args:
        calibration: forecasts for people the model had not seen.
        level: promised coverage.
        intake, predicted: of the new people, shape (n,).

    Returns:
        Shape (n, 2).

    >>> rng = np.random.default_rng(1)
    >>> zero = np.zeros(5000)
    >>> made = Calibration(
    ...     observed=rng.normal(size=5000), predicted=zero, shown=zero, spread=zero + 1,
    ...     intake=rng.normal(size=5000), last_value=zero, group_mean=zero)
    >>> tails(calibration=made, level=0.8, intake=zero[:1], predicted=zero[:1]).round(1)
    array([[-1.3,  1.3]])
    """
    group = calibration.group_of(intake=intake, predicted=predicted)
    table = _ends_by_group(calibration, level)
    return np.where(np.isnan(predicted)[:, np.newaxis], np.nan, table[group])


def _ends_by_group(calibration: Calibration, level: float) -> FloatArray:
    """Both ends for each group, shape (9, 2); NaN for groups that do not occur.

    At the end of a scale most people may stand on one score, and an interval around it holds
    more often than it must. The promise is kept over each third of intake: the level asked of its
    groups is lowered, by bisection, until the third holds what was promised.
    """
    table = np.full((9, 2), np.nan)
    for third in range(3):
        groups = [g for g in calibration.groups if g // 3 == third]
        if groups:
            asked = _asked(calibration, groups, level) if len(groups) > 1 else level
            table[groups] = _ends(calibration, groups, asked)
    return table


def _ends(calibration: Calibration, groups: list[int], level: float) -> FloatArray:
    rows = [calibration.groups[g] for g in groups]
    pairs = [_both_ends(calibration.shortfall[r], calibration.excess[r], level) for r in rows]
    return np.array(pairs)


def _asked(calibration: Calibration, groups: list[int], level: float) -> float:
    """The lowest level to ask of these groups at which all of them together hold ``level``."""
    low, high = level - LOWEST_ASKED, level
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        if _held(calibration, groups, middle) >= level:
            high = middle
        else:
            low = middle
    return high


def _held(calibration: Calibration, groups: list[int], level: float) -> float:
    """Share of the calibration clients of these groups within their intervals."""
    held = total = 0
    for g, (low, high) in zip(groups, _ends(calibration, groups, level), strict=True):
        rows = calibration.groups[g]
        missed = (calibration.shortfall[rows] > -low) | (calibration.excess[rows] > high)
        held, total = held + int(np.sum(~missed)), total + len(rows)
    return (held - 1) / (total + 1)  # as if the new client were one more, and missed


def _both_ends(shortfall: FloatArray, excess: FloatArray, level: float) -> tuple[float, float]:
    """Both ends around the forecast, which stays within.

    Each side may miss half of what the level allows. Where the end of the scale keeps one side
    from missing as much, the other side is given what is left.
    """
    if two_tailed(n=len(excess), level=level):
        one_side = (1 + level) / 2
        low = conformal_quantile(scores=shortfall, level=one_side)
        high = conformal_quantile(scores=excess, level=one_side)
        if high < 0:
            low = conformal_quantile(scores=shortfall, level=level + float(np.mean(excess > 0)))
        elif low < 0:
            high = conformal_quantile(scores=excess, level=level + float(np.mean(shortfall > 0)))
        return -max(low, 0.0) - ROUNDING, max(high, 0.0) + ROUNDING
    quantile = conformal_quantile(scores=np.maximum(shortfall, excess), level=level)
    if not np.isfinite(quantile):
        quantile = own_quantile(n=len(excess), level=level)
    return -quantile - ROUNDING, quantile + ROUNDING


def two_tailed(*, n: int, level: float) -> bool:
    """Whether n clients are enough to calibrate each side of an interval for itself.

    >>> two_tailed(n=100, level=0.95), two_tailed(n=99, level=0.8)
    (True, False)
    """
    return n >= BY_TAIL and conformal_rank(size=n, level=(1 + level) / 2) <= n


def _thirds(values: FloatArray) -> FloatArray:
    """Edges of three groups of about one size; none where a group would be too small."""
    if len(values) < 3 * BY_THIRD:
        return np.empty(0)
    edges = np.quantile(values, [1 / 3, 2 / 3])
    sizes = np.bincount(np.searchsorted(edges, values), minlength=3)
    return edges if sizes.min() >= BY_THIRD else np.empty(0)


def own_quantile(*, n: int, level: float) -> float:
    """Student's t with n - 1 degrees of freedom: variances from n clients are uncertain.

    >>> round(own_quantile(n=12, level=0.95), 2)
    2.2
    """
    return float(special.stdtrit(max(n - 1, 1), (1 + level) / 2))


def route(*, calibration: Calibration, level: float) -> str:
    """In words how intervals of this level were calibrated."""
    m, groups = calibration.n, len(calibration.groups)
    if groups > 1:
        return f"calibrated on {m} clients, by first score and forecast in {groups} groups"
    if two_tailed(n=m, level=level):
        return f"calibrated on {m} clients together"
    if conformal_rank(size=m, level=level) <= m:
        return f"calibrated on {m} clients together, the same width to both sides"
    return (
        f"not calibrated: {m} clients are too few for it, so it is the model's own interval "
        "(Student's t) and rests on the model being right"
    )


def chance_above(
    *, calibration: Calibration, points: FloatArray, intake: FloatArray, predicted: FloatArray
) -> FloatArray:
    """How likely each client ends above a point given in units of the model's SD, shape (n,)."""
    group = calibration.group_of(intake=intake, predicted=predicted)
    chance = np.full(len(points), np.nan)
    for g, own in calibration.groups.items():
        rows = group == g
        chance[rows] = share_above(scores=calibration.residual[own], points=points[rows])
    return chance
