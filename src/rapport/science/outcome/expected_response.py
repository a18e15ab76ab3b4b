"""Expected response: where people who started alike stand, and who is off that course."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rapport.science.errors import BadInputError, TooLittleDataError
from rapport.science.outcome.baselines import group_mean_course
from rapport.science.outcome.calibration import Calibration, join, route, tails
from rapport.science.outcome.histories import (
    AHEAD,
    Ahead,
    BoolArray,
    histories,
    one_later_rating,
    take,
)
from rapport.science.outcome.response_model import (
    ResponseModel,
    compare_time_bases,
    fit_response,
)
from rapport.science.records.courses import Courses
from rapport.science.records.result import Result
from rapport.science.records.scales import Scale

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

PAPERS = (
    "Lutz, Martinovich & Howard (1999) J Consult Clin Psychol 67, 571-577: expected response from "
    "a growth model of log session and intake",
    "Laird & Ware (1982) Biometrics 38, 963-974",
    "Lei et al. (2018) J Am Stat Assoc 113, 1094-1111: split conformal calibration",
)

# Ours. Four regression coefficients and four variances from fewer people say nothing.
MIN_CLIENTS = 10
MIN_RATINGS = 30
# Ours. From here on one half for the model and one for calibration cost neither much: the
# coverage of a 95 % interval calibrated on 1,000 clients varies with an SD of 0.7 points. Beyond
# 10,000 clients the eight parameters are settled, and everybody else serves calibration.
SPLIT_FROM = 2_000
MOST_FITTED = 10_000
FOLDS = 10
# Ours: Akaike's criterion differs by hundreds between time bases long before so many clients.
CHOOSE_FROM = 2_000


@dataclass(frozen=True, kw_only=True)
class ExpectedResponse(Result):
    """The mean course of people who started alike, and how far people stray from it.

    Attributes:
        model: the fitted growth model of later ratings given the first.
        n_clients: clients with two or more ratings.
        aic: Akaike's criterion by time base; the smallest was taken.
        usual_gap: median time between neighbouring ratings.
        usual_length: median time from first to last rating.
        intake_sd: SD of the first scores.
        calibration: forecasts for people the model had not seen, by what was forecast.
    """

    model: ResponseModel
    n_clients: int
    aic: Mapping[str, float]
    usual_gap: float
    usual_length: float
    intake_sd: float
    calibration: Mapping[Ahead, Calibration] = field(repr=False)

    def to_dict(self) -> dict[str, Any]:
        """Plain values; the calibration is summed up by its size and its errors."""
        growth = self.model.growth
        own = {
            "time_base": self.model.time_base,
            "fixed": dict(zip(growth.fixed_names, growth.fixed.tolist(), strict=True)),
            "fixed_se": dict(zip(growth.fixed_names, growth.fixed_se.tolist(), strict=True)),
            "sd_between": np.sqrt(np.diag(growth.random_cov)).tolist(),
            "sd_within": float(np.sqrt(growth.residual_variance)),
            "comparison": {
                ahead: made.comparison().to_dict() for ahead, made in self.calibration.items()
            },
        }
        about = {"method", "settings", "papers", "notes", "n_clients", "usual_gap", "usual_length"}
        shown = Result.to_dict(_About(**{name: getattr(self, name) for name in (*about, "aic")}))
        return shown | own

    def to_text(self) -> str:
        """The model in words, and its forecasts beside naive ones."""
        growth = self.model.growth
        named = zip(growth.fixed_names, growth.fixed, growth.fixed_se, strict=True)
        lines = [f"{self.method}: {self.n_clients} clients, f(t) = {self.model.time_base}"]
        lines += [f"  {name:19} {b:8.3g}  SE {se:.2g}" for name, b, se in named]
        lines += [
            f"  SD within clients   {np.sqrt(growth.residual_variance):8.3g}",
            f"  next rating: {self.calibration['next'].comparison().sentence}",
            f"  final rating: {self.calibration['final'].comparison().sentence}",
        ]
        return "\n".join([*lines, *(f"  note: {note}" for note in self.notes)])


@dataclass(frozen=True, kw_only=True)
class _About(Result):
    n_clients: int
    aic: Mapping[str, float]
    usual_gap: float
    usual_length: float


@dataclass(frozen=True, kw_only=True)
class ExpectedBand(Result):
    """Where people who started alike stand at each session of each client.

    Attributes:
        session: shape (n_rows,), rows as in the courses (unanswered sessions included).
        mean, lower, upper: shape (n_rows,); NaN before a client's first answer.
        level: share of people within the band.
    """

    session: FloatArray
    mean: FloatArray
    lower: FloatArray
    upper: FloatArray
    level: float


@dataclass(frozen=True, kw_only=True)
class OffCourse(Result):
    """Which ratings are worse than most people's who started alike.

    Attributes:
        flag: 0 on course or not judged, 1 amber, 2 red, shape (n_rows,).
        mean: expected score, shape (n_rows,).
        amber_limit, red_limit: scores beyond which the flags go up, shape (n_rows,).
    """

    flag: NDArray[np.int8]
    mean: FloatArray
    amber_limit: FloatArray
    red_limit: FloatArray


def fit_expected_response(
    *, courses: Courses, scale: Scale, rng: np.random.Generator | None = None
) -> ExpectedResponse:
    """Fit the course of people who started alike, and see how far its forecasts are off.

    Later ratings are regressed on the first one, on time since then, and on their product, with a
    random intercept and slope; the form of time (log, square root, straight) is the one with the
    smallest Akaike criterion. From 2,000 clients on, a random half (at most 10,000) fits the
    model and the others calibrate its forecasts; below, each tenth is forecast from the other
    nine and the model is then fitted to all.

    When not to use it: where who stopped early stopped for reasons that the ratings so far do not
    show (people who got well and left, or who got worse and left, bend the later means); for
    another population, scale or kind of treatment than the one fitted; as a norm of good care.

    Args:
        courses: one scale, one kind of respondent; clients with one rating are left out. Times
            may be uneven and differ between clients.
        scale: its ends clip forecasts where they are known.
        rng: draws the halves or tenths and one later rating per client; by default a fixed seed,
            so that the same table gives the same reading.

    Raises:
        TooLittleDataError: under 10 clients with two ratings or under 30 later ratings.

    >>> from rapport.science.records.courses import courses_from_rows
    >>> rng = np.random.default_rng(1)
    >>> client, session = np.repeat(np.arange(60), 8), np.tile(np.arange(8.0), 60)
    >>> level = rng.normal(20, 5, 60)[client] - 3 * np.log1p(session)
    >>> table = courses_from_rows(
    ...     client=client, session=session, score=level + rng.normal(0, 2, 480))
    >>> made = fit_expected_response(courses=table, scale=Scale(name="x", higher_is_better=False))
    >>> made.model.time_base
    'log(1 + t)'
    """
    chance = np.random.default_rng(20) if rng is None else rng
    able = take(courses.observed(), courses.observed().lengths > 1)
    _enough(able)
    aic = compare_time_bases(_some(able, CHOOSE_FROM, chance))
    base = min(aic, key=lambda name: aic[name])
    ends = {
        "low": -np.inf if scale.minimum is None else scale.minimum,
        "high": np.inf if scale.maximum is None else scale.maximum,
    }
    model, calibration = _calibrated(able, base, ends, chance)
    since = histories(able)
    return ExpectedResponse(
        method="Expected response: mixed growth model of later ratings given the first",
        settings={"time_base": base, "split": able.n_clients >= SPLIT_FROM, "folds": FOLDS},
        papers=PAPERS,
        notes=(
            *model.growth.notes,
            f"intervals {route(calibration=calibration['any'], level=0.8)}",
        ),
        model=model,
        n_clients=able.n_clients,
        aic=aic,
        usual_gap=float(np.median(_gaps(able))),
        usual_length=float(np.median(since.last_time)),
        intake_sd=float(np.std(since.intake, ddof=1)),
        calibration=calibration,
    )


def expected_band(*, model: ExpectedResponse, courses: Courses, level: float = 0.8) -> ExpectedBand:
    """The band that holds ``level`` of the people who started at the same score.

    At the first rating itself everybody stands where they started: the band has no width there.
    It is calibrated on people the model had not seen and clipped to the scale.

    Args:
        model: from ``fit_expected_response``.
        courses: the clients to show; unanswered sessions get a band too.
        level: .8 is "8 of 10 people".
    """
    limits = _limits(model, courses, level)
    return ExpectedBand(
        method=f"Expected course of people who started alike, {level:.0%} band",
        settings={"level": level, "time_base": model.model.time_base},
        papers=PAPERS,
        notes=(route(calibration=model.calibration["start"], level=level),),
        session=courses.session,
        mean=limits[0],
        lower=limits[1],
        upper=limits[2],
        level=level,
    )


def off_course(
    *,
    model: ExpectedResponse,
    courses: Courses,
    scale: Scale,
    amber: float = 0.8,
    red: float = 0.9,
    from_rating: int = 3,
) -> OffCourse:
    """Flag ratings on the worse side of what most people show who started alike.

    A flag is a reason to talk, not a prognosis: of ten people exactly on the expected course one
    is flagged red at any session, and more over several sessions.

    Args:
        model: from ``fit_expected_response``.
        courses: the clients to judge.
        scale: must have a direction; where it has a clinical cut-off, scores on its good side are
            never flagged.
        amber, red: shares of people who do better than the flagged (.8 and .9: Lambert's
            empirical method takes limits of this kind).
        from_rating: judged from this answered rating on, the first counted as 1.

    Raises:
        BadInputError: no direction, or shares not in .5 < amber <= red < 1.
    """
    if scale.higher_is_better is None:
        raise BadInputError(f"scale {scale.name}: set higher_is_better; off which side is unknown")
    if not 0.5 < amber <= red < 1:
        raise BadInputError(f"amber {amber}, red {red}: give .5 < amber <= red < 1")
    side = 1 if scale.higher_is_better else 2
    both = [_limits(model, courses, 2 * share - 1) for share in (amber, red)]
    worse = [-scale.direction * (courses.score - made[side]) > 0 for made in both]
    judged = _judged(courses, scale, from_rating)
    return OffCourse(
        method="Off the expected course",
        settings={"amber": amber, "red": red, "from_rating": from_rating},
        papers=PAPERS,
        flag=np.where(judged, np.where(worse[1], 2, np.where(worse[0], 1, 0)), 0).astype(np.int8),
        mean=both[0][0],
        amber_limit=both[0][side],
        red_limit=both[1][side],
    )


def _judged(courses: Courses, scale: Scale, from_rating: int) -> BoolArray:
    answered = ~np.isnan(courses.score)
    total = np.concatenate([[0], np.cumsum(answered)])
    number = total[1:] - np.repeat(total[courses.starts[:-1]], courses.lengths)
    judged: BoolArray = answered & (number >= from_rating)
    if scale.clinical_cutoff is not None:
        judged &= -scale.direction * (courses.score - scale.clinical_cutoff) >= 0
    return judged


def _limits(
    model: ExpectedResponse, courses: Courses, level: float
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Mean and both limits for each row of the courses."""
    since = histories(courses)
    row = courses.client_index
    intake = since.intake[row]
    time = courses.session - since.first_session[row]
    mean, sd = model.model.given_first(intake, np.maximum(time, 0))
    calibration = model.calibration["start"]
    both = tails(calibration=calibration, level=level, intake=intake, predicted=mean)
    sd, before = np.where(time == 0, 0.0, sd), np.where(time < 0, np.nan, 0.0)
    mean = np.where(time == 0, intake, mean) + before
    on_scale = model.model.on_scale
    return on_scale(mean), on_scale(mean + both[:, 0] * sd), on_scale(mean + both[:, 1] * sd)


