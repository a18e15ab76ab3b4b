"""What a growth model expects: of clients given their ratings so far, and of the population."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rapport.science.errors import BadInputError
from rapport.science.numerics import special
from rapport.science.numerics.growth_likelihood import closed_forms
from rapport.science.numerics.growth_model import GrowthModel
from rapport.science.numerics.growth_rows import ids_array
from rapport.science.records.result import Result

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

FORECAST_PAPERS = (
    "Henderson (1975), Best linear unbiased estimation and prediction under a selection model, "
    "Biometrics 31, 423-447, doi 10.2307/2529430",
    "Robinson (1991), That BLUP is a good thing, Statistical Science 6, 15-32, "
    "doi 10.1214/ss/1177011926",
)
BAND_PAPERS = (
    "Laird & Ware (1982), Biometrics 38, 963-974, doi 10.2307/2529876",
    "Howe (1969), Two-sided tolerance limits for normal populations, J Am Stat Assoc 64, 610-620, "
    "doi 10.1080/01621459.1969.10500999",
)


@dataclass(frozen=True, kw_only=True)
class ConditionalForecast(Result):
    """Forecast of one new rating per client, given the ratings so far.

    Attributes:
        clients: ids, shape (n_clients,).
        n_ratings: ratings the forecast rests on, shape (n_clients,); 0 = the population's course.
        mean: best linear prediction, shape (n_clients,), in the outcome's unit.
        variance: variance of the new rating around it, residual variance included.
    """

    clients: NDArray[Any]
    n_ratings: IntArray
    mean: FloatArray
    variance: FloatArray

    def interval(self, level: float) -> tuple[FloatArray, FloatArray]:
        """Normal prediction limits that hold the new rating with probability ``level``."""
        half = _two_sided(level) * np.sqrt(self.variance)
        return self.mean - half, self.mean + half

    def probability_at_most(self, score: ArrayLike) -> FloatArray:
        """Probability that the new rating is ``score`` (one for all, or one each) or lower."""
        z = (np.asarray(score, dtype=np.float64) - self.mean) / np.sqrt(self.variance)
        return np.asarray(special.ndtr(z), dtype=np.float64)


def conditional_forecast(
    *,
    model: GrowthModel,
    y: ArrayLike,
    design: ArrayLike,
    client: ArrayLike,
    target_design: ArrayLike,
    clients: ArrayLike | None = None,
    fixed_uncertainty: bool = True,
) -> ConditionalForecast:
    """Best linear prediction of a new rating from any number of ratings at any spacing.

    The clients may be new: only the model's estimates are used, not its effects. A client in a
    group of a three-level model is treated as coming from an unknown group. The limits assume
    normal effects and errors and take the variances as known; calibrate them on held-back
    clients where the scale has a floor or a ceiling.

    Args:
        model: from ``fit_growth``.
        y: ratings so far, shape (n_rows,); NaN where not rated.
        design: their design rows, shape (n_rows, n_fixed), columns as in the fit.
        client: id of each row, any order.
        target_design: design row of the new rating, shape (n_fixed,) for all clients or
            (n_clients, n_fixed).
        clients: ids to forecast, in the order of ``target_design``; by default those of
            ``client`` in order of first row. Clients without rows get the population's forecast.
        fixed_uncertainty: whether the variance includes the fixed effects' standard errors.

    Raises:
        BadInputError: shapes that do not fit, values not finite, a row of a client who is not
            among ``clients``.

    Example:
        >>> from rapport.science.numerics.growth_model import fit_growth
        >>> week = np.tile([0.0, 1, 2, 3], 3)
        >>> model = fit_growth(
        ...     y=[20, 17, 17, 14, 25, 24, 21, 22, 15, 11, 9, 4.0],
        ...     design=np.column_stack([np.ones(12), week]),
        ...     client=np.repeat(["Ana", "Ben", "Cem"], 4),
        ... )
        >>> forecast = conditional_forecast(
        ...     model=model,
        ...     y=[30, 29],
        ...     design=[[1, 0], [1, 1]],
        ...     client=["Dua", "Dua"],
        ...     target_design=[1, 2],
        ... )
        >>> forecast.mean.round(1), forecast.n_ratings
        (array([25.9]), array([2]))
    """
    rows = _Rows.checked(model=model, y=y, design=design, client=client, clients=clients)
    targets = _targets(model, target_design, len(rows.clients))
    centre = _centre(model, targets)
    covariance = _shifted(model, centre)
    gram, cross, left = _sums(model, rows, centre)
    n_random = len(model.random_cov)
    z = np.ones((2, len(targets)))
    z[1] = targets[:, model.random_column] - centre if model.random_column is not None else 0.0
    b11, b12, b22 = closed_forms(gram, covariance / model.residual_variance).b
    reach = np.stack([b11 * z[0] + b12 * z[1], b12 * z[0] + b22 * z[1]])  # B z
    variance = model.residual_variance * (1.0 + np.sum(reach * z, axis=0))
    if fixed_uncertainty:
        lever = targets - np.einsum("kpc,kc->cp", cross, reach)
        variance = variance + np.einsum("cp,pr,cr->c", lever, model.fixed_cov, lever)
    return ConditionalForecast(
        method="Best linear prediction from each client's ratings so far",
        settings={"fixed_uncertainty": fixed_uncertainty, "random_effects": n_random},
        papers=FORECAST_PAPERS,
        notes=model.notes,
        clients=rows.clients,
        n_ratings=gram[0].astype(np.int64),
        mean=targets @ model.fixed + np.sum(left * reach, axis=0),
        variance=variance,
    )


@dataclass(frozen=True, kw_only=True)
class PopulationBand(Result):
    """Expected course of the population and the band that single ratings fall into.

    Attributes:
        mean: expected rating, shape (n_rows,).
        mean_se: its standard error.
        sd: SD of a rating of a random client around it: sqrt(z'Gz + group and residual variance).
        lower, upper: limits that hold the share ``level`` of ratings if the estimates are exact.
        tolerance_lower, tolerance_upper: limits that hold it with the stated confidence although
            the mean and the SD are estimated.
    """

    mean: FloatArray
    mean_se: FloatArray
    sd: FloatArray
    lower: FloatArray
    upper: FloatArray
    tolerance_lower: FloatArray
    tolerance_upper: FloatArray


def population_band(
    *, model: GrowthModel, design_rows: ArrayLike, level: float, confidence: float = 0.95
) -> PopulationBand:
    """Band of expected response for given design rows (intake score, session...).

    For a client without history; with ratings, ``conditional_forecast`` is narrower and right.
    The tolerance limits follow Howe (1969) with sd^2 / mean_se^2 as number of observations and
    n_clients - 1 degrees of freedom (ours: conservative, as ratings within clients add some).

    Args:
        model: from ``fit_growth``.
        design_rows: shape (n_rows, n_fixed).
        level: share of ratings in the band, between 0 and 1.
        confidence: of the tolerance limits.

    Raises:
        BadInputError: a level or confidence outside 0 to 1, or design rows that do not fit.
    """
    rows = np.atleast_2d(np.asarray(design_rows, dtype=np.float64))
    random = model.random_rows(rows)
    mean = rows @ model.fixed
    spread = np.einsum("ij,jk,ik->i", random, model.random_cov, random)
    sd = np.sqrt(spread + (model.group_variance or 0.0) + model.residual_variance)
    mean_se = np.sqrt(np.einsum("ij,jk,ik->i", rows, model.fixed_cov, rows))
    z = _two_sided(level)
    nu = model.n_clients - 1
    widening = np.sqrt(nu * (1.0 + (mean_se / sd) ** 2) / special.chdtri(nu, _share(confidence)))
    return PopulationBand(
        method="Expected response with tolerance band",
        settings={"level": level, "confidence": confidence},
        papers=BAND_PAPERS,
        notes=model.notes,
        mean=mean,
        mean_se=mean_se,
        sd=sd,
        lower=mean - z * sd,
        upper=mean + z * sd,
        tolerance_lower=mean - z * widening * sd,
        tolerance_upper=mean + z * widening * sd,
    )


@dataclass(frozen=True, kw_only=True)
class _Rows:
    """Rated rows with the position of each row's client."""

    y: FloatArray
    design: FloatArray
    code: IntArray
    clients: NDArray[Any]

    @classmethod
    def checked(
        cls,
        *,
        model: GrowthModel,
        y: ArrayLike,
        design: ArrayLike,
        client: ArrayLike,
        clients: ArrayLike | None,
    ) -> "_Rows":
        outcome = np.asarray(y, dtype=np.float64)
        matrix = np.asarray(design, dtype=np.float64).reshape(-1, len(model.fixed))
        ids = ids_array(client, what="client")
        if not len(outcome) == len(matrix) == len(ids):
            raise BadInputError(
                f"y, design and client have {len(outcome)}, {len(matrix)} and {len(ids)} rows "
                f"of {len(model.fixed)} columns; give one of each per row"
            )
        code, order = _codes(ids, clients)
        rated = ~np.isnan(outcome)
        if not rated.all():
            outcome, matrix, code = outcome[rated], matrix[rated], code[rated]
        if not (np.isfinite(outcome).all() and np.isfinite(matrix).all()):
            raise BadInputError(
                "a rated row holds a value that is not finite; leave the row out or fill it in"
            )
        return cls(y=outcome, design=matrix, code=code, clients=order)


def _codes(ids: NDArray[Any], clients: ArrayLike | None) -> tuple[IntArray, NDArray[Any]]:
    values, first, codes = np.unique(ids, return_index=True, return_inverse=True)
    if clients is None:
        rank = np.empty(len(values), dtype=np.int64)
        rank[np.argsort(first)] = np.arange(len(values))
        return rank[codes], ids[np.sort(first)]
    wanted = ids_array(clients, what="clients")
    if len(wanted) == 0:
        raise BadInputError("clients is empty; name the clients to forecast")
    sorted_wanted, where = np.unique(wanted, return_index=True)
    if len(sorted_wanted) < len(wanted):
        raise BadInputError("clients names someone twice; name each once")
    at = np.minimum(np.searchsorted(sorted_wanted, values), len(wanted) - 1)
    unknown = sorted_wanted[at] != values
    if unknown.any():
        raise BadInputError(
            f"client {values[unknown][0]} has rows but is not among clients; add or leave out"
        )
    return where[at][codes], wanted


def _targets(model: GrowthModel, target_design: ArrayLike, n_clients: int) -> FloatArray:
    targets = np.asarray(target_design, dtype=np.float64)
    if targets.shape == (len(model.fixed),):
        targets = np.broadcast_to(targets, (n_clients, len(model.fixed)))
    if targets.shape != (n_clients, len(model.fixed)) or not np.isfinite(targets).all():
        raise BadInputError(
            f"target_design has shape {targets.shape}; give finite numbers, one row of "
            f"{len(model.fixed)} columns for all, or one for each of the {n_clients} clients"
        )
    return targets


def _centre(model: GrowthModel, targets: FloatArray) -> float:
    """A time near the data, from which times are counted: large dates would cost digits."""
    if model.random_column is None or len(targets) == 0:
        return 0.0
    return float(targets[:, model.random_column].mean())


def _shifted(model: GrowthModel, centre: float) -> FloatArray:
    """Covariance of the effects on (1, t - centre), an unknown group's intercept included."""
    covariance = np.zeros((2, 2))
    q = len(model.random_cov)
    covariance[:q, :q] = model.random_cov
    covariance[0, 0] += model.group_variance or 0.0
    shift = np.array([[1.0, centre], [0.0, 1.0]])
    moved: FloatArray = shift @ covariance @ shift.T
    return moved


def _sums(
    model: GrowthModel, rows: _Rows, centre: float
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Per client Z'Z as (n, sum t, sum t^2), Z'X (2, n_fixed, n), Z' of the residuals (2, n)."""
    n, p = len(rows.clients), len(model.fixed)
    gram, cross, left = np.zeros((3, n)), np.zeros((2, p, n)), np.zeros((2, n))
    weights = [np.ones(len(rows.y))]
    if model.random_column is not None:
        weights.append(rows.design[:, model.random_column] - centre)
        gram[2] = np.bincount(rows.code, weights[1] ** 2, n)
    residual = rows.y - rows.design @ model.fixed
    for k, weight in enumerate(weights):
        gram[k] = np.bincount(rows.code, weight, n)
        left[k] = np.bincount(rows.code, weight * residual, n)
        for j in range(p):
            cross[k, j] = np.bincount(rows.code, weight * rows.design[:, j], n)
    return gram, cross, left


def _share(value: float) -> float:
    if not 0.0 < value < 1.0:
        raise BadInputError(f"{value} is not a share; give a number between 0 and 1, such as 0.8")
    return value


def _two_sided(level: float) -> float:
    return float(special.ndtri((1.0 + _share(level)) / 2.0))
