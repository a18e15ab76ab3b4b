"""Fit the model of steady courses to a practice's own ratings, with its uncertainty."""

from dataclasses import dataclass, replace

import numpy as np

from rapport.science.alliance.drop_alarm.model import (
    NOT_TUNED,
    PARAMETERS,
    FloatArray,
    SteadyModel,
)
from rapport.science.alliance.drop_alarm.moments import (
    client_features,
    summary,
    summary_covariance,
)
from rapport.science.alliance.drop_alarm.noise import HIGHEST, LOWEST, ratings, unit_noise, vector
from rapport.science.errors import TooLittleDataError
from rapport.science.records.courses import Courses
from rapport.science.records.scales import Scale

ENOUGH_CLIENTS = 30  # with ENOUGH_RATINGS each; fewer: not tuned (methods section 13)
ENOUGH_RATINGS = 4
MOST_CLIENTS = 4_000  # more make the model no better than the simulation it is compared with
MOST_RATINGS = 30
ROUNDS = 8
SETTLED = 0.05  # of a derivative step: further rounds would follow the simulation's own noise
SHAPE_OF_NOISE = (4, 5)  # positions of autocorrelation and tail among the parameters
STEPS = np.array([0.1, 0.05, 0.05, 0.05, 0.05, 0.03])  # of the numerical derivatives
# Before any data: ours. Spread .3 and t with 8 df are in the middle of what rating scales show;
# the SDs let a practice of some 200 clients speak for itself.
USUAL = {"sd_spread": (0.3, 0.2), "autocorrelation": (0.15, 0.2), "tail": (0.12, 0.1)}


def fit_steady_model(*, courses: Courses, scale: Scale, rng: np.random.Generator) -> SteadyModel:
    """Estimate what steady courses look like in this practice, from all its courses.

    Estimates level, between- and within-client SD, how much the within-client SD differs
    between clients, autocorrelation and tails, all before clipping and rounding to the scale, by
    matching simulated courses to eight features of the real ones (simulated method of moments)
    with a weak prior on the three shape parameters. Real ruptures and trends are taken for
    noise, which makes the alarm stricter, never looser.

    When not to use it: for ratings of several forms or raters mixed.

    Args:
        courses: ratings of one scale by one kind of respondent, NaN where unanswered.
        scale: its direction, ends and step.
        rng: source of chance.

    Returns:
        The model with the uncertainty of its parameters. Under 30 clients with 4 ratings it is
        not tuned, and the alarm takes the strictest of three models.

    Raises:
        TooLittleDataError: no client has two ratings.

    Reference: McFadden (1989), Econometrica 57:995 (method of simulated moments).

    >>> from rapport.science.records.courses import courses_from_rows
    >>> one = courses_from_rows(client=["a"] * 4, session=[1, 2, 3, 4], score=[7, 8, 6, 7])
    >>> rng = np.random.default_rng(1)
    >>> fit_steady_model(courses=one, scale=Scale(name="check-in"), rng=rng).tuned
    False
    """
    direction = -1 if scale.higher_is_better is False else 1
    matrix = direction * _first_ratings(courses)
    start = _start(matrix, scale, direction)
    counts = (~np.isnan(matrix)).sum(axis=1)
    enough = matrix[counts >= ENOUGH_RATINGS]
    if len(enough) < ENOUGH_CLIENTS:
        return _untuned(start, n_clients=len(enough), freedom=int(np.maximum(counts - 1, 0).sum()))
    if len(enough) > MOST_CLIENTS:
        enough = enough[rng.choice(len(enough), MOST_CLIENTS, replace=False)]
    return _Match.prepare(enough, start, rng).solve()


def _untuned(start: SteadyModel, *, n_clients: int, freedom: int) -> SteadyModel:
    """Plain moments with the usual spread of SDs; only the within SD's own uncertainty is known."""
    covariance = np.zeros((len(PARAMETERS), len(PARAMETERS)))
    covariance[2, 2] = 1 / (2 * freedom)  # of a log SD with this many degrees of freedom
    return replace(
        start,
        sd_spread=USUAL["sd_spread"][0],
        covariance=covariance,
        tuned=False,
        n_clients=n_clients,
        notes=(NOT_TUNED,),
    )


def _first_ratings(courses: Courses) -> FloatArray:
    """Each client's first 30 ratings, NaN after the last, shape (n_clients, 30 or fewer)."""
    answered = courses.observed()
    column = np.arange(answered.n_rows) - np.repeat(answered.starts[:-1], answered.lengths)
    kept = column < MOST_RATINGS
    widest = int(min(answered.lengths.max(initial=0), MOST_RATINGS))
    matrix = np.full((answered.n_clients, widest), np.nan)
    matrix[answered.client_index[kept], column[kept]] = answered.score[kept]
    return matrix


def _start(matrix: FloatArray, scale: Scale, direction: int) -> SteadyModel:
    """Plain moments: right without clipping, a place to start from with it."""
    counts = (~np.isnan(matrix)).sum(axis=1)
    rated, n = matrix[counts >= 1], counts[counts >= 1]
    freedom = float((n - 1).sum())
    if freedom < 1:
        raise TooLittleDataError(
            "no client has two ratings, so that nothing is known about how ratings vary; "
            "read the table again after more sessions"
        )
    means = np.nanmean(rated, axis=1)
    within = float(np.nansum((rated - means[:, None]) ** 2) / freedom)
    within = max(within, _grain(scale) ** 2)
    spread = float(means.var(ddof=1)) if len(means) > 1 else within
    between = max(spread - within * float((1 / n).mean()), 0.05 * within)
    ends = sorted(direction * end for end in (scale.minimum, scale.maximum) if end is not None)
    both = len(ends) == 2
    low = ends[0] if both or (ends and (scale.minimum is not None) == (direction > 0)) else None
    high = ends[-1] if both or (ends and low is None) else None
    return SteadyModel(
        method="Steady courses fitted to this practice",
        papers=("McFadden (1989), Econometrica 57:995", "definition of steady: ours"),
        mean=float(means.mean()),
        between_sd=float(np.sqrt(between)),
        within_sd=float(np.sqrt(within)),
        minimum=low,
        maximum=high,
        step=scale.step,
        direction=direction,
    )


