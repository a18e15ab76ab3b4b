"""Reliable change: is the difference larger than measurement error alone would produce?

Five indices of two scores; Hageman & Arrindell's is in ``hageman_arrindell``, the one from a growth
model in ``slope_change``. They differ
by what they call "no change", and on one data set 10 to 25 of 40 clients came out improved
depending on the index: so the method always stands beside the verdict. Reference: Claus et al.,
clinicalsignificance, J Stat Softw, doi 10.18637/jss.v111.i01.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rapport.science.outcome.paired_scores import (
    PairedScores,
    paired_scores,
    require_reliability,
    require_spread,
    two_scores,
)
from rapport.science.outcome.verdicts import CodeArray, count_verdicts, verdicts_from
from rapport.science.records.result import Result

FloatArray = NDArray[np.float64]

RELIABLE_Z = 1.96  # two-sided 5 %; Jacobson & Truax (1991), p. 14

JACOBSON_TRUAX = (
    "Jacobson & Truax (1991), J Consult Clin Psychol 59(1), 12-19, doi 10.1037/0022-006X.59.1.12"
)
CLAUS = "Claus et al., clinicalsignificance, J Stat Softw, doi 10.18637/jss.v111.i01"


@dataclass(frozen=True, kw_only=True)
class ReliableChange(Result):
    """One index per client and its verdict.

    Attributes:
        first, last, difference: in points, shape (n,); NaN where missing.
        rci: the index; its sign is that of the score, shape (n,).
        verdict: 1 improved, 0 unchanged, -1 deteriorated, -2 no verdict, shape (n,).
        standard_error: the index's denominator in points: the uncertainty judged against.
        critical: an index beyond it (strictly) is reliable.
        higher_is_better: the direction used.
        reliability: as given.
        moments: what the index took from this sample (means, SDs, Hageman's r_dd).
        counts: clients per verdict.
    """

    first: FloatArray
    last: FloatArray
    difference: FloatArray
    rci: FloatArray
    verdict: CodeArray
    standard_error: float
    critical: float
    higher_is_better: bool
    reliability: float
    moments: Mapping[str, float]
    counts: Mapping[str, int]

    def to_text(self) -> str:
        told = ", ".join(f"{count} {word}" for word, count in self.counts.items() if count)
        notes = "".join(f"\n  note: {note}" for note in self.notes)
        return (
            f"{self.method}\n  {told}\n  beyond {self.critical:g} standard errors of "
            f"{self.standard_error:.4g} points; reliability {self.reliability:g}{notes}"
        )


def reliable_change(
    *,
    method: str,
    paper: str,
    scores: PairedScores,
    rci: FloatArray,
    standard_error: float,
    critical: float,
    higher_is_better: bool,
    reliability: float,
    moments: Mapping[str, float],
    notes: tuple[str, ...] = (),
) -> ReliableChange:
    """Turn an index into verdicts: strictly beyond the critical value, in the scale's direction."""
    toward_better = rci if higher_is_better else -rci
    verdict = verdicts_from(
        better=toward_better > critical, worse=toward_better < -critical, known=~np.isnan(rci)
    )
    return ReliableChange(
        method=f"Reliable change, {method}",
        settings={
            "critical": critical,
            "reliability": reliability,
            "higher_is_better": higher_is_better,
        },
        papers=(paper, CLAUS),
        notes=notes,
        first=scores.first,
        last=scores.last,
        difference=scores.difference,
        rci=rci,
        verdict=verdict,
        standard_error=standard_error,
        critical=critical,
        higher_is_better=higher_is_better,
        reliability=reliability,
        moments=moments,
        counts=count_verdicts(verdict),
    )


def jacobson_truax(
    *,
    first: ArrayLike,
    last: ArrayLike,
    reliability: float,
    higher_is_better: bool,
    sd: float | None = None,
    critical: float = RELIABLE_Z,
) -> ReliableChange:
    """Jacobson & Truax: the raw difference over the standard error of a difference.

    The index to use unless a reason speaks against it. It does not correct for regression to the
    mean: a client chosen for a high score falls a little without help.

    Args:
        first, last: scores in points, shape (n,), NaN where missing.
        reliability: of the scale, in [0, 1).
        higher_is_better: direction of the scale.
        sd: at start, in points, from a reference sample; None: from these complete cases.
        critical: 1.96.

    Raises:
        BadInputError: an impossible reliability or SD, or unequal columns.
        TooLittleDataError: no SD given and fewer than two complete cases.

    Paper: Jacobson & Truax (1991), p. 14.

    >>> change = jacobson_truax(
    ...     first=[32.5], last=[47.5], sd=7.5, reliability=0.80, higher_is_better=True
    ... )
    >>> round(float(change.rci[0]), 2), change.counts["reliably improved"]
    (3.16, 1)
    """
    require_reliability(reliability)
    scores = (
        _published_sd(first, last, sd) if sd is not None else paired_scores(first=first, last=last)
    )
    require_spread(scores.sd_first)
    s_diff = scores.sd_first * np.sqrt(2 * (1 - reliability))
    return reliable_change(
        method="Jacobson & Truax",
        paper=JACOBSON_TRUAX,
        scores=scores,
        rci=scores.difference / s_diff,
        standard_error=float(s_diff),
        critical=critical,
        higher_is_better=higher_is_better,
        reliability=reliability,
        moments={"sd_first": scores.sd_first},
        notes=() if sd is not None else ("SD at start is that of these complete cases",),
    )


def _published_sd(first: ArrayLike, last: ArrayLike, sd: float) -> PairedScores:
    """With a published SD nothing is taken from the sample: one client is enough."""
    a, b = two_scores(first=first, last=last)
    nan = float("nan")
    return PairedScores(
        first=a,
        last=b,
        complete=~(np.isnan(a) | np.isnan(b)),
        mean_first=nan,
        mean_last=nan,
        sd_first=sd,
        sd_last=nan,
        correlation=nan,
    )


def gulliksen_lord_novick(
    *,
    first: ArrayLike,
    last: ArrayLike,
    reliability: float,
    higher_is_better: bool,
    critical: float = RELIABLE_Z,
) -> ReliableChange:
    """Gulliksen, Lord & Novick: the last score against what regression to the mean predicts.

    Corrects for regression to the mean of *this* sample: don't use it where the sample is small or
    where the clients belong to different populations. Arguments and errors as
    :func:`jacobson_truax`; the first scores' mean and SD come from the complete cases.

    Papers: Gulliksen (1950), Theory of Mental Tests; Lord & Novick (1968), Statistical Theories of
    Mental Test Scores.

    >>> change = gulliksen_lord_novick(
    ...     first=[30, 20, 28], last=[10, 19, 25], reliability=0.8, higher_is_better=False
    ... )
    >>> change.verdict.tolist()
    [1, 0, 0]
    """
    scores = sampled(first, last, reliability)
    expected = scores.mean_first + reliability * (scores.first - scores.mean_first)
    se = scores.sd_first * np.sqrt(1 - reliability**2)
    return reliable_change(
        method="Gulliksen, Lord & Novick",
        paper="Gulliksen (1950), Theory of Mental Tests; Lord & Novick (1968)",
        scores=scores,
        rci=(scores.last - expected) / se,
        standard_error=float(se),
        critical=critical,
        higher_is_better=higher_is_better,
        reliability=reliability,
        moments=moments(scores, "mean_first", "sd_first"),
    )


def sampled(first: ArrayLike, last: ArrayLike, reliability: float) -> PairedScores:
    """The paired scores for an index that takes mean and SD from the sample."""
    require_reliability(reliability)
    scores = paired_scores(first=first, last=last)
    require_spread(scores.sd_first)
    return scores


def moments(scores: PairedScores, *names: str) -> dict[str, float]:
    """Some of the sample's moments by name, to stand in the result."""
    return {name: getattr(scores, name) for name in names}


def hsu_linn_lord(
    *,
    first: ArrayLike,
    last: ArrayLike,
    reliability: float,
    higher_is_better: bool,
    critical: float = RELIABLE_Z,
) -> ReliableChange:
    """Hsu, Linn & Lord: the last score against regression to the mean *after* treatment.

    "Improved" means better than the sample's own average improvement. Don't use it to ask whether
    treatment helped: where everybody improves alike, nobody is "improved". Arguments and errors as
    :func:`gulliksen_lord_novick`.

    Paper: Hsu (1989), Behav Assess 11(4), 459-467; after Linn & Slinde (1977) and Lord (1963).

    >>> change = hsu_linn_lord(
    ...     first=[30, 20, 28], last=[10, 19, 27], reliability=0.8, higher_is_better=False
    ... )
    >>> change.verdict.tolist()
    [1, 0, -1]
    """
    scores = sampled(first, last, reliability)
    expected = scores.mean_last + reliability * (scores.first - scores.mean_first)
    se = scores.sd_first * np.sqrt(1 - reliability**2)
    return reliable_change(
        method="Hsu, Linn & Lord",
        paper="Hsu (1989), Behav Assess 11, 459-467; Linn & Slinde (1977); Lord (1963)",
        scores=scores,
        rci=(scores.last - expected) / se,
        standard_error=float(se),
        critical=critical,
        higher_is_better=higher_is_better,
        reliability=reliability,
        moments=moments(scores, "mean_first", "mean_last", "sd_first"),
        notes=("improved means: more than this sample's average change",),
    )


def edwards_nunnally(
    *,
    first: ArrayLike,
    last: ArrayLike,
    reliability: float,
    higher_is_better: bool,
    critical: float = RELIABLE_Z,
) -> ReliableChange:
    """Edwards & Nunnally (Speer's form): the last score against the estimated true first score.

    Its error is that of one measurement only, so it finds more change than the others. Arguments
    and errors as :func:`gulliksen_lord_novick`.

    Paper: Speer (1992), J Consult Clin Psychol 60(3), 402-408, doi 10.1037/0022-006X.60.3.402.

    >>> change = edwards_nunnally(
    ...     first=[30, 20, 28], last=[10, 19, 25], reliability=0.8, higher_is_better=False
    ... )
    >>> round(change.standard_error, 4)
    2.3664
    """
    scores = sampled(first, last, reliability)
    true_first = scores.mean_first + reliability * (scores.first - scores.mean_first)
    sem = scores.sd_first * np.sqrt(1 - reliability)
    return reliable_change(
        method="Edwards & Nunnally",
        paper="Speer (1992), J Consult Clin Psychol 60(3), 402-408, doi 10.1037/0022-006X.60.3.402",
        scores=scores,
        rci=(scores.last - true_first) / sem,
        standard_error=float(sem),
        critical=critical,
        higher_is_better=higher_is_better,
        reliability=reliability,
        moments=moments(scores, "mean_first", "sd_first"),
    )


def nunnally_kotsch(
    *,
    first: ArrayLike,
    last: ArrayLike,
    reliability: float,
    reliability_last: float,
    higher_is_better: bool,
    critical: float = RELIABLE_Z,
) -> ReliableChange:
    """Nunnally & Kotsch: as Edwards & Nunnally, with the error of both measurements.

    For scales whose reliability differs between start and end. Arguments and errors as
    :func:`gulliksen_lord_novick`, and ``reliability_last``: that of the last score.

    Paper: Nunnally & Kotsch (1983), Br J Clin Psychol 22(2), 83-93.

    >>> change = nunnally_kotsch(first=[30, 20, 28], last=[10, 19, 25], reliability=0.8,
    ...     reliability_last=0.85, higher_is_better=False)
    >>> change.verdict.tolist()
    [1, 0, 0]
    """
    require_reliability(reliability_last, name="reliability_last")
    scores = sampled(first, last, reliability)
    true_first = scores.mean_first + reliability * (scores.first - scores.mean_first)
    error = reliability**2 * (1 - reliability) + (1 - reliability_last)
    se = scores.sd_first * np.sqrt(error)
    return reliable_change(
        method=f"Nunnally & Kotsch (reliability of the last score {reliability_last:g})",
        paper="Nunnally & Kotsch (1983), Br J Clin Psychol 22(2), 83-93",
        scores=scores,
        rci=(scores.last - true_first) / se,
        standard_error=float(se),
        critical=critical,
        higher_is_better=higher_is_better,
        reliability=reliability,
        moments=moments(scores, "mean_first", "sd_first") | {"reliability_last": reliability_last},
    )