def _enough(able: Courses) -> None:
    later = able.n_rows - able.n_clients
    if able.n_clients < MIN_CLIENTS or later < MIN_RATINGS:
        raise TooLittleDataError(
            f"expected response: {able.n_clients} clients with two or more ratings and {later} "
            f"later ratings; it needs {MIN_CLIENTS} and {MIN_RATINGS}. Read more clients together"
        )


def _some(courses: Courses, most: int, rng: np.random.Generator) -> Courses:
    if courses.n_clients <= most:
        return courses
    chosen = np.zeros(courses.n_clients, dtype=np.bool_)
    chosen[rng.choice(courses.n_clients, most, replace=False)] = True
    return take(courses, chosen)


def _calibrated(
    able: Courses, base: str, ends: dict[str, float], rng: np.random.Generator
) -> tuple[ResponseModel, dict[Ahead, Calibration]]:
    """The model, and its errors for people it was not fitted to."""
    order = rng.permutation(able.n_clients)
    if able.n_clients >= SPLIT_FROM:
        fitted = order < min(able.n_clients // 2, MOST_FITTED)
        train, rest = take(able, fitted), take(able, ~fitted)
        model = fit_response(courses=train, time_base=base, rng=rng, **ends)
        return model, {a: _errors(model, train, rest, a, rng) for a in AHEAD}
    parts: dict[Ahead, list[Calibration]] = {ahead: [] for ahead in AHEAD}
    for fold in range(FOLDS):
        out = order % FOLDS == fold
        train, rest = take(able, ~out), take(able, out)
        model = fit_response(courses=train, time_base=base, rng=rng, **ends)
        for ahead in AHEAD:
            parts[ahead].append(_errors(model, train, rest, ahead, rng))
    model = fit_response(courses=able, time_base=base, rng=rng, **ends)
    return model, {ahead: join(made) for ahead, made in parts.items()}


def _errors(
    model: ResponseModel, train: Courses, rest: Courses, ahead: Ahead, rng: np.random.Generator
) -> Calibration:
    task = one_later_rating(courses=rest, ahead=ahead, rng=rng)
    predicted, spread = model.given_history(task.known, task.time, ahead)
    return Calibration(
        observed=task.observed,
        predicted=predicted,
        shown=model.on_scale(predicted),
        spread=spread,
        intake=task.known.intake,
        last_value=task.known.last_score,
        group_mean=group_mean_course(courses=train, time=task.time),
        low=model.low,
        high=model.high,
    )


def _gaps(courses: Courses) -> FloatArray:
    between = np.diff(courses.session)
    within: FloatArray = between[np.diff(courses.client_index) == 0]
    return within
