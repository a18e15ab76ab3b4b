"""Sufficient statistics of a growth model: what the likelihood needs to know of each client."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rapport.science.errors import BadInputError, TooLittleDataError
from rapport.science.numerics.growth_rows import GrowthRows

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

SMALLEST_EIGENVALUE = 1e-12  # ours: below it a column repeats others within rounding
SMALLEST_SPREAD = 1e-11  # ours: residual SD over largest score; below it only rounding is left


@dataclass(frozen=True, kw_only=True)
class Frame:
    """The scales in which the sums are taken, so that no unit of measurement costs digits.

    The design is X = Q R with Q'Q = I; the outcome is y = X ``ordinary`` + ``spread`` * e, e the
    residual of least squares; the slope column is t = ``centre`` + ``scale`` * u.
    """

    triangle: FloatArray
    ordinary: FloatArray
    spread: float
    centre: float
    scale: float

    @property
    def to_raw(self) -> FloatArray:
        """Matrix that turns effects on (1, u) into effects on (1, t)."""
        return np.array([[1.0, -self.centre / self.scale], [0.0, 1.0 / self.scale]])


@dataclass(frozen=True, kw_only=True)
class Pools:
    """Clients with the same random-effects design (same Z'Z), taken together.

    Attributes:
        size: clients per pool, shape (n_pools,).
        gram: n, sum u, sum u^2 of one client of the pool, shape (3, n_pools).
        squares: summed products of the clients' sums a = 1'W and c = u'W, upper triangles of
            aa', ac' + ca', cc', shape (3, m(m+1)/2, n_pools).
    """

    size: FloatArray
    gram: FloatArray
    squares: FloatArray


@dataclass(frozen=True, kw_only=True)
class Cells:
    """Clients of one pool in one group, taken together: all that a third level needs.

    Attributes:
        pool: position of the pool, shape (n_cells,).
        group: position of the group, shape (n_cells,).
        size: clients per cell.
        sums: summed Z'W, shape (2, m, n_cells).
        n_groups: number of groups.
    """

    pool: IntArray
    group: IntArray
    size: FloatArray
    sums: FloatArray
    n_groups: int


@dataclass(frozen=True, kw_only=True)
class GrowthStatistics:
    """Everything the likelihood needs; W = (Q, e), m = n_fixed + 1, Z = (1, u).

    Attributes:
        n_observations: rated rows.
        n_fixed: columns of the design.
        frame: scales of the sums.
        total: W'W over all rows, shape (m, m).
        gram: n, sum u, sum u^2 per client, shape (3, n_clients).
        sums: Z'W per client, shape (2, m, n_clients).
        pools: clients of equal Z'Z.
        cells: pools split by group, or None without a third level.
    """

    n_observations: int
    n_fixed: int
    frame: Frame
    total: FloatArray
    gram: FloatArray
    sums: FloatArray
    pools: Pools
    cells: Cells | None


def growth_statistics(
    *, rows: GrowthRows, random_column: int | None, names: Sequence[str]
) -> GrowthStatistics:
    """Reduce rows to sums per client, once; the likelihood never sees a row again."""
    basis, triangle = orthonormal(rows.design, names=names)
    residual, ordinary, spread = _residual(rows, basis, triangle)
    time, centre, scale = _standardised(rows.design, random_column)
    gram, sums = _sums(rows.starts, rows.lengths, basis, residual, time)
    pool = _pool_of(gram)
    total = np.empty((len(triangle) + 1,) * 2)
    total[:-1, :-1] = basis.T @ basis
    total[-1, :-1] = total[:-1, -1] = basis.T @ residual
    total[-1, -1] = residual @ residual
    frame = Frame(triangle=triangle, ordinary=ordinary, spread=spread, centre=centre, scale=scale)
    return GrowthStatistics(
        n_observations=len(rows.y),
        n_fixed=len(triangle),
        frame=frame,
        total=total,
        gram=gram,
        sums=sums,
        pools=_pools(gram, sums, pool),
        cells=None if rows.group is None else _cells(sums, pool, rows.group, len(rows.group_ids)),
    )


def orthonormal(design: FloatArray, *, names: Sequence[str]) -> tuple[FloatArray, FloatArray]:
    """X = Q R by two Cholesky passes: as exact as Householder, and fast on tall matrices.

    Yamamoto, Nakatsukasa, Yanagisawa & Fukaya (2015), Electron Trans Numer Anal 44, 306-326.

    Raises:
        BadInputError: the columns repeat each other; names those that take part.
    """
    norms = np.sqrt(np.einsum("ij,ij->j", design, design))
    _full_rank(design, norms, names)
    basis, triangle = _cholesky_pass(design / norms)
    basis, second = _cholesky_pass(basis)
    return basis, np.asarray(second @ triangle * norms, dtype=np.float64)


def _cholesky_pass(matrix: FloatArray) -> tuple[FloatArray, FloatArray]:
    upper = np.asarray(np.linalg.cholesky(matrix.T @ matrix).T, dtype=np.float64)
    return matrix @ np.linalg.inv(upper), upper


def _full_rank(design: FloatArray, norms: FloatArray, names: Sequence[str]) -> None:
    if len(design) <= len(norms):
        raise TooLittleDataError(
            f"{len(design)} rated rows for {len(norms)} fixed effects; rate more sessions or "
            "leave predictors out"
        )
    if (norms == 0).any():
        raise BadInputError(
            f"design column {names[int(np.argmin(norms))]} is all zero; leave it out"
        )
    gram = design.T @ design / np.outer(norms, norms)
    values, vectors = np.linalg.eigh(gram)
    if values[0] < SMALLEST_EIGENVALUE * len(norms):
        part = [names[j] for j in range(len(norms)) if abs(vectors[j, 0]) > 1e-4]
        raise BadInputError(
            f"the design columns {', '.join(part)} repeat each other; leave one of them out"
        )


def _residual(
    rows: GrowthRows, basis: FloatArray, triangle: FloatArray
) -> tuple[FloatArray, FloatArray, float]:
    projected = basis.T @ rows.y
    residual = rows.y - basis @ projected
    spread = float(np.sqrt(residual @ residual / len(residual)))
    if spread <= SMALLEST_SPREAD * float(np.abs(rows.y).max()):
        raise TooLittleDataError(
            "the outcome does not vary beyond the fixed effects (a constant or an exact function "
            "of the design); there is nothing for a growth model to estimate"
        )
    ordinary = np.asarray(np.linalg.solve(triangle, projected), dtype=np.float64)
    return residual / spread, ordinary, spread


def _standardised(
    design: FloatArray, random_column: int | None
) -> tuple[FloatArray | None, float, float]:
    if random_column is None:
        return None, 0.0, 1.0
    column = design[:, random_column]
    centre, scale = float(column.mean()), float(column.std())
    if scale <= SMALLEST_SPREAD * abs(centre):
        raise BadInputError(
            f"design column {random_column} is constant: no slope can vary on it; give the column "
            "of time, or random_column=None"
        )
    return (column - centre) / scale, centre, scale


def _sums(
    starts: IntArray,
    lengths: IntArray,
    basis: FloatArray,
    residual: FloatArray,
    time: FloatArray | None,
) -> tuple[FloatArray, FloatArray]:
    """Z'Z as (n, sum u, sum u^2) and Z'W, by client."""
    gram = np.zeros((3, len(starts)))
    sums = np.zeros((2, basis.shape[1] + 1, len(starts)))
    gram[0] = lengths
    if time is not None:
        gram[1] = np.add.reduceat(time, starts)
        gram[2] = np.add.reduceat(time * time, starts)
    for j in range(basis.shape[1] + 1):
        column = residual if j == basis.shape[1] else np.ascontiguousarray(basis[:, j])
        sums[0, j] = np.add.reduceat(column, starts)
        if time is not None:
            sums[1, j] = np.add.reduceat(column * time, starts)
    return gram, sums


def _pool_of(gram: FloatArray) -> IntArray:
    order = np.lexsort(gram)
    in_order = gram[:, order]
    is_new = (in_order[:, 1:] != in_order[:, :-1]).any(axis=0)
    pool = np.empty(gram.shape[1], dtype=np.int64)
    pool[order] = np.concatenate([[0], np.cumsum(is_new)])
    return pool


def _pools(gram: FloatArray, sums: FloatArray, pool: IntArray) -> Pools:
    size = np.bincount(pool).astype(np.float64)
    member = np.empty(len(size), dtype=np.int64)
    member[pool] = np.arange(len(pool))
    rows, columns = np.triu_indices(sums.shape[1])
    squares = np.empty((3, len(rows), len(size)))
    a, c = sums
    for at, (i, j) in enumerate(zip(rows, columns, strict=True)):
        squares[0, at] = np.bincount(pool, a[i] * a[j])
        squares[1, at] = np.bincount(pool, a[i] * c[j] + c[i] * a[j])
        squares[2, at] = np.bincount(pool, c[i] * c[j])
    return Pools(size=size, gram=gram[:, member], squares=squares)


def _cells(sums: FloatArray, pool: IntArray, group: IntArray, n_groups: int) -> Cells:
    codes, cell = np.unique(group * (int(pool.max()) + 1) + pool, return_inverse=True)
    summed = np.empty((*sums.shape[:2], len(codes)))
    for k in range(2):
        for j in range(sums.shape[1]):
            summed[k, j] = np.bincount(cell, sums[k, j])
    return Cells(
        pool=codes % (int(pool.max()) + 1),
        group=codes // (int(pool.max()) + 1),
        size=np.bincount(cell).astype(np.float64),
        sums=summed,
        n_groups=n_groups,
    )
