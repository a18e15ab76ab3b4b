"""How long clients stay: Kaplan-Meier curves and the log-rank test."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rapport.science.errors import BadInputError, TooLittleDataError
from rapport.science.numerics import special
from rapport.science.records.result import Result

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
IntArray = NDArray[np.int64]

KAPLAN_MEIER = "Kaplan & Meier (1958), J Am Stat Assoc 53(282), 457-481"
GREENWOOD = "Greenwood (1926), Reports on Public Health and Medical Subjects 33"
MANTEL = "Mantel (1966), Cancer Chemother Rep 50(3), 163-170"


@dataclass(frozen=True, kw_only=True)
class SurvivalCurve(Result):
    """Share still in treatment after each time.

    Attributes:
        time: distinct times, rising, shape (n_times,).
        at_risk, events: at each time, shape (n_times,).
        survival: share still there just after, shape (n_times,).
        standard_error: Greenwood's, shape (n_times,).
        lower, upper: log-log interval of the stated level, shape (n_times,).
        median: first time at which at most half are left; NaN if more than half stay.
    """

    time: FloatArray
    at_risk: IntArray
    events: IntArray
    survival: FloatArray
    standard_error: FloatArray
    lower: FloatArray
    upper: FloatArray
    median: float

    def at(self, times: ArrayLike) -> tuple[FloatArray, FloatArray]:
        """Survival and its standard error at any times, shape of ``times``."""
        where = np.searchsorted(self.time, np.asarray(times, dtype=np.float64), side="right")
        survival = np.concatenate([[1.0], self.survival])[where]
        return survival, np.concatenate([[0.0], self.standard_error])[where]


@dataclass(frozen=True, kw_only=True)
class LogRank(Result):
    """Whether groups leave at different speed.

    Attributes:
        groups: in sorted order.
        observed, expected: events per group, shape (n_groups,).
        chi_square, degrees_of_freedom, p: of the test.
    """

    groups: tuple[Any, ...]
    observed: FloatArray
    expected: FloatArray
    chi_square: float
    degrees_of_freedom: int
    p: float


def kaplan_meier(*, time: ArrayLike, event: ArrayLike, level: float = 0.95) -> SurvivalCurve:
    """Estimate the share still in treatment, those still there counted for as long as seen.

    Assumes that clients whose treatment is still running are like the others: not where they were
    cut off *because* they did badly. Planned endings are no censoring either: report them apart.

    Args:
        time: sessions or days until drop-out or until last seen, above 0, shape (n,).
        event: 1 dropped out, 0 last seen, shape (n,).
        level: of the interval.

    Raises:
        BadInputError: missing, negative or unequal values.
        TooLittleDataError: nobody.

    Papers: Kaplan & Meier (1958); Greenwood (1926).

    >>> curve = kaplan_meier(time=[1, 2, 2, 3], event=[1, 1, 0, 1])
    >>> curve.survival.tolist(), curve.median
    ([0.75, 0.5, 0.0], 2.5)
    """
    times, events = checked_times(time, event)
    distinct, at_risk, died = _life_table(times, events)
    survival: FloatArray = np.cumprod(1 - died / at_risk).astype(np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        greenwood = np.cumsum(died / (at_risk * (at_risk - died)))
        standard_error = np.where(survival > 0, survival * np.sqrt(greenwood), np.nan)
    lower, upper = _log_log_interval(survival, standard_error, level)
    return SurvivalCurve(
        method=f"Kaplan-Meier with {100 * level:g} % log-log interval",
        settings={"level": level},
        papers=(KAPLAN_MEIER, GREENWOOD),
        time=distinct,
        at_risk=at_risk,
        events=died,
        survival=survival,
        standard_error=standard_error,
        lower=lower,
        upper=upper,
        median=_median(distinct, survival),
    )


def checked_times(time: ArrayLike, event: ArrayLike) -> tuple[FloatArray, BoolArray]:
    """Times and yes/no events of one length, none missing.

    Raises:
        BadInputError, TooLittleDataError: as the analyses that use it.
    """
    times, events = np.asarray(time, dtype=np.float64), np.asarray(event, dtype=np.float64)
    if times.ndim != 1 or times.shape != events.shape:
        raise BadInputError(f"time has shape {times.shape}, event {events.shape}")
    if len(times) == 0:
        raise TooLittleDataError("there are no clients")
    if not (np.isfinite(times).all() and (times > 0).all() and np.isin(events, (0, 1)).all()):
        raise BadInputError("times must be above 0 and events 0 or 1; leave other rows out")
    return times, events == 1


def _life_table(times: FloatArray, events: BoolArray) -> tuple[FloatArray, IntArray, IntArray]:
    distinct, where = np.unique(times, return_inverse=True)
    leaving = np.bincount(where)
    at_risk = np.cumsum(leaving[::-1])[::-1]
    died = np.bincount(where, weights=events).astype(np.int64)
    return distinct, at_risk.astype(np.int64), died


def _log_log_interval(
    survival: FloatArray, standard_error: FloatArray, level: float
) -> tuple[FloatArray, FloatArray]:
    """Stays between 0 and 1; Kalbfleisch & Prentice (1980), Analysis of Failure Time Data."""
    z = special.ndtri((1 + level) / 2)
    with np.errstate(divide="ignore", invalid="ignore"):
        half = z * standard_error / (survival * np.abs(np.log(survival)))
        lower, upper = survival ** np.exp(half), survival ** np.exp(-half)
    whole = survival == 1
    return np.where(whole, 1.0, lower), np.where(whole, 1.0, upper)


def _median(times: FloatArray, survival: FloatArray) -> float:
    """Half-way where the curve runs along one half, as R's survfit does."""
    at_half = np.isclose(survival, 0.5, rtol=0, atol=1e-12)
    below = (survival < 0.5) & ~at_half
    first_below = float(times[below][0]) if below.any() else float("nan")
    if not at_half.any():
        return first_below
    first_half = float(times[at_half][0])
    return (first_half + first_below) / 2 if below.any() else first_half


