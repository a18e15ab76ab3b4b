"""Courses of therapy as columns: many clients' sessions of one scale, side by side in memory."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rapport.science.errors import BadInputError

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Courses:
    """The sessions of one scale by one kind of respondent, client after client.

    Rows are sorted by client, then session. ``score`` is NaN where the session was held and the
    form was not answered: missing stays missing. Row ``i`` of client ``c`` lies between
    ``starts[c]`` and ``starts[c + 1]``.

    Attributes:
        clients: ids, shape (n_clients,).
        starts: row where each client begins, shape (n_clients + 1,).
        session: session number or time in the table's own unit, shape (n_rows,).
        score: shape (n_rows,), NaN where missing.
    """

    clients: NDArray[Any]
    starts: IntArray
    session: FloatArray
    score: FloatArray

    @property
    def n_clients(self) -> int:
        return len(self.clients)

    @property
    def n_rows(self) -> int:
        return len(self.session)

    @property
    def lengths(self) -> IntArray:
        """Rows per client, shape (n_clients,)."""
        return self.starts[1:] - self.starts[:-1]

    @property
    def client_index(self) -> IntArray:
        """For each row the position of its client, shape (n_rows,)."""
        return np.repeat(np.arange(self.n_clients), self.lengths)

    def observed(self) -> "Courses":
        """The same courses without unanswered rows; clients without any answer stay, empty."""
        kept = ~np.isnan(self.score)
        counts = np.bincount(self.client_index[kept], minlength=self.n_clients)
        starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        return Courses(
            clients=self.clients, starts=starts, session=self.session[kept], score=self.score[kept]
        )

    def of(self, position: int) -> tuple[FloatArray, FloatArray]:
        """Sessions and scores of the client at this position."""
        rows = slice(self.starts[position], self.starts[position + 1])
        return self.session[rows], self.score[rows]

    def padded(self) -> tuple[FloatArray, FloatArray]:
        """Sessions and scores as matrices, one client a row, NaN after the last session.

        >>> c = courses_from_rows(client=["a", "a", "b"], session=[1, 2, 1], score=[5, 6, 7])
        >>> c.padded()[1]
        array([[ 5.,  6.],
               [ 7., nan]])
        """
        shape = (self.n_clients, int(self.lengths.max(initial=0)))
        column = np.arange(self.n_rows) - np.repeat(self.starts[:-1], self.lengths)
        matrices = []
        for values in (self.session, self.score):
            matrix = np.full(shape, np.nan)
            matrix[self.client_index, column] = values
            matrices.append(matrix)
        return matrices[0], matrices[1]


def courses_from_rows(*, client: ArrayLike, session: ArrayLike, score: ArrayLike) -> Courses:
    """Sort rows into courses; clients keep the order of their first row.

    Args:
        client: id of each row (text or numbers), shape (n_rows,).
        session: session number or time, finite.
        score: NaN where not answered.

    Raises:
        BadInputError: columns of different length, a session that is not a number, an infinite
            score, or two rows for one session of one client.
    """
    ids, sessions, scores = _columns(client=client, session=session, score=score)
    first, inverse = _order_of_appearance(ids)
    order = np.lexsort((sessions, inverse))
    inverse, sessions = inverse[order], sessions[order]
    twice = (np.diff(inverse) == 0) & (np.diff(sessions) == 0)
    if twice.any():
        at = int(np.argmax(twice))
        raise BadInputError(
            f"client {first[inverse[at]]}, session {sessions[at]:g}: two scores; keep one"
        )
    counts = np.bincount(inverse, minlength=len(first))
    starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    return Courses(clients=first, starts=starts, session=sessions, score=scores[order])


def _columns(
    *, client: ArrayLike, session: ArrayLike, score: ArrayLike
) -> tuple[NDArray[Any], FloatArray, FloatArray]:
    ids = np.asarray(client)
    sessions = np.asarray(session, dtype=np.float64)
    scores = np.asarray(score, dtype=np.float64)
    if not len(ids) == len(sessions) == len(scores):
        raise BadInputError(
            f"client, session and score have {len(ids)}, {len(sessions)} and "
            f"{len(scores)} rows; give one of each per row"
        )
    if not np.isfinite(sessions).all():
        raise BadInputError(
            f"row {int(np.argmin(np.isfinite(sessions)))}: session is not a "
            "finite number; number the sessions"
        )
    if np.isinf(scores).any():
        raise BadInputError(
            f"row {int(np.argmax(np.isinf(scores)))}: score is infinite; leave "
            "the cell empty if it is missing"
        )
    return ids, sessions, scores


def _order_of_appearance(ids: NDArray[Any]) -> tuple[NDArray[Any], IntArray]:
    values, first_row, inverse = np.unique(ids, return_index=True, return_inverse=True)
    order = np.argsort(first_row, kind="stable")
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    return values[order], rank[inverse]
