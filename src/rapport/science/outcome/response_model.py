"""The growth model behind expected response and forecasts: later ratings given the first one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from rapport.science.numerics.growth_model import GrowthModel, fit_growth
from rapport.science.numerics.growth_prediction import conditional_forecast, population_band
from rapport.science.outcome.histories import (
    AHEAD,
    Ahead,
    Histories,
    Task,
    histories,
    one_later_rating,
)
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
class Refinement:
    """What the growth model leaves out, learnt from the clients it was fitted to.

    Ratings of neighbouring sessions are more alike than the model says, so a forecast may lean on
    the latest rating; and errors are larger at one end of many scales than at the other.

    Attributes:
        lean: share of the way from the forecast to the latest rating, 0 to 1.
        tilt: relative change of the SD per point of the forecast.
        centre: forecast at which the SD is the model's own.
    """

    lean: float = 0.0
    tilt: float = 0.0
    centre: float = 0.0

    def spread(self, sd: FloatArray, mean: FloatArray) -> FloatArray:
        """The SD at these forecasts; halved or doubled at most (ours: a line ends somewhere)."""
        return sd * np.clip(1 + self.tilt * (mean - self.centre), 0.5, 2.0)


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
        refinement: by what is forecast.
    """

    time_base: str
    centre: float
    low: float
    high: float
    growth: GrowthModel
    refinement: Mapping[Ahead, Refinement]

    def given_first(self, intake: FloatArray, time: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Mean and SD of a later rating of people with this first score.

        The mean may lie beyond the scale: calibration needs to tell clients apart there.
        """
        known = np.isfinite(intake)
        rows = self._design(np.where(known, intake, self.centre), time)
        band = population_band(model=self.growth, design_rows=rows, level=0.8)
        mean = np.where(known, band.mean, np.nan)
        sd = np.hypot(band.sd, band.mean_se)
        return mean, self.refinement["start"].spread(sd, self.on_scale(mean))

    def given_history(
        self, known: Histories, time: FloatArray, ahead: Ahead
    ) -> tuple[FloatArray, FloatArray]:
        """Mean and SD of a rating at ``time`` of each client, given all ratings so far."""
        if ahead == "start":
            return self.given_first(known.intake, time)
        forecast = conditional_forecast(
            model=self.growth,
            y=known.score,
            design=self._design(known.intake[known.client], known.time),
            client=known.client,
            target_design=self._design(known.intake, time),
            clients=np.arange(known.n_clients),
        )
        own = self.refinement[ahead]
        mean = forecast.mean + own.lean * (known.last_score - forecast.mean)
        return mean, own.spread(np.sqrt(forecast.variance), self.on_scale(mean))

    def on_scale(self, score: FloatArray) -> FloatArray:
        """Scores beyond the ends of the scale are put at the end."""
        return np.clip(score, self.low, self.high)

    def _design(self, intake: FloatArray, time: FloatArray) -> FloatArray:
        return _design(self.time_base, intake - self.centre, time)


def fit_response(
    *, courses: Courses, time_base: str, low: float, high: float, rng: np.random.Generator
) -> ResponseModel:
    """Fit the model by REML to the later ratings of these clients, then refine it on them."""
    known = histories(courses)
    centre = float(np.nanmean(known.intake))
    plain = ResponseModel(
        time_base=time_base,
        centre=centre,
        low=low,
        high=high,
        growth=_fit(known, centre, time_base, reml=True),
        refinement=dict.fromkeys(AHEAD, Refinement()),
    )
    refined = {
        ahead: _refine(plain, one_later_rating(courses=courses, ahead=ahead, rng=rng), ahead)
        for ahead in AHEAD
    }
    return replace(plain, refinement=refined)


def _refine(plain: ResponseModel, task: Task, ahead: Ahead) -> Refinement:
    mean, sd = plain.given_history(task.known, task.time, ahead)
    lean = 0.0
    if ahead != "start":
        towards = task.known.last_score - mean
        lean = min(max(_shrunken_slope(towards, task.observed - mean), 0.0), 1.0)
        mean = mean + lean * towards
    off = np.abs(task.observed - mean) / sd
    shown = plain.on_scale(mean)
    centre = float(shown.mean())
    tilt = _shrunken_slope(shown - centre, off / off.mean() - 1)
    return Refinement(lean=lean, tilt=tilt, centre=centre)


def _shrunken_slope(x: FloatArray, y: FloatArray) -> float:
    """Slope through the origin, shrunk towards 0 by 1 - 1 / t^2 (James & Stein's positive part).

    A slope no larger than its standard error becomes 0, a clear one stays.
    """
    total = float(x @ x)
    if total == 0:
        return 0.0
    slope = float(x @ y) / total
    error = float(np.mean((y - slope * x) ** 2)) / total
    return slope * max(0.0, 1 - error / slope**2) if slope else 0.0


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
