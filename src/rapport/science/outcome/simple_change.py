"""Change without a model of error: by per cent, and against a minimal important difference."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rapport.science.errors import BadInputError, TooLittleDataError
from rapport.science.numerics import special
from rapport.science.outcome.paired_scores import two_scores
from rapport.science.outcome.reliable_change import CLAUS
from rapport.science.outcome.verdicts import CodeArray, count_verdicts, verdicts_from
from rapport.science.records.result import Result

FloatArray = NDArray[np.float64]

# Scores such as 2.3 - 2.1 miss 0.2 by a few units of the last place; this is far below any step.
ROUNDING = 1e-9


@dataclass(frozen=True, kw_only=True)
class SimpleChange(Result):
    """Verdicts without a model of measurement error.

    Attributes:
        change: in points (anchor) or as a share of the first score (percentage), shape (n,).
        verdict: 1 improved, 0 unchanged, -1 deteriorated, -2 no verdict, shape (n,).
        counts: clients per verdict.
    """

    change: FloatArray
    verdict: CodeArray
    counts: Mapping[str, int]


def percentage_change(
    *,
    first: ArrayLike,
    last: ArrayLike,
    higher_is_better: bool,
    improvement: float = 0.5,
    deterioration: float | None = None,
) -> SimpleChange:
    """Change as a share of the first score, "response" where it reaches the asked share.

    Ignores measurement error, and a share needs a scale whose 0 means "none". A first score of 0
    or below has no share: no verdict.

    Args:
        first, last: shape (n,), NaN where missing.
        higher_is_better: direction of the scale.
        improvement: share for "improved"; .5 is the usual definition of response.
        deterioration: share for "deteriorated"; None: the same.

    >>> percentage_change(first=[20, 20, 0], last=[10, 11, 3], higher_is_better=False).verdict
    array([ 1,  0, -2], dtype=int8)
    """
    worse_by = improvement if deterioration is None else deterioration
    a, b = two_scores(first=first, last=last)
    start = np.where(a > 0, a, np.nan)
    change = (b - start) / start
    return _simple(
        method=f"Percentage change, improved from {100 * improvement:g} %",
        settings={"improvement": improvement, "deterioration": worse_by},
        change=change,
        thresholds=(improvement, worse_by),
        higher_is_better=higher_is_better,
    )


def anchor_change(
    *,
    first: ArrayLike,
    last: ArrayLike,
    higher_is_better: bool,
    minimal_important_difference: float,
    deterioration: float | None = None,
) -> SimpleChange:
    """Change of at least the minimal important difference (MID), read from an external anchor.

    Important is not the same as reliable: a MID below the error of measurement calls noise
    important. Arguments as :func:`percentage_change`, thresholds in points.

    >>> anchor_change(first=[20, 20], last=[13, 14], higher_is_better=False,
    ...     minimal_important_difference=7).verdict
    array([1, 0], dtype=int8)
    """
    worse_by = minimal_important_difference if deterioration is None else deterioration
    a, b = two_scores(first=first, last=last)
    return _simple(
        method=f"Anchor-based change, MID {minimal_important_difference:g} points",
        settings={
            "minimal_important_difference": minimal_important_difference,
            "deterioration": worse_by,
        },
        change=b - a,
        thresholds=(minimal_important_difference, worse_by),
        higher_is_better=higher_is_better,
    )


def _simple(
    *,
    method: str,
    settings: Mapping[str, float],
    change: FloatArray,
    thresholds: tuple[float, float],
    higher_is_better: bool,
) -> SimpleChange:
    if min(thresholds) <= 0:
        raise BadInputError(f"thresholds are {thresholds}; both must be above 0")
    toward_better = change if higher_is_better else -change
    verdict = verdicts_from(
        better=toward_better >= thresholds[0] - ROUNDING,
        worse=toward_better <= -thresholds[1] + ROUNDING,
        known=~np.isnan(change),
    )
    return SimpleChange(
        method=method,
        settings={**settings, "higher_is_better": higher_is_better},
        papers=(CLAUS,),
        change=change,
        verdict=verdict,
        counts=count_verdicts(verdict),
    )


@dataclass(frozen=True, kw_only=True)
class GroupChange(Result):
    """A group's mean change against the minimal important difference.

    Attributes:
        mean: mean change toward better, in points.
        lower, upper: its t interval.
        n: clients with both scores.
        finding: what the interval says of the MID, in words.
    """

    mean: float
    lower: float
    upper: float
    n: int
    finding: str


def anchor_group(
    *,
    first: ArrayLike,
    last: ArrayLike,
    higher_is_better: bool,
    minimal_important_difference: float,
    level: float = 0.95,
) -> GroupChange:
    """Compare a group's mean change with the MID, by an interval instead of a single number.

    Says nothing of single clients, and without a comparison group nothing of what brought the
    change about.

    Args:
        first, last: shape (n,), NaN where missing; complete cases are used.
        higher_is_better: direction of the scale.
        minimal_important_difference: in points.
        level: of the interval.

    Raises:
        TooLittleDataError: fewer than two complete cases.

    >>> group = anchor_group(first=[20, 22, 24, 26], last=[10, 11, 15, 13],
    ...     higher_is_better=False, minimal_important_difference=5)
    >>> group.mean, group.finding
    (10.75, 'more than the minimal important difference')
    """
    a, b = two_scores(first=first, last=last)
    gains = (b - a if higher_is_better else a - b)[~np.isnan(a + b)]
    if len(gains) < 2:
        raise TooLittleDataError(f"{len(gains)} clients have both scores; the interval needs 2")
    half = (
        special.stdtrit(len(gains) - 1, (1 + level) / 2) * gains.std(ddof=1) / np.sqrt(len(gains))
    )
    mean = float(gains.mean())
    lower, upper = mean - float(half), mean + float(half)
    return GroupChange(
        method=f"Mean change against a MID of {minimal_important_difference:g} points",
        settings={"level": level, "higher_is_better": higher_is_better},
        papers=(CLAUS,),
        mean=mean,
        lower=lower,
        upper=upper,
        n=len(gains),
        finding=_finding(lower, upper, minimal_important_difference),
    )


def _finding(lower: float, upper: float, mid: float) -> str:
    if upper < 0:
        return "the group got worse"
    if lower <= 0:
        return "no clear change"
    if upper < mid:
        return "better, but less than the minimal important difference"
    if lower <= mid:
        return "better; whether by the minimal important difference is open"
    return "more than the minimal important difference"
