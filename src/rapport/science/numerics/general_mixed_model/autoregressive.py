"""Growth with autocorrelated noise: each rating carries over a part of the one before."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rapport.science.errors import BadInputError
from rapport.science.numerics.growth_model import (
    GrowthModel,
    check_enough,
    checked_column,
    checked_names,
    model_at,
)
from rapport.science.numerics.growth_optimum import Optimum, maximise
from rapport.science.numerics.growth_rows import GrowthRows, growth_rows
from rapport.science.numerics.growth_statistics import (
    GrowthStatistics,
    RandomColumns,
    growth_statistics,
    random_columns,
)
from rapport.science.records.result import Result

FloatArray = NDArray[np.float64]

LARGEST_PHI = 0.999  # ours: beyond it noise and level can't be told apart
CHI_SQUARE_95 = 3.841458820694124  # 95 % point of chi-square, 1 df: profile likelihood interval
PAPERS = (
    "Pinheiro & Bates (2000), Mixed-Effects Models in S and S-PLUS, section 5.3 (corAR1), "
    "doi 10.1007/b98882",
    "Chi & Reinsel (1989), Models for longitudinal data with random effects and AR(1) errors, "
    "J Am Stat Assoc 84, 452-459, doi 10.1080/01621459.1989.10478790",
)


@dataclass(frozen=True, kw_only=True)
class AutoregressiveModel(Result):
    """A growth model whose residuals are correlated phi^|gap| within a client.

    Attributes:
        phi: correlation of residuals one unit of time apart.
        phi_lower, phi_upper: 95 % profile-likelihood interval.
        log_likelihood: restricted or full, as ``growth.reml`` says.
        growth: fixed effects, variances and effects given phi; its residual variance is that of
            one rating. Its forecasts would ignore the carry-over.
    """

    phi: float
    phi_lower: float
    phi_upper: float
    log_likelihood: float
    growth: GrowthModel

    def to_text(self) -> str:
        """The growth model's text with the carry-over on a line of its own."""
        carry = f"  carry-over phi  {self.phi:.4g}  [{self.phi_lower:.4g}, {self.phi_upper:.4g}]"
        return f"{self.method}\n{carry}\n{self.growth.to_text()}"


def fit_autoregressive(
    *,
    y: ArrayLike,
    design: ArrayLike,
    client: ArrayLike,
    time: ArrayLike,
    random_column: int | None = None,
    reml: bool = True,
    design_names: Sequence[str] = (),
) -> AutoregressiveModel:
    """Fit a growth model with AR(1) residuals by (restricted) maximum likelihood.

    For every phi the rows are whitened and the growth model fitted; phi is then the one with the
    largest likelihood. Use it to learn how far noise carries over from session to session. Not
    for short courses: with three or four ratings a random slope and carry-over look the same.

    Args:
        y, design, client, random_column, reml, design_names: as in ``fit_growth``.
        time: position of each row, shape (n_rows,), no two of a client equal. With whole numbers
            phi may be negative; with fractions it lies between 0 and 1.

    Raises:
        BadInputError: as ``fit_growth``; times that repeat within a client or are not finite.
        TooLittleDataError: as ``fit_growth``.

    Example:
        >>> score = np.array([20, 18, 17, 13, 10, 25, 24, 25, 22, 21, 15, 11, 10, 9, 4.0])
        >>> week = np.tile(np.arange(5.0), 3)
        >>> model = fit_autoregressive(
        ...     y=score,
        ...     design=np.column_stack([np.ones(15), week]),
        ...     client=np.repeat([1, 2, 3], 5),
        ...     time=week,
        ... )
        >>> model.phi_lower < model.phi < model.phi_upper
        True
    """
    rows, gaps = _rows_in_time(y, design, client, time)
    names = checked_names(design_names, rows.design.shape[1])
    column = checked_column(random_column, rows.design.shape[1])
    check_enough(rows, n_random=1 if column is None else 2)
    noise = _Noise(
        rows=rows, gaps=gaps, random=random_columns(rows, column), names=names, reml=reml
    )
    phi, lower, upper = noise.most_likely()
    statistics, optimum, deviance = noise.at(phi)
    growth = model_at(rows, statistics, optimum, names=names, column=column, reml=reml)
    growth = replace(growth, log_likelihood=-deviance / 2.0)
    return AutoregressiveModel(
        method="Growth model with AR(1) residuals",
        settings={"reml": reml, "random_column": column},
        papers=PAPERS,
        notes=growth.notes,
        phi=phi,
        phi_lower=lower,
        phi_upper=upper,
        log_likelihood=growth.log_likelihood,
        growth=growth,
    )


