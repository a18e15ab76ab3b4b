"""Expected response from the most similar earlier clients (nearest neighbours)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rapport.science.errors import BadInputError, TooLittleDataError
from rapport.science.outcome.baselines import Comparison, compare_forecasts
from rapport.science.records.result import Result

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

LUTZ = "Lutz, Leach, Barkham et al. (2005) J Consult Clin Psychol 73, 904-913"

# Leave-one-out over this many reference cases settles an RMSE to about 1.5 %; ours, for speed.
COMPARED = 2_000


@dataclass(frozen=True, kw_only=True)
class NeighbourResponse(Result):
    """What became of the k earlier clients most like each query client.

    Attributes:
        neighbours: rows of the reference, nearest first, shape (n_query, k).
        distance: Euclidean, in reference standard deviations, shape (n_query, k).
        mean, median: of the neighbours at each session, shape (n_query, n_sessions).
        quantiles: shape (len(levels), n_query, n_sessions), linear interpolation.
        comparison: leave-one-out error over the reference at the last session, beside the naive
            forecasts: neighbours earn their place only where they beat these.
    """

    neighbours: IntArray
    distance: FloatArray
    mean: FloatArray
    median: FloatArray
    quantiles: FloatArray
    comparison: Comparison


def nearest_neighbours(
    *, reference: ArrayLike, query: ArrayLike, k: int
) -> tuple[IntArray, FloatArray]:
    """The k reference cases nearest to each query case.

    Each feature is standardised with the reference cases' mean and population SD (a feature that
    does not vary is left out); distance is Euclidean.

    Args:
        reference: features, shape (n_reference, n_features), without missing values.
        query: shape (n_query, n_features), without missing values.
        k: how many neighbours.

    Returns:
        Rows of the reference and distances, nearest first, each of shape (n_query, k).

    Raises:
        BadInputError: missing or infinite features, or a different number of them.
        TooLittleDataError: fewer than k reference cases.

    >>> nearest_neighbours(reference=[[1.0], [2.0], [9.0]], query=[[1.8]], k=2)[0]
    array([[1, 0]])
    """
    cases, asked = _features(reference, "reference"), _features(query, "query")
    if cases.shape[1] != asked.shape[1]:
        raise BadInputError(
            f"query has {asked.shape[1]} features, reference {cases.shape[1]}; give the same ones"
        )
    if not 1 <= k <= len(cases):
        raise TooLittleDataError(f"{k} neighbours asked of {len(cases)} reference cases; lower k")
    centre, spread = cases.mean(axis=0), cases.std(axis=0)
    spread[spread == 0] = np.inf  # a constant feature tells no one apart
    from scipy.spatial import cKDTree  # late: it is heavy

    tree = cKDTree((cases - centre) / spread)
    distance, index = tree.query((asked - centre) / spread, k=np.arange(1, k + 1), workers=1)
    return index.astype(np.int64), distance


def neighbour_response(
    *,
    reference: ArrayLike,
    query: ArrayLike,
    k: int = 15,
    features: Sequence[int] = (0, 1, 2),
    levels: Sequence[float] = (0.05, 0.95),
) -> NeighbourResponse:
    """Expected course from the k earlier clients whose first scores were most alike.

    When not to use it: with some hundred reference cases regression does as well or better (see
    the comparison in the result), and the quantiles of k neighbours say how these k differed, not
    how uncertain the forecast is. k = 15 gives quartiles but hardly a 5 % quantile.

    Args:
        reference: scores of finished courses, one client a row, one session a column, shape
            (n_reference, n_sessions); the features must be there, later ones may be missing.
        query: scores of the clients asked about, shape (n_query, at least max(features) + 1).
        k: how many neighbours; ours, after the oracle.
        features: columns that must be alike.
        levels: quantiles wanted.

    Returns:
        NeighbourResponse.

    Raises:
        BadInputError, TooLittleDataError: see ``nearest_neighbours``.

    Reference: Lutz et al. (2005) J Consult Clin Psychol 73, 904-913.

    >>> rng = np.random.default_rng(1)
    >>> scores = 20 + rng.normal(size=(60, 1)) * 5 - np.arange(6) + rng.normal(size=(60, 6))
    >>> made = neighbour_response(reference=scores[10:], query=scores[:10], k=5)
    >>> made.mean.shape
    (10, 6)
    """
    cases = np.asarray(reference, dtype=np.float64)
    columns = list(features)
    index, distance = nearest_neighbours(
        reference=cases[:, columns], query=np.asarray(query)[:, columns], k=k
    )
    mean, quantiles = _summaries(cases[index], levels)
    return NeighbourResponse(
        method=f"Expected response from the {k} nearest neighbours",
        settings={"k": k, "features": columns, "levels": list(levels), "reference": len(cases)},
        papers=(LUTZ,),
        neighbours=index,
        distance=distance,
        mean=mean,
        median=quantiles[0],
        quantiles=quantiles[1:],
        comparison=_leave_one_out(cases=cases, columns=columns, k=k),
    )


def _features(values: ArrayLike, name: str) -> FloatArray:
    matrix = np.asarray(values, dtype=np.float64)
    if matrix.ndim != 2 or not np.isfinite(matrix).all():
        raise BadInputError(
            f"{name}: features must be a table of finite numbers, one case a row; leave out cases "
            "with a missing feature"
        )
    return matrix


def _summaries(courses: FloatArray, levels: Sequence[float]) -> tuple[FloatArray, FloatArray]:
    """Mean, and median followed by the quantiles, over the neighbours who have a rating."""
    empty = np.asarray(np.isnan(courses).all(axis=1))
    filled = np.where(empty[:, np.newaxis], 0.0, courses)
    wanted = [0.5, *levels]
    if np.isnan(filled).any():
        mean = np.nanmean(filled, axis=1)
        quantiles = np.nanquantile(filled, wanted, axis=1)
    else:  # the same and several times faster
        mean, quantiles = filled.mean(axis=1), np.quantile(filled, wanted, axis=1)
    mean[empty] = np.nan
    quantiles[:, empty] = np.nan
    return mean, quantiles


def _leave_one_out(*, cases: FloatArray, columns: list[int], k: int) -> Comparison:
    """Error at the last session when each reference case is predicted from the others."""
    known = cases[~np.isnan(cases[:, -1])]
    step = max(1, len(known) // COMPARED)
    asked = known[::step]
    index, _ = nearest_neighbours(
        reference=known[:, columns], query=asked[:, columns], k=min(k + 1, len(known))
    )
    own = np.arange(0, len(known), step).reshape(-1, 1)
    others = np.not_equal(index, own)
    final = known[:, -1]
    total = (final[index] * others).sum(axis=1)
    return compare_forecasts(
        observed=asked[:, -1],
        model=total / np.maximum(others.sum(axis=1), 1),
        last_value=asked[:, max(columns)],
        group_mean=(final.sum() - asked[:, -1]) / max(len(known) - 1, 1),
        model_name="nearest neighbours",
    )
