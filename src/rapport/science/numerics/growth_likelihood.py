"""Profile (restricted) likelihood of a growth model from sufficient statistics, with gradient.

Per client V = I + Z G Z', G = L L' the random-effects covariance relative to the residual
variance. With S = Z'Z everything follows from 2 x 2 closed forms without cancellation:
|V| = d = 1 + tr(SG) + |S||G|,  B = (G^-1 + S)^-1 = (G + |G| adj S) / d,
F = Z'V^-1 Z = (S + |S| adj G) / d,  H = (I + SG)^-1,  W'V^-1 W = W'W - (Z'W)' B (Z'W).
A third level adds one rank per group, by the Sherman-Morrison formula.
Bates, Maechler, Bolker & Walker (2015), J Stat Softw 67(1), section 3, doi 10.18637/jss.v067.i01;
Pinheiro & Bates (2000), Mixed-Effects Models in S and S-PLUS, chapter 2.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rapport.science.numerics.growth_statistics import Cells, GrowthStatistics

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Relative:
    """Variances relative to the residual variance: L (2 x 2, lower) and the group's SD."""

    factor: FloatArray
    group_sd: float

    @property
    def covariance(self) -> FloatArray:
        return self.factor @ self.factor.T


def relative(theta: FloatArray) -> Relative:
    """From the optimiser's (l11, l21, l22, group SD)."""
    factor = np.array([[theta[0], 0.0], [theta[1], theta[2]]])
    return Relative(factor=factor, group_sd=float(theta[3]))


@dataclass(frozen=True, kw_only=True)
class ClosedForms:
    """The 2 x 2 matrices of the module's docstring, one column per client or pool."""

    log_determinant: FloatArray
    b: FloatArray  # B11, B12, B22
    f: FloatArray  # F11, F12, F22
    h: FloatArray  # H11, H12, H21, H22


def closed_forms(gram: FloatArray, covariance: FloatArray) -> ClosedForms:
    """Closed 2 x 2 algebra for clients with Z'Z (elements 11, 12, 22) in ``gram`` (3, k)."""
    n, s, ss = gram
    g11, g12, g22 = covariance[0, 0], covariance[0, 1], covariance[1, 1]
    det_g = max(g11 * g22 - g12 * g12, 0.0)
    det_s = np.maximum(n * ss - s * s, 0.0)
    sg11, sg12 = n * g11 + s * g12, n * g12 + s * g22
    sg21, sg22 = s * g11 + ss * g12, s * g12 + ss * g22
    d = 1.0 + sg11 + sg22 + det_s * det_g
    return ClosedForms(
        log_determinant=np.log(d),
        b=np.stack([g11 + det_g * ss, g12 - det_g * s, g22 + det_g * n]) / d,
        f=np.stack([n + det_s * g22, s - det_s * g12, ss + det_s * g11]) / d,
        h=np.stack([1.0 + sg22, -sg12, -sg21, 1.0 + sg11]) / d,
    )


@dataclass(frozen=True, kw_only=True)
class GroupForms:
    """What a third level adds: per group s = 1'V^-1 1, u = W'V^-1 1 and the shrinkage k."""

    s: FloatArray
    u: FloatArray
    shrinkage: FloatArray


@dataclass(frozen=True, kw_only=True)
class Profile:
    """The likelihood at one theta, profiled over fixed effects and residual variance.

    Attributes:
        deviance: -2 log (restricted) likelihood.
        score: its derivative by G, symmetric (2, 2).
        group_score: its derivative by the group's relative variance.
        coefficients: fixed effects of e on Q, shape (n_fixed,).
        precision: Q'V^-1 Q, shape (n_fixed, n_fixed).
        residual_variance: in units of the outcome squared.
        forms, group_forms: the closed forms by pool and by group.
    """

    deviance: float
    score: FloatArray
    group_score: float
    coefficients: FloatArray
    precision: FloatArray
    residual_variance: float
    forms: ClosedForms
    group_forms: GroupForms | None


def profile(statistics: GrowthStatistics, at: Relative, *, reml: bool) -> Profile:
    """Deviance, its gradient and the profiled estimates at one set of relative variances."""
    forms = closed_forms(statistics.pools.gram, at.covariance)
    groups = None
    if statistics.cells is not None:
        groups = group_forms(statistics.cells, forms, at.group_sd)
    cross, log_det = _cross_products(statistics, forms, groups, at.group_sd)
    p = statistics.n_fixed
    inverse = np.linalg.inv(cross[:p, :p])
    coefficients = inverse @ cross[:p, p]
    rss = float(cross[p, p] - cross[:p, p] @ coefficients)
    nu = statistics.n_observations - (p if reml else 0)
    variance = rss / nu * statistics.frame.spread**2
    if reml:
        log_det += np.linalg.slogdet(cross[:p, :p])[1]
        log_det += 2.0 * np.log(np.abs(np.diag(statistics.frame.triangle))).sum()
    contrast = np.append(-coefficients, 1.0)
    weight = nu / rss * np.outer(contrast, contrast)
    if reml:
        weight[:p, :p] += inverse
    score, group_score = _scores(statistics, forms, groups, weight, at.group_sd)
    return Profile(
        deviance=float(log_det + nu * (1.0 + np.log(2.0 * np.pi * variance))),
        score=score,
        group_score=group_score,
        coefficients=coefficients,
        precision=cross[:p, :p],
        residual_variance=variance,
        forms=forms,
        group_forms=groups,
    )


