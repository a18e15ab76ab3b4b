"""From simulated steady courses to the baseline of the scan and to thresholds by session."""

import numpy as np

from rapport.science.alliance.drop_alarm.model import FloatArray
from rapport.science.alliance.drop_alarm.scan import EARLIER, Baseline

REFERENCE = 12  # rated sessions the budget is stated for (methods section 13)
SETTLED = 5  # from this rating on all windows exist and the threshold moves smoothly
# Part of an even share of the budget that rated sessions 3, 4, 5 ... 12 spend; later ones spend 1.
# Ours: with two or three earlier ratings little is found, so little is spent; no course length
# is ever allowed more than its share, since what is saved early is spent by the twelfth.
SPENDING = np.array([0.4, 0.6, *[1.125] * 8])
MARGIN = 1.5  # ours: of 100 rules, 93 then keep the budget outright
LARGEST_WEIGHT = 500.0  # a practice whose clients' SDs don't differ: the pooled SD alone counts


def allowed_share(*, budget: float, n_sessions: int) -> float:
    """Share of steady courses of n rated sessions that may be flagged (methods section 13).

    >>> round(allowed_share(budget=0.05, n_sessions=12), 3)
    0.05
    """
    return float(1 - (1 - budget) ** (max(n_sessions - EARLIER, 0) / (REFERENCE - EARLIER)))


def baseline_of(courses: FloatArray) -> Baseline:
    """What steady courses of this practice look like as rated, after clipping and rounding."""
    n = courses.shape[1]
    means = courses.mean(axis=1)
    within = float(courses.var(axis=1, ddof=1).mean())
    between = max(float(means.var(ddof=1)) - within / n, 1e-9 * max(within, 1e-9))
    return Baseline(
        mean=float(means.mean()),
        between_sd=float(np.sqrt(between)),
        within_sd=float(np.sqrt(max(within, 1e-18))),
        own_sd_weight=_own_sd_weight(courses, within),
    )


def _own_sd_weight(courses: FloatArray, within: float, count: int = 6) -> float:
    """How many ratings the pooled SD is worth: regress a new squared deviation on the own ones.

    The slope b of the best linear forecast of the next squared deviation from the variance of
    ``count`` earlier ratings equals (count - 1) / (weight + count - 1).
    """
    earlier, later = courses[:, :count], courses[:, count : count + 6]
    own = earlier.var(axis=1, ddof=1)
    new = (later - earlier.mean(axis=1, keepdims=True)) ** 2 / (1 + 1 / count)
    top = 9 * within  # heavy tails would make the slope depend on a handful of courses
    own, new = np.minimum(own, top), np.minimum(new, top).mean(axis=1)
    slope = float(np.cov(own, new)[0, 1] / max(own.var(), 1e-18))
    if slope <= (count - 1) / (LARGEST_WEIGHT + count - 1):
        return np.inf
    return (count - 1) * (1 - min(slope, 1.0)) / slope


def thresholds_by_session(z: FloatArray, *, budget: float) -> FloatArray:
    """Thresholds that spend the budget session by session, shape (n_sessions,).

    Each is the quantile of z among courses not yet flagged; from the fifth rating on they are
    smoothed over sessions; in the end all move together until the whole courses keep the budget
    with MARGIN standard errors of the simulation to spare.
    """
    raw = _quantiles_in_turn(z, hazard=allowed_share(budget=budget, n_sessions=EARLIER + 1))
    smooth = _smoothed(raw)
    return smooth + _shift(z - smooth, budget=budget)


def _quantiles_in_turn(z: FloatArray, *, hazard: float) -> FloatArray:
    spent = np.ones(z.shape[1])
    spent[EARLIER:REFERENCE] = SPENDING[: z.shape[1] - EARLIER]
    steady = np.ones(len(z), dtype=bool)
    thresholds = np.full(z.shape[1], np.nan)
    for k in range(EARLIER, z.shape[1]):
        thresholds[k] = np.quantile(z[steady, k], 1 - hazard * spent[k])
        steady &= z[:, k] < thresholds[k]
    return thresholds


def _smoothed(raw: FloatArray) -> FloatArray:
    session = np.arange(1, len(raw) + 1)
    late = session >= SETTLED
    if late.sum() < 2 * SETTLED:
        return raw
    terms = np.stack([np.ones(late.sum()), 1 / session[late]], axis=1)
    smooth = raw.copy()
    smooth[late] = terms @ np.linalg.lstsq(terms, raw[late], rcond=None)[0]
    return smooth


def _shift(excess: FloatArray, *, budget: float) -> float:
    """Smallest common shift that keeps the budget at 12 sessions and at the longest course."""
    needed = []
    for n in (REFERENCE, excess.shape[1]):
        share = allowed_share(budget=budget, n_sessions=n)
        margin = MARGIN * np.sqrt(share * (1 - share) / len(excess))
        highest = excess[:, EARLIER:n].max(axis=1)
        needed.append(np.quantile(highest, 1 - max(share - margin, share / 2)))
    return float(max(needed))


def flagged_share(z: FloatArray, thresholds: FloatArray, *, n_sessions: int = REFERENCE) -> float:
    """Share of courses with at least one alarm among their first n rated sessions."""
    at = slice(EARLIER, n_sessions)
    return float((z[:, at] >= thresholds[at]).any(axis=1).mean())
