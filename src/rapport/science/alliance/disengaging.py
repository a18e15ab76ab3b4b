"""Is a client slipping away? Missed sessions and check-ins left unanswered."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rapport.science.alliance.walk import before, lasting, latched
from rapport.science.errors import BadInputError
from rapport.science.records.courses import Courses, FloatArray, IntArray
from rapport.science.records.result import Result

_LIMIT = (
    "a session not booked for 21 days also counts, and needs the diary",
    "one or two say little by themselves",
)


@dataclass(frozen=True, kw_only=True)
class Disengaging(Result):
    """Where the rule is met, session by session; rows by client, then session.

    Attributes:
        client_index: position of the client in the courses, shape (n_rows,).
        session: session of the row.
        count: sessions missed of the last few, or check-ins running unanswered.
        signal: whether the count reaches the rule.
        standing: met here or earlier, and not yet recovered.
        recovered: whether it recovers here: a held session, an answered check-in.
    """

    client_index: IntArray
    session: FloatArray
    count: IntArray
    signal: NDArray[np.bool_]
    standing: NDArray[np.bool_]
    recovered: NDArray[np.bool_]


def missed_sessions(*, attendance: Courses, missed: int = 2, of_last: int = 3) -> Disengaging:
    """Signal when a client missed or cancelled so many of the last sessions.

    Per member in couples and families. When not to use it: where the table does not tell a
    client's cancelling from the service's; leave those sessions empty.

    Args:
        attendance: as score 1 for a held session, 0 for one the client missed or cancelled, NaN
            where not said (left out of the last few).
        missed, of_last: 2 of 3 (ours).

    Raises:
        BadInputError: a score other than 0, 1, NaN; a rule that can't be met.

    >>> from rapport.science.records.courses import courses_from_rows
    >>> c = courses_from_rows(client=["Callum"] * 5, session=range(1, 6), score=[1, 0, 1, 0, 1])
    >>> found = missed_sessions(attendance=c)
    >>> found.session[found.signal].tolist(), found.session[found.recovered].tolist()
    ([4.0], [5.0])
    """
    if not 1 <= missed <= of_last:
        raise BadInputError(f"{missed} missed of the last {of_last}: give 1 or more, and no more")
    seen = attendance.observed()
    if not np.isin(seen.score, (0, 1)).all():
        raise BadInputError("attendance holds other values than 0 (missed), 1 (held) and empty")
    absent = seen.score == 0
    count = absent.astype(np.int64)
    for back in range(1, of_last):
        count += before(absent, seen.starts, back)
    # The rule is met by a missed session; a held one only has it in its last few.
    return Disengaging(
        method=f"Disengaging: {missed} of the last {of_last} sessions missed",
        settings={"missed": missed, "of_last": of_last},
        notes=_LIMIT,
        **_told(seen, count, absent & (count >= missed), ~absent),
    )


def unanswered_check_ins(*, check_ins: Courses, running: int = 2) -> Disengaging:
    """Signal when a client left so many check-ins running unanswered.

    When not to use it: where no check-in was asked. Rows are check-ins that were sent; leave the
    others out.

    Args:
        check_ins: NaN where sent and not answered.
        running: 2 (ours).

    Raises:
        BadInputError: ``running`` under 1.

    >>> from rapport.science.records.courses import courses_from_rows
    >>> c = courses_from_rows(client=["Cal"] * 4, session=range(1, 5), score=[8, np.nan, np.nan, 7])
    >>> found = unanswered_check_ins(check_ins=c)
    >>> found.session[found.signal].tolist(), found.session[found.recovered].tolist()
    ([3.0], [4.0])
    """
    if running < 1:
        raise BadInputError(f"running is {running}; give 1 or more")
    silent = np.isnan(check_ins.score)
    count = lasting(silent, check_ins.starts)
    return Disengaging(
        method=f"Disengaging: {running} check-ins running unanswered",
        settings={"running": running},
        notes=_LIMIT,
        **_told(check_ins, count, count >= running, ~silent),
    )


def _told(
    courses: Courses, count: IntArray, signal: NDArray[np.bool_], back: NDArray[np.bool_]
) -> dict[str, Any]:
    standing = latched(on=signal, off=back, starts=courses.starts)
    return {
        "client_index": courses.client_index,
        "session": courses.session,
        "count": count,
        "signal": signal,
        "standing": standing,
        "recovered": back & before(standing, courses.starts),
    }
