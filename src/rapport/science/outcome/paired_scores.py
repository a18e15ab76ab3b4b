"""First and last scores side by side: complete cases and their moments."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rapport.science.errors import BadInputError, TooLittleDataError

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class PairedScores:
    """Two scores per client; the moments are those of clients with both.

    Attributes:
        first, last: shape (n,), NaN where missing.
        complete: clients with both scores, shape (n,).
        mean_first, mean_last: over complete cases.
        sd_first, sd_last: with n - 1.
        correlation: between first and last.
    """

    first: FloatArray
    last: FloatArray
    complete: NDArray[np.bool_]
    mean_first: float
    mean_last: float
    sd_first: float
    sd_last: float
    correlation: float

    @property
    def difference(self) -> FloatArray:
        return self.last - self.first


def two_scores(*, first: ArrayLike, last: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """The two columns as numbers of one length, NaN where missing.

    Raises:
        BadInputError: columns of different length, or an infinite score.
    """
    a, b = np.asarray(first, dtype=np.float64), np.asarray(last, dtype=np.float64)
    if a.ndim != 1 or a.shape != b.shape:
        raise BadInputError(
            f"first has shape {a.shape}, last {b.shape}; give one of each per client"
        )
    if np.isinf(a).any() or np.isinf(b).any():
        raise BadInputError("first or last holds an infinite score; leave it NaN if it is missing")
    return a, b


def paired_scores(*, first: ArrayLike, last: ArrayLike) -> PairedScores:
    """Pair the scores and compute the moments of the complete cases.

    Raises:
        BadInputError: columns of different length or infinite.
        TooLittleDataError: fewer than two clients with both scores.

    >>> paired_scores(first=[30, 20, 10], last=[10, np.nan, 8]).mean_first
    20.0
    """
    a, b = two_scores(first=first, last=last)
    complete = ~(np.isnan(a) | np.isnan(b))
    if complete.sum() < 2:
        raise TooLittleDataError(
            f"{int(complete.sum())} clients have both a first and a last score; this method needs "
            "the mean and SD of at least 2"
        )
    x, y = a[complete], b[complete]
    sd_x, sd_y = float(x.std(ddof=1)), float(y.std(ddof=1))
    joint = float(np.sum((x - x.mean()) * (y - y.mean()))) / (len(x) - 1)
    return PairedScores(
        first=a,
        last=b,
        complete=complete,
        mean_first=float(x.mean()),
        mean_last=float(y.mean()),
        sd_first=sd_x,
        sd_last=sd_y,
        correlation=joint / (sd_x * sd_y) if sd_x * sd_y > 0 else float("nan"),
    )


def require_reliability(value: float, *, name: str = "reliability") -> None:
    """Refuse a reliability outside [0, 1): at 1 every change would be reliable."""
    if not 0 <= value < 1:
        raise BadInputError(f"{name} is {value:g}; it must be at least 0 and below 1")


def require_spread(sd: float) -> None:
    """Refuse an SD of zero: an index divided by it means nothing."""
    if not sd > 0:
        raise BadInputError(f"the SD at start is {sd:g}; it must be above 0")
