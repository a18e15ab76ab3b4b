"""Looking back: at which ratings did the level of a course change?"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from rapport.science.errors import BadInputError
from rapport.science.records.courses import Courses, FloatArray, IntArray
from rapport.science.records.result import Result

_BAI = "Bai & Perron (2003), J Appl Econometrics 18:1-22: breaks by dynamic programming, BIC"
_YAO = "Yao (1987), Ann Stat 15:1321-1328: interval of a break, equal variances"
# 97.5 % point of the estimated break's distribution, in sigma^2 / shift^2; Yao (1987), Bai &
# Perron (2003) print 11.03.
BREAK_QUANTILE = 11.0333
# A level of one or two coarse ratings can fit perfectly by chance; ours.
_FEWEST_RATINGS = 3
# Values worked on at once; keeps memory near a hundred MB.
_AT_ONCE = 2_000_000
# Residual sums smaller than this part of the whole are rounding errors of a perfect fit.
_PERFECT = 1e-12


@dataclass(frozen=True, kw_only=True)
class LevelBreaks(Result):
    """Looking back: in how many levels each course falls, and where they end.

    Attributes:
        rss: residual sum of squares with 0, 1, ... breaks, shape (n_clients, max_breaks + 1);
            NaN where a course is too short for so many.
        bic: the same for the Bayesian information criterion; smaller is better.
        n_breaks: the number with the smallest, shape (n_clients,); -1 without a rating.
        last_before: rating (1, 2, ...) that ends each level but the last, shape (n_clients,
            max_breaks); 0 where there is none.
        lower, upper: 95 % interval of the same in ratings; 0 where there is none.
        level: mean of each level in points, shape (n_clients, max_breaks + 1), NaN where none.
    """

    rss: FloatArray
    bic: FloatArray
    n_breaks: IntArray
    last_before: IntArray
    lower: IntArray
    upper: IntArray
    level: FloatArray


def level_breaks(
    *,
    courses: Courses,
    max_breaks: int = 1,
    min_share: float = 0.15,
    fewest: int = _FEWEST_RATINGS,
) -> LevelBreaks:
    """Split each course into levels by least squares and choose their number by BIC.

    Exact (dynamic programming over all positions). When not to use it: for an alarm, since the
    whole course must be there; for steady growth, which it cuts into steps; for coarse short
    series, where a few equal ratings fit perfectly. The interval assumes one variance, no
    autocorrelation and a shift that is not tiny.

    Args:
        courses: missing ratings are skipped.
        max_breaks: at most so many changes of level.
        min_share: each level lasts at least this share of the course (0.15, Bai & Perron) ...
        fewest: ... and so many ratings (3, ours).

    Raises:
        BadInputError: a setting out of its range.

    >>> from rapport.science.records.courses import courses_from_rows
    >>> ratings = [8, 7, 8, 8, 5, 4, 5, 5]
    >>> c = courses_from_rows(client=["Ann"] * 8, session=range(1, 9), score=ratings)
    >>> found = level_breaks(courses=c)
    >>> found.n_breaks, found.last_before, found.level
    (array([1]), array([[4]]), array([[7.75, 4.75]]))
    """
    if max_breaks < 0 or not 0 < min_share < 1 or fewest < 1:
        raise BadInputError(
            f"max_breaks {max_breaks}, min_share {min_share:g}, fewest {fewest}; give 0 or more, "
            "a share between 0 and 1, and 1 or more"
        )
    seen = courses.observed()
    found = _nothing(seen.n_clients, max_breaks)
    for clients, ratings in _same_length(seen):
        least = max(fewest, int(min_share * ratings.shape[1]))
        for name, values in _split(ratings, max_breaks, least).items():
            found[name][clients] = values
    return LevelBreaks(
        method="Breaks of the mean level, least squares, number by BIC",
        settings={"max_breaks": max_breaks, "min_share": min_share, "fewest": fewest},
        papers=(_BAI, _YAO),
        **found,
    )


def _nothing(n: int, max_breaks: int) -> dict[str, Any]:
    return {
        "rss": np.full((n, max_breaks + 1), np.nan),
        "bic": np.full((n, max_breaks + 1), np.nan),
        "n_breaks": np.full(n, -1),
        "last_before": np.zeros((n, max_breaks), dtype=np.int64),
        "lower": np.zeros((n, max_breaks), dtype=np.int64),
        "upper": np.zeros((n, max_breaks), dtype=np.int64),
        "level": np.full((n, max_breaks + 1), np.nan),
    }


def _same_length(seen: Courses) -> Iterator[tuple[IntArray, FloatArray]]:
    """Clients with equally many ratings together, as matrices of bounded size."""
    for length in np.unique(seen.lengths[seen.lengths > 0]):
        clients = np.flatnonzero(seen.lengths == length)
        for part in np.array_split(clients, -(-len(clients) * int(length) // _AT_ONCE)):
            yield part, seen.score[seen.starts[part][:, None] + np.arange(length)]


def _split(ratings: FloatArray, max_breaks: int, least: int) -> dict[str, Any]:
    sums = _Sums.of(ratings)
    rss, cuts = _best_splits(sums, max_breaks, least)
    bic = _bic(rss, ratings.shape[1])
    chosen = np.nanargmin(bic, axis=1)
    ends = _ends(cuts, chosen, ratings.shape[1])
    level = sums.means(ends, chosen)
    lower, upper = _intervals(ends, level, rss[np.arange(len(rss)), chosen], ratings.shape[1])
    return {
        "rss": rss,
        "bic": bic,
        "n_breaks": chosen,
        "last_before": ends,
        "lower": lower,
        "upper": upper,
        "level": level + ratings[:, :1],
    }


@dataclass(kw_only=True)
class _Sums:
    """Running sums of ratings minus the first one (smaller numbers, smaller rounding errors)."""

    values: FloatArray  # shape (n_clients, n_ratings + 1), from 0
    squares: FloatArray

    @classmethod
    def of(cls, ratings: FloatArray) -> "_Sums":
        away = np.pad(ratings - ratings[:, :1], ((0, 0), (1, 0)))
        return cls(values=away.cumsum(axis=1), squares=(away**2).cumsum(axis=1))

    def rss(self, begin: IntArray, end: int) -> FloatArray:
        """Around the mean of ratings begin..end, for several begins, shape (n, n_begins)."""
        total = self.values[:, [end]] - self.values[:, begin]
        squares = self.squares[:, [end]] - self.squares[:, begin]
        rest = squares - total**2 / (end - begin)
        return np.asarray(np.where(rest > _PERFECT * self.squares[:, -1:], rest, 0.0))

    def means(self, ends: IntArray, chosen: IntArray) -> FloatArray:
        """Mean of each level, NaN after the last."""
        n, length = self.values.shape
        breaks = ends.shape[1]
        last = np.where(np.arange(breaks) < chosen[:, None], ends, length - 1)
        edges = np.hstack([np.zeros((n, 1), dtype=np.int64), last, np.full((n, 1), length - 1)])
        total = np.diff(np.take_along_axis(self.values, edges, axis=1), axis=1)
        count = np.diff(edges, axis=1)
        means: FloatArray = np.full(total.shape, np.nan)
        np.divide(total, count, out=means, where=count > 0)
        return means


def _best_splits(sums: _Sums, max_breaks: int, least: int) -> tuple[FloatArray, list[IntArray]]:
    """Smallest residual sums by number of breaks; for each number, where the last level begins."""
    n, edges = sums.values.shape
    best = np.full((n, edges), np.inf)
    for end in range(1, edges):
        best[:, end] = sums.rss(np.array([0]), end)[:, 0]
    whole = [best[:, -1].copy()]
    best[:, :least] = np.inf
    cuts: list[IntArray] = []
    for breaks in range(1, max_breaks + 1):
        best, begins = _one_more(sums, best, breaks, least)
        whole.append(best[:, -1])
        cuts.append(begins)
    rss = np.stack(whole, axis=1)
    return np.asarray(np.where(np.isinf(rss), np.nan, rss)), cuts


def _one_more(
    sums: _Sums, best: FloatArray, breaks: int, least: int
) -> tuple[FloatArray, IntArray]:
    n, edges = best.shape
    better, begins = np.full((n, edges), np.inf), np.zeros((n, edges), dtype=np.int64)
    for end in range((breaks + 1) * least, edges):
        begin = np.arange(breaks * least, end - least + 1)
        total = best[:, begin] + sums.rss(begin, end)
        at = total.argmin(axis=1)
        better[:, end] = total[np.arange(n), at]
        begins[:, end] = begin[at]
    return better, begins


def _bic(rss: FloatArray, length: int) -> FloatArray:
    """-2 log likelihood + log(n) (means + breaks + one variance)."""
    parameters = 2 * np.arange(1, rss.shape[1] + 1)
    with np.errstate(divide="ignore"):  # a perfect fit: minus infinity, the smallest there is
        fit = length * (np.log(rss / length) + 1 + np.log(2 * np.pi))
    return np.asarray(fit + np.log(length) * parameters)


def _ends(cuts: list[IntArray], chosen: IntArray, length: int) -> IntArray:
    """Ratings that end each level but the last, earliest first, 0 after them."""
    ends = np.zeros((len(chosen), len(cuts)), dtype=np.int64)
    end = np.full(len(chosen), length)
    for breaks in range(len(cuts), 0, -1):
        these = np.flatnonzero(chosen >= breaks)
        end[these] = cuts[breaks - 1][these, end[these]]
        ends[these, breaks - 1] = end[these]
    return ends


def _intervals(
    ends: IntArray, level: FloatArray, rss: FloatArray, length: int
) -> tuple[IntArray, IntArray]:
    there = ends > 0
    shift = np.where(there, np.diff(level, axis=1), 1.0)
    half = np.floor(BREAK_QUANTILE * rss[:, None] / length / shift**2) + 1
    half = np.minimum(half, length).astype(np.int64)
    lower, upper = np.maximum(ends - half, 1), np.minimum(ends + half, length - 1)
    return np.where(there, lower, 0), np.where(there, upper, 0)
