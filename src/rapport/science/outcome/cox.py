"""Cox regression of time to drop-out, ties after Efron, with Harrell's concordance."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rapport.science.errors import BadInputError, TooLittleDataError
from rapport.science.numerics import special
from rapport.science.outcome.survival import checked_times
from rapport.science.records.result import Result

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
IntArray = NDArray[np.int64]

COX = "Cox (1972), J R Stat Soc B 34(2), 187-220"
EFRON = "Efron (1977), J Am Stat Assoc 72(359), 557-565"
HARRELL = "Harrell et al. (1982), JAMA 247(18), 2543-2546"

TOLERANCE = 1e-10  # ours: relative change of the log-likelihood, tighter than R's 1e-9
MAX_ROUNDS = 50
Z_95 = 1.959963984540054  # two-sided 95 %


@dataclass(frozen=True, kw_only=True)
class CoxFit(Result):
    """Log hazard ratios of leaving.

    Attributes:
        names: of the columns.
        coefficients, standard_errors, z, p: shape (n_columns,).
        hazard_ratio, lower, upper: with 95 % interval, shape (n_columns,).
        covariance: shape (n_columns, n_columns).
        log_likelihood_null, log_likelihood: partial, without and with the columns.
        concordance: share of comparable pairs in which who left first had the higher risk.
        n, n_events: clients and drop-outs.
        converged: whether the likelihood settled.
    """

    names: tuple[str, ...]
    coefficients: FloatArray
    standard_errors: FloatArray
    z: FloatArray
    p: FloatArray
    hazard_ratio: FloatArray
    lower: FloatArray
    upper: FloatArray
    covariance: FloatArray
    log_likelihood_null: float
    log_likelihood: float
    concordance: float
    n: int
    n_events: int
    converged: bool


def fit_cox(
    *,
    time: ArrayLike,
    event: ArrayLike,
    covariates: ArrayLike,
    names: tuple[str, ...] | None = None,
) -> CoxFit:
    """Regress the hazard of drop-out on what was known at the start.

    Only values known at the start belong here: a mean over the whole course looks ahead. For values
    that change from session to session use the discrete-time hazard. Assumes hazards that keep
    their ratio over time.

    Args:
        time: until drop-out or last seen, above 0, shape (n,).
        event: 1 dropped out, 0 last seen, shape (n,).
        covariates: shape (n, n_columns), no column of ones.
        names: of the columns.

    Raises:
        BadInputError: missing or unequal values, or columns that are sums of others.
        TooLittleDataError: fewer drop-outs than columns.

    Papers: Cox (1972); Efron (1977); Harrell et al. (1982).

    >>> fit = fit_cox(time=[1, 2, 3, 4, 5, 6], event=[1, 1, 1, 1, 0, 1],
    ...     covariates=[[3], [1], [2], [2], [0], [1]])
    >>> round(fit.concordance, 3)
    0.786
    """
    times, events = checked_times(time, event)
    x = _checked_columns(covariates, times, events)
    columns = names or tuple(f"x{k}" for k in range(x.shape[1]))
    order = np.lexsort((~events, times))
    design = _Design.of(times[order], events[order], (x - x.mean(axis=0))[order])
    null = _likelihood(design, np.zeros(x.shape[1]))[0]
    beta, log_likelihood, information, converged = _maximise(design)
    covariance: FloatArray = np.linalg.inv(information).astype(np.float64)
    errors = np.sqrt(np.diag(covariance))
    return CoxFit(
        method="Cox regression, Efron's ties",
        papers=(COX, EFRON, HARRELL),
        notes=() if converged else ("did not settle: a column may tell leaving apart altogether",),
        names=tuple(columns),
        coefficients=beta,
        standard_errors=errors,
        z=beta / errors,
        p=2 * special.ndtr(-np.abs(beta / errors)),
        hazard_ratio=np.exp(beta),
        lower=np.exp(beta - Z_95 * errors),
        upper=np.exp(beta + Z_95 * errors),
        covariance=covariance,
        log_likelihood_null=null,
        log_likelihood=log_likelihood,
        concordance=concordance(time=times, event=events, risk=x @ beta),
        n=len(times),
        n_events=int(events.sum()),
        converged=converged,
    )


def _checked_columns(covariates: ArrayLike, times: FloatArray, events: BoolArray) -> FloatArray:
    x = np.asarray(covariates, dtype=np.float64)
    if x.ndim != 2 or len(x) != len(times):
        raise BadInputError(f"covariates have shape {x.shape}, there are {len(times)} times")
    if not np.isfinite(x).all():
        raise BadInputError("covariates hold a missing value; leave such clients out")
    if events.sum() < x.shape[1] or x.shape[1] == 0:
        raise TooLittleDataError(
            f"{int(events.sum())} drop-outs can't tell {x.shape[1]} coefficients"
        )
    spread = x.std(axis=0)
    centred = (x - x.mean(axis=0)) / np.where(spread > 0, spread, 1)
    if np.linalg.matrix_rank(centred.T @ centred) < x.shape[1]:
        raise BadInputError("a column is constant or a sum of others; leave it out")
    return x


@dataclass(frozen=True, kw_only=True)
class _Design:
    """Rows by time, events before last-seen; one entry per drop-out for Efron's sums.

    ``first`` is the first row at risk at the drop-out's time, ``ties`` the rows of drop-outs at it,
    ``fraction`` how much of these has already left (0, 1/d, ... (d-1)/d).
    """

    x: FloatArray
    dead: IntArray
    first: IntArray
    beyond: IntArray
    fraction: FloatArray

    @classmethod
    def of(cls, times: FloatArray, events: BoolArray, x: FloatArray) -> "_Design":
        dead = np.flatnonzero(events)
        first = np.searchsorted(times, times[dead], side="left")
        tied = np.bincount(first, minlength=len(times))[first]
        # Drop-outs stand first among rows of equal time, so they fill first ... first + tied - 1.
        return cls(x=x, dead=dead, first=first, beyond=first + tied, fraction=(dead - first) / tied)


def _likelihood(design: _Design, beta: FloatArray) -> tuple[float, FloatArray, FloatArray]:
    """Efron's partial log-likelihood, its slope and its information."""
    eta = design.x @ beta
    shift = eta.max()
    weight = np.exp(eta - shift)
    x1 = weight[:, None] * design.x
    x2 = x1[:, :, None] * design.x[:, None, :]
    s0, s1, s2 = (_efron_sums(values, design) for values in (weight, x1, x2))
    mean = s1 / s0[:, None]
    value = float(np.sum(eta[design.dead] - shift - np.log(s0)))
    slope = np.sum(design.x[design.dead] - mean, axis=0)
    information = np.sum(s2 / s0[:, None, None], axis=0) - mean.T @ mean
    return value, slope, information


