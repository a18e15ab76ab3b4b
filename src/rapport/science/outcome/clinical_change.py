"""Clinically significant change: did the person also cross into the functional range?"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rapport.science.errors import BadInputError
from rapport.science.numerics.proportions import Share, wilson
from rapport.science.outcome.reliable_change import JACOBSON_TRUAX, ReliableChange
from rapport.science.outcome.verdicts import (
    CATEGORIES,
    DETERIORATED,
    IMPROVED,
    NO_CATEGORY,
    NO_VERDICT,
    UNCHANGED,
    CodeArray,
    count_categories,
)
from rapport.science.records.result import Result

BoolArray = NDArray[np.bool_]
OnTheCut = Literal["neither", "upper"]


@dataclass(frozen=True, kw_only=True)
class ClinicalCutoff(Result):
    """The score between the clinical and the functional range.

    Attributes:
        kind: a, b or c.
        value: in points.
        higher_is_better: direction of the scale.
    """

    kind: str
    value: float
    higher_is_better: bool


def cutoff_a(*, clinical_mean: float, clinical_sd: float, higher_is_better: bool) -> ClinicalCutoff:
    """Two SDs beyond the clinical mean: for want of functional norms only.

    Paper: Jacobson & Truax (1991), p. 13.

    >>> cutoff_a(clinical_mean=40, clinical_sd=7.5, higher_is_better=True).value
    55.0
    """
    _require_sd(clinical_sd, "clinical_sd")
    value = clinical_mean + (2 if higher_is_better else -2) * clinical_sd
    return _cutoff(
        "a", value, higher_is_better, {"clinical_mean": clinical_mean, "clinical_sd": clinical_sd}
    )


def cutoff_b(
    *, functional_mean: float, functional_sd: float, higher_is_better: bool
) -> ClinicalCutoff:
    """Within two SDs of the functional mean, by the *functional* group's SD.

    Not where the two ranges overlap much: then c. The R package clinicalsignificance 3.0.0 takes
    the clinical SD here; Jacobson & Truax (1991), p. 13, define it with the functional one.

    >>> cutoff_b(functional_mean=60, functional_sd=7.5, higher_is_better=True).value
    45.0
    """
    _require_sd(functional_sd, "functional_sd")
    value = functional_mean - (2 if higher_is_better else -2) * functional_sd
    settings = {"functional_mean": functional_mean, "functional_sd": functional_sd}
    return _cutoff("b", value, higher_is_better, settings)


def cutoff_c(
    *,
    clinical_mean: float,
    clinical_sd: float,
    functional_mean: float,
    functional_sd: float,
    higher_is_better: bool,
) -> ClinicalCutoff:
    """The point equally likely under both distributions: the one to prefer.

    Paper: Jacobson & Truax (1991), p. 13.

    >>> cutoff_c(clinical_mean=40, clinical_sd=7.5, functional_mean=60, functional_sd=7.5,
    ...     higher_is_better=True).value
    50.0
    """
    _require_sd(clinical_sd, "clinical_sd")
    _require_sd(functional_sd, "functional_sd")
    weighted = clinical_sd * functional_mean + functional_sd * clinical_mean
    settings = {
        "clinical_mean": clinical_mean,
        "clinical_sd": clinical_sd,
        "functional_mean": functional_mean,
        "functional_sd": functional_sd,
    }
    return _cutoff("c", weighted / (clinical_sd + functional_sd), higher_is_better, settings)


def _require_sd(sd: float, name: str) -> None:
    if not sd > 0:
        raise BadInputError(f"{name} is {sd:g}; it must be above 0")


def _cutoff(
    kind: str, value: float, higher_is_better: bool, settings: Mapping[str, float]
) -> ClinicalCutoff:
    return ClinicalCutoff(
        method=f"Clinical cut-off {kind}, Jacobson & Truax",
        settings=settings,
        papers=(JACOBSON_TRUAX,),
        kind=kind,
        value=float(value),
        higher_is_better=higher_is_better,
    )


def category_shares(category: CodeArray) -> dict[str, Share]:
    """Share of each category among the clients who have one."""
    known = int(np.sum(category != NO_CATEGORY))
    return {
        name: wilson(count=int(np.sum(category == code)), of=known)
        for code, name in enumerate(CATEGORIES)
    }


@dataclass(frozen=True, kw_only=True)
class ClinicalChange(Result):
    """Reliable change and the crossing of the cut-off together.

    Attributes:
        cutoff: in points.
        clinical_first, functional_last: sides of the cut-off, shape (n,).
        category: position in CATEGORIES (recovered, improved, unchanged, deteriorated, harmed),
            -1 none, shape (n,).
        counts: clients per category.
        shares: with 95 % Wilson intervals, of clients with both scores.
    """

    cutoff: float
    clinical_first: BoolArray
    functional_last: BoolArray
    category: CodeArray
    counts: Mapping[str, int]
    shares: Mapping[str, Share]

    def to_text(self) -> str:
        lines = [
            f"  {name:13}{count:8}  {100 * self.shares[name].value:5.1f} % "
            f"[{100 * self.shares[name].lower:.1f}, {100 * self.shares[name].upper:.1f}]"
            for name, count in self.counts.items()
        ]
        return "\n".join([f"{self.method}, cut-off {self.cutoff:.4g}", *lines])


def clinical_change(
    *, change: ReliableChange, cutoff: float, on_the_cut: OnTheCut = "neither"
) -> ClinicalChange:
    """Sort clients into recovered, improved, unchanged, deteriorated and harmed.

    Args:
        change: any index of reliable change with its first and last scores.
        cutoff: in points; see :func:`cutoff_c`.
        on_the_cut: where a score equal to the cut-off belongs. "neither": on no side (computed
            cut-offs). "upper": with the higher scores, as published cut-offs are stated ("10 or
            more"; "below 50").

    Paper: Jacobson & Truax (1991), pp. 12-19; "harmed" mirrors "recovered".

    >>> from rapport.science.outcome.reliable_change import jacobson_truax
    >>> change = jacobson_truax(
    ...     first=[32.5], last=[51], sd=7.5, reliability=0.80, higher_is_better=True
    ... )
    >>> clinical_change(change=change, cutoff=50).counts["recovered"]
    1
    """
    better = change.higher_is_better
    first = sides_of_cutoff(
        score=change.first, cutoff=cutoff, higher_is_better=better, on_the_cut=on_the_cut
    )
    last = sides_of_cutoff(
        score=change.last, cutoff=cutoff, higher_is_better=better, on_the_cut=on_the_cut
    )
    category = categories(
        verdict=change.verdict,
        clinical_first=first[0],
        functional_last=last[1],
        lost=~last[1],
    )
    return ClinicalChange(
        method=f"Clinically significant change: {change.method}",
        settings={**change.settings, "cutoff": cutoff, "on_the_cut": on_the_cut},
        papers=(JACOBSON_TRUAX, *change.papers),
        notes=change.notes,
        cutoff=cutoff,
        clinical_first=first[0],
        functional_last=last[1],
        category=category,
        counts=count_categories(category),
        shares=category_shares(category),
    )


def sides_of_cutoff(
    *, score: ArrayLike, cutoff: float, higher_is_better: bool, on_the_cut: OnTheCut = "neither"
) -> tuple[BoolArray, BoolArray]:
    """Whether each score is on the clinical, and on the functional side; NaN is on neither.

    >>> clinical, functional = sides_of_cutoff(
    ...     score=[9, 10], cutoff=10, higher_is_better=False, on_the_cut="upper"
    ... )
    >>> clinical.tolist(), functional.tolist()
    ([False, True], [True, False])
    """
    values = np.asarray(score, dtype=np.float64)
    above = values >= cutoff if on_the_cut == "upper" else values > cutoff
    below = values < cutoff
    return (below, above) if higher_is_better else (above, below)


def categories(
    *,
    verdict: CodeArray,
    clinical_first: BoolArray,
    functional_last: BoolArray,
    lost: BoolArray,
) -> CodeArray:
    """Categories from verdicts and sides, shape (n,); -1 where there is no verdict.

    ``lost``: the last score is no longer functional; what "harmed" asks for at the end.
    """
    recovered = (verdict == IMPROVED) & clinical_first & functional_last
    harmed = (verdict == DETERIORATED) & ~clinical_first & lost
    codes = np.select(
        [
            verdict == NO_VERDICT,
            recovered,
            verdict == IMPROVED,
            verdict == UNCHANGED,
            harmed,
        ],
        [NO_CATEGORY, 0, 1, 2, 4],
        default=3,
    )
    return codes.astype(np.int8)
