"""Whether predicted probabilities mean what they say."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rapport.science.errors import BadInputError, TooLittleDataError
from rapport.science.numerics import special
from rapport.science.numerics.logistic import fit_binomial
from rapport.science.records.result import Result

FloatArray = NDArray[np.float64]

COX = "Cox (1958), Biometrika 45(3-4), 562-565"
STEYERBERG = (
    "Steyerberg et al. (2010), Epidemiology 21(1), 128-138, doi 10.1097/EDE.0b013e3181c30fb2"
)
BRIER = "Brier (1950), Mon Weather Rev 78(1), 1-3"


@dataclass(frozen=True, kw_only=True)
class Calibration(Result):
    """Predicted against observed.

    Attributes:
        brier: mean squared error of the probabilities.
        brier_scaled: 1 - brier / brier of the base rate; 0 is useless, 1 perfect.
        log_loss: mean negative log-likelihood.
        intercept, intercept_se: with the slope fixed at 1; above 0: the truth is higher.
        slope, slope_se: below 1: predictions too extreme.
        observed_minus_expected: of the rates.
        n: rows.
    """

    brier: float
    brier_scaled: float
    log_loss: float
    intercept: float
    intercept_se: float
    slope: float
    slope_se: float
    observed_minus_expected: float
    n: int


@dataclass(frozen=True, kw_only=True)
class ReliabilityBins(Result):
    """Predicted and observed rate, bin by bin.

    Attributes:
        predicted: mean prediction, shape (n_bins,).
        observed: share of cases, shape (n_bins,).
        n: rows in each bin.
    """

    predicted: FloatArray
    observed: FloatArray
    n: NDArray[np.int64]


def calibration(*, outcome: ArrayLike, probability: ArrayLike) -> Calibration:
    """Brier score, log loss, calibration intercept and slope.

    Judge on clients the model was not fitted to: in its own sample a logistic model has intercept 0
    and slope 1 by construction.

    Args:
        outcome: 1 for a case, else 0, shape (n,).
        probability: strictly between 0 and 1, shape (n,).

    Raises:
        BadInputError: missing, unequal or impossible values.
        TooLittleDataError: no case, no other, or all predictions equal.

    Papers: Brier (1950); Cox (1958); Steyerberg et al. (2010).

    >>> report = calibration(outcome=[0, 1, 0, 1], probability=[0.2, 0.7, 0.6, 0.5])
    >>> round(report.brier, 3)
    0.185
    """
    y, p = _checked(outcome, probability)
    if np.ptp(p) == 0 or y.min() == y.max():
        raise TooLittleDataError(
            "calibration needs cases, others and at least two different predictions"
        )
    at, ones = special.logit(p), np.ones((len(p), 1))
    shift = fit_binomial(y=y, design=ones, offset=at)
    line = fit_binomial(y=y, design=np.column_stack([ones, at]))
    brier, base = float(np.mean((p - y) ** 2)), float(y.mean() * (1 - y.mean()))
    return Calibration(
        method="Calibration of predicted probabilities",
        papers=(BRIER, COX, STEYERBERG),
        notes=(*shift.notes, *line.notes),
        brier=brier,
        brier_scaled=1 - brier / base,
        log_loss=float(-np.mean(special.xlogy(y, p) + special.xlogy(1 - y, 1 - p))),
        intercept=float(shift.coefficients[0]),
        intercept_se=float(shift.standard_errors[0]),
        slope=float(line.coefficients[1]),
        slope_se=float(line.standard_errors[1]),
        observed_minus_expected=float(y.mean() - p.mean()),
        n=len(y),
    )


def reliability_bins(
    *, outcome: ArrayLike, probability: ArrayLike, bins: int = 10
) -> ReliabilityBins:
    """Predicted and observed rates in bins of about equal size (by quantiles of the predictions).

    Few rows per bin make a restless picture: 50 or more are wanted. Bins that many equal
    predictions would leave empty are joined. Arguments and errors as :func:`calibration`.

    >>> reliability_bins(outcome=[0, 0, 1, 1], probability=[0.1, 0.2, 0.7, 0.8], bins=2).observed
    array([0., 1.])
    """
    y, p = _checked(outcome, probability)
    if bins < 1:
        raise BadInputError(f"{bins} bins; at least 1 is needed")
    edges = np.unique(np.quantile(p, np.linspace(0, 1, bins + 1)))
    where = np.searchsorted(edges[1:-1], p, side="left")
    n = np.bincount(where, minlength=max(len(edges) - 1, 1))
    with np.errstate(invalid="ignore"):
        predicted, observed = (np.bincount(where, weights=v, minlength=len(n)) / n for v in (p, y))
    kept = n > 0
    return ReliabilityBins(
        method=f"Reliability in {int(kept.sum())} bins of about equal size",
        settings={"bins": bins},
        papers=(STEYERBERG,),
        predicted=predicted[kept],
        observed=observed[kept],
        n=n[kept],
    )


def _checked(outcome: ArrayLike, probability: ArrayLike) -> tuple[FloatArray, FloatArray]:
    y, p = np.asarray(outcome, dtype=np.float64), np.asarray(probability, dtype=np.float64)
    if y.ndim != 1 or y.shape != p.shape:
        raise BadInputError(f"outcome has shape {y.shape}, probability {p.shape}")
    if len(y) == 0:
        raise TooLittleDataError("there are no predictions to judge")
    if not np.isin(y, (0, 1)).all() or not ((p > 0) & (p < 1)).all():
        raise BadInputError(
            "outcomes must be 0 or 1 and probabilities strictly between 0 and 1; "
            "leave other rows out"
        )
    return y, p