def _grain(scale: Scale) -> float:
    """The least SD that rounding alone hides; a practice of constant ratings gets this much."""
    if scale.step:
        return float(scale.step / np.sqrt(12))
    if scale.minimum is not None and scale.maximum is not None:
        return (scale.maximum - scale.minimum) / 100
    return 1e-6


@dataclass(frozen=True, kw_only=True)
class _Match:
    """Matching of simulated to real courses by Gauss-Newton steps with common random numbers."""

    model: SteadyModel
    target: FloatArray
    absent: FloatArray
    level: FloatArray
    spread: FloatArray
    shock: FloatArray
    n_clients: int
    unit: FloatArray  # scale of each parameter's derivative step

    @classmethod
    def prepare(cls, real: FloatArray, start: SteadyModel, rng: np.random.Generator) -> "_Match":
        n_simulated = 4_000 if len(real) < 500 else 6_000
        absent = np.isnan(real)[rng.permutation(np.resize(np.arange(len(real)), n_simulated))]
        level, spread = rng.standard_normal((2, n_simulated, 1))
        unit = STEPS.copy()
        unit[0] *= start.within_sd
        low, high = _ends(start)
        return cls(
            model=start,
            target=summary(client_features(real, minimum=low, maximum=high)),
            absent=absent,
            level=level,
            spread=spread,
            shock=rng.standard_normal(absent.shape),
            n_clients=len(real),
            unit=unit,
        )

    def noise(self, theta: FloatArray) -> FloatArray:
        return unit_noise(shock=self.shock, rho=theta[4:5, None], tail=theta[5:6, None])

    def features(self, theta: FloatArray, noise: FloatArray) -> FloatArray:
        made = ratings(
            theta=theta[:, None, None],
            level=self.level,
            spread=self.spread,
            noise=noise,
            model=self.model,
        )
        low, high = _ends(self.model)
        return client_features(np.where(self.absent, np.nan, made), minimum=low, maximum=high)

    def solve(self) -> SteadyModel:
        prior_mean, precision = _prior()
        theta = np.clip(vector(self.model), LOWEST, HIGHEST)
        theta[3:] = prior_mean[3:]
        for _ in range(ROUNDS):
            noise = self.noise(theta)
            features = self.features(theta, noise)
            at = summary(features)
            weight = self._weight(features)
            slope = self._slope(theta, at, noise)
            information = slope.T @ weight @ slope + np.diag(precision)
            pull = slope.T @ weight @ (self.target - at) + precision * (prior_mean - theta)
            step = np.asarray(np.linalg.solve(information, pull), dtype=np.float64)
            before, theta = theta, np.clip(theta + _limited(step, self.unit), LOWEST, HIGHEST)
            if (np.abs(theta - before) < SETTLED * self.unit).all():
                break
        return self._fitted(theta, np.asarray(np.linalg.inv(information), dtype=np.float64))

    def _weight(self, features: FloatArray) -> FloatArray:
        covariance = summary_covariance(features) * (1 / self.n_clients + 1 / len(features))
        floor = np.full(len(covariance), (0.1 / self.n_clients) ** 2)
        padded = covariance + np.diag(np.maximum(floor, 1e-4 * np.diag(covariance)))
        return np.asarray(np.linalg.inv(padded), dtype=np.float64)

    def _slope(self, theta: FloatArray, at: FloatArray, noise: FloatArray) -> FloatArray:
        slope = np.empty((len(at), len(theta)))
        for i, step in enumerate(self.unit):
            signed = -step if theta[i] + step > HIGHEST[i] else step
            moved = theta.copy()
            moved[i] += signed
            changed = self.noise(moved) if i in SHAPE_OF_NOISE else noise
            slope[:, i] = (summary(self.features(moved, changed)) - at) / signed
        return slope

    def _fitted(self, theta: FloatArray, covariance: FloatArray) -> SteadyModel:
        mean, log_between, log_within, sd_spread, rho, tail = (float(value) for value in theta)
        return replace(
            self.model,
            mean=mean,
            between_sd=float(np.exp(log_between)),
            within_sd=float(np.exp(log_within)),
            sd_spread=sd_spread,
            autocorrelation=rho,
            tail=tail,
            n_clients=self.n_clients,
            covariance=covariance,
        )


def _ends(model: SteadyModel) -> tuple[float, float]:
    low = -np.inf if model.minimum is None else model.minimum
    return low, np.inf if model.maximum is None else model.maximum


def _prior() -> tuple[FloatArray, FloatArray]:
    mean, precision = np.zeros(len(PARAMETERS)), np.zeros(len(PARAMETERS))
    for name, (centre, sd) in USUAL.items():
        mean[PARAMETERS.index(name)], precision[PARAMETERS.index(name)] = centre, sd**-2
    return mean, precision


def _limited(step: FloatArray, unit: FloatArray) -> FloatArray:
    """No parameter moves more than six derivative steps at once."""
    return np.asarray(np.clip(step, -6 * unit, 6 * unit), dtype=np.float64)