def log_rank(*, time: ArrayLike, event: ArrayLike, group: ArrayLike) -> LogRank:
    """Test whether groups of clients drop out at different speed.

    Weak where curves cross. A difference between groups that nobody was assigned to at random has
    many possible reasons.

    Args:
        time, event: as :func:`kaplan_meier`, shape (n,).
        group: any labels, shape (n,).

    Raises:
        TooLittleDataError: fewer than two groups, or no event.

    Paper: Mantel (1966).

    >>> test = log_rank(time=[1, 2, 3, 4], event=[1, 1, 1, 1], group=["a", "a", "b", "b"])
    >>> round(test.chi_square, 3)
    2.882
    """
    times, events = checked_times(time, event)
    labels, member = np.unique(np.asarray(group), return_inverse=True)
    if len(member) != len(times):
        raise BadInputError(f"{len(times)} times and {len(member)} group labels")
    if len(labels) < 2 or not events.any():
        raise TooLittleDataError("the test needs two groups and at least one drop-out")
    at_risk, died = _tables_by_group(times, events, member, len(labels))
    total, deaths = at_risk.sum(axis=1), died.sum(axis=1)
    share = at_risk / total[:, None]
    expected = share * deaths[:, None]
    covariance = _log_rank_covariance(share, total, deaths)
    difference = (died - expected).sum(axis=0)[1:]
    chi_square = float(difference @ np.linalg.pinv(covariance[1:, 1:]) @ difference)
    return LogRank(
        method="Log-rank test",
        papers=(MANTEL,),
        groups=tuple(labels.tolist()),
        observed=died.sum(axis=0),
        expected=expected.sum(axis=0),
        chi_square=chi_square,
        degrees_of_freedom=len(labels) - 1,
        p=float(special.chdtrc(len(labels) - 1, chi_square)),
    )


def _tables_by_group(
    times: FloatArray, events: BoolArray, member: IntArray, n_groups: int
) -> tuple[FloatArray, FloatArray]:
    """At risk and events by distinct time and group, each of shape (n_times, n_groups)."""
    distinct, where = np.unique(times, return_inverse=True)
    shape = (len(distinct), n_groups)
    cell = where * n_groups + member
    leaving = np.bincount(cell, minlength=shape[0] * shape[1]).reshape(shape)
    died = np.bincount(cell, weights=events, minlength=shape[0] * shape[1]).reshape(shape)
    at_risk: FloatArray = np.cumsum(leaving[::-1], axis=0)[::-1].astype(np.float64)
    return at_risk, np.asarray(died)


def _log_rank_covariance(share: FloatArray, total: FloatArray, deaths: FloatArray) -> FloatArray:
    """Hypergeometric covariance, summed over times."""
    weight = deaths * (total - deaths) / np.maximum(total - 1, 1)
    inner = (share * weight[:, None]).T @ share
    return np.asarray(np.diag((share * weight[:, None]).sum(axis=0)) - inner)
