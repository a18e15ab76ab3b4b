"""How far a forecast was off for people it had not seen, and the intervals that follow."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from rapport.science.numerics.conformal import (
    conformal_quantile,
    conformal_tails,
    share_above,
)
from rapport.science.outcome.baselines import Comparison, compare_forecasts

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

# Ours. With m calibration clients the coverage of a 95 % interval varies from clinic to clinic
# with SD sqrt(.95 * .05 / m): 1.3 points at 300 in each group, 2.2 points at 100 in all.
BY_THIRD = 300
BY_TAIL = 100


@dataclass(frozen=True, kw_only=True)
class Calibration:
    """One forecast per calibration client, made by a model that had not seen the client.

    Attributes:
        observed, predicted, spread: what came, what was forecast, the model's own SD.
        intake: the client's first rating; its thirds are calibrated each for itself.
        last_value, group_mean: the naive forecasts of the same rating.
    """

    observed: FloatArray
    predicted: FloatArray
    spread: FloatArray
    intake: FloatArray
    last_value: FloatArray
    group_mean: FloatArray

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
    def groups(self) -> dict[int, FloatArray]:
        """Signed residuals of each group, in units of the model's own SD."""
        own = self.group_of(intake=self.intake, predicted=self.predicted)
        return {int(g): self.residual[own == g] for g in np.unique(own)}

    def comparison(self, name: str = "the growth model") -> Comparison:
        """The model's errors beside those of the naive forecasts."""
        return compare_forecasts(
            observed=self.observed,
            model=self.predicted,
            last_value=self.last_value,
            group_mean=self.group_mean,
            model_name=name,
        )


def join(parts: list[Calibration]) -> Calibration:
    """Calibrations from several folds as one."""
    names = Calibration.__dataclass_fields__
    return Calibration(
        **{name: np.concatenate([getattr(part, name) for part in parts]) for name in names}
    )


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
    >>> made = Calibration(observed=rng.normal(size=5000), predicted=zero, spread=zero + 1,
    ...                    intake=rng.normal(size=5000), last_value=zero, group_mean=zero)
    >>> tails(calibration=made, level=0.8, intake=zero[:1], predicted=zero[:1]).round(1)
    array([[-1.3,  1.3]])
    """
    group = calibration.group_of(intake=intake, predicted=predicted)
    table = np.full((9, 2), np.nan)
    for g, residual in calibration.groups.items():
        table[g] = _both_ends(residual, level)
    return np.where(np.isnan(predicted)[:, np.newaxis], np.nan, table[group])


def _both_ends(residual: FloatArray, level: float) -> tuple[float, float]:
    if len(residual) >= BY_TAIL:
        low, high = conformal_tails(scores=residual, level=level)
        if np.isfinite(high - low):
            return low, high
    quantile = conformal_quantile(scores=np.abs(residual), level=level)
    if not np.isfinite(quantile):
        quantile = own_quantile(n=len(residual), level=level)
    return -quantile, quantile


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
    return float(stats.t.ppf((1 + level) / 2, max(n - 1, 1)))


def route(*, calibration: Calibration, level: float) -> str:
    """In words how intervals of this level were calibrated."""
    m, groups = calibration.n, len(calibration.groups)
    if groups > 1:
        return f"calibrated on {m} clients, by first score and forecast in {groups} groups"
    if m >= BY_TAIL and np.isfinite(conformal_tails(scores=calibration.residual, level=level)[0]):
        return f"calibrated on {m} clients together"
    if np.isfinite(conformal_quantile(scores=np.abs(calibration.residual), level=level)):
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
    for g, residual in calibration.groups.items():
        rows = group == g
        chance[rows] = share_above(scores=residual, points=points[rows])
    return chance
