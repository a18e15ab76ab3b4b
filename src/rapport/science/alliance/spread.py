"""How much one client's ratings vary, and how much clients differ."""

from dataclasses import dataclass

import numpy as np

from rapport.science.records.courses import Courses, FloatArray, IntArray

# Clients who seem all alike still differ a little: at least 1 % of the within variance; ours.
LEAST_BETWEEN_SHARE = 0.01


@dataclass(frozen=True, kw_only=True)
class Spread:
    """Mean level of a practice, and variances in squared points; NaN where undefined.

    Attributes:
        mean: mean of the clients' means.
        within: variance of one client's ratings around the own mean.
        between: variance of the clients' levels beyond what chance makes of their means.
    """

    mean: float
    within: float
    between: float


def client_sds(courses: Courses) -> FloatArray:
    """Each client's own SD over observed ratings (n - 1), NaN below two, shape (n_clients,).

    >>> from rapport.science.records.courses import courses_from_rows
    >>> client_sds(courses_from_rows(client=["a"] * 3, session=[1, 2, 3], score=[4, 5, 6]))
    array([1.])
    """
    squares, counts = _squares_within(courses)
    enough = counts >= 2
    variance = np.divide(
        squares, counts - 1.0, out=np.full(courses.n_clients, np.nan), where=enough
    )
    return np.asarray(np.sqrt(variance))


def pooled_within_sd(courses: Courses) -> float:
    """The SD of ratings around their client's own mean, over all clients; NaN if undefined.

    The square root of sum((n_i - 1) s_i^2) / sum(n_i - 1), observed ratings only. It says how
    much one person's ratings usually vary, not how people differ.

    >>> from rapport.science.records.courses import courses_from_rows
    >>> c = courses_from_rows(client=["a", "a", "b", "b"], session=[1, 2] * 2, score=[4, 6, 5, 5])
    >>> pooled_within_sd(c)
    1.0
    """
    squares, counts = _squares_within(courses)
    freedom = np.maximum(counts - 1, 0).sum()
    return float(np.sqrt(squares.sum() / freedom)) if freedom else float("nan")


def _squares_within(courses: Courses) -> tuple[FloatArray, IntArray]:
    seen = courses.observed()
    index, counts = seen.client_index, seen.lengths
    sums = np.bincount(index, seen.score, minlength=seen.n_clients)
    around = seen.score - (sums / np.maximum(counts, 1))[index]
    squares = np.bincount(index, around**2, minlength=seen.n_clients)
    return squares.astype(np.float64), counts


def spread_of(courses: Courses) -> Spread:
    """Learn mean level and both variances from courses (method of moments).

    Each client counts alike, however many ratings there are; clients with one rating say nothing
    here. Fewer than two clients with two ratings leave ``between`` undefined.

    >>> from rapport.science.records.courses import courses_from_rows
    >>> c = courses_from_rows(client=list("aabb"), session=[1, 2] * 2, score=[4, 6, 8, 8])
    >>> spread_of(c)
    Spread(mean=6.5, within=1.0, between=4.0)
    """
    seen, within = courses.observed(), pooled_within_sd(courses) ** 2
    several = seen.lengths >= 2
    sums = np.bincount(seen.client_index, seen.score, minlength=seen.n_clients)
    means = sums[several] / seen.lengths[several]
    between = float("nan")
    if len(means) >= 2:
        chance = float((within / seen.lengths[several]).mean())
        between = max(float(means.var(ddof=1)) - chance, LEAST_BETWEEN_SHARE * within)
    mean = float(means.mean()) if len(means) else float("nan")
    return Spread(mean=mean, within=within, between=between)
