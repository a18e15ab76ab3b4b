"""Courses seen from where a client stands: what is known so far, and one later rating."""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from rapport.science.errors import BadInputError
from rapport.science.records.courses import Courses

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

Ahead = Literal["start", "next", "final", "any"]
AHEAD: tuple[Ahead, ...] = ("start", "next", "final", "any")


@dataclass(frozen=True, kw_only=True)
class Histories:
    """The ratings so far of many clients, time counted from each one's first rating.

    Attributes:
        intake: first rating, shape (n_clients,); NaN where nothing was answered.
        first_session: session of that rating.
        last_score, last_time: of the latest rating.
        rated: how many ratings.
        client: position of the client of each later rating (after the first), shape (n_rows,).
        time, score: of each later rating.
    """

    intake: FloatArray
    first_session: FloatArray
    last_score: FloatArray
    last_time: FloatArray
    rated: IntArray
    client: IntArray
    time: FloatArray
    score: FloatArray

    @property
    def n_clients(self) -> int:
        return len(self.intake)

    def with_intake(self, score: float) -> "Histories":
        """The same with this first score for clients who have none, so that arrays stay whole."""
        return replace(self, intake=np.where(np.isnan(self.intake), score, self.intake))


@dataclass(frozen=True, kw_only=True)
class Task:
    """What was known, and one later rating, of each client who has one.

    Attributes:
        client: position of the client in the courses, shape (n,).
        known: histories of these clients up to where they were cut, (n,) of them.
        time: of the later rating, since the first.
        observed: the later rating itself.
    """

    client: IntArray
    known: Histories
    time: FloatArray
    observed: FloatArray


def histories(courses: Courses) -> Histories:
    """Everything answered so far, client by client.

    >>> from rapport.science.records.courses import courses_from_rows
    >>> made = histories(courses_from_rows(client=["a"] * 3, session=[2, 4, 5], score=[9, 7, 6]))
    >>> made.intake, made.time
    (array([9.]), array([2., 3.]))
    """
    seen = courses.observed()
    return _known(seen, seen.lengths)


def take(courses: Courses, clients: BoolArray) -> Courses:
    """The courses of some clients only.

    >>> from rapport.science.records.courses import courses_from_rows
    >>> both = courses_from_rows(client=["a", "b", "b"], session=[1, 1, 2], score=[5, 6, 7])
    >>> take(both, np.array([False, True])).score
    array([6., 7.])
    """
    rows = np.repeat(clients, courses.lengths)
    starts = np.concatenate([[0], np.cumsum(courses.lengths[clients])]).astype(np.int64)
    return Courses(
        clients=courses.clients[clients],
        starts=starts,
        session=courses.session[rows],
        score=courses.score[rows],
    )


def one_later_rating(*, courses: Courses, ahead: Ahead, rng: np.random.Generator) -> Task:
    """Cut each client's course at random and take one rating after the cut.

    One per client, because the ratings of one client are not exchangeable with those of the next.

    Args:
        courses: clients with fewer than two ratings are left out.
        ahead: which rating: ``next`` after the cut, the client's ``final`` one, ``any`` later one,
            or, for ``start``, any later one with nothing known but the first.
        rng: where the cuts come from.

    Raises:
        BadInputError: an ``ahead`` that is none of these.

    >>> from rapport.science.records.courses import courses_from_rows
    >>> course = courses_from_rows(client=["a"] * 3, session=[1, 2, 3], score=[9, 7, 6])
    >>> task = one_later_rating(courses=course, ahead="final", rng=np.random.default_rng(1))
    >>> task.observed
    array([6.])
    """
    if ahead not in AHEAD:
        raise BadInputError(f"ahead is {ahead!r}; choose one of {', '.join(AHEAD)}")
    seen = courses.observed()
    able = seen.lengths > 1
    usable = take(seen, able)
    rated = usable.lengths
    cut = 1 + np.floor(rng.random(len(rated)) * (rated - 1)).astype(np.int64)
    if ahead == "start":
        cut = np.ones_like(rated)
    position = cut
    if ahead == "final":
        position = rated - 1
    elif ahead != "next":
        position = cut + np.floor(rng.random(len(rated)) * (rated - cut)).astype(np.int64)
    row = usable.starts[:-1] + position
    return Task(
        client=np.flatnonzero(able),
        known=_known(usable, cut),
        time=usable.session[row] - usable.session[usable.starts[:-1]],
        observed=usable.score[row],
    )


def _known(seen: Courses, count: IntArray) -> Histories:
    """Histories of the first ``count`` ratings of each client."""
    some = count > 0
    first = np.where(some, seen.starts[:-1], 0)
    last = np.where(some, seen.starts[:-1] + count - 1, 0)
    position = np.arange(seen.n_rows) - np.repeat(seen.starts[:-1], seen.lengths)
    later = (position > 0) & (position < np.repeat(count, seen.lengths))
    client = seen.client_index[later]

    def at(values: FloatArray, rows: IntArray) -> FloatArray:
        if len(values) == 0:
            return np.full(len(rows), np.nan)
        return np.where(some, values[rows], np.nan)

    first_session = at(seen.session, first)
    return Histories(
        intake=at(seen.score, first),
        first_session=first_session,
        last_score=at(seen.score, last),
        last_time=at(seen.session, last) - first_session,
        rated=count,
        client=client,
        time=seen.session[later] - first_session[client],
        score=seen.score[later],
    )
