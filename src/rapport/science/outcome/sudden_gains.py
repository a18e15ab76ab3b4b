"""Sudden gains and losses: a large, lasting change between two neighbouring sessions.

Papers: Tang & DeRubeis (1999), J Consult Clin Psychol 67(6), 894-904; Wiedemann et al. (2020),
PLoS One 15(3), e0230276, doi 10.1371/journal.pone.0230276. Altered criteria change the effect they
stand for (g from .39 to .94), so the classic rule is the default.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rapport.science.errors import BadInputError
from rapport.science.numerics import special
from rapport.science.numerics.proportions import Share, wilson
from rapport.science.outcome.paired_scores import require_reliability, require_spread
from rapport.science.outcome.reliable_change import RELIABLE_Z
from rapport.science.outcome.simple_change import ROUNDING
from rapport.science.records.result import Result

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
IntArray = NDArray[np.int64]
Lasting = Literal["adjusted", "fixed", "off"]
Which = Literal["first", "last", "smallest", "largest"]

SHARE = 0.25  # criterion 2: a quarter of the score before; Tang & DeRubeis (1999)
ALPHA = 0.05  # criterion 3: two-sided level of its t value; Wiedemann et al. (2020)
FIXED_T = 2.776  # criterion 3 as first published: t for six values, 4 degrees of freedom
NEIGHBOURS = 3  # sessions looked at before and after; Tang & DeRubeis (1999)
GAIN, LOSS = 1, -1

TANG_DERUBEIS = "Tang & DeRubeis (1999), J Consult Clin Psychol 67(6), 894-904"
WIEDEMANN = "Wiedemann et al. (2020), PLoS One 15(3) e0230276, doi 10.1371/journal.pone.0230276"


@dataclass(frozen=True, kw_only=True)
class Criteria:
    """The three criteria for each client and each interval between neighbouring columns.

    Each array has shape (3, n_clients, n_columns - 1): criterion, client, interval from column j to
    j + 1.

    Attributes:
        met: whether the criterion holds; False where it is not known.
        known: False where a score it needs is missing.
    """

    met: BoolArray
    known: BoolArray

    @property
    def all_met(self) -> BoolArray:
        """Intervals where every criterion holds, shape (n_clients, n_columns - 1)."""
        return np.asarray(self.met.all(axis=0))

    @property
    def judged(self) -> BoolArray:
        """Intervals where every criterion is known, shape (n_clients, n_columns - 1)."""
        return np.asarray(self.known.all(axis=0))


@dataclass(frozen=True, kw_only=True)
class SuddenChanges(Result):
    """All sudden gains and losses, one entry each, in order of client and session.

    Attributes:
        client_index: row of the client in the matrix.
        before_position, after_position: columns of the session before and after.
        magnitude: size in points, always positive.
        reversed: whether a later score took back more than half of it.
        kind: 1 gain (toward better), -1 loss.
        n_clients: clients in the matrix.
        n_judged: intervals where all criteria could be judged.
        n_undecided: intervals with both scores, but too few around them for criterion 3.
        with_gain: share of clients with at least one gain, of those with an interval to judge.
    """

    client_index: IntArray
    before_position: IntArray
    after_position: IntArray
    magnitude: FloatArray
    reversed: BoolArray
    kind: NDArray[np.int8]
    n_clients: int
    n_judged: int
    n_undecided: int
    with_gain: Share

    @property
    def words(self) -> NDArray[Any]:
        """Kinds as text ("gain", "loss"), shape (n_changes,)."""
        return np.where(self.kind == GAIN, "gain", "loss")

    def to_text(self) -> str:
        gains, share = self.kind == GAIN, self.with_gain
        back = int(self.reversed[gains].sum())
        mean = f", mean size {self.magnitude[gains].mean():.3g} points" if gains.any() else ""
        return (
            f"{self.method}\n  {int(gains.sum())} gains{mean}, {back} of them reversed; "
            f"{int((~gains).sum())} losses\n  clients with a gain: {100 * share.value:.1f} % "
            f"[{100 * share.lower:.1f}, {100 * share.upper:.1f}]\n  {self.n_judged} intervals "
            f"judged, {self.n_undecided} undecided (too few scores around them)"
        )


def sudden_gain_cutoff(*, sd: float, reliability: float) -> float:
    """Criterion 1 in points from the scale's own error: a reliable change.

    Args:
        sd: of the scale at start.
        reliability: in [0, 1).

    Paper: Wiedemann et al. (2020), after Jacobson & Truax (1991).

    >>> round(sudden_gain_cutoff(sd=10.5, reliability=0.931), 3)
    7.645
    """
    require_reliability(reliability)
    require_spread(sd)
    return float(RELIABLE_Z * np.sqrt(2) * sd * np.sqrt(1 - reliability))


def sudden_changes(
    *,
    scores: ArrayLike,
    cutoff: float,
    higher_is_better: bool = False,
    share: float = SHARE,
    lasting: Lasting = "adjusted",
) -> SuddenChanges:
    """Find every sudden gain and every sudden loss.

    Between columns j and j + 1 all three must hold: (1) a change of at least ``cutoff`` points; (2)
    at least a quarter of the score before; (3) the mean of up to three scores before (including j)
    and after differ by more than t times their pooled SD, which needs two scores on each side. So
    the first and the last interval of a course can't be judged. Losses mirror all three.

    Don't use it to say that a session caused the change: gains also come from outside, and about
    one in six is taken back. Criterion 2 is a share of the score, so the scale's 0 must mean
    "none"; intervals that start below 0 are left undecided.

    Args:
        scores: successive held sessions in columns, shape (n_clients, n_columns), NaN where not
            answered and after the last session. Leave baseline and follow-up out.
        cutoff: criterion 1 in points; 7 for the BDI, else :func:`sudden_gain_cutoff`.
        higher_is_better: direction of the scale.
        share: criterion 2.
        lasting: criterion 3. "adjusted": t for the number of scores there are; "fixed": 2.776
            always, as first published; "off": without it (finds many that don't last).

    Raises:
        BadInputError: scores are not a matrix or infinite, or a cut-off not above 0.

    Papers: Tang & DeRubeis (1999); Wiedemann et al. (2020). R's suddengains 0.7.2 asks no quarter
    of losses (its criterion 2 holds for any worsening); here a loss is a full mirror image.

    >>> course = [[30, 31, 30, 18, 17, 18, 16]]
    >>> found = sudden_changes(scores=course, cutoff=7)
    >>> found.words.tolist(), found.before_position.tolist(), found.magnitude.tolist()
    (['gain'], [2], [12.0])
    """
    matrix = _matrix(scores)
    around = _neighbourhood(matrix, lasting)
    falls = _criteria(matrix, around, cutoff, share, "lower")
    rises = _criteria(matrix, around, cutoff, share, "higher")
    clients, before, fell = _listed(falls.all_met, rises.all_met)
    after = before + 1
    magnitude = np.abs(matrix[clients, after] - matrix[clients, before])
    kind = np.where(fell != higher_is_better, GAIN, LOSS).astype(np.int8)
    both = ~np.isnan(np.diff(matrix, axis=1))
    judged = falls.judged
    return SuddenChanges(
        method="Sudden gains and losses, Tang & DeRubeis's three criteria",
        settings={
            "cutoff": cutoff,
            "share": share,
            "lasting": lasting,
            "alpha": ALPHA,
            "higher_is_better": higher_is_better,
        },
        papers=(TANG_DERUBEIS, WIEDEMANN),
        client_index=clients,
        before_position=before,
        after_position=after,
        magnitude=magnitude,
        reversed=_taken_back(matrix, clients, after, magnitude, fell),
        kind=kind,
        n_clients=len(matrix),
        n_judged=int(judged.sum()),
        n_undecided=int((both & ~judged).sum()),
        with_gain=wilson(
            count=len(np.unique(clients[kind == GAIN])), of=int(judged.any(axis=1).sum())
        ),
    )


def _matrix(scores: ArrayLike) -> FloatArray:
    matrix = np.asarray(scores, dtype=np.float64)
    if matrix.ndim != 2:
        raise BadInputError(
            f"scores have {matrix.ndim} dimensions; give one row per client, one column per session"
        )
    if np.isinf(matrix).any():
        raise BadInputError("scores hold an infinite value; leave it NaN if it is missing")
    if matrix.shape[1] < 2:
        return np.full((len(matrix), 2), np.nan)
    return matrix


def criteria(
    *,
    scores: ArrayLike,
    cutoff: float,
    share: float = SHARE,
    lasting: Lasting = "adjusted",
    toward: Literal["lower", "higher"] = "lower",
) -> Criteria:
    """The three criteria one by one, for sudden falls or, mirrored, for sudden rises.

    Arguments as :func:`sudden_changes`; ``toward``: which way the score is to move.

    >>> criteria(scores=[[30, 31, 30, 18, 17, 18, 16]], cutoff=7).all_met.astype(int).tolist()
    [[0, 0, 1, 0, 0, 0]]
    """
    matrix = _matrix(scores)
    return _criteria(matrix, _neighbourhood(matrix, lasting), cutoff, share, toward)


def _criteria(
    matrix: FloatArray,
    around: "_Neighbourhood",
    cutoff: float,
    share: float,
    toward: Literal["lower", "higher"],
) -> Criteria:
    if not cutoff > 0:
        raise BadInputError(f"cutoff is {cutoff:g}; give points above 0, e.g. sudden_gain_cutoff()")
    sign = -1 if toward == "lower" else 1
    before = matrix[:, :-1]
    moved = sign * np.diff(matrix, axis=1)
    both = ~np.isnan(moved)
    known = np.stack([both, both & (before >= 0), around.known])
    with np.errstate(invalid="ignore"):
        large = moved >= cutoff - ROUNDING
        a_share = moved >= share * before - ROUNDING
        lasts = sign * around.rise > around.needed
    return Criteria(met=np.stack([large, a_share, lasts]) & known, known=known)


@dataclass(frozen=True, kw_only=True)
class _Neighbourhood:
    """For each interval: how far the mean rose, how far it must, and whether that is known."""

    rise: FloatArray
    needed: FloatArray
    known: BoolArray


def _neighbourhood(matrix: FloatArray, lasting: Lasting) -> _Neighbourhood:
    if lasting == "off":
        shape = (len(matrix), matrix.shape[1] - 1)
        return _Neighbourhood(
            rise=np.zeros(shape), needed=np.full(shape, -1.0), known=np.ones(shape, dtype=np.bool_)
        )
    n1, mean1, squares1 = _moments(_columns_before(matrix))
    n2, mean2, squares2 = _moments(_columns_after(matrix))
    known = (n1 >= 2) & (n2 >= 2)
    freedom = np.where(known, n1 + n2 - 2, 2)
    # No sqrt(1/n1 + 1/n2) here: the published criterion compares with the pooled SD itself.
    pooled_sd = np.sqrt((squares1 + squares2) / freedom)
    t = FIXED_T if lasting == "fixed" else _t_by_freedom()[freedom]
    return _Neighbourhood(rise=mean2 - mean1, needed=t * pooled_sd, known=known)


@cache
def _t_by_freedom() -> FloatArray:
    """t(.975) for 0 to 4 degrees of freedom: 4.303, 3.182, 2.776 for four, five, six values."""
    return np.asarray(special.stdtrit(np.arange(2 * NEIGHBOURS - 1), 1 - ALPHA / 2))


def _columns_before(matrix: FloatArray) -> list[FloatArray]:
    """The up to three columns that end with each interval's first, each as (n, K - 1)."""
    padded = np.pad(matrix, ((0, 0), (NEIGHBOURS - 1, 0)), constant_values=np.nan)
    width = matrix.shape[1] - 1
    return [padded[:, k : k + width] for k in range(NEIGHBOURS)]


def _columns_after(matrix: FloatArray) -> list[FloatArray]:
    padded = np.pad(matrix, ((0, 0), (0, NEIGHBOURS - 1)), constant_values=np.nan)
    width = matrix.shape[1] - 1
    return [padded[:, 1 + k : 1 + k + width] for k in range(NEIGHBOURS)]


def _moments(columns: list[FloatArray]) -> tuple[IntArray, FloatArray, FloatArray]:
    """Count, mean and sum of squared deviations over the columns, missing ones left out."""
    seen = [~np.isnan(column) for column in columns]
    count = np.sum(seen, axis=0, dtype=np.int64)
    total = sum(np.where(s, c, 0.0) for s, c in zip(seen, columns, strict=True))
    mean = total / np.maximum(count, 1)
    squares = sum(np.where(s, c - mean, 0.0) ** 2 for s, c in zip(seen, columns, strict=True))
    return np.asarray(count), np.asarray(mean), np.asarray(squares)


def _listed(falls: BoolArray, rises: BoolArray) -> tuple[IntArray, IntArray, BoolArray]:
    """Client, column before, and whether the score fell, in order of client and session."""
    clients, before = np.nonzero(falls | rises)
    return clients, before, falls[clients, before]


def _taken_back(
    matrix: FloatArray, clients: IntArray, after: IntArray, magnitude: FloatArray, fell: BoolArray
) -> BoolArray:
    """Whether any score later than the session after took back more than half."""
    later = np.arange(matrix.shape[1]) > after[:, None]
    sign = np.where(fell, 1.0, -1.0)
    climbed = sign[:, None] * (matrix[clients] - matrix[clients, after][:, None])
    return np.asarray((later & (climbed > magnitude[:, None] / 2)).any(axis=1))


def one_per_client(*, changes: SuddenChanges, which: Which = "first") -> IntArray:
    """Choose one gain per client: entries into the result's flat arrays, in order of client.

    Of equal sizes the earlier is taken. The choice matters: name it beside the result.

    >>> found = sudden_changes(scores=[[40, 41, 40, 30, 31, 30, 15, 16, 15]], cutoff=7)
    >>> found.magnitude[one_per_client(changes=found, which="largest")].tolist()
    [15.0]
    """
    gains = np.flatnonzero(changes.kind == GAIN)
    keys = {
        "first": changes.before_position,
        "last": -changes.before_position,
        "smallest": changes.magnitude,
        "largest": -changes.magnitude,
    }
    if which not in keys:
        raise BadInputError(f"which is {which!r}; choose one of {', '.join(keys)}")
    client = changes.client_index[gains]
    order = np.lexsort((changes.before_position[gains], keys[which][gains], client))
    _, first = np.unique(client[order], return_index=True)
    return gains[order][first]
