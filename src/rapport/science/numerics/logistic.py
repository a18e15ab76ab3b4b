"""Binomial regression by iteratively reweighted least squares: logit and complementary log-log."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rapport.science.errors import BadInputError, TooLittleDataError
from rapport.science.numerics import special
from rapport.science.records.result import Result

FloatArray = NDArray[np.float64]
Link = Literal["logit", "cloglog"]

# Deviance settled to this part of itself. R's glm stops at 1e-8, where cloglog coefficients may
# still be off in the fourth digit: scoring closes in slowly there. Where a group has no event its
# coefficient drifts off for ever and the stopping rule decides where it stands.
TOLERANCE = 1e-12
MAX_ROUNDS = 100
MAX_HALVINGS = 30  # ours: a billionth of the step is no step

# A linear predictor beyond this gives a probability that no data of ours could tell from 0 or 1.
DRIFTED = 10.0  # ours; expit(-10) = 4.5 in 100,000

MCCULLAGH_NELDER = (
    "McCullagh & Nelder (1989), Generalized Linear Models, 2nd ed., sections 2.5, 4.4"
)


@dataclass(frozen=True, kw_only=True)
class BinomialFit(Result):
    """Coefficients of a binomial regression on the scale of its link.

    Attributes:
        names: of the columns.
        coefficients, standard_errors, z, p: shape (n_columns,).
        covariance: shape (n_columns, n_columns).
        fitted: probabilities, shape (n_rows,).
        linear_predictor: shape (n_rows,).
        deviance: twice the lack of log-likelihood.
        log_likelihood: of the fit.
        n: rows used.
        rounds: of reweighting.
        converged: whether the deviance settled.
        link: "logit" or "cloglog".
    """

    names: tuple[str, ...]
    coefficients: FloatArray
    standard_errors: FloatArray
    z: FloatArray
    p: FloatArray
    covariance: FloatArray
    fitted: FloatArray
    linear_predictor: FloatArray
    deviance: float
    log_likelihood: float
    n: int
    rounds: int
    converged: bool
    link: Link

    def to_text(self) -> str:
        width = max(len(name) for name in self.names)
        rows = zip(self.names, self.coefficients, self.standard_errors, self.p, strict=True)
        lines = [f"  {n:{width}}  {b: .4f} (SE {se:.4f}, p {p:.3g})" for n, b, se, p in rows]
        notes = [f"  note: {note}" for note in self.notes]
        return "\n".join([f"{self.method}, {self.n} rows", *lines, *notes])


@dataclass(frozen=True, kw_only=True)
class _LinkFunctions:
    forward: Callable[[FloatArray], FloatArray]
    inverse: Callable[[FloatArray], FloatArray]
    slope: Callable[[FloatArray], FloatArray]  # d probability / d linear predictor


_EPS = float(np.finfo(np.float64).eps)


def _cloglog_inverse(eta: FloatArray) -> FloatArray:
    return np.asarray(np.clip(-np.expm1(-np.exp(np.minimum(eta, 700.0))), _EPS, 1 - _EPS))


def _cloglog_slope(eta: FloatArray) -> FloatArray:
    bounded = np.minimum(eta, 700.0)  # exp(709) is the last finite one
    return np.asarray(np.maximum(np.exp(bounded - np.exp(bounded)), _EPS))


_LINKS = {
    "logit": _LinkFunctions(
        forward=lambda p: special.logit(p),
        inverse=lambda eta: np.clip(special.expit(eta), _EPS, 1 - _EPS),
        slope=lambda eta: np.maximum(special.expit(eta) * special.expit(-eta), _EPS),
    ),
    "cloglog": _LinkFunctions(
        forward=lambda p: np.log(-np.log1p(-p)), inverse=_cloglog_inverse, slope=_cloglog_slope
    ),
}


def fit_binomial(
    *,
    y: ArrayLike,
    design: ArrayLike,
    names: tuple[str, ...] | None = None,
    link: Link = "logit",
    offset: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    tolerance: float = TOLERANCE,
) -> BinomialFit:
    """Regress a yes/no outcome on the columns of a design by maximum likelihood.

    Rows must be independent given the columns: several rows of one client are fine in a hazard
    model, where each stands for a further period at risk, and not as repeated measures. Where a
    column tells yes and no apart altogether there is no maximum: the fit returns, noted.

    Args:
        y: 0 or 1, shape (n_rows,).
        design: shape (n_rows, n_columns), with its own column of ones.
        names: of the columns.
        link: "logit", or "cloglog" for hazards of a continuous process seen in periods.
        offset: known part of the linear predictor, shape (n_rows,).
        weights: how many rows each row stands for, shape (n_rows,).
        tolerance: relative change of the deviance at which to stop.

    Raises:
        BadInputError: missing or unequal values, or columns that are sums of others.
        TooLittleDataError: fewer rows than columns.

    Paper: McCullagh & Nelder (1989), sections 2.5 and 4.4.

    >>> fit = fit_binomial(y=[0, 0, 1, 0, 1, 1], design=[[1, x] for x in range(6)])
    >>> fit.coefficients.round(3).tolist()
    [-3.035, 1.214]
    """
    data = _checked(y, design, offset, weights)
    columns = names or tuple(f"x{k}" for k in range(data.design.shape[1]))
    if len(columns) != data.design.shape[1]:
        raise BadInputError(f"{len(columns)} names for {data.design.shape[1]} columns")
    state = _iterate(data, _LINKS[link], tolerance)
    covariance: FloatArray = np.linalg.inv(state.information).astype(np.float64)
    errors = np.sqrt(np.diag(covariance))
    z = state.coefficients / errors
    return BinomialFit(
        method=f"Binomial regression, {link}",
        settings={"link": link, "tolerance": tolerance},
        papers=(MCCULLAGH_NELDER,),
        notes=_notes(state, columns, errors),
        names=tuple(columns),
        coefficients=state.coefficients,
        standard_errors=errors,
        z=z,
        p=2 * special.ndtr(-np.abs(z)),
        covariance=covariance,
        fitted=state.fitted,
        linear_predictor=state.linear_predictor,
        deviance=state.deviance,
        log_likelihood=-state.deviance / 2,
        n=len(data.y),
        rounds=state.rounds,
        converged=state.converged,
        link=link,
    )


@dataclass(frozen=True, kw_only=True)
class _Data:
    y: FloatArray
    design: FloatArray
    offset: FloatArray
    weights: FloatArray


def _checked(
    y: ArrayLike, design: ArrayLike, offset: ArrayLike | None, weights: ArrayLike | None
) -> _Data:
    outcome, x = np.asarray(y, dtype=np.float64), np.asarray(design, dtype=np.float64)
    if x.ndim != 2 or len(x) != len(outcome):
        raise BadInputError(f"y has {len(outcome)} rows, the design shape {x.shape}")
    if len(x) < x.shape[1] or x.shape[1] == 0:
        raise TooLittleDataError(f"{len(x)} rows can't tell {x.shape[1]} coefficients")
    extra = np.zeros(len(x)) if offset is None else np.asarray(offset, dtype=np.float64)
    weight = np.ones(len(x)) if weights is None else np.asarray(weights, dtype=np.float64)
    if not all(np.isfinite(values).all() for values in (outcome, x, extra, weight)):
        raise BadInputError(
            "y, design, offset or weights hold a missing value; leave such rows out"
        )
    if not np.isin(outcome, (0, 1)).all():
        raise BadInputError("y holds something other than 0 and 1")
    if _rank(x) < x.shape[1]:
        raise BadInputError("a column of the design is a sum of others; leave it out")
    return _Data(y=outcome, design=x, offset=extra, weights=weight)


def _rank(x: FloatArray) -> int:
    """Rank by the columns' angles alone, so that their units don't matter."""
    length = np.sqrt((x**2).sum(axis=0))
    unit = x / np.where(length > 0, length, 1.0)
    return int(np.linalg.matrix_rank(unit.T @ unit))


@dataclass(frozen=True, kw_only=True)
class _State:
    coefficients: FloatArray
    information: FloatArray
    linear_predictor: FloatArray
    fitted: FloatArray
    deviance: float
    rounds: int
    converged: bool


def _iterate(data: _Data, link: _LinkFunctions, tolerance: float) -> _State:
    # The start of R's binomial family: half a yes and half a no added to each row.
    eta = link.forward((data.weights * data.y + 0.5) / (data.weights + 1))
    deviance = _deviance(data, link.inverse(eta))
    # That start knows nothing of the offset; where its first step leads astray, zero is better.
    zero = np.zeros(data.design.shape[1])
    at, floor = zero, _deviance(data, link.inverse(data.offset))
    rounds, converged = 0, False
    while not converged and rounds < MAX_ROUNDS:
        rounds += 1
        target, information = _weighted_least_squares(data, link, eta)
        at = _no_worse(data, link, at, target, floor)
        eta = data.design @ at + data.offset
        before, deviance = deviance, _deviance(data, link.inverse(eta))
        floor = deviance
        converged = abs(deviance - before) / (abs(deviance) + 0.1) < tolerance
    return _State(
        coefficients=at,
        information=information,
        linear_predictor=eta,
        fitted=link.inverse(eta),
        deviance=deviance,
        rounds=rounds,
        converged=converged,
    )


def _no_worse(
    data: _Data, link: _LinkFunctions, start: FloatArray, target: FloatArray, floor: float
) -> FloatArray:
    """The target, or the way to it halved until the deviance is no worse than at the start."""
    step = target - start
    for _ in range(MAX_HALVINGS):
        deviance = _deviance(data, link.inverse(data.design @ (start + step) + data.offset))
        if deviance <= floor * (1 + TOLERANCE):
            return start + step
        step = step / 2
    return start


def _weighted_least_squares(
    data: _Data, link: _LinkFunctions, eta: FloatArray
) -> tuple[FloatArray, FloatArray]:
    p, slope = link.inverse(eta), link.slope(eta)
    working = eta - data.offset + (data.y - p) / slope
    weight = data.weights * slope**2 / (p * (1 - p))
    weighted = data.design * weight[:, None]
    information = data.design.T @ weighted
    solution = np.linalg.solve(information, weighted.T @ working)
    return solution.astype(np.float64), information


def _deviance(data: _Data, p: FloatArray) -> float:
    log_likelihood = special.xlogy(data.y, p) + special.xlogy(1 - data.y, 1 - p)
    return float(-2 * np.sum(data.weights * log_likelihood))


def _notes(state: _State, names: tuple[str, ...], errors: FloatArray) -> tuple[str, ...]:
    notes = [
        f"{name}: no finite estimate, yes and no are told apart altogether there"
        for name, b, se in zip(names, state.coefficients, errors, strict=True)
        if se > DRIFTED and abs(b) > DRIFTED
    ]
    if not state.converged:
        notes.append(f"did not settle in {MAX_ROUNDS} rounds; don't rely on the coefficients")
    return tuple(notes)
