"""Control charts for session ratings: individuals (XmR), EWMA and the lower CUSUM, in points."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rapport.science.alliance.walk import steps
from rapport.science.errors import BadInputError
from rapport.science.records.courses import Courses, FloatArray, IntArray
from rapport.science.records.result import Result

# Mean range of two normal values in SD; Montgomery, Introduction to Statistical Quality Control,
# appendix VI.
D2 = 1.128

_MONTGOMERY = "Montgomery (2013), Introduction to Statistical Quality Control, 7th ed."


@dataclass(frozen=True, kw_only=True)
class ControlChart(Result):
    """Ratings, or their running average, between limits; rows are observed ratings.

    Attributes:
        client_index: position of the client of each rating, shape (n_rows,).
        session: its session.
        statistic: the rating itself (XmR) or the running average (EWMA), in points.
        lower, upper: limits, in points; NaN for clients with too short a baseline.
        signal: whether the statistic lies beyond the limit on the worse side.
        center, sigma: baseline mean and SD in points, shape (n_clients,).
    """

    client_index: IntArray
    session: FloatArray
    statistic: FloatArray
    lower: FloatArray
    upper: FloatArray
    signal: NDArray[np.bool_]
    center: FloatArray
    sigma: FloatArray


@dataclass(frozen=True, kw_only=True)
class CusumChart(Result):
    """What has been lost against the baseline so far; rows are observed ratings.

    Attributes:
        client_index: position of the client of each rating, shape (n_rows,).
        session: its session.
        statistic: points lost in sum, above zero whatever the scale's direction.
        limit: the sum beyond which it signals; NaN for clients with too short a baseline.
        signal: whether it does.
        center, sigma: baseline mean and SD in points, shape (n_clients,).
    """

    client_index: IntArray
    session: FloatArray
    statistic: FloatArray
    limit: FloatArray
    signal: NDArray[np.bool_]
    center: FloatArray
    sigma: FloatArray


def individuals_chart(
    *,
    courses: Courses,
    baseline: int,
    width: float = 3.0,
    d2: float = D2,
    higher_is_better: bool = True,
) -> ControlChart:
    """Compare each rating with limits drawn from the client's first ratings (XmR chart).

    Sigma is the mean difference between neighbouring baseline ratings over ``d2``, so a slow
    drift does not widen the limits. Not an alarm with a known budget: the limits assume normal,
    independent ratings and a baseline without chance; with a short baseline, a ceiling or
    autocorrelation false signals are far more frequent. Use the drop alarm for alarms.

    Args:
        courses: missing ratings are skipped.
        baseline: how many first ratings are the baseline, 2 or more; clients with fewer have
            no limits and no signal.
        width: distance of the limits in sigma (3, Shewhart).
        d2: mean range of two normal values in SD.
        higher_is_better: direction; ``signal`` is on the worse side.

    Raises:
        BadInputError: a baseline under two ratings, or a setting that is not above zero.

    >>> from rapport.science.records.courses import courses_from_rows
    >>> c = courses_from_rows(client=["Ann"] * 5, session=range(1, 6), score=[7, 8, 7, 8, 2])
    >>> individuals_chart(courses=c, baseline=4).signal.tolist()
    [False, False, False, False, True]
    """
    _check(baseline=baseline, width=width, d2=d2)
    base = _Baseline.of(courses, baseline, d2)
    margin = width * base.row_sigma
    return ControlChart(
        method="Individuals control chart (XmR)",
        settings={"baseline": baseline, "width": width, "d2": d2},
        papers=(_MONTGOMERY + " section 6.4",),
        statistic=base.seen.score,
        **_between(base, base.seen.score, margin, higher_is_better),
    )


def ewma_chart(
    *,
    courses: Courses,
    baseline: int,
    weight: float = 0.2,
    width: float = 2.7,
    d2: float = D2,
    higher_is_better: bool = True,
) -> ControlChart:
    """Follow a running average that forgets slowly: finds small lasting shifts.

    It starts at the baseline mean. Limits widen from the first rating on to their final width.
    When not to use it: as for :func:`individuals_chart`; a single sharp drop is seen late.

    Args:
        courses: missing ratings are skipped.
        baseline: how many first ratings are the baseline, 2 or more.
        weight: share of the newest rating, lambda (0.2, Montgomery).
        width: distance of the final limits in SD of the average (2.7 goes with 0.2).
        d2: mean range of two normal values in SD.
        higher_is_better: direction; ``signal`` is on the worse side.

    Raises:
        BadInputError: a baseline under two ratings, or a setting out of its range.

    >>> from rapport.science.records.courses import courses_from_rows
    >>> c = courses_from_rows(client=["Ann"] * 6, session=range(6), score=[7, 8, 7, 8, 6, 6])
    >>> ewma_chart(courses=c, baseline=4).statistic.round(3).tolist()
    [7.4, 7.52, 7.416, 7.533, 7.226, 6.981]
    """
    _check(baseline=baseline, weight=weight, width=width, d2=d2)
    if weight > 1:
        raise BadInputError(f"weight is {weight:g}; give a share above 0, up to 1")
    base = _Baseline.of(courses, baseline, d2)
    average = np.full(base.seen.n_rows, np.nan)
    state = base.center.copy()
    for _, clients, rows in steps(base.seen):
        state[clients] += weight * (base.seen.score[rows] - state[clients])
        average[rows] = state[clients]
    settled = 1 - (1 - weight) ** (2.0 * base.count)
    margin = width * base.row_sigma * np.sqrt(weight / (2 - weight) * settled)
    return ControlChart(
        method="Exponentially weighted moving average chart (EWMA)",
        settings={"baseline": baseline, "weight": weight, "width": width, "d2": d2},
        papers=(_MONTGOMERY + " section 9.2",),
        statistic=average,
        **_between(base, average, margin, higher_is_better),
    )


def cusum_chart(
    *,
    courses: Courses,
    baseline: int,
    allowance: float = 0.5,
    limit: float = 4.0,
    d2: float = D2,
    higher_is_better: bool = True,
) -> CusumChart:
    """Add up what each rating lacks against the baseline: finds slow, lasting loss.

    The sum grows by how far a rating lies more than ``allowance`` sigma on the worse side of the
    baseline mean, shrinks otherwise and never falls under zero. When not to use it: as for
    :func:`individuals_chart`.

    Args:
        courses: missing ratings are skipped.
        baseline: how many first ratings are the baseline, 2 or more.
        allowance: in sigma (0.5: tuned to a shift of 1 sigma, Montgomery).
        limit: in sigma (4, Montgomery: 4 or 5).
        d2: mean range of two normal values in SD.
        higher_is_better: direction.

    Raises:
        BadInputError: a baseline under two ratings, or a setting that is not above zero.

    >>> from rapport.science.records.courses import courses_from_rows
    >>> c = courses_from_rows(client=["Ann"] * 6, session=range(6), score=[7, 8, 7, 8, 5, 5])
    >>> cusum_chart(courses=c, baseline=4).statistic.round(2).tolist()
    [0.06, 0.0, 0.06, 0.0, 2.06, 4.11]
    """
    _check(baseline=baseline, allowance=allowance, limit=limit, d2=d2)
    base = _Baseline.of(courses, baseline, d2)
    sign = 1.0 if higher_is_better else -1.0
    lacking = sign * (base.row_center - base.seen.score) - allowance * base.row_sigma
    lost = np.full(base.seen.n_rows, np.nan)
    state = np.zeros(courses.n_clients)
    for _, clients, rows in steps(base.seen):
        state[clients] = np.maximum(0.0, state[clients] + lacking[rows])
        lost[rows] = state[clients]
    limits = limit * base.row_sigma
    return CusumChart(
        method="Lower cumulative sum chart (CUSUM)",
        settings={"baseline": baseline, "allowance": allowance, "limit": limit, "d2": d2},
        papers=(_MONTGOMERY + " section 9.1",),
        statistic=lost,
        limit=limits,
        signal=lost > limits,
        **base.told(),
    )


def _check(*, baseline: int, **above_zero: float) -> None:
    if baseline < 2:
        raise BadInputError(f"baseline is {baseline} ratings; a spread needs at least 2")
    for name, value in above_zero.items():
        if not value > 0:
            raise BadInputError(f"{name} is {value:g}; give a number above 0")


@dataclass(kw_only=True)
class _Baseline:
    """Each client's first ratings: their mean and spread, and the same for every row."""

    seen: Courses
    center: FloatArray
    sigma: FloatArray
    count: IntArray  # 1, 2, ... within each client
    notes: tuple[str, ...]

    @classmethod
    def of(cls, courses: Courses, baseline: int, d2: float) -> "_Baseline":
        seen = courses.observed()
        count = np.arange(seen.n_rows) - seen.starts[seen.client_index] + 1
        inside = count <= baseline
        long_enough = seen.lengths >= baseline
        ranges = np.abs(np.diff(seen.score, prepend=np.nan))
        center = _mean_per_client(seen, inside, long_enough)
        sigma = _mean_per_client(seen, inside & (count > 1), long_enough, ranges) / d2
        short = int((~long_enough).sum())
        notes = (f"{short} courses have fewer than {baseline} ratings: no limits",) if short else ()
        return cls(seen=seen, center=center, sigma=sigma, count=count, notes=notes)

    @property
    def row_center(self) -> FloatArray:
        return self.center[self.seen.client_index]

    @property
    def row_sigma(self) -> FloatArray:
        return self.sigma[self.seen.client_index]

    def told(self) -> dict[str, Any]:
        return {
            "client_index": self.seen.client_index,
            "session": self.seen.session,
            "center": self.center,
            "sigma": self.sigma,
            "notes": self.notes,
        }


def _mean_per_client(
    seen: Courses,
    kept: NDArray[np.bool_],
    long_enough: NDArray[np.bool_],
    values: FloatArray | None = None,
) -> FloatArray:
    values = seen.score if values is None else values
    index = seen.client_index[kept]
    sums = np.bincount(index, values[kept], minlength=seen.n_clients)
    counts = np.bincount(index, minlength=seen.n_clients)
    return np.where(long_enough, sums / np.maximum(counts, 1), np.nan)


def _between(
    base: _Baseline, statistic: FloatArray, margin: FloatArray, higher_is_better: bool
) -> dict[str, Any]:
    lower, upper = base.row_center - margin, base.row_center + margin
    signal = statistic < lower if higher_is_better else statistic > upper
    return {"lower": lower, "upper": upper, "signal": signal, **base.told()}
