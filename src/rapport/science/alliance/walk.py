"""Walking through many courses side by side, one rating at a time."""

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
