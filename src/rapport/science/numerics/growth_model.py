"""Mixed growth models: a course of ratings per client, clients in groups, as fast as sums allow."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rapport.science.errors import BadInputError, TooLittleDataError
from rapport.science.numerics.growth_likelihood import closed_forms
from rapport.science.numerics.growth_optimum import Optimum, maximise
from rapport.science.numerics.growth_rows import GrowthRows, growth_rows
from rapport.science.numerics.growth_statistics import (
    GrowthStatistics,
    growth_statistics,
    random_columns,
)
from rapport.science.records.result import Result

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

PAPERS = (
    "Laird & Ware (1982), Random-effects models for longitudinal data, Biometrics 38, 963-974, "
    "doi 10.2307/2529876",
    "Bates, Maechler, Bolker & Walker (2015), Fitting linear mixed-effects models using lme4, "
    "J Stat Softw 67(1), doi 10.18637/jss.v067.i01",
)


@dataclass(frozen=True, kw_only=True)
class GrowthModel(Result):
    """A fitted growth model, y = X b + Z u_client (+ u_group) + e.

    Attributes:
        fixed: fixed effects, shape (n_fixed,), in the outcome's unit per unit of the column.
        fixed_cov: their covariance given the variances, shape (n_fixed, n_fixed).
        fixed_names: one name per column of the design.
        random_column: column of the design whose slope varies between clients, or None.
        random_cov: covariance of the clients' random effects, (1, 1) or (2, 2).
        residual_variance: variance of a rating around the client's own line.
        group_variance: variance of the third level's intercepts, None without one.
        log_likelihood: restricted (REML) or full, as ``reml`` says.
        reml: which of the two was maximised.
        singular: a variance is estimated as zero or the random effects as perfectly correlated.
        converged: the search arrived at a maximum.
        n_observations, n_clients, n_groups: what the fit saw (rows without an outcome left out).
        theta: relative Cholesky factor (l11, l21, l22, group SD), as lme4 reports it.
        client_ids: shape (n_clients,), in order of first rated row.
        effects: best linear predictions of the random effects, shape (n_clients, q).
        effects_cov: their conditional covariance given the fixed effects (lme4's condVar),
            shape (n_clients, q, q).
        group_ids, group_effects, group_effects_var: the same for groups, shape (n_groups,);
            empty without a third level.
        client_group: position of each client's group, or None.
    """

    fixed: FloatArray
    fixed_cov: FloatArray
    fixed_names: tuple[str, ...]
    random_column: int | None
    random_cov: FloatArray
    residual_variance: float
    group_variance: float | None
    log_likelihood: float
    reml: bool
    singular: bool
    converged: bool
    n_observations: int
    n_clients: int
    n_groups: int
    theta: FloatArray
    client_ids: NDArray[Any]
    effects: FloatArray
    effects_cov: FloatArray
    group_ids: NDArray[Any]
    group_effects: FloatArray
    group_effects_var: FloatArray
    client_group: IntArray | None

    @property
    def fixed_se(self) -> FloatArray:
        """Standard errors of the fixed effects, shape (n_fixed,)."""
        errors: FloatArray = np.sqrt(np.diag(self.fixed_cov))
        return errors

    @property
    def n_random(self) -> int:
        """Random effects per client: 1 (intercept) or 2 (intercept and slope)."""
        return len(self.random_cov)

    def random_rows(self, design_rows: ArrayLike) -> FloatArray:
        """The random-effects design that belongs to rows of the design, shape (n_rows, q)."""
        rows = np.atleast_2d(np.asarray(design_rows, dtype=np.float64))
        if rows.shape[1] != len(self.fixed):
            raise BadInputError(
                f"design rows have {rows.shape[1]} columns, the model has {len(self.fixed)}; "
                "give the columns the model was fitted with"
            )
        ones = np.ones((len(rows), 1))
        if self.random_column is None:
            return ones
        return np.hstack([ones, rows[:, [self.random_column]]])

    def predict(
        self,
        design_rows: ArrayLike,
        random_rows: ArrayLike | None = None,
        effects: ArrayLike | None = None,
    ) -> FloatArray:
        """Expected outcome for rows of the design: of the average client, or with own effects.

        Args:
            design_rows: shape (n_rows, n_fixed).
            random_rows: random-effects design, shape (n_rows, q); by default ones and the
                random column of ``design_rows``.
            effects: one client's effects, shape (q,), or one per row, shape (n_rows, q).
        """
        rows = np.atleast_2d(np.asarray(design_rows, dtype=np.float64))
        own = self.random_rows(rows)
        expected: FloatArray = rows @ self.fixed
        if effects is None:
            return expected
        if random_rows is not None:
            own = np.asarray(random_rows, dtype=np.float64)
        deviation: FloatArray = np.sum(own * np.asarray(effects, dtype=np.float64), axis=1)
        return expected + deviation

    def to_text(self) -> str:
        """Fixed effects with 95 % intervals (normal), variances, and what to mind."""
        width = max(len(name) for name in self.fixed_names)
        lines = [
            f"{self.method}: {self.n_observations} ratings of {self.n_clients} clients"
            + (f" in {self.n_groups} groups" if self.group_variance is not None else "")
        ]
        for name, b, se in zip(self.fixed_names, self.fixed, self.fixed_se, strict=True):
            low, high = b - 1.959964 * se, b + 1.959964 * se
            lines.append(f"  {name:{width}}  {b:.6g}  SE {se:.4g}  [{low:.6g}, {high:.6g}]")
        lines.append(f"  SD between clients  {_listed(np.sqrt(np.diag(self.random_cov)))}")
        if self.group_variance is not None:
            lines.append(f"  SD between groups  {np.sqrt(self.group_variance):.6g}")
        lines.append(f"  SD within clients  {np.sqrt(self.residual_variance):.6g}")
        lines.append(f"  log-likelihood  {self.log_likelihood:.6f}")
        return "\n".join(lines + [f"  note: {note}" for note in self.notes])


def fit_growth(
    *,
    y: ArrayLike,
    design: ArrayLike,
    client: ArrayLike,
    random_column: int | None = None,
    group: ArrayLike | None = None,
    reml: bool = True,
    design_names: Sequence[str] = (),
) -> GrowthModel:
    """Fit a linear mixed growth model by (restricted) maximum likelihood.

    Estimates the expected course (fixed effects), how much clients differ in level and in one
    slope, and how much a rating scatters around the client's own line. Rows are reduced to sums
    per client, and clients with equal random-effects designs are pooled, so 100,000 clients take
    a fraction of a second. Not for crossed effects or autocorrelated residuals (see
    ``general_mixed_model``), counts or yes/no outcomes, and not when ratings are missing for
    reasons that the model's outcome history and design do not explain.

    Args:
        y: outcome, shape (n_rows,), in the scale's points; NaN where not rated (left out).
        design: fixed-effects design, shape (n_rows, n_fixed), with its own column of ones if
            there is to be an intercept.
        client: id of each row, any order.
        random_column: column of ``design`` whose slope varies between clients; None for a random
            intercept only.
        group: third-level id (therapist, clinic), per row or per client in order of first row;
            adds a random intercept per group.
        reml: restricted likelihood (default) or full.
        design_names: names of the columns, for messages and text.

    Raises:
        BadInputError: unequal lengths, values not finite, repeated design columns, a constant
            random column, a client in two groups.
        TooLittleDataError: fewer than two clients (or groups), nobody rated more often than there
            are random effects, or an outcome without variation.

    Example:
        >>> week = np.tile([0.0, 1, 2, 3], 3)
        >>> score = np.array([20, 17, 17, 14, 25, 24, 21, 22, 15, 11, 9, 4.0])
        >>> model = fit_growth(
        ...     y=score,
        ...     design=np.column_stack([np.ones(12), week]),
        ...     client=np.repeat(["Ana", "Ben", "Cem"], 4),
        ...     design_names=("start", "week"),
        ... )
        >>> model.fixed.round(3)
        array([19.833, -2.167])
    """
    rows = growth_rows(y=y, design=design, client=client, group=group)
    names = checked_names(design_names, rows.design.shape[1])
    column = checked_column(random_column, rows.design.shape[1])
    check_enough(rows, n_random=1 if column is None else 2)
    random = random_columns(rows, column)
    statistics = growth_statistics(rows=rows, random=random, names=names)
    optimum = maximise(statistics, slope=column is not None, reml=reml)
    return model_at(rows, statistics, optimum, names=names, column=column, reml=reml)


def checked_names(names: Sequence[str], n_fixed: int) -> tuple[str, ...]:
    """One name per design column; "column 0" and so on where none are given."""
    if not names:
        return tuple(f"column {j}" for j in range(n_fixed))
    if len(names) != n_fixed:
        raise BadInputError(
            f"{len(names)} design_names for {n_fixed} design columns; give one per column"
        )
    return tuple(names)


def checked_column(random_column: int | None, n_fixed: int) -> int | None:
    """The random column's position, refused where there is no such column."""
    if random_column is None:
        return None
    if not -n_fixed <= random_column < n_fixed:
        raise BadInputError(
            f"random_column {random_column} is not one of the {n_fixed} design columns; "
            f"give 0 to {n_fixed - 1}"
        )
    return random_column % n_fixed


def check_enough(rows: GrowthRows, *, n_random: int) -> None:
    """Refuse rows from which the variances cannot be told apart."""
    if len(rows.client_ids) < 2:
        raise TooLittleDataError(
            "one client only: how clients differ cannot be estimated; give two clients or more"
        )
    if rows.lengths.max() <= n_random:
        raise TooLittleDataError(
            f"no client has more than {n_random} rated row(s): with {n_random} random effect(s) "
            "per client nothing is left to tell clients from noise; rate more sessions"
            + (" or leave random_column out" if n_random == 2 else "")
        )
    if rows.group is not None and not 2 <= len(rows.group_ids) < len(rows.client_ids):
        raise TooLittleDataError(
            f"{len(rows.group_ids)} group(s) for {len(rows.client_ids)} clients: a third level "
            "needs two groups or more and a group with two clients; leave group out"
        )


def model_at(
    rows: GrowthRows,
    statistics: GrowthStatistics,
    optimum: Optimum,
    *,
    names: tuple[str, ...],
    column: int | None,
    reml: bool,
) -> GrowthModel:
    """The model in raw units from an optimum found in the scales of the statistics."""
    at, found, frame = optimum.at, optimum.profile, statistics.frame
    variance = found.residual_variance
    q = 1 if column is None else 2
    to_raw = frame.to_raw[:q, :q]
    covariance = variance * to_raw @ at.covariance[:q, :q] @ to_raw.T
    inverse = np.linalg.inv(frame.triangle)
    effects, effects_cov, group_effects, group_var = _predictions(rows, statistics, optimum)
    return GrowthModel(
        method=_method(q, rows.group is not None, reml),
        settings={"reml": reml, "random_column": column},
        papers=PAPERS,
        notes=_notes(optimum),
        fixed=frame.ordinary + frame.spread * (inverse @ found.coefficients),
        fixed_cov=variance * inverse @ np.linalg.inv(found.precision) @ inverse.T,
        fixed_names=names,
        random_column=column,
        random_cov=covariance,
        residual_variance=variance,
        group_variance=None if rows.group is None else variance * at.group_sd**2,
        log_likelihood=-found.deviance / 2.0,
        reml=reml,
        singular=optimum.singular,
        converged=optimum.converged,
        n_observations=len(rows.y),
        n_clients=len(rows.client_ids),
        n_groups=len(rows.group_ids),
        theta=_theta(to_raw @ at.factor[:q, :q], at.group_sd if rows.group is not None else None),
        client_ids=rows.client_ids,
        effects=np.einsum("cq,rq->cr", effects, to_raw),
        effects_cov=np.einsum("rq,cqp,sp->crs", to_raw, effects_cov, to_raw),
        group_ids=rows.group_ids,
        group_effects=group_effects,
        group_effects_var=group_var,
        client_group=rows.group,
    )


def _predictions(
    rows: GrowthRows, statistics: GrowthStatistics, optimum: Optimum
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Effects on (1, u) and their conditional covariance, by client and by group."""
    found, frame = optimum.profile, statistics.frame
    contrast = np.append(-found.coefficients, 1.0) * frame.spread
    forms = closed_forms(statistics.gram, optimum.at.covariance)
    left = np.einsum("kjc,j->kc", statistics.sums, contrast)  # Z' of the residuals
    group_effects = group_var = np.zeros(0)
    b11, b12, b22 = forms.b
    q = 1 if not statistics.gram[1:].any() else 2
    cov = np.array([[b11, b12], [b12, b22]])
    if found.group_forms is not None and rows.group is not None:
        groups = found.group_forms
        group_effects = groups.shrinkage * (contrast @ groups.u)
        group_var = groups.shrinkage * found.residual_variance
        left = left - statistics.gram[:2] * group_effects[rows.group]
        reach = np.einsum("klc,lc->kc", cov, statistics.gram[:2])
        cov = cov + groups.shrinkage[rows.group] * reach[:, None] * reach[None, :]
    effects = np.stack([b11 * left[0] + b12 * left[1], b12 * left[0] + b22 * left[1]])
    cov = found.residual_variance * cov
    return effects.T[:, :q], np.moveaxis(cov, -1, 0)[:, :q, :q], group_effects, group_var


def _theta(factor: FloatArray, group_sd: float | None) -> FloatArray:
    """Relative Cholesky factor on (1, t), the lower triangle by column, then the group's SD."""
    # The rows of a square root's transpose, made triangular again by QR, signs made positive.
    upper = np.linalg.qr(factor.T)[1]
    upper = upper * np.where(np.diag(upper) < 0, -1.0, 1.0)[:, None]
    theta: FloatArray = upper[np.triu_indices(len(upper))]
    return theta if group_sd is None else np.append(theta, group_sd)


def _method(n_random: int, grouped: bool, reml: bool) -> str:
    effects = "random intercept" if n_random == 1 else "random intercept and slope"
    level = ", clients nested in groups" if grouped else ""
    return f"Mixed growth model, {effects}{level}, {'REML' if reml else 'ML'}"


def _notes(optimum: Optimum) -> tuple[str, ...]:
    notes = []
    if optimum.singular:
        notes.append(
            "singular fit: a variance between clients or groups is estimated as zero, or level "
            "and slope as perfectly correlated; a simpler model describes these data as well"
        )
    if not optimum.converged:
        notes.append("the search did not arrive at a maximum: do not use these estimates")
    return tuple(notes)


def _listed(values: FloatArray) -> str:
    return ", ".join(f"{value:.6g}" for value in values)
