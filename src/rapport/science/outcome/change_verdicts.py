"""First against last rating for a whole practice, by what is known of the scale."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rapport.science.errors import BadInputError
from rapport.science.numerics.proportions import Share
from rapport.science.outcome.clinical_change import (
    OnTheCut,
    categories,
    category_shares,
    cutoff_c,
    sides_of_cutoff,
)
from rapport.science.outcome.paired_scores import require_reliability, require_spread, two_scores
from rapport.science.outcome.reliable_change import JACOBSON_TRUAX, RELIABLE_Z
from rapport.science.outcome.simple_change import ROUNDING
from rapport.science.outcome.verdicts import (
    NO_CATEGORY,
    CodeArray,
    category_words,
    count_categories,
    count_verdicts,
    verdict_words,
    verdicts_from,
)
from rapport.science.records.result import Result
from rapport.science.records.scales import Scale

FloatArray = NDArray[np.float64]

LEAST_STARTS = 20  # ours: the mean at start then moves cut-off c by about a tenth of an SD

ONE_RATING = "first and last rating are needed"
NO_DIRECTION = "the scale's direction is not known; say whether higher is better"
NO_RELIABILITY = (
    "the scale's reliability is not known, so change can't be told from measurement error"
)
NO_SD = "the scale's SD at start is not known and too few clients stand in the table to take it"


@dataclass(frozen=True, kw_only=True)
class ChangeVerdicts(Result):
    """The verdict on each client's change, and what it was judged against.

    Attributes:
        first, last, difference: in points, shape (n,), NaN where missing.
        threshold: points needed for a reliable change; NaN where not known.
        reaches: True: a difference equal to the threshold is reliable ("6 or more").
        verdict: 1 improved, 0 unchanged, -1 deteriorated, -2 no verdict, shape (n,).
        cutoff: between clinical and functional range; NaN where not known.
        category: position in CATEGORIES, -1 none, shape (n,).
        scale_reason: why nobody has a verdict; None where the scale allows one.
        counts, category_counts: clients per verdict and per category.
        shares: of categories, with 95 % Wilson intervals; empty without a cut-off.
    """

    first: FloatArray
    last: FloatArray
    difference: FloatArray
    threshold: float
    reaches: bool
    verdict: CodeArray
    cutoff: float
    category: CodeArray
    scale_reason: str | None
    counts: Mapping[str, int]
    category_counts: Mapping[str, int]
    shares: Mapping[str, Share]

    @property
    def words(self) -> NDArray[Any]:
        """Verdicts as text, shape (n,)."""
        return verdict_words(self.verdict)

    @property
    def category_words(self) -> NDArray[Any]:
        """Categories as text, shape (n,); empty where there is none."""
        return category_words(self.category)

    def why(self, position: int) -> str | None:
        """Why this client has no verdict; None where there is one."""
        if self.scale_reason is not None:
            return self.scale_reason
        return ONE_RATING if np.isnan(self.difference[position]) else None


@dataclass(frozen=True, kw_only=True)
class _Criterion:
    method: str
    threshold: float = float("nan")
    reaches: bool = False
    reason: str | None = None
    notes: tuple[str, ...] = ()


def change_verdicts(
    *, first: ArrayLike, last: ArrayLike, scale: Scale, sample_sd: float | None = None
) -> ChangeVerdicts:
    """Judge each client's change by the scale's published criterion, else by Jacobson & Truax.

    The published number of points comes first, reached or passed. Without one: a difference beyond
    1.96 standard errors of a difference, from the scale's reliability and SD. Without a reliability
    there is no verdict, and the result says so.

    Args:
        first, last: scores in points, shape (n,), NaN where missing.
        scale: what is known of the scale.
        sample_sd: SD at start in this table, used (and noted) where the scale has none.

    Raises:
        BadInputError: columns of different length, or impossible figures in the scale.

    Papers: Jacobson & Truax (1991); the scale's own source for its points.

    >>> phq9 = Scale(name="phq-9", higher_is_better=False, reliable_change_points=6,
    ...     clinical_cutoff=10)
    >>> verdicts = change_verdicts(first=[18, 12, 15], last=[9, 7, np.nan], scale=phq9)
    >>> verdicts.words.tolist()
    ['reliably improved', 'no reliable change', 'no verdict']
    >>> verdicts.category_words.tolist(), verdicts.why(2)
    (['recovered', 'unchanged', ''], 'first and last rating are needed')
    """
    a, b = two_scores(first=first, last=last)
    criterion = _criterion(scale, sample_sd)
    verdict = _judge(b - a, criterion, scale)
    cutoff, on_the_cut, cutoff_notes = _cutoff(scale, a, sample_sd)
    category = _categories(a, b, verdict, cutoff, on_the_cut, scale)
    return ChangeVerdicts(
        method=criterion.method,
        settings={
            "scale": scale.name,
            "threshold": criterion.threshold,
            "cutoff": cutoff,
            "on_the_cut": on_the_cut,
        },
        papers=(JACOBSON_TRUAX, *((scale.source,) if scale.source else ())),
        notes=(*criterion.notes, *cutoff_notes),
        first=a,
        last=b,
        difference=b - a,
        threshold=criterion.threshold,
        reaches=criterion.reaches,
        verdict=verdict,
        cutoff=cutoff,
        category=category,
        scale_reason=criterion.reason,
        counts=count_verdicts(verdict),
        category_counts=count_categories(category),
        shares={} if np.isnan(cutoff) else category_shares(category),
    )


def _criterion(scale: Scale, sample_sd: float | None) -> _Criterion:
    if scale.higher_is_better is None:
        return _Criterion(method="No verdict on change", reason=NO_DIRECTION)
    if scale.reliable_change_points is not None:
        return _published(scale.reliable_change_points)
    if scale.reliability is None:
        return _Criterion(method="No verdict on change", reason=NO_RELIABILITY)
    sd = _positive(sample_sd) if scale.sd is None else scale.sd
    if sd is None:
        return _Criterion(method="No verdict on change", reason=NO_SD)
    return _by_error(sd=sd, reliability=scale.reliability, own=scale.sd is None)


def _positive(sd: float | None) -> float | None:
    """A table where all start alike, or nobody starts, tells no SD."""
    return sd if sd is not None and sd > 0 else None


def _published(points: float) -> _Criterion:
    if not points > 0:
        raise BadInputError(f"reliable_change_points is {points:g}; it must be above 0")
    return _Criterion(
        method=f"Reliable change, published criterion ({points:g} points or more)",
        threshold=points,
        reaches=True,
    )


def _by_error(*, sd: float, reliability: float, own: bool) -> _Criterion:
    require_reliability(reliability)
    require_spread(sd)
    note = f"SD at start ({sd:.3g}) taken from this table; the scale's reference SD is not known"
    return _Criterion(
        method=f"Reliable change, Jacobson & Truax (reliability {reliability:g}, SD {sd:.3g})",
        threshold=float(RELIABLE_Z * sd * np.sqrt(2 * (1 - reliability))),
        notes=(note,) if own else (),
    )


def _judge(difference: FloatArray, criterion: _Criterion, scale: Scale) -> CodeArray:
    toward_better = difference * scale.direction
    known = ~np.isnan(difference) & (criterion.reason is None)
    if criterion.reaches:
        edge = criterion.threshold - ROUNDING
        return verdicts_from(
            better=toward_better >= edge, worse=toward_better <= -edge, known=known
        )
    edge = criterion.threshold
    return verdicts_from(better=toward_better > edge, worse=toward_better < -edge, known=known)


def _cutoff(
    scale: Scale, first: FloatArray, sample_sd: float | None
) -> tuple[float, OnTheCut, tuple[str, ...]]:
    """The published cut-off, else c between this table's start and the functional norms."""
    if scale.clinical_cutoff is not None:
        return float(scale.clinical_cutoff), "upper", ()
    spread = _positive(sample_sd) or scale.sd
    started = first[~np.isnan(first)]
    if (
        scale.functional_mean is None
        or scale.functional_sd is None
        or spread is None
        or scale.higher_is_better is None
        or len(started) < LEAST_STARTS
    ):
        return float("nan"), "neither", ()
    cut = cutoff_c(
        clinical_mean=float(started.mean()),
        clinical_sd=spread,
        functional_mean=scale.functional_mean,
        functional_sd=scale.functional_sd,
        higher_is_better=scale.higher_is_better,
    )
    note = f"clinical cut-off c computed from {len(started)} clients' start and functional norms"
    return cut.value, "neither", (note,)


def _categories(
    first: FloatArray,
    last: FloatArray,
    verdict: CodeArray,
    cutoff: float,
    on_the_cut: OnTheCut,
    scale: Scale,
) -> CodeArray:
    if np.isnan(cutoff):
        return np.full(len(first), NO_CATEGORY, dtype=np.int8)
    better = scale.direction > 0
    at_first, at_last = (
        sides_of_cutoff(score=s, cutoff=cutoff, higher_is_better=better, on_the_cut=on_the_cut)
        for s in (first, last)
    )
    return categories(
        verdict=verdict,
        clinical_first=at_first[0],
        functional_last=at_last[1],
        lost=~at_last[1],
    )
