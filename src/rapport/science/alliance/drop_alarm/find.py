"""Alarms in real courses: which ratings lie below what the client's own led to expect."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rapport.science.alliance.drop_alarm.model import FloatArray
from rapport.science.alliance.drop_alarm.rule import AlarmRule
from rapport.science.alliance.drop_alarm.scan import EARLIER, scan
from rapport.science.records.courses import Courses
from rapport.science.records.result import Result

IntArray = NDArray[np.int64]

CELLS = 200_000  # ratings scanned at a time: a few arrays of this size stay in the cache


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
    found = _scanned_rows(answered, rule)
    rows = np.nonzero(found.z >= found.limit)[0]
    lower, upper = _usual_range(found, rule)
    return DropAlarms(
        method="Drop alarm",
        settings={"budget": rule.budget, **rule.settings},
        papers=rule.papers,
        notes=rule.notes,
        client_index=answered.client_index[rows],
        session=answered.session[rows],
        score=answered.score[rows],
        expected=rule.direction * found.before[rows],
        window=found.window[rows],
        first_session=answered.session[rows - found.window[rows] + 1],
        excess=(found.z - found.limit)[rows],
        z=_on_all_rows(np.where(np.isfinite(found.z), found.z, np.nan), courses),
        lower=_on_all_rows(lower, courses),
        upper=_on_all_rows(upper, courses),
    )


@dataclass(frozen=True, kw_only=True)
class _Rows:
    """A scan laid back on the answered rows of the courses, each of shape (n_answered,)."""

    z: FloatArray
    limit: FloatArray
    window: IntArray
    before: FloatArray
    expected: FloatArray
    spread: FloatArray

    @classmethod
    def empty(cls, n: int) -> "_Rows":
        nothing = [np.full(n, np.nan) for _ in range(3)]
        return cls(
            z=np.full(n, -np.inf),
            limit=np.full(n, np.inf),
            window=np.ones(n, dtype=np.int64),
            before=nothing[0],
            expected=nothing[1],
            spread=nothing[2],
        )


def _scanned_rows(answered: Courses, rule: AlarmRule) -> _Rows:
    """Scan clients of like length together, so that one very long course costs no memory."""
    rows = _Rows.empty(answered.n_rows)
    order = np.argsort(answered.lengths, kind="stable")
    order = order[answered.lengths[order] > EARLIER]
    oriented = rule.direction * answered.score
    while len(order):
        longest = np.maximum.accumulate(answered.lengths[order])
        fits = max(int(np.searchsorted(longest * np.arange(1, len(order) + 1), CELLS)), 1)
        _scan_block(order[:fits], answered, oriented, rule, rows)
        order = order[fits:]
    return rows


def _scan_block(
    clients: IntArray, answered: Courses, oriented: FloatArray, rule: AlarmRule, rows: _Rows
) -> None:
    length = answered.lengths[clients]
    column = np.arange(length.max())
    given = column < length[:, None]
    row = (answered.starts[clients][:, None] + column)[given]
    ratings = np.full(given.shape, np.nan)
    ratings[given] = oriented[row]
    found = scan(ratings=ratings, baseline=rule.baseline)
    rows.z[row] = found.z[given]
    rows.limit[row] = np.broadcast_to(_limits(rule, len(column)), given.shape)[given]
    rows.window[row] = found.window[given]
    rows.before[row] = found.before[given]
    rows.expected[row] = found.expected[given]
    rows.spread[row] = found.spread[given]


def _limits(rule: AlarmRule, n_sessions: int) -> FloatArray:
    known = rule.thresholds
    extra = np.full(max(n_sessions - len(known), 0), known[-1])
    limits = np.concatenate([known, extra])[:n_sessions]
    return np.where(np.isnan(limits), np.inf, limits)


def _usual_range(found: _Rows, rule: AlarmRule) -> tuple[FloatArray, FloatArray]:
    """The range of single ratings that give no alarm, mirrored upwards, inside the scale."""
    half = np.where(np.isinf(found.limit), np.nan, found.limit) * found.spread
    low, high = found.expected - half, found.expected + half
    if rule.minimum is not None:
        low = np.maximum(low, rule.minimum)
    if rule.maximum is not None:
        high = np.minimum(high, rule.maximum)
    return (low, high) if rule.direction > 0 else (-high, -low)


def _on_all_rows(values: FloatArray, courses: Courses) -> FloatArray:
    filled = np.full(courses.n_rows, np.nan)
    filled[~np.isnan(courses.score)] = values
    return filled
