"""Has the relationship recovered since a drop was noticed?"""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rapport.science.alliance.episodes import OPEN, REPAIRED, STATUSES, UNREPAIRED
from rapport.science.errors import BadInputError
from rapport.science.records.courses import Courses, FloatArray, IntArray
from rapport.science.records.result import Result
from rapport.science.records.scales import Scale

# As for episodes: exactly half-way counts, whatever binary fractions make of it; ours.
_TIE = 1e-12


@dataclass(frozen=True, kw_only=True)
class Recoveries(Result):
    """What followed each drop, in the order the drops were given.

    Attributes:
        status: position in ``episodes.STATUSES``: open (fewer ratings than allowed so far),
            repaired, unrepaired (stays open: supervision is suggested), shape (n_drops,).
        recovered: session at which it came back; NaN where it has not.
        lowest: worst rating from the drop on, up to the last one looked at.
    """

    status: NDArray[np.int8]
    recovered: FloatArray
    lowest: FloatArray

    @property
    def status_words(self) -> list[Literal["open", "repaired", "unrepaired"]]:
        """How each drop went on, in a word."""
        return [STATUSES[code] for code in self.status.tolist()]


def recovery_after_drops(
    *,
    courses: Courses,
    client_index: ArrayLike,
    session: ArrayLike,
    reference: ArrayLike,
    horizon: int = 3,
    repair_share: float = 0.5,
    scale: Scale | None = None,
) -> Recoveries:
    """Follow drops that an alarm noticed, by the rule that ends an episode.

    Recovered at the first of ``horizon`` further ratings that has come ``repair_share`` of the
    way from the worst rating so far back to what was expected. When not to use it: for a drop
    that was good news (a first honest mark); a person closes that.

    Args:
        courses: the ratings the drops were found in.
        client_index: position of each drop's client, shape (n_drops,).
        session: session of the drop, with a rating.
        reference: the rating that was expected, in points.
        horizon: ratings allowed (3, ours).
        repair_share: 0.5 half-way, 1 all the way (ours).
        scale: direction; None: higher is better.

    Raises:
        BadInputError: a drop at a session without a rating, or a setting out of range.

    >>> from rapport.science.records.courses import courses_from_rows
    >>> c = courses_from_rows(client=["Ann"] * 5, session=range(1, 6), score=[8, 8, 3, 4, 7])
    >>> found = recovery_after_drops(courses=c, client_index=[0], session=[3], reference=[8])
    >>> found.status_words, found.recovered.tolist()
    (['repaired'], [5.0])
    """
    if horizon < 1 or not 0 < repair_share <= 1:
        raise BadInputError(
            f"horizon {horizon}, repair_share {repair_share:g}; give 1 or more, and a share"
        )
    seen, sign = courses.observed(), -1.0 if scale and scale.higher_is_better is False else 1.0
    who, when = np.asarray(client_index, dtype=np.int64), np.asarray(session, dtype=np.float64)
    expected = sign * np.asarray(reference, dtype=np.float64)
    rows = _rows_at(seen, who, when)
    up = sign * seen.score
    found = _followed(up, rows, seen.starts[who + 1], expected, horizon, repair_share)
    back = found["back"]
    came_back = back >= 0
    recovered = np.full(len(rows), np.nan)
    recovered[came_back] = seen.session[back[came_back]]
    return Recoveries(
        method=f"Recovery after a drop: {repair_share:.0%} of the way back in {horizon} ratings",
        settings={"horizon": horizon, "repair_share": repair_share},
        status=found["status"],
        recovered=recovered,
        lowest=sign * found["lowest"],
    )


def _rows_at(seen: Courses, who: IntArray, when: FloatArray) -> IntArray:
    """The row of each client's session, by bisection within the client's rows."""
    low, high = seen.starts[who].copy(), seen.starts[who + 1].copy()
    ends = high.copy()
    while (low < high).any():
        middle = (low + high) // 2
        open_ = low < high
        later = open_ & (seen.session[np.where(open_, middle, 0)] < when)
        low, high = np.where(later, middle + 1, low), np.where(open_ & ~later, middle, high)
    there = low < ends
    there[there] = seen.session[low[there]] == when[there]
    if not there.all():
        at = int(np.argmin(there))
        raise BadInputError(
            f"client {seen.clients[who[at]]}, session {when[at]:g}: no rating there; give drops "
            "found in these courses"
        )
    return low


def _followed(
    up: FloatArray,
    rows: IntArray,
    ends: IntArray,
    expected: FloatArray,
    horizon: int,
    repair_share: float,
) -> dict[str, Any]:
    lowest, back = up[rows].copy(), np.full(len(rows), -1, dtype=np.int64)
    status = np.full(len(rows), OPEN, dtype=np.int8)
    for ahead in range(1, horizon + 1):
        on = np.flatnonzero((status == OPEN) & (rows + ahead < ends))
        here = rows[on] + ahead
        well = up[here] >= lowest[on] + repair_share * (expected[on] - lowest[on]) - _TIE
        status[on[well]], back[on[well]] = REPAIRED, here[well]
        lowest[on[~well]] = np.minimum(lowest[on[~well]], up[here[~well]])
        if ahead == horizon:
            status[on[~well]] = UNREPAIRED
    return {"status": status, "back": back, "lowest": lowest}
