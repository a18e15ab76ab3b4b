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
        gram: Z'Z (its elements 11, 12, 22) of one client of the pool, shape (3, n_pools).
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
        gram: Z'Z per client: n, sum u, sum u^2; shape (3, n_clients).
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


@dataclass(frozen=True, kw_only=True)
class RandomColumns:
    """The columns that carry random effects: a level and, unless None, a slope.

    Attributes:
        level: shape (n_rows,), or None for a column of ones.
        slope: shape (n_rows,), the standardised time u; None without a random slope.
        centre, scale: what turned time into u.
    """

    level: FloatArray | None
    slope: FloatArray | None
    centre: float
    scale: float


def random_columns(rows: GrowthRows, random_column: int | None) -> RandomColumns:
    """Ones, and the standardised column whose slope varies between clients."""
    if random_column is None:
        return RandomColumns(level=None, slope=None, centre=0.0, scale=1.0)
    column = rows.design[:, random_column]
    centre, scale = float(column.mean()), float(column.std())
    if scale <= SMALLEST_SPREAD * abs(centre):
        raise BadInputError(
            f"design column {random_column} is constant: no slope can vary on it; give the column "
            "of time, or random_column=None"
        )
    return RandomColumns(level=None, slope=(column - centre) / scale, centre=centre, scale=scale)


def growth_statistics(
    *, rows: GrowthRows, random: RandomColumns, names: Sequence[str]
) -> GrowthStatistics:
    """Reduce rows to sums per client, once; the likelihood never sees a row again."""
    basis, triangle = orthonormal(rows.design, names=names)
    residual, ordinary, spread = residual_of(rows.y, basis, triangle)
    gram, sums = _sums(rows, basis, residual, random)
    pool = _pool_of(gram)
    return GrowthStatistics(
        n_observations=len(rows.y),
        n_fixed=len(triangle),
        frame=Frame(
            triangle=triangle,
            ordinary=ordinary,
            spread=spread,
            centre=random.centre,
            scale=random.scale,
        ),
        total=total_of(basis, residual),
        gram=gram,
        sums=sums,
        pools=_pools(gram, sums, pool),
        cells=None if rows.group is None else _cells(sums, pool, rows.group, len(rows.group_ids)),
    )


def orthonormal(design: FloatArray, *, names: Sequence[str]) -> tuple[FloatArray, FloatArray]:
    """X = Q R by two Cholesky passes: as exact as Householder, and fast on tall matrices.

    Yamamoto, Nakatsukasa, Yanagisawa & Fukaya (2015), Electron Trans Numer Anal 44, 306-326.

    Returns:
        Q transposed, shape (n_fixed, n_rows), each column contiguous; and R.

    Raises:
        BadInputError: the columns repeat each other; names those that take part.
    """
    columns = np.ascontiguousarray(design.T)
    norms = np.sqrt(np.einsum("in,in->i", columns, columns))
    _full_rank(columns, norms, names)
    basis, triangle = _cholesky_pass(columns, np.diag(1.0 / norms))
    basis, second = _cholesky_pass(basis, np.eye(len(norms)))
    return basis, np.asarray(second @ triangle * norms, dtype=np.float64)


def _cholesky_pass(columns: FloatArray, scaling: FloatArray) -> tuple[FloatArray, FloatArray]:
    # einsum and not @, here and in the likelihood: BLAS would wake its threads for work that is
    # bound by memory, and their waiting costs several times the CPU seconds of the sums.
    gram = scaling @ np.einsum("in,jn->ij", columns, columns) @ scaling
    upper = np.asarray(np.linalg.cholesky(gram).T, dtype=np.float64)
    to_basis = scaling @ np.linalg.inv(upper)
    return np.einsum("in,ij->jn", columns, to_basis), upper


def _full_rank(columns: FloatArray, norms: FloatArray, names: Sequence[str]) -> None:
    if columns.shape[1] <= len(norms):
        raise TooLittleDataError(
            f"{columns.shape[1]} rated rows for {len(norms)} fixed effects; rate more sessions or "
            "leave predictors out"
        )
    if (norms == 0).any():
        raise BadInputError(
            f"design column {names[int(np.argmin(norms))]} is all zero; leave it out"
        )
    gram = np.einsum("in,jn->ij", columns, columns) / np.outer(norms, norms)
    values, vectors = np.linalg.eigh(gram)
    if values[0] < SMALLEST_EIGENVALUE * len(norms):
        part = [names[j] for j in range(len(norms)) if abs(vectors[j, 0]) > 1e-4]
        raise BadInputError(
            f"the design columns {', '.join(part)} repeat each other; leave one of them out"
        )


def residual_of(
    y: FloatArray, basis: FloatArray, triangle: FloatArray
) -> tuple[FloatArray, FloatArray, float]:
    """Residual of least squares in units of its SD, the coefficients, and that SD."""
    projected = np.einsum("in,n->i", basis, y)
    residual = y - np.einsum("in,i->n", basis, projected)
    spread = float(np.sqrt(np.mean(residual * residual)))
    if spread <= SMALLEST_SPREAD * float(np.abs(y).max()):
        raise TooLittleDataError(
            "the outcome does not vary beyond the fixed effects (a constant or an exact function "
            "of the design); there is nothing for a growth model to estimate"
        )
    ordinary = np.asarray(np.linalg.solve(triangle, projected), dtype=np.float64)
    return residual / spread, ordinary, spread


def total_of(basis: FloatArray, residual: FloatArray) -> FloatArray:
    """W'W of W = (Q, e), shape (n_fixed + 1, n_fixed + 1)."""
    total = np.empty((len(basis) + 1,) * 2)
    total[:-1, :-1] = np.einsum("in,jn->ij", basis, basis)
    total[-1, :-1] = total[:-1, -1] = np.einsum("in,n->i", basis, residual)
    total[-1, -1] = np.einsum("n,n->", residual, residual)
    return total


def _sums(
    rows: GrowthRows, basis: FloatArray, residual: FloatArray, random: RandomColumns
) -> tuple[FloatArray, FloatArray]:
    """Z'Z as its three elements and Z'W, by client."""
    level, slope, starts = random.level, random.slope, rows.starts
    gram = np.zeros((3, len(starts)))
    sums = np.zeros((2, len(basis) + 1, len(starts)))
    gram[0] = rows.lengths if level is None else np.add.reduceat(level * level, starts)
    if slope is not None:
        gram[1] = np.add.reduceat(slope if level is None else slope * level, starts)
        gram[2] = np.add.reduceat(slope * slope, starts)
    for j, column in enumerate([*basis, residual]):
        sums[0, j] = np.add.reduceat(column if level is None else column * level, starts)
        if slope is not None:
            sums[1, j] = np.add.reduceat(column * slope, starts)
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
