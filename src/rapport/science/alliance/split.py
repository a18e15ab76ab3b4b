"""How far members of one case (a couple, a family, a group) answered apart."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rapport.science.alliance.walk import before, lasting, latched
from rapport.science.errors import BadInputError
from rapport.science.records.courses import Courses, FloatArray, IntArray
from rapport.science.records.result import Result
from rapport.science.records.scales import Scale

RELIABLE_Z = 1.96  # two-sided 5 %; Jacobson & Truax (1991)
# Without a known reliability: shares of the scale's range; ours.
QUARTER = 0.25
ONCE = 0.40

_FRIEDLANDER = (
    "Friedlander et al. (2018), Psychotherapy 55:356-371: split alliances and outcome, r = .316, "
    "7 samples; the thresholds are ours"
)


@dataclass(frozen=True, kw_only=True)
class Splits(Result):
    """Largest difference between members, per case and session; rows by case, then session.

    Attributes:
        case: the case's number, shape (n_rows,); sessions with two answers or more only.
        session: its session.
        difference: highest minus lowest answer, in points.
        lowest, highest: position of these members in the courses.
        members: how many answered.
        over: whether the difference lies beyond ``threshold``.
        signal: whether the rule is met: twice running over, or once by 40 % of the range.
        standing: met here or earlier, and not yet recovered.
        recovered: whether it recovers here: under the threshold twice running, with as many
            members answering as when it was last seen.
        threshold: points that count twice running; NaN if neither reliability nor range is known.
        once: points that count at once; NaN if the range is not known.
    """

    case: IntArray
    session: FloatArray
    difference: FloatArray
    lowest: IntArray
    highest: IntArray
    members: IntArray
    over: NDArray[np.bool_]
    signal: NDArray[np.bool_]
    standing: NDArray[np.bool_]
    recovered: NDArray[np.bool_]
    threshold: float
    once: float


def find_splits(*, courses: Courses, case: ArrayLike, scale: Scale) -> Splits:
    """Compare members of a case who answered the same form about the same session.

    With more than two members the largest difference between any two counts. When not to use
    it: to show one member's answer to another; to rank members; on a form that asks about
    something other than the work together.

    Args:
        courses: one scale, one client per member.
        case: number of each client's case, shape (n_clients,); below zero: none.
        scale: its SD and reliability (threshold 1.96 sqrt(2) SEM) or else its range (a quarter).

    Raises:
        BadInputError: not one case per client.

    >>> from rapport.science.records.courses import courses_from_rows
    >>> c = courses_from_rows(
    ...     client=["Marta", "Dev"] * 3, session=[1, 1, 2, 2, 3, 3], score=[26, 20, 29, 15, 30, 27])
    >>> scale = Scale(name="own", minimum=0, maximum=32)
    >>> found = find_splits(courses=c, case=[0, 0], scale=scale)
    >>> found.difference.tolist(), found.session[found.signal].tolist()
    ([6.0, 14.0, 3.0], [2.0])
    """
    cases = np.asarray(case, dtype=np.int64)
    if cases.shape != (courses.n_clients,):
        raise BadInputError(
            f"{cases.size} cases for {courses.n_clients} clients; give one number per client"
        )
    threshold, once, rule = _thresholds(scale)
    rows = _differences(courses.observed(), cases)
    starts = np.concatenate(
        [np.flatnonzero(np.diff(rows["case"], prepend=-1)), [len(rows["case"])]]
    )
    over, far = rows["difference"] > threshold, rows["difference"] >= once
    signal = (lasting(over, starts) >= 2) | far
    under = ~over & ~far & _enough_answered(rows["members"], signal, starts)
    even = lasting(under, starts) >= 2
    standing = latched(on=signal, off=even, starts=starts)
    return Splits(
        method=f"Split between members of a case: {rule}",
        settings={"threshold": threshold, "once": once, "reliability": scale.reliability},
        papers=(_FRIEDLANDER,),
        notes=()
        if np.isfinite(threshold)
        else ("neither range nor reliability known: no verdict",),
        over=over,
        signal=signal,
        standing=standing,
        recovered=even & before(standing, starts),
        threshold=threshold,
        once=once,
        **rows,
    )


def _thresholds(scale: Scale) -> tuple[float, float, str]:
    width = float("nan")
    if scale.minimum is not None and scale.maximum is not None:
        width = scale.maximum - scale.minimum
    once = ONCE * width
    if scale.reliability is not None and scale.sd is not None:
        error = scale.sd * np.sqrt(1 - scale.reliability)
        threshold = float(RELIABLE_Z * np.sqrt(2) * error)
        return threshold, once, "beyond measurement error twice running, or 40 % of the range once"
    return QUARTER * width, once, "a quarter of the range twice running, or 40 % of it once"


def _enough_answered(
    members: IntArray, signal: NDArray[np.bool_], starts: IntArray
) -> NDArray[np.bool_]:
    """As many as when the split was last seen: silence of the one apart evens nothing."""
    rows = np.arange(len(members))
    last = np.maximum.accumulate(np.where(signal, rows, -1))
    begins = np.repeat(starts[:-1], np.diff(starts))
    return np.asarray((last < begins) | (members >= members[last]))


def _differences(seen: Courses, cases: IntArray) -> dict[str, Any]:
    """Rows of one case and session together; lowest and highest answer and who gave them."""
    kept = cases[seen.client_index] >= 0
    member, session, score = seen.client_index[kept], seen.session[kept], seen.score[kept]
    case = cases[member]
    order = np.lexsort((score, session, case))
    case, member, session, score = case[order], member[order], session[order], score[order]
    new = np.ones(len(case), dtype=bool)
    new[1:] = (np.diff(case) != 0) | (np.diff(session) != 0)
    first = np.flatnonzero(new)
    last = np.append(first[1:], len(case)) - 1
    several = last[: len(first)] > first
    first, last = first[several], last[: len(first)][several]
    return {
        "case": case[first],
        "session": session[first],
        "difference": score[last] - score[first],
        "lowest": member[first],
        "highest": member[last],
        "members": last - first + 1,
    }
