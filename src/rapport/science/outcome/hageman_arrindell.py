"""Hageman & Arrindell: reliable and clinically significant change with shrunken scores.

Paper: Hageman & Arrindell (1999), Behav Res Ther 37(12), 1169-1193.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rapport.science.errors import BadInputError
from rapport.science.numerics import special
from rapport.science.numerics.proportions import Share
from rapport.science.outcome.clinical_change import categories, category_shares
from rapport.science.outcome.paired_scores import PairedScores
from rapport.science.outcome.reliable_change import (
    ReliableChange,
    moments,
    reliable_change,
    sampled,
)
from rapport.science.outcome.verdicts import CodeArray, count_categories
from rapport.science.records.result import Result

FloatArray = NDArray[np.float64]

HAGEMAN_Z = 1.65  # one-sided 5 %; Hageman & Arrindell (1999)
HAGEMAN_ARRINDELL = "Hageman & Arrindell (1999), Behav Res Ther 37(12), 1169-1193"


def hageman_arrindell(
    *,
    first: ArrayLike,
    last: ArrayLike,
    reliability: float,
    higher_is_better: bool,
    critical: float = HAGEMAN_Z,
) -> ReliableChange:
    """Hageman & Arrindell: the difference shrunken by the reliability of differences.

    Uses the sample's mean change and the reliability of difference scores; don't use it with few
    clients, nor where first and last score are unrelated. Its critical value is 1.65, so compare
    its verdicts with care. Arguments and errors as :func:`gulliksen_lord_novick`.

    Raises:
        BadInputError: also when the differences have no reliable part (r_dd not above 0).

    Paper: Hageman & Arrindell (1999), Behav Res Ther 37(12), 1169-1193.

    >>> change = hageman_arrindell(
    ...     first=[30, 20, 28, 26], last=[10, 19, 25, 12], reliability=0.8, higher_is_better=False
    ... )
    >>> change.verdict.tolist()
    [1, 0, 0, 1]
    """
    scores = sampled(first, last, reliability)
    sem = scores.sd_first * np.sqrt(1 - reliability)
    r_dd = difference_reliability(scores=scores, sem=float(sem))
    mean_change = scores.mean_last - scores.mean_first
    se = np.sqrt(r_dd) * np.sqrt(2) * sem
    return reliable_change(
        method="Hageman & Arrindell",
        paper=HAGEMAN_ARRINDELL,
        scores=scores,
        rci=(scores.difference * r_dd + mean_change * (1 - r_dd)) / se,
        standard_error=float(se),
        critical=critical,
        higher_is_better=higher_is_better,
        reliability=reliability,
        moments=moments(scores, "mean_first", "mean_last", "sd_first", "sd_last")
        | {"r_dd": r_dd, "sem": float(sem)},
    )


def difference_reliability(*, scores: PairedScores, sem: float) -> float:
    """Reliability of difference scores, r_dd; Hageman & Arrindell (1999).

    The share of the differences' variance that is not measurement error.
    """
    cross = 2 * scores.sd_first * scores.sd_last * scores.correlation
    spread = scores.sd_first**2 + scores.sd_last**2 - cross
    r_dd = (spread - 2 * sem**2) / spread if spread > 0 else 0.0
    if not r_dd > 0:
        raise BadInputError(
            "the differences vary no more than measurement error does: Hageman & Arrindell's index "
            "has no value here; use Jacobson & Truax"
        )
    return float(r_dd)


@dataclass(frozen=True, kw_only=True)
class HagemanArrindellChange(Result):
    """Clinical categories by true scores, and how large a part of the group changed.

    Attributes:
        cutoff: cut-off c between true scores, in points.
        position: each client's true last score beyond the cut-off in standard errors; its sign is
            that of the score, shape (n,).
        clinical_first: raw first score on the clinical side, shape (n,).
        functional_last, clinical_last: the true last score is surely (beyond ``critical``) on that
            side; a client may be neither, shape (n,).
        category: position in CATEGORIES, -1 none, shape (n,).
        counts: clients per category.
        shares: of complete cases, with 95 % Wilson intervals.
        group_changed: estimated share of the population whose true score went the better way.
        group_functional: estimated share whose true last score is on the functional side.
        reliability_functional, reliability_last: with this sample's error of measurement.
    """

    cutoff: float
    position: FloatArray
    clinical_first: NDArray[np.bool_]
    functional_last: NDArray[np.bool_]
    clinical_last: NDArray[np.bool_]
    category: CodeArray
    counts: Mapping[str, int]
    shares: Mapping[str, Share]
    group_changed: float
    group_functional: float
    reliability_functional: float
    reliability_last: float


def hageman_arrindell_clinical(
    *,
    change: ReliableChange,
    functional_mean: float,
    functional_sd: float,
    critical: float = HAGEMAN_Z,
) -> HagemanArrindellChange:
    """Place each client's true last score against the cut-off between true scores.

    Args:
        change: from :func:`hageman_arrindell`.
        functional_mean, functional_sd: of a functional sample, in points.
        critical: 1.65.

    Returns:
        Categories per client and the group's shares. Not for single clients: cut-off and true
        scores lean on the whole sample.

    Raises:
        BadInputError: a change by another method, or an SD not above the error of measurement.

    >>> change = hageman_arrindell(first=[30, 20, 28, 26], last=[4, 19, 25, 17], reliability=0.9,
    ...     higher_is_better=False)
    >>> hageman_arrindell_clinical(change=change, functional_mean=8, functional_sd=7).counts[
    ...     "recovered"]
    2
    """
    if "r_dd" not in change.moments:
        raise BadInputError("change is not from hageman_arrindell; use clinical_change instead")
    sem, direction = change.moments["sem"], 1 if change.higher_is_better else -1
    r_functional = _true_share(functional_sd, sem, "the functional sample")
    r_last = _true_share(change.moments["sd_last"], sem, "the last scores")
    cutoff = _cutoff_between_true_scores(
        change, functional_mean, functional_sd * np.sqrt(r_functional)
    )
    position = _true_position(change, cutoff, r_last)
    sides = _sides(change, cutoff, direction * position, critical)
    category = categories(
        verdict=change.verdict,
        clinical_first=sides[0],
        functional_last=sides[1],
        lost=sides[2],
    )
    return HagemanArrindellChange(
        method="Clinically significant change, Hageman & Arrindell",
        settings={
            "functional_mean": functional_mean,
            "functional_sd": functional_sd,
            "critical": critical,
        },
        papers=(HAGEMAN_ARRINDELL,),
        cutoff=cutoff,
        position=position,
        clinical_first=sides[0],
        functional_last=sides[1],
        clinical_last=sides[2],
        category=category,
        counts=count_categories(category),
        shares=category_shares(category),
        group_changed=_group_changed(change),
        group_functional=_group_functional(change, cutoff, r_last),
        reliability_functional=r_functional,
        reliability_last=r_last,
    )


def _true_share(sd: float, sem: float, whose: str) -> float:
    """Reliability in a sample of this SD, the error of measurement being the same everywhere."""
    if not sd > sem:
        raise BadInputError(
            f"the SD of {whose} is {sd:g}, not above the error of measurement {sem:g}: there is no "
            "true-score variance to work with"
        )
    return float((sd**2 - sem**2) / sd**2)


def _cutoff_between_true_scores(
    change: ReliableChange, functional_mean: float, functional_true_sd: float
) -> float:
    """Cut-off c of Jacobson & Truax with the SDs of true scores."""
    clinical_true_sd = change.moments["sd_first"] * np.sqrt(change.reliability)
    weighted = clinical_true_sd * functional_mean
    weighted += functional_true_sd * change.moments["mean_first"]
    return float(weighted / (clinical_true_sd + functional_true_sd))


def _true_position(change: ReliableChange, cutoff: float, r_last: float) -> FloatArray:
    mean = change.moments["mean_last"]
    true_last = mean + (change.last - mean) * r_last
    position: FloatArray = (true_last - cutoff) / (np.sqrt(r_last) * change.moments["sem"])
    return position


def _sides(
    change: ReliableChange, cutoff: float, toward_better: FloatArray, critical: float
) -> tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.bool_]]:
    clinical_first = change.first < cutoff if change.higher_is_better else change.first > cutoff
    return clinical_first, toward_better > critical, toward_better < -critical


def _group_changed(change: ReliableChange) -> float:
    direction = 1 if change.higher_is_better else -1
    gained = direction * (change.moments["mean_last"] - change.moments["mean_first"])
    return float(special.ndtr(gained / _true_sd_of_differences(change)))


def _group_functional(change: ReliableChange, cutoff: float, r_last: float) -> float:
    direction = 1 if change.higher_is_better else -1
    beyond = direction * (change.moments["mean_last"] - cutoff)
    return float(special.ndtr(beyond / (change.moments["sd_last"] * np.sqrt(r_last))))


def _true_sd_of_differences(change: ReliableChange) -> float:
    spread = float(np.nanstd(change.difference, ddof=1))
    return spread * float(np.sqrt(change.moments["r_dd"]))
