"""Isotonic recalibration: the rising step function closest to what was observed."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rapport.science.errors import BadInputError, TooLittleDataError
from rapport.science.records.result import Result

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class IsotonicCalibration(Result):
    """Recalibrated probabilities.

    Attributes:
        points: predicted probabilities seen, rising, shape (n_points,).
        values: observed rate that stands for each, never falling, shape (n_points,).
        fitted: for the predictions handed in, shape (n,).
        brier_before, brier_after: in this sample; after is optimistic, being fitted to it.
    """

    points: FloatArray
    values: FloatArray
    fitted: FloatArray
    brier_before: float
    brier_after: float

    def recalibrate(self, probability: ArrayLike) -> FloatArray:
        """Recalibrated values of new predictions: straight between points, flat beyond them."""
        new = np.asarray(probability, dtype=np.float64)
        return np.asarray(np.interp(new, self.points, self.values))


def fit_isotonic(
    *, probability: ArrayLike, outcome: ArrayLike, weights: ArrayLike | None = None
) -> IsotonicCalibration:
    """Recalibrate predictions by pooling adjacent violators; equal predictions are pooled first.

    Needs some hundred outcomes: with fewer, prefer the calibration intercept and slope. Judge it on
    clients it was not fitted to.

    Args:
        probability: predictions, finite, shape (n,).
        outcome: 0 or 1, shape (n,).
        weights: above 0, shape (n,).

    Raises:
        BadInputError: missing or unequal values.
        TooLittleDataError: no rows.

    Papers: Barlow et al. (1972), Statistical Inference under Order Restrictions; Zadrozny & Elkan
    (2002), KDD, doi 10.1145/775047.775151.

    >>> fit = fit_isotonic(probability=[0.1, 0.2, 0.3, 0.4], outcome=[0, 1, 0, 1])
    >>> fit.fitted.tolist()
    [0.0, 0.5, 0.5, 1.0]
    """
    p, y = np.asarray(probability, dtype=np.float64), np.asarray(outcome, dtype=np.float64)
    w = np.ones(len(p)) if weights is None else np.asarray(weights, dtype=np.float64)
    _check(p, y, w)
    points, where = np.unique(p, return_inverse=True)
    weight = np.bincount(where, weights=w)
    rate = np.bincount(where, weights=w * y) / weight
    from scipy.optimize import isotonic_regression  # late: it is heavy

    values = np.asarray(isotonic_regression(rate, weights=weight).x)
    fitted = values[where]
    return IsotonicCalibration(
        method="Isotonic recalibration, pool adjacent violators",
        papers=(
            "Barlow et al. (1972), Statistical Inference under Order Restrictions",
            "Zadrozny & Elkan (2002), KDD, doi 10.1145/775047.775151",
        ),
        notes=("Brier score after is from the same sample: optimistic",),
        points=points,
        values=values,
        fitted=fitted,
        brier_before=float(np.average((p - y) ** 2, weights=w)),
        brier_after=float(np.average((fitted - y) ** 2, weights=w)),
    )


def _check(p: FloatArray, y: FloatArray, w: FloatArray) -> None:
    if not len(p) == len(y) == len(w):
        raise BadInputError(f"{len(p)} predictions, {len(y)} outcomes, {len(w)} weights")
    if len(p) == 0:
        raise TooLittleDataError("there are no predictions to recalibrate")
    if not (np.isfinite(p).all() and np.isin(y, (0, 1)).all() and (w > 0).all()):
        raise BadInputError(
            "predictions must be finite, outcomes 0 or 1, weights above 0; leave other rows out"
        )
