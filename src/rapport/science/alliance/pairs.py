"""Sessions that both client and therapist rated on the same form."""

from dataclasses import dataclass

import numpy as np

from rapport.science.records.courses import Courses, FloatArray, IntArray


@dataclass(frozen=True, kw_only=True)
class Pairs:
    """Two views of the same sessions, by client and then session.

    Attributes:
        client_index: position of the client in the client's courses, shape (n_pairs,).
        session: the session both rated.
        client, therapist: their ratings in points.
    """

    client_index: IntArray
    session: FloatArray
    client: FloatArray
    therapist: FloatArray

    def __len__(self) -> int:
        return len(self.session)

    def differences(self, clients: Courses) -> Courses:
        """Therapist minus client as courses of their own, for the clients of ``clients``."""
        counts = np.bincount(self.client_index, minlength=clients.n_clients)
        return Courses(
            clients=clients.clients,
            starts=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
            session=self.session,
            score=self.therapist - self.client,
        )


def paired(*, client: Courses, therapist: Courses) -> Pairs:
    """Match both views by client id and session; sessions with one view are left out.

    >>> from rapport.science.records.courses import courses_from_rows
    >>> c = courses_from_rows(client=["a", "a", "b"], session=[1, 2, 1], score=[5, 6, 7])
    >>> t = courses_from_rows(client=["b", "a"], session=[1, 2], score=[4, 8])
    >>> pairs = paired(client=c, therapist=t)
    >>> pairs.client_index.tolist(), pairs.client.tolist(), pairs.therapist.tolist()
    ([0, 1], [6.0, 7.0], [8.0, 4.0])
    """
    if _same_rows(client, therapist):
        both = ~np.isnan(client.score + therapist.score)
        return Pairs(
            client_index=client.client_index[both],
            session=client.session[both],
            client=client.score[both],
            therapist=therapist.score[both],
        )
    return _matched(client.observed(), therapist.observed())


def _same_rows(mine: Courses, theirs: Courses) -> bool:
    return all(
        np.array_equal(getattr(mine, name), getattr(theirs, name))
        for name in ("starts", "session", "clients")
    )


def _matched(mine: Courses, theirs: Courses) -> Pairs:
    place = _places(mine, theirs)
    known = place >= 0
    index = np.concatenate([mine.client_index, place[known]])
    session = np.concatenate([mine.session, theirs.session[known]])
    score = np.concatenate([mine.score, theirs.score[known]])
    # Stable: where client and session agree the client's row comes first.
    order = np.lexsort((session, index))
    both = (np.diff(index[order]) == 0) & (np.diff(session[order]) == 0)
    first, second = order[:-1][both], order[1:][both]
    return Pairs(
        client_index=index[first],
        session=session[first],
        client=score[first],
        therapist=score[second],
    )


def _places(mine: Courses, theirs: Courses) -> IntArray:
    """For each of their rows the position of its client among mine, -1 where unknown."""
    if mine.n_clients == 0:
        return np.full(theirs.n_rows, -1, dtype=np.int64)
    order = np.argsort(mine.clients)
    at = np.searchsorted(mine.clients, theirs.clients, sorter=order).clip(max=mine.n_clients - 1)
    found = order[at]
    places = np.where(mine.clients[found] == theirs.clients, found, -1)
    return places[theirs.client_index].astype(np.int64)
