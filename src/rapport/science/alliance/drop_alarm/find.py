"""Alarms in real courses: which ratings lie below what the client's own led to expect."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rapport.science.alliance.drop_alarm.model import FloatArray
from rapport.science.alliance.drop_alarm.rule import AlarmRule
from rapport.science.alliance.drop_alarm.scan import EARLIER, Scan, scan
from rapport.science.records.courses import Courses
from rapport.science.records.result import Result

IntArray = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class DropAlarms(Result):
    """Alarms, one per rating that gave one, and the usual range at every row of the courses.

    Attributes:
        client_index, session, score: position of the client in the courses, session and rating
            of the alarm, shape (n_alarms,).
        expected: mean the client's earlier ratings led to expect.
        window: how many last ratings fell (1, 2 or 3).
        first_session: the session where that window starts.
        excess: how far z went beyond its threshold.
        z: largest standardised drop at each row; NaN where missing or too early, shape (n_rows,).
        lower, upper: a rating at ``lower`` (in the better direction; ``upper`` where lower is
            better) would give an alarm by itself; the other end mirrors it; shape (n_rows,).
    """

    client_index: IntArray
    session: FloatArray
    score: FloatArray
    expected: FloatArray
    window: IntArray
    first_session: FloatArray
    excess: FloatArray
    z: FloatArray
    lower: FloatArray
    upper: FloatArray

    def to_text(self) -> str:
        """How many alarms for how many clients."""
        clients = len(np.unique(self.client_index))
        return f"{self.method}: {len(self.session)} alarms in the courses of {clients} clients"


def find_drops(*, courses: Courses, rule: AlarmRule) -> DropAlarms:
    """Scan courses for ratings well below what the client's own earlier ratings led to expect.

    An alarm says that a steady client would seldom rate like this; it does not say that anything
    was wrong in the session, and most small ruptures leave no alarm (see ``sensitivity``).
    When not to use it: to compare therapists, or as the only way to hear of a rupture: ask.

    Args:
        courses: ratings of one scale by one kind of respondent, in the scale's own direction.
        rule: from ``alarm_thresholds`` for the same scale.

    Returns:
        The alarms in order of client and session, and the usual range at each row.

    >>> from rapport.science.alliance.drop_alarm import alarm_thresholds, known_model
    >>> from rapport.science.records.courses import courses_from_rows
    >>> model = known_model(mean=7, between_sd=1.5, within_sd=1)
    >>> rule = alarm_thresholds(model=model, rng=np.random.default_rng(1))
    >>> sarah = courses_from_rows(
    ...     client=["Sarah"] * 6, session=range(1, 7), score=[8, 8.5, 8, 3, 8, 8.5]
    ... )
    >>> find_drops(courses=sarah, rule=rule).session
    array([4.])
    """
    answered = courses.observed()
    session, score = answered.padded()
    oriented = rule.direction * score
    limits = _limits(rule, oriented.shape[1])
    found = _scan(oriented, rule)
    rows = np.nonzero(found.z >= limits)
    window = found.window[rows].astype(np.int64)
    z, lower, upper = _every_row(found, limits, rule, courses)
    return DropAlarms(
        method="Drop alarm",
        settings={"budget": rule.budget, **rule.settings},
        papers=rule.papers,
        notes=rule.notes,
        client_index=rows[0].astype(np.int64),
        session=session[rows],
        score=score[rows],
        expected=rule.direction * found.before[rows],
        window=window,
        first_session=session[rows[0], rows[1] - window + 1],
        excess=(found.z - limits)[rows],
        z=z,
        lower=lower,
        upper=upper,
    )


def _limits(rule: AlarmRule, n_sessions: int) -> FloatArray:
    known = rule.thresholds
    extra = np.full(max(n_sessions - len(known), 0), known[-1])
    limits = np.concatenate([known, extra])[:n_sessions]
    return np.where(np.isnan(limits), np.inf, limits)


def _scan(oriented: FloatArray, rule: AlarmRule) -> Scan:
    if oriented.shape[1] > EARLIER:
        return scan(ratings=oriented, baseline=rule.baseline)
    empty = np.full(oriented.shape, np.nan)
    return Scan(
        z=np.full(oriented.shape, -np.inf),
        window=np.ones(oriented.shape),
        before=empty,
        expected=empty,
        spread=empty,
    )


def _every_row(
    found: Scan, limits: FloatArray, rule: AlarmRule, courses: Courses
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """z and the usual range at each row of the courses, NaN where unanswered or too early."""
    answered = ~np.isnan(courses.score)
    rank = np.cumsum(answered) - 1
    first = np.concatenate([[0], np.cumsum(answered)])[courses.starts[:-1]]
    column = (rank - np.repeat(first, courses.lengths))[answered]
    at = (courses.client_index[answered], column)
    half = np.where(np.isinf(limits), np.nan, limits)[at[1]] * found.spread[at]
    middle = found.expected[at]
    low = middle - half
    high = middle + half
    if rule.minimum is not None:
        low = np.maximum(low, rule.minimum)
    if rule.maximum is not None:
        high = np.minimum(high, rule.maximum)
    if rule.direction < 0:
        low, high = -high, -low
    z = np.where(np.isfinite(found.z[at]), found.z[at], np.nan)
    filled = []
    for values in (z, low, high):
        column_of_rows = np.full(courses.n_rows, np.nan)
        column_of_rows[answered] = values
        filled.append(column_of_rows)
    return filled[0], filled[1], filled[2]
