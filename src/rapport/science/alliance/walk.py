"""Walking through many courses side by side, one rating at a time; and rules with a memory."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from rapport.science.records.courses import Courses, IntArray


def steps(courses: Courses) -> Iterator[tuple[int, IntArray, IntArray]]:
    """For position 0, 1, ... the clients that have such a row, and that row of each.

    Every rule that remembers something (an episode, a running average) is a walk over positions
    with all clients abreast. Clients come longest first, so those of a later step are always a
    leading part of those of an earlier one; nothing is padded.

    >>> from rapport.science.records.courses import courses_from_rows
    >>> c = courses_from_rows(client=["a", "b", "b"], session=[1, 1, 2], score=[5, 6, 7])
    >>> [(k, clients.tolist(), rows.tolist()) for k, clients, rows in steps(c)]
    [(0, [1, 0], [1, 0]), (1, [1], [2])]
    """
    longest_first = np.argsort(-courses.lengths, kind="stable")
    lengths = courses.lengths[longest_first]
    for position in range(int(lengths.max(initial=0))):
        clients = longest_first[: int(np.searchsorted(-lengths, -position, side="left"))]
        yield position, clients, courses.starts[clients] + position


def lasting(met: NDArray[np.bool_], starts: IntArray) -> IntArray:
    """How many rows in a row, up to and with each, meet a condition; counting anew per client.

    Args:
        met: booleans, shape (n_rows,).
        starts: row where each client begins, shape (n_clients + 1,).

    >>> lasting(np.array([True, True, False, True, True]), np.array([0, 4, 5])).tolist()
    [1, 2, 0, 1, 1]
    """
    rows = np.arange(len(met))
    last_break = np.where(met, -1, rows)
    first = starts[:-1][starts[:-1] < len(met)]
    last_break[first] = np.where(met[first], first - 1, first)
    return rows - np.maximum.accumulate(last_break)


def latched(
    *, on: NDArray[np.bool_], off: NDArray[np.bool_], starts: IntArray
) -> NDArray[np.bool_]:
    """Whether something stands at each row: from a row that says ``on`` up to before an ``off``.

    Args:
        on, off: shape (n_rows,); where both are true ``on`` holds.
        starts: row where each client begins, shape (n_clients + 1,).

    >>> on, off = np.array([0, 1, 0, 0, 0], bool), np.array([0, 0, 0, 1, 0], bool)
    >>> latched(on=on, off=off, starts=np.array([0, 5])).tolist()
    [False, True, True, False, False]
    """
    rows = np.arange(len(on))
    last_on = np.maximum.accumulate(np.where(on, rows, -1))
    last_off = np.maximum.accumulate(np.where(off & ~on, rows, -1))
    begins = np.repeat(starts[:-1], np.diff(starts))
    return np.asarray((last_on > last_off) & (last_on >= begins))


def before(values: NDArray[np.bool_], starts: IntArray, back: int = 1) -> NDArray[np.bool_]:
    """What stood ``back`` rows earlier in the same course; False where there was none.

    >>> before(np.array([True, True, True]), np.array([0, 2, 3])).tolist()
    [False, True, False]
    """
    begins = np.repeat(starts[:-1], np.diff(starts))
    earlier = np.arange(len(values)) - back
    there = earlier >= begins
    return np.asarray(there & values[np.where(there, earlier, 0)])
