"""The growth model behind expected response and forecasts: later ratings given the first one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rapport.science.numerics.growth_model import GrowthModel, fit_growth
from rapport.science.numerics.growth_prediction import conditional_forecast, population_band
from rapport.science.outcome.histories import Histories, histories
from rapport.science.records.courses import Courses

FloatArray = NDArray[np.float64]

# Change is fast at first and then slower in most courses (Lutz et al. 2005: log of session); some
# tables are straight or in between, so the data choose.
TIME_BASES: Mapping[str, Callable[[FloatArray], FloatArray]] = {
    "log(1 + t)": np.log1p,
    "square root of t": np.sqrt,
    "t": lambda time: time,
}

NAMES = ("start", "time", "first score", "first score x time")


@dataclass(frozen=True, kw_only=True)
class ResponseModel:
    """score ~ (1, f(t)) x (1, first score) + (1, f(t) | client), for ratings after the first.

    The first rating is a predictor and not an outcome: if level, change and error are jointly
    normal, the later ratings given the first follow exactly this model, whatever the error in
    the first one. Were it both, its own residual would be zero by construction.

    Attributes:
        time_base: name of f, see ``TIME_BASES``.
        centre: mean first score, taken off before fitting.
        low, high: ends of the scale; infinite where unknown.
        growth: the fitted mixed model.
    """

    time_base: str
    centre: float
    low: float
    high: float
    growth: GrowthModel

    def design(self, intake: FloatArray, time: FloatArray) -> FloatArray:
        """Fixed-effects design, one row per rating."""
        return _design(self.time_base, intake - self.centre, time)

    def given_first(self, intake: FloatArray, time: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Mean and SD of a later rating of people with this first score."""
        known = np.isfinite(intake)
        rows = self.design(np.where(known, intake, self.centre), time)
        band = population_band(model=self.growth, design_rows=rows, level=0.8)
        mean = np.where(known, self.on_scale(band.mean), np.nan)
        return mean, np.hypot(band.sd, band.mean_se)

    def given_history(self, known: Histories, time: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Mean and SD of a rating at ``time`` of each client, given all ratings so far."""
        forecast = conditional_forecast(
            model=self.growth,
            y=known.score,
            design=self.design(known.intake[known.client], known.time),
            client=known.client,
            target_design=self.design(known.intake, time),
            clients=np.arange(known.n_clients),
        )
        return self.on_scale(forecast.mean), np.sqrt(forecast.variance)

    def on_scale(self, score: FloatArray) -> FloatArray:
        """Scores beyond the ends of the scale are put at the end."""
        return np.clip(score, self.low, self.high)


def fit_response(*, courses: Courses, time_base: str, low: float, high: float) -> ResponseModel:
    """Fit the model by REML to the later ratings of these clients."""
    known = histories(courses)
    centre = float(np.nanmean(known.intake))
    return ResponseModel(
        time_base=time_base,
        centre=centre,
        low=low,
        high=high,
        growth=_fit(known, centre, time_base, reml=True),
    )


def compare_time_bases(courses: Courses) -> dict[str, float]:
    """Akaike's criterion of each time base, by full likelihood (the designs differ)."""
    known = histories(courses)
    centre = float(np.nanmean(known.intake))
    # Four fixed effects, three (co)variances of the random effects, one residual variance.
    return {
        base: 16.0 - 2.0 * _fit(known, centre, base, reml=False).log_likelihood
        for base in TIME_BASES
    }


def _fit(known: Histories, centre: float, time_base: str, *, reml: bool) -> GrowthModel:
    return fit_growth(
        y=known.score,
        design=_design(time_base, known.intake[known.client] - centre, known.time),
        client=known.client,
        random_column=1,
        reml=reml,
        design_names=NAMES,
    )


def _design(time_base: str, centred: FloatArray, time: FloatArray) -> FloatArray:
    moved = TIME_BASES[time_base](time)
    return np.column_stack([np.ones_like(moved), moved, centred, centred * moved])