@dataclass(frozen=True, kw_only=True)
class _Noise:
    """The likelihood as a function of phi, all else at its best."""

    rows: GrowthRows
    gaps: FloatArray  # to the row before, NaN for a client's first
    random: RandomColumns
    names: tuple[str, ...]
    reml: bool

    def at(self, phi: float) -> tuple[GrowthStatistics, Optimum, float]:
        """Whitened statistics, the growth model's optimum there, and -2 log likelihood."""
        first = np.isnan(self.gaps)
        carry = np.where(first, 0.0, phi ** np.where(first, 1.0, self.gaps))
        sd = np.sqrt(1.0 - carry**2)

        def white(values: FloatArray) -> FloatArray:
            before = np.roll(values, 1, axis=0)
            over = (slice(None),) + (None,) * (values.ndim - 1)
            return np.asarray((values - carry[over] * before) / sd[over], dtype=np.float64)

        rows = replace(self.rows, y=white(self.rows.y), design=white(self.rows.design))
        slope = None if self.random.slope is None else white(self.random.slope)
        random = replace(self.random, level=white(np.ones(len(carry))), slope=slope)
        statistics = growth_statistics(rows=rows, random=random, names=self.names)
        optimum = maximise(statistics, slope=slope is not None, reml=self.reml)
        log_det = 2.0 * float(np.sum(np.log(sd)))
        return statistics, optimum, optimum.profile.deviance + log_det

    def most_likely(self) -> tuple[float, float, float]:
        """Phi with its 95 % profile-likelihood interval."""
        whole = np.equal(np.mod(self.gaps[~np.isnan(self.gaps)], 1.0), 0.0).all()
        lowest = -LARGEST_PHI if whole else 0.0
        grid = np.linspace(lowest, LARGEST_PHI, 12)
        deviances = [self._deviance(phi) for phi in grid]
        best = int(np.argmin(deviances))
        bracket = (grid[max(best - 1, 0)], grid[min(best + 1, len(grid) - 1)])
        from scipy.optimize import minimize_scalar  # late: it is heavy

        found = minimize_scalar(
            self._deviance, bounds=bracket, method="bounded", options={"xatol": 1e-7}
        )
        phi, limit = float(found.x), float(found.fun) + CHI_SQUARE_95
        return phi, self._crossing(lowest, phi, limit), self._crossing(LARGEST_PHI, phi, limit)

    def _deviance(self, phi: float) -> float:
        return self.at(float(phi))[2]

    def _crossing(self, end: float, phi: float, limit: float) -> float:
        if self._deviance(end) <= limit:
            return end
        from scipy.optimize import brentq  # late: it is heavy

        return float(brentq(lambda x: self._deviance(x) - limit, end, phi, xtol=1e-6))


def _rows_in_time(
    y: ArrayLike, design: ArrayLike, client: ArrayLike, time: ArrayLike
) -> tuple[GrowthRows, FloatArray]:
    """Rows by client and time, and the gap to the client's row before."""
    times = np.asarray(time, dtype=np.float64)
    columns = np.asarray(design, dtype=np.float64)
    if columns.ndim != 2 or times.shape != (len(columns),):
        raise BadInputError(
            f"time has shape {times.shape} for a design of shape {columns.shape}; give one time "
            "per row"
        )
    if not np.isfinite(times).all():
        raise BadInputError(f"row {int(np.argmin(np.isfinite(times)))}: time is not a number")
    # Time travels as one more design column, so that it is sorted and thinned with its row.
    rows = growth_rows(y=y, design=np.column_stack([columns, times]), client=client, group=None)
    code = np.repeat(np.arange(len(rows.starts)), rows.lengths)
    order = np.lexsort((rows.design[:, -1], code))
    gaps = np.diff(rows.design[order, -1], prepend=np.nan)
    gaps[rows.starts] = np.nan
    if (gaps == 0).any():
        who = rows.client_ids[code[int(np.argmax(gaps == 0))]]
        raise BadInputError(f"client {who}: two rated rows at one time; keep one")
    return replace(rows, y=rows.y[order], design=rows.design[order, :-1]), gaps
