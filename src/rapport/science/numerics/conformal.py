"""Intervals that keep their promise: calibrated on people the model has not seen.

A model's own interval is right only if the model is. Split conformal prediction asks instead how
far the model was off for people it was not fitted to, and takes the interval that would have held
for the promised share of them. It needs one thing only: that the new person is exchangeable with
the calibration people. Ratings of one person are not exchangeable with the next person's, so one
calibration score comes from each person (``per client``), never one from each row.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rapport.science.errors import BadInputError
from rapport.science.records.result import Result

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

LEI = (
    "Lei, G'Sell, Rinaldo, Tibshirani & Wasserman (2018) J Am Stat Assoc 113, 1094-1111, "
    "doi 10.1080/01621459.2017.1307116"
)


@dataclass(frozen=True, kw_only=True)
class ConformalIntervals(Result):
    """Split-conformal intervals.

    Attributes:
        lower, upper: one per prediction; infinite where calibration is too small for the level.
        quantile: the calibration score that sets the width.
        rank: which calibration score that is, counted from the smallest.
    """

    lower: FloatArray
    upper: FloatArray
    quantile: float
    rank: int


def conformal_rank(*, size: int, level: float) -> int:
    """Rank of the calibration score that a coverage of ``level`` needs: ceil((m + 1) level).

    Where the rank is above ``size`` there is no finite interval.

    >>> conformal_rank(size=60, level=0.9)
    55
    """
    _check_level(level)
    # (m + 1) * level may miss a whole number by rounding: 100 * .95 must stay 95.
    return math.ceil((size + 1) * level - 1e-9)


def conformal_quantile(*, scores: ArrayLike, level: float) -> float:
    """The calibration score that a new person's score stays at or below with P >= ``level``.

    Args:
        scores: one score per calibration person, shape (m,); larger means further off.
        level: promised coverage, between 0 and 1.

    Returns:
        The ceil((m + 1) level)-th smallest score; infinite where that rank exceeds m.

    Raises:
        BadInputError: a missing score, or a level outside (0, 1).

    >>> conformal_quantile(scores=[3, 1, 2, 4], level=0.8)
    4.0
    >>> conformal_quantile(scores=[3, 1, 2], level=0.8)
    inf
    """
    ordered = np.sort(_calibration(scores))
    rank = conformal_rank(size=len(ordered), level=level)
    return float(ordered[rank - 1]) if rank <= len(ordered) else math.inf


def share_above(*, scores: ArrayLike, points: ArrayLike) -> FloatArray:
    """How likely a new score lies above each point, judged by the calibration scores.

    The share of calibration scores above the point, with one half added for the new person
    ((count + .5) / (m + 1)): never exactly 0 or 1, because m people cannot show that.

    Args:
        scores: signed calibration scores, shape (m,).
        points: any shape; NaN gives NaN.

    Reference: Vovk, Shen, Manokhin & Xie (2017) conformal predictive distributions, PMLR 60,
    82-102 (the point in the middle of their band).

    >>> share_above(scores=[-1, 0, 1], points=[0.5, 5])
    array([0.375, 0.125])
    """
    ordered = np.sort(_calibration(scores))
    at = np.asarray(points, dtype=np.float64)
    above = len(ordered) - np.searchsorted(ordered, at, side="right")
    return np.asarray(np.where(np.isnan(at), np.nan, (above + 0.5) / (len(ordered) + 1)))


def split_conformal(
    *,
    observed: ArrayLike,
    predicted: ArrayLike,
    prediction: ArrayLike,
    level: float,
    spread: ArrayLike = 1.0,
    prediction_spread: ArrayLike = 1.0,
) -> ConformalIntervals:
    """Intervals around predictions, as wide as the calibration people show to be needed.

    Not to be used where calibration people and new people differ in kind (another clinic, another
    measure): the promise is an average over people like those of the calibration.

    Args:
        observed, predicted: of the calibration people, one value each, shape (m,); the model must
            not have been fitted to them.
        prediction: of the new people, shape (n,).
        level: promised coverage.
        spread, prediction_spread: how uncertain the model holds itself to be for each person
            (> 0); 1 gives intervals of one width.

    Returns:
        ConformalIntervals with ``lower`` and ``upper`` of shape (n,).

    Raises:
        BadInputError: missing values, spreads that are not positive, a level outside (0, 1).

    >>> observed = [1.0, 2.0, 3.0, 4.0]
    >>> made = split_conformal(observed=observed, predicted=[2, 2, 2, 2], prediction=[5], level=0.6)
    >>> made.lower, made.upper
    (array([4.]), array([6.]))
    """
    width, new_width = _spread(spread), _spread(prediction_spread)
    residual = np.abs(np.asarray(observed, dtype=np.float64) - np.asarray(predicted)) / width
    quantile = conformal_quantile(scores=residual, level=level)
    centre = np.asarray(prediction, dtype=np.float64)
    return ConformalIntervals(
        method="Split conformal interval",
        settings={"level": level, "calibration": len(residual), "normalised": np.ndim(spread) > 0},
        papers=(LEI,),
        lower=centre - quantile * new_width,
        upper=centre + quantile * new_width,
        quantile=quantile,
        rank=conformal_rank(size=len(residual), level=level),
    )


def _spread(values: ArrayLike) -> FloatArray:
    spread = np.asarray(values, dtype=np.float64)
    if not (spread > 0).all():
        raise BadInputError("spread: every value must be above 0; floor it before calibration")
    return spread


def _calibration(scores: ArrayLike) -> FloatArray:
    values = np.asarray(scores, dtype=np.float64)
    if values.ndim != 1 or np.isnan(values).any():
        raise BadInputError("calibration scores: give one number per person, without missing ones")
    return values


def _check_level(level: float) -> None:
    if not 0 < level < 1:
        raise BadInputError(f"level is {level}; give a share between 0 and 1, such as 0.8")
