"""How well a number tells two groups apart: the area under the ROC curve and its uncertainty."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rapport.science.errors import BadInputError, TooLittleDataError
from rapport.science.numerics import special
from rapport.science.records.result import Result

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

DELONG = "DeLong, DeLong & Clarke-Pearson (1988), Biometrics 44(3), 837-845"
YOUDEN = "Youden (1950), Cancer 3(1), 32-35"


@dataclass(frozen=True, kw_only=True)
class Auc(Result):
    """Area under the ROC curve: the chance that a case's number is above a non-case's.

    Attributes:
        auc: ties count half.
        variance: DeLong's.
        lower, upper: interval of the stated level, cut at 0 and 1.
        n_cases, n_others: rows.
    """

    auc: float
    variance: float
    lower: float
    upper: float
    n_cases: int
    n_others: int


@dataclass(frozen=True, kw_only=True)
class AucDifference(Result):
    """Two predictors of the same outcome in the same clients.

    Attributes:
        difference: first minus second area.
        z, p: DeLong's paired test.
        lower, upper: interval of the difference.
    """

    difference: float
    z: float
    p: float
    lower: float
    upper: float


@dataclass(frozen=True, kw_only=True)
class YoudenPoint(Result):
    """The threshold with the largest sum of sensitivity and specificity.

    Attributes:
        threshold: a prediction above it counts as a case; half-way between two seen values.
        sensitivity, specificity, ppv, npv: at the threshold, in this sample.
    """

    threshold: float
    sensitivity: float
    specificity: float
    ppv: float
    npv: float


def auc(*, outcome: ArrayLike, prediction: ArrayLike, level: float = 0.95) -> Auc:
    """Area under the ROC curve with DeLong's variance.

    Says nothing of calibration: a prediction may order clients well and be wrong about all of them.
    Clients must be independent; don't hand in several rows of one client.

    Args:
        outcome: 1 for a case, else 0, shape (n,).
        prediction: any number, higher meaning more likely a case, shape (n,).
        level: of the interval.

    Raises:
        BadInputError: missing or unequal values.
        TooLittleDataError: fewer than two cases or two others.

    Paper: DeLong et al. (1988).

    >>> auc(outcome=[0, 0, 1, 1], prediction=[1, 2, 2, 3]).auc
    0.875
    """
    cases = _cases(outcome, prediction)
    area, over_cases, over_others = _placements(cases, np.asarray(prediction, dtype=np.float64))
    variance = _variance(over_cases, over_others)
    half = float(special.ndtri((1 + level) / 2)) * variance**0.5
    return Auc(
        method=f"AUC with {100 * level:g} % interval, DeLong",
        settings={"level": level},
        papers=(DELONG,),
        auc=area,
        variance=variance,
        lower=max(0.0, area - half),
        upper=min(1.0, area + half),
        n_cases=int(cases.sum()),
        n_others=int((~cases).sum()),
    )


def auc_difference(
    *, outcome: ArrayLike, first: ArrayLike, second: ArrayLike, level: float = 0.95
) -> AucDifference:
    """Compare two predictors' areas in the same clients (paired DeLong test).

    Not for two models where one contains the other and both were fitted to these clients: the test
    is then too timid. Arguments and errors as :func:`auc`.

    Paper: DeLong et al. (1988).

    >>> auc_difference(outcome=[0, 0, 1, 1], first=[1, 2, 2, 3], second=[1, 3, 2, 4]).difference
    0.125
    """
    cases = _cases(outcome, first)
    _cases(outcome, second)
    one = _placements(cases, np.asarray(first, dtype=np.float64))
    two = _placements(cases, np.asarray(second, dtype=np.float64))
    difference, se = one[0] - two[0], _variance(one[1] - two[1], one[2] - two[2]) ** 0.5
    z = difference / se if se > 0 else 0.0
    half = float(special.ndtri((1 + level) / 2)) * se
    return AucDifference(
        method="Difference of two AUCs, paired DeLong test",
        settings={"level": level},
        papers=(DELONG,),
        difference=difference,
        z=z,
        p=float(2 * special.ndtr(-abs(z))),
        lower=difference - half,
        upper=difference + half,
    )


def youden_point(*, outcome: ArrayLike, prediction: ArrayLike) -> YoudenPoint:
    """The threshold that best separates cases from others if both errors weigh alike.

    In practice they seldom do, and a threshold chosen and judged in one sample looks too good.
    Arguments and errors as :func:`auc`; of equally good thresholds the lowest.

    Paper: Youden (1950).

    >>> youden_point(outcome=[0, 0, 1, 1], prediction=[1, 2, 3, 4]).threshold
    2.5
    """
    cases = _cases(outcome, prediction)
    values, where = np.unique(np.asarray(prediction, dtype=np.float64), return_inverse=True)
    if len(values) < 2:
        raise TooLittleDataError("all predictions are equal; there is no threshold between them")
    hit = np.bincount(where, weights=cases)
    missed = np.cumsum(hit)[:-1]
    cleared = np.cumsum(np.bincount(where, weights=~cases))[:-1]
    sensitivity, specificity = 1 - missed / cases.sum(), cleared / (~cases).sum()
    # Sums equal but for rounding are equal: take the first.
    total = np.round(sensitivity + specificity, 12)
    best = int(np.argmax(total))
    flagged, found = len(cases) - missed[best] - cleared[best], cases.sum() - missed[best]
    return YoudenPoint(
        method="Threshold with the largest Youden index",
        papers=(YOUDEN,),
        notes=("chosen and judged in the same sample: optimistic",),
        threshold=float((values[best] + values[best + 1]) / 2),
        sensitivity=float(sensitivity[best]),
        specificity=float(specificity[best]),
        ppv=float(found / flagged),
        npv=float(cleared[best] / (cleared[best] + missed[best])),
    )


def _cases(outcome: ArrayLike, prediction: ArrayLike) -> BoolArray:
    y, p = np.asarray(outcome, dtype=np.float64), np.asarray(prediction, dtype=np.float64)
    if y.ndim != 1 or y.shape != p.shape:
        raise BadInputError(f"outcome has shape {y.shape}, prediction {p.shape}")
    if not np.isin(y, (0, 1)).all() or np.isnan(p).any():
        raise BadInputError("outcomes must be 0 or 1 and predictions known; leave other rows out")
    if min(y.sum(), len(y) - y.sum()) < 2:
        raise TooLittleDataError("two cases and two others are needed")
    return np.asarray(y == 1)


def _placements(cases: BoolArray, prediction: FloatArray) -> tuple[float, FloatArray, FloatArray]:
    """The area, each case's share of others below it, and each other's share of cases above it.

    By mid-ranks, so in n log n steps; Sun & Xu (2014), IEEE Signal Process Lett 21(11), 1389-1393.
    """
    from scipy.stats import rankdata  # late: it is heavy

    overall = rankdata(prediction)
    n_cases, n_others = int(cases.sum()), int((~cases).sum())
    over_cases = (overall[cases] - rankdata(prediction[cases])) / n_others
    over_others = 1 - (overall[~cases] - rankdata(prediction[~cases])) / n_cases
    return float(over_cases.mean()), over_cases, over_others


def _variance(over_cases: FloatArray, over_others: FloatArray) -> float:
    return float(
        over_cases.var(ddof=1) / len(over_cases) + over_others.var(ddof=1) / len(over_others)
    )