def group_forms(cells: Cells, forms: ClosedForms, group_sd: float) -> GroupForms:
    """Sums of V^-1 1 over the clients of each group."""
    h11, h12 = forms.h[0, cells.pool], forms.h[1, cells.pool]
    per_cell = h11 * cells.sums[0] + h12 * cells.sums[1]
    u = np.empty((len(per_cell), cells.n_groups))
    for at, row in enumerate(per_cell):
        u[at] = np.bincount(cells.group, row, cells.n_groups)
    s: FloatArray = np.zeros(cells.n_groups)
    s += np.bincount(cells.group, cells.size * forms.f[0, cells.pool], cells.n_groups)
    return GroupForms(s=s, u=u, shrinkage=group_sd**2 / (1.0 + group_sd**2 * s))


def _cross_products(
    statistics: GrowthStatistics, forms: ClosedForms, groups: GroupForms | None, group_sd: float
) -> tuple[FloatArray, float]:
    """W'V^-1 W and log |V| over all clients."""
    pools = statistics.pools
    rows, columns = np.triu_indices(len(statistics.total))
    upper = np.einsum("kmg,kg->m", pools.squares, forms.b)
    cross = statistics.total.copy()
    cross[rows, columns] -= upper
    cross[columns, rows] = cross[rows, columns]
    log_det = float(np.sum(pools.size * forms.log_determinant))
    if groups is not None:
        cross -= (groups.u * groups.shrinkage) @ groups.u.T
        log_det += float(np.log1p(group_sd**2 * groups.s).sum())
    return cross, log_det


def _scores(
    statistics: GrowthStatistics,
    forms: ClosedForms,
    groups: GroupForms | None,
    weight: FloatArray,
    group_sd: float,
) -> tuple[FloatArray, float]:
    """Derivative by G: sum of Z'V^-1 Z - (Z'V^-1 W) M (Z'V^-1 W)', M = ``weight``."""
    pools = statistics.pools
    rows, columns = np.triu_indices(len(weight))
    folded = np.where(rows == columns, 1.0, 2.0) * weight[rows, columns]
    t11, t12, t22 = np.einsum("m,kmg->kg", folded, pools.squares)
    t12 = t12 / 2.0
    h11, h12, h21, h22 = forms.h
    e1, e2 = h11 * t11 + h12 * t12, h11 * t12 + h12 * t22
    e3, e4 = h21 * t11 + h22 * t12, h21 * t12 + h22 * t22
    known = np.einsum("kg,g->k", forms.f, pools.size)
    score = _symmetric(
        known[0] - np.sum(e1 * h11 + e2 * h12),
        known[1] - np.sum(e1 * h21 + e2 * h22),
        known[2] - np.sum(e3 * h21 + e4 * h22),
    )
    if groups is None or statistics.cells is None:
        return score, 0.0
    correction, group_score = _group_scores(statistics.cells, forms, groups, weight, group_sd)
    return score + correction, group_score


def _group_scores(
    cells: Cells, forms: ClosedForms, groups: GroupForms, weight: FloatArray, group_sd: float
) -> tuple[FloatArray, float]:
    weighted = weight @ groups.u
    square = np.sum(groups.u * weighted, axis=0)
    k = groups.shrinkage[cells.group]
    z1, z2 = np.sum(cells.sums * weighted[:, cells.group], axis=1)
    h11, h12, h21, h22 = forms.h[:, cells.pool]
    y1, y2 = h11 * z1 + h12 * z2, h21 * z1 + h22 * z2
    f1, f2 = forms.f[0, cells.pool], forms.f[1, cells.pool]
    own = cells.size * k * (1.0 + k * square[cells.group])
    correction = _symmetric(
        np.sum(2.0 * k * y1 * f1 - own * f1 * f1),
        np.sum(k * (y1 * f2 + y2 * f1) - own * f1 * f2),
        np.sum(2.0 * k * y2 * f2 - own * f2 * f2),
    )
    d = 1.0 + group_sd**2 * groups.s
    return correction, float(np.sum(groups.s / d - square / d**2))


def _symmetric(first: float, cross: float, second: float) -> FloatArray:
    return np.array([[first, cross], [cross, second]], dtype=np.float64)
