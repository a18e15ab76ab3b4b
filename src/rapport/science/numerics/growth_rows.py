"""Rows of a growth model: checked, without missing outcomes, each client's rows together."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rapport.science.errors import BadInputError, TooLittleDataError

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

LARGEST_OUTCOME = 1e100  # ours: no scale has such scores, and their squares still are numbers


@dataclass(frozen=True, kw_only=True)
class GrowthRows:
    """Observed rows sorted by client, clients in order of their first row.

    Attributes:
        y: outcome, shape (n_rows,), no NaN.
        design: fixed-effects design, shape (n_rows, n_fixed).
        client_ids: shape (n_clients,).
        starts: first row of each client, shape (n_clients,).
        group_ids: third-level ids, shape (n_groups,); empty without a third level.
        group: position of each client's group, shape (n_clients,), or None.
    """

    y: FloatArray
    design: FloatArray
    client_ids: NDArray[Any]
    starts: IntArray
    group_ids: NDArray[Any]
    group: IntArray | None

    @property
    def lengths(self) -> IntArray:
        """Rows per client, shape (n_clients,)."""
        return np.diff(self.starts, append=len(self.y))


def growth_rows(
    *, y: ArrayLike, design: ArrayLike, client: ArrayLike, group: ArrayLike | None
) -> GrowthRows:
    """Check the columns, drop rows without an outcome and bring each client's rows together.

    Raises:
        BadInputError: unequal lengths, infinite outcomes, a design that is not finite, an id that
            is missing, a client in two groups.
        TooLittleDataError: no row has an outcome.
    """
    outcome = np.asarray(y, dtype=np.float64)
    matrix = _matrix(design)
    ids = ids_array(client, what="client")
    _same_length(outcome, matrix, ids)
    per_row = None if group is None else _group_of_rows(ids_array(group, what="group"), ids)
    kept = ~np.isnan(outcome)
    if not kept.any():
        raise TooLittleDataError("no row has an outcome; a growth model needs rated sessions")
    if not kept.all():
        outcome, matrix, ids = outcome[kept], matrix[kept], ids[kept]
        per_row = None if per_row is None else per_row[kept]
    _finite(outcome, matrix)
    order, starts, client_ids = runs_of(ids)
    if order is not None:
        outcome, matrix = outcome[order], matrix[order]
        per_row = None if per_row is None else per_row[order]
    group_ids, codes = _group_of_clients(per_row, starts, client_ids)
    return GrowthRows(
        y=outcome,
        design=matrix,
        client_ids=client_ids,
        starts=starts,
        group_ids=group_ids,
        group=codes,
    )


def runs_of(ids: NDArray[Any]) -> tuple[IntArray | None, IntArray, NDArray[Any]]:
    """Order that brings equal ids together (None if they are), run starts, ids in that order.

    >>> runs_of(np.array(["b", "b", "a"]))[1:]
    (array([0, 2]), array(['b', 'a'], dtype='<U1'))
    """
    starts = _run_starts(ids)
    if len(np.unique(ids[starts])) == len(starts):
        return None, starts, ids[starts]
    _, first, codes = np.unique(ids, return_index=True, return_inverse=True)
    order = np.argsort(first[codes], kind="stable")
    starts = _run_starts(codes[order])
    return order, starts, ids[order][starts]


def ids_array(values: ArrayLike, *, what: str) -> NDArray[Any]:
    """Ids as a one-dimensional array of numbers or text, none missing."""
    ids = np.asarray(values)
    if ids.ndim != 1:
        raise BadInputError(f"{what} has shape {ids.shape}; give one id per row")
    if ids.dtype == object:
        missing = np.array([v is None or v != v for v in ids], dtype=bool)
        ids = ids.astype(str)
    else:
        missing = np.isnan(ids) if ids.dtype.kind == "f" else np.zeros(0, dtype=bool)
    if missing.any():
        raise BadInputError(f"row {int(np.argmax(missing))}: the {what} id is missing; fill it in")
    return ids


def _matrix(design: ArrayLike) -> FloatArray:
    matrix = np.asarray(design, dtype=np.float64)
    if matrix.ndim != 2 or matrix.shape[1] == 0:
        raise BadInputError(
            f"design has shape {matrix.shape}; give a matrix with one row per rating and at "
            "least one column (a column of ones is the intercept)"
        )
    return matrix


def _same_length(y: FloatArray, design: FloatArray, client: NDArray[Any]) -> None:
    if y.ndim != 1 or not len(y) == len(design) == len(client):
        raise BadInputError(
            f"y, design and client have shapes {y.shape}, {design.shape} and {client.shape}; "
            "give one of each per row"
        )


def _finite(y: FloatArray, design: FloatArray) -> None:
    if not np.abs(y).max() < LARGEST_OUTCOME:
        row = int(np.argmax(np.abs(y)))
        raise BadInputError(
            f"rated row {row}: the outcome is infinite or beyond 1e100; leave it NaN if missing"
        )
    # The sum is finite whenever all entries are (overflow aside): no mask of the whole matrix.
    if not np.isfinite(design.sum()) and not np.isfinite(design).all():
        row, column = np.argwhere(~np.isfinite(design))[0]
        raise BadInputError(
            f"rated row {row}, design column {column}: not a finite number; leave the row out "
            "or fill the predictor in"
        )


def _run_starts(ids: NDArray[Any]) -> IntArray:
    return np.concatenate([[0], np.flatnonzero(ids[1:] != ids[:-1]) + 1]).astype(np.int64)


def _group_of_rows(group: NDArray[Any], client: NDArray[Any]) -> NDArray[Any]:
    """Spread a code per client over the client's rows; a code per row stays as it is."""
    if len(group) == len(client):
        return group
    values, first, codes = np.unique(client, return_index=True, return_inverse=True)
    if len(group) != len(values):
        raise BadInputError(
            f"group has {len(group)} entries for {len(client)} rows of {len(values)} clients; "
            "give one per row, or one per client in order of first appearance"
        )
    rank = np.empty(len(values), dtype=np.int64)
    rank[np.argsort(first, kind="stable")] = np.arange(len(values))
    return group[rank[codes]]


def _group_of_clients(
    per_row: NDArray[Any] | None, starts: IntArray, client_ids: NDArray[Any]
) -> tuple[NDArray[Any], IntArray | None]:
    if per_row is None:
        return np.zeros(0), None
    of_client = per_row[starts]
    lengths = np.diff(starts, append=len(per_row))
    elsewhere = per_row != np.repeat(of_client, lengths)
    if elsewhere.any():
        client = client_ids[np.searchsorted(starts, int(np.argmax(elsewhere)), side="right") - 1]
        raise BadInputError(
            f"client {client}: rows in two groups; nested groups hold whole clients "
            "(fit_crossed takes crossed ones)"
        )
    values, codes = np.unique(of_client, return_inverse=True)
    return values, codes.astype(np.int64)