def _efron_sums(values: FloatArray, design: _Design) -> FloatArray:
    """Over those at risk, less the fraction of the tied drop-outs that has left."""
    from_end = np.cumsum(values[::-1], axis=0)[::-1]
    padded = np.concatenate([from_end, np.zeros((1, *values.shape[1:]))])
    tied = padded[design.first] - padded[design.beyond]
    fraction = design.fraction.reshape((-1, *[1] * (values.ndim - 1)))
    return np.asarray(padded[design.first] - fraction * tied)


def _maximise(design: _Design) -> tuple[FloatArray, float, FloatArray, bool]:
    beta = np.zeros(design.x.shape[1])
    value, slope, information = _likelihood(design, beta)
    for _ in range(MAX_ROUNDS):
        step = np.linalg.solve(information, slope)
        new = _likelihood(design, beta + step)
        while new[0] < value - abs(value) * TOLERANCE and np.abs(step).max() > TOLERANCE:
            step = step / 2  # Newton overshot
            new = _likelihood(design, beta + step)
        settled = abs(new[0] - value) <= TOLERANCE * abs(value)
        beta, (value, slope, information) = beta + step, new
        if settled:
            return beta, value, information, True
    return beta, value, information, False


def concordance(*, time: ArrayLike, event: ArrayLike, risk: ArrayLike) -> float:
    """Share of comparable pairs in which who left first had the higher risk; equal risks half.

    A pair is comparable where one is known to have left before the other; of two at the same time
    with one drop-out, the other stayed longer. Needs n log² n steps.

    Paper: Harrell et al. (1982).

    >>> concordance(time=[1, 2, 3], event=[1, 1, 0], risk=[3, 2, 1])
    1.0
    """
    times, events = checked_times(time, event)
    rank = np.unique(np.asarray(risk, dtype=np.float64), return_inverse=True)[1]
    # Among drop-outs at one time the lower risk first: then none of them is "higher, then lower".
    order = np.lexsort((rank, ~events, times))
    times, events, rank = times[order], events[order], rank[order]
    lower, lower_or_equal = _smaller_after(rank)
    same = lower_or_equal - lower - _rest_of_run(np.stack([times, events, rank]))
    later = len(times) - _end_of_run(np.stack([times, events]))
    comparable = later[events].sum()
    if comparable == 0:
        return float("nan")
    return float((lower[events].sum() + same[events].sum() / 2) / comparable)


def _end_of_run(keys: FloatArray) -> IntArray:
    """For each column of sorted keys the position after the last equal column."""
    change = np.flatnonzero((np.diff(keys, axis=1) != 0).any(axis=0)) + 1
    ends = np.append(change, keys.shape[1])
    return np.asarray(ends[np.searchsorted(ends, np.arange(keys.shape[1]), side="right")])


def _rest_of_run(keys: FloatArray) -> IntArray:
    return np.asarray(_end_of_run(keys) - 1 - np.arange(keys.shape[1]))


def _smaller_after(rank: IntArray) -> tuple[IntArray, IntArray]:
    """For each entry, how many later ones are smaller, and how many smaller or equal.

    Blocks of doubling length: each entry of a left block is looked up among its right neighbours.
    """
    n, span = len(rank), int(rank.max(initial=0)) + 1
    position = np.arange(n)
    less, up_to = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64)
    width = 1
    while width < n:
        block = position // (2 * width)
        left = (position // width) % 2 == 0
        right = np.sort(block[~left] * span + rank[~left])
        start = np.searchsorted(right, block[left] * span)
        key = block[left] * span + rank[left]
        less[left] += np.searchsorted(right, key, side="left") - start
        up_to[left] += np.searchsorted(right, key, side="right") - start
        width *= 2
    return less, up_to
