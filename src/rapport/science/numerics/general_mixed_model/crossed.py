"""Crossed random intercepts: ratings that share a client and, across clients, a rater."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rapport.science.errors import BadInputError, TooLittleDataError
from rapport.science.numerics.growth_model import checked_names
from rapport.science.numerics.growth_optimum import SINGULAR, STILL
from rapport.science.numerics.growth_rows import growth_rows, ids_array
from rapport.science.numerics.growth_statistics import orthonormal, residual_of, total_of
from rapport.science.records.result import Result

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

MOST_LEVELS = 5_000  # ours: the dense matrix of all levels then takes 200 MB
PAPERS = (
    "Bates, Maechler, Bolker & Walker (2015), Fitting linear mixed-effects models using lme4, "
    "J Stat Softw 67(1), doi 10.18637/jss.v067.i01",
    "Baayen, Davidson & Bates (2008), Mixed-effects modeling with crossed random effects, "
    "J Mem Lang 59, 390-412, doi 10.1016/j.jml.2007.12.005",
)


@dataclass(frozen=True, kw_only=True)
class CrossedModel(Result):
    """A fitted model with a random intercept for each of several crossed factors.

    Attributes:
        fixed, fixed_cov, fixed_names: fixed effects with their covariance, shape (n_fixed, ...).
        factor_names: shape (n_factors,).
        variances: variance of each factor's intercepts, shape (n_factors,).
        residual_variance: of one rating given all levels.
        log_likelihood: restricted or full, as ``reml`` says.
        singular: a factor's variance is estimated as zero.
        converged: the search arrived at a maximum.
        n_observations: rows with an outcome.
        levels: ids of each factor's levels, by factor name.
        effects: predicted intercepts of these levels, by factor name.
        effects_var: their conditional variance given the fixed effects (lme4's condVar).
    """

    fixed: FloatArray
    fixed_cov: FloatArray
    fixed_names: tuple[str, ...]
    factor_names: tuple[str, ...]
    variances: FloatArray
    residual_variance: float
    log_likelihood: float
    reml: bool
    singular: bool
    converged: bool
    n_observations: int
    levels: Mapping[str, NDArray[Any]]
    effects: Mapping[str, FloatArray]
    effects_var: Mapping[str, FloatArray]


def fit_crossed(
    *,
    y: ArrayLike,
    design: ArrayLike,
    factors: Mapping[str, ArrayLike],
    reml: bool = True,
    design_names: Sequence[str] = (),
) -> CrossedModel:
    """Fit crossed random intercepts by (restricted) maximum likelihood, in plain dense algebra.

    For ratings that share more than one unit none of which holds the other whole: clients seen
    by several therapists, sessions rated by several observers. Nested units are faster with
    ``fit_growth(group=...)``. Up to 5,000 levels in all.

    Args:
        y: outcome, shape (n_rows,), NaN where not rated (left out).
        design: fixed-effects design, shape (n_rows, n_fixed).
        factors: id of each row on each factor, by the factor's name.
        reml: restricted likelihood (default) or full.
        design_names: names of the columns.

    Raises:
        BadInputError: shapes that do not fit, values not finite, two factors that divide the
            rows alike, more than 5,000 levels.
        TooLittleDataError: a factor with one level, or with a level for every row.

    Example:
        >>> model = fit_crossed(
        ...     y=[7, 5, 4, 8, 6, 6, 5, 2, 3.0],
        ...     design=np.ones((9, 1)),
        ...     factors={"client": [1, 1, 1, 2, 2, 2, 3, 3, 3], "rater": list("abcabcabc")},
        ... )
        >>> model.fixed.round(3), model.variances.round(3)
        (array([5.111]), array([2.722, 1.722]))
    """
    kept = growth_rows(y=y, design=design, client=np.arange(np.size(y)), group=None)
    levels, codes = _coded(factors, np.size(y), kept.client_ids)
    names = checked_names(design_names, kept.design.shape[1])
    problem = _Problem.of(kept.y, kept.design, codes, names=names, reml=reml)
    from scipy.optimize import minimize  # late: it is heavy

    found = minimize(
        problem.objective,
        np.ones(len(factors)),
        jac=True,
        method="L-BFGS-B",
        bounds=[(0.0, None)] * len(factors),
        options={"ftol": 0.0, "gtol": STILL / 10, "maxiter": 1000},
    )
    return _model(problem, found.x, levels, names)


@dataclass(frozen=True, kw_only=True)
class _At:
    """Everything the likelihood is made of at one set of relative variances."""

    deviance: float
    gradient: FloatArray
    coefficients: FloatArray
    precision: FloatArray
    residual_variance: float
    b: FloatArray  # (G^-1 + Z'Z)^-1


@dataclass(frozen=True, kw_only=True)
class _Problem:
    """Cross-products of the rows; W = (Q, e), Z the indicators of all levels side by side."""

    n: int
    reml: bool
    triangle: FloatArray
    ordinary: FloatArray
    spread: float
    total: FloatArray
    zz: FloatArray
    zw: FloatArray
    factor: IntArray  # of each level

    @classmethod
    def of(
        cls,
        y: FloatArray,
        design: FloatArray,
        codes: Sequence[IntArray],
        *,
        names: Sequence[str],
        reml: bool,
    ) -> "_Problem":
        basis, triangle = orthonormal(design, names=names)
        residual, ordinary, spread = residual_of(y, basis, triangle)
        sizes = [int(code.max()) + 1 for code in codes]
        shifts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
        columns = np.stack([code + shift for code, shift in zip(codes, shifts, strict=True)])
        zz, zw = _indicator_products(columns, np.vstack([basis, residual]), sum(sizes))
        return cls(
            n=len(y),
            reml=reml,
            triangle=triangle,
            ordinary=ordinary,
            spread=spread,
            total=total_of(basis, residual),
            zz=zz,
            zw=zw,
            factor=np.repeat(np.arange(len(codes)), sizes),
        )

    def objective(self, variances: FloatArray) -> tuple[float, FloatArray]:
        here = self.at(variances)
        return here.deviance / self.n, here.gradient / self.n

    def at(self, variances: FloatArray) -> _At:
        """Deviance and its gradient by the relative variances (module growth_likelihood)."""
        sd = np.sqrt(variances)[self.factor]
        a = np.eye(len(sd)) + sd[:, None] * self.zz * sd
        b = sd[:, None] * np.linalg.inv(a) * sd
        cross = self.total - self.zw.T @ b @ self.zw
        p = len(cross) - 1
        inverse = np.linalg.inv(cross[:p, :p])
        coefficients = inverse @ cross[:p, p]
        rss = float(cross[p, p] - cross[:p, p] @ coefficients)
        nu = self.n - (p if self.reml else 0)
        contrast = np.append(-coefficients, 1.0)
        weight = nu / rss * np.outer(contrast, contrast)
        log_det = float(np.linalg.slogdet(a)[1])
        if self.reml:
            weight[:p, :p] += inverse
            log_det += float(np.linalg.slogdet(cross[:p, :p])[1])
            log_det += 2.0 * float(np.log(np.abs(np.diag(self.triangle))).sum())
        whitened = self.zw - self.zz @ (b @ self.zw)  # Z'V^-1 W
        own = np.diag(self.zz) - np.einsum("ij,ji->i", self.zz @ b, self.zz)  # of Z'V^-1 Z
        slope = own - np.einsum("ij,jk,ik->i", whitened, weight, whitened)
        variance = rss / nu * self.spread**2
        return _At(
            deviance=log_det + nu * (1.0 + float(np.log(2.0 * np.pi * variance))),
            gradient=np.asarray(np.bincount(self.factor, slope), dtype=np.float64),
            coefficients=coefficients,
            precision=cross[:p, :p],
            residual_variance=variance,
            b=b,
        )


def _indicator_products(
    columns: IntArray, w: FloatArray, n_levels: int
) -> tuple[FloatArray, FloatArray]:
    """Z'Z and Z'W for indicator columns given as positions, shape (n_factors, n_rows)."""
    zz = np.zeros(n_levels * n_levels)
    for one in columns:
        for other in columns:
            zz += np.bincount(one * n_levels + other, minlength=len(zz))
    zw = np.zeros((n_levels, len(w)))
    for one in columns:
        for j, values in enumerate(w):
            zw[:, j] += np.bincount(one, values, n_levels)
    return zz.reshape(n_levels, n_levels), zw


def _model(
    problem: _Problem,
    variances: FloatArray,
    levels: Mapping[str, NDArray[Any]],
    names: tuple[str, ...],
) -> CrossedModel:
    here = problem.at(variances)
    variance = here.residual_variance
    inverse = np.linalg.inv(problem.triangle)
    contrast = np.append(-here.coefficients, 1.0) * problem.spread
    effects = here.b @ (problem.zw @ contrast)
    uncertain = variance * np.diag(here.b)
    own = {name: problem.factor == k for k, name in enumerate(levels)}
    # On the boundary a gradient that points outwards is an arrival too.
    open_slope = np.where(variances > 0, np.abs(here.gradient), -here.gradient)
    singular = bool(np.sqrt(variances).min() < SINGULAR)
    return CrossedModel(
        method=f"Crossed random intercepts, {'REML' if problem.reml else 'ML'}",
        settings={"reml": problem.reml},
        papers=PAPERS,
        notes=("singular fit: the variance of a factor is estimated as zero",) * singular,
        fixed=problem.ordinary + problem.spread * (inverse @ here.coefficients),
        fixed_cov=variance * inverse @ np.linalg.inv(here.precision) @ inverse.T,
        fixed_names=names,
        factor_names=tuple(levels),
        variances=variance * variances,
        residual_variance=variance,
        log_likelihood=-here.deviance / 2.0,
        reml=problem.reml,
        singular=singular,
        converged=bool(open_slope.max() / problem.n < STILL),
        n_observations=problem.n,
        levels=levels,
        effects={name: effects[mine] for name, mine in own.items()},
        effects_var={name: uncertain[mine] for name, mine in own.items()},
    )


def _coded(
    factors: Mapping[str, ArrayLike], n_rows: int, kept: NDArray[Any]
) -> tuple[dict[str, NDArray[Any]], list[IntArray]]:
    """Levels of each factor and the position of each kept row's level."""
    if not factors:
        raise BadInputError("factors is empty; name at least one, with an id per row")
    levels: dict[str, NDArray[Any]] = {}
    codes: list[IntArray] = []
    for name, values in factors.items():
        ids = ids_array(values, what=name)
        if len(ids) != n_rows:
            raise BadInputError(f"{name} has {len(ids)} ids for {n_rows} rows; give one per row")
        levels[name], code = np.unique(ids[kept], return_inverse=True)
        codes.append(code.astype(np.int64))
        if not 2 <= len(levels[name]) < len(kept):
            raise TooLittleDataError(
                f"{name} has {len(levels[name])} level(s) in {len(kept)} rated rows; a random "
                "intercept needs two levels or more and a level with two rows"
            )
    _check_sizes(levels, codes)
    return levels, codes


def _check_sizes(levels: Mapping[str, NDArray[Any]], codes: Sequence[IntArray]) -> None:
    total = sum(len(ids) for ids in levels.values())
    if total > MOST_LEVELS:
        raise BadInputError(
            f"{total} levels in all; crossed models take {MOST_LEVELS}: nest what can be nested "
            "with fit_growth(group=...)"
        )
    names = list(levels)
    for j in range(len(codes)):
        for i in range(j):
            pairs = len(np.unique(codes[i] * (int(codes[j].max()) + 1) + codes[j]))
            if pairs == len(levels[names[i]]) == len(levels[names[j]]):
                raise BadInputError(
                    f"{names[i]} and {names[j]} divide the rows alike: their variances can't be "
                    "told apart; leave one out"
                )
