"""Forecast of a client's next or final score, with intervals that hold as often as they say."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from rapport.science.errors import BadInputError
from rapport.science.outcome.baselines import Comparison
from rapport.science.outcome.calibration import Calibration, chance_above, route, tails
from rapport.science.outcome.expected_response import PAPERS, ExpectedResponse
from rapport.science.outcome.histories import Ahead, Histories, histories
from rapport.science.records.courses import Courses
from rapport.science.records.result import Result
from rapport.science.records.scales import Scale

FloatArray = NDArray[np.float64]

Target = Literal["next", "final"]

JACOBSON = "Jacobson & Truax (1991) J Consult Clin Psychol 59, 12-19: reliable change"


@dataclass(frozen=True, kw_only=True)
class Forecasts(Result):
    """Where each client is likely to stand at a later session.

    Attributes:
        clients: ids, shape (n_clients,).
        session: session the forecast is for, shape (n_clients,); NaN for a client without any
            answer, and for one who already has a rating at or after a session asked for by number.
        mean: most likely score.
        lower, upper: interval of the first level (80 %), on the scale.
        lower95, upper95: interval of the second level (95 %).
        p_deterioration: probability that the score at that session is reliably worse than the
            first one; NaN where no criterion is known, or where the first score stands so near
            the bad end of the scale that no later score could show it.
        levels: what both intervals promise.
        comparison: errors beside the naive forecasts, for people the model had not seen.
    """

    clients: NDArray[Any]
    session: FloatArray
    mean: FloatArray
    lower: FloatArray
    upper: FloatArray
    lower95: FloatArray
    upper95: FloatArray
    p_deterioration: FloatArray
    levels: tuple[float, float]
    comparison: Comparison


def forecast(
    *,
    model: ExpectedResponse,
    courses: Courses,
    scale: Scale,
    target_session: float | Target = "next",
    levels: Sequence[float] = (0.8, 0.95),
) -> Forecasts:
    """Forecast each client's score at a later session from all ratings so far.

    The mean is the growth model's best linear prediction, from any number of ratings at any
    spacing. The interval is the split-conformal one: one random later rating of each calibration
    client, its error divided by the model's own SD, by thirds of first score and of forecast. Its
    coverage is a promise over clients like those of the table, not about one client.

    When not to use it: as a verdict on one person; for a client of another kind than the table's;
    far beyond the times the table holds; and where ``comparison`` says that a naive forecast
    wins, use that one. Who stopped early is not in the later ratings: the forecast is of the
    score *if* the client is still rated then.

    Args:
        model: from ``fit_expected_response``.
        courses: the clients to forecast; they may be new or those of the fit.
        scale: direction, ends, and reliable change (points, or reliability with ``sd``).
        target_session: "next" (the usual gap after the latest rating), "final" (the usual length
            of a course after the first rating, at least the next), or a session number.
        levels: two shares, the smaller first.

    Raises:
        BadInputError: levels that are not two rising shares, an unknown target.

    Reference: Laird & Ware (1982) Biometrics 38, 963-974; Lei et al. (2018) J Am Stat Assoc 113,
    1094-1111.
    """
    small, large = _two_levels(levels)
    known = histories(courses)
    ahead, time = _target(model, known, target_session)
    made = predictions(
        model=model, known=known, time=time, ahead=ahead, levels=(small, large), scale=scale
    )
    calibration = model.calibration[ahead]
    return Forecasts(
        method="Forecast from all ratings so far (growth model), split-conformal intervals",
        settings={"target_session": target_session, "levels": [small, large]},
        papers=(*PAPERS, JACOBSON),
        notes=_notes(model, calibration, (small, large)),
        clients=courses.clients,
        session=known.first_session + time,
        mean=made.mean,
        lower=made.lower[0],
        upper=made.upper[0],
        lower95=made.lower[1],
        upper95=made.upper[1],
        p_deterioration=made.p_deterioration,
        levels=(small, large),
        comparison=calibration.comparison(),
    )


@dataclass(frozen=True, kw_only=True)
class Predictions:
    """One later rating per client, as arrays.

    Attributes:
        mean, sd: of the growth model, shape (n,).
        lower, upper: calibrated, shape (n_levels, n), each level within the next.
        p_deterioration: shape (n,), NaN where it cannot be said.
    """

    mean: FloatArray
    sd: FloatArray
    lower: FloatArray
    upper: FloatArray
    p_deterioration: FloatArray


def predictions(
    *,
    model: ExpectedResponse,
    known: Histories,
    time: FloatArray,
    ahead: Ahead,
    levels: Sequence[float],
    scale: Scale,
) -> Predictions:
    """Predict a rating at ``time`` after the first one of each client.

    Args:
        model: from ``fit_expected_response``.
        known: the ratings so far.
        time: shape (n_clients,), NaN where nothing is asked.
        ahead: what kind of rating that is, for its calibration; ``start`` forgets all ratings
            but the first.
        levels: rising shares.
        scale: for reliable deterioration.
    """
    asked = np.isfinite(time)
    filled = known if asked.all() else known.with_intake(model.model.centre)
    at = np.where(asked, time, 0.0)
    mean, sd = model.model.given_history(filled, at, ahead)
    mean = np.where(asked, mean, np.nan)
    calibration = model.calibration[ahead]
    ends = np.stack(
        [
            tails(calibration=calibration, level=level, intake=filled.intake, predicted=mean)
            for level in levels
        ]
    )
    on_scale = model.model.on_scale
    lower, upper = on_scale(mean + ends[..., 0] * sd), on_scale(mean + ends[..., 1] * sd)
    return Predictions(
        mean=on_scale(mean),
        sd=sd,
        # Nested also where one level was calibrated and the next had too few clients for it.
        lower=np.minimum.accumulate(lower, axis=0),
        upper=np.maximum.accumulate(upper, axis=0),
        p_deterioration=_p_deterioration(model, calibration, scale, filled.intake, mean, sd),
    )


def deterioration_limit(*, intake: FloatArray, scale: Scale, sd: float | None = None) -> FloatArray:
    """The mildest score that is reliably worse than each first score; NaN where there is none.

    A published criterion in points counts from that many points on; the formula of Jacobson &
    Truax (1991), 1.96 sqrt(2) SD sqrt(1 - reliability), counts beyond it.

    Args:
        intake: first scores, shape (n,).
        scale: direction, ends, step, and the criterion.
        sd: of first scores, taken where the scale has none of its own.

    >>> scale = Scale(name="phq-9", higher_is_better=False, reliable_change_points=6,
    ...               minimum=0, maximum=27)
    >>> deterioration_limit(intake=np.array([10.0, 24.0]), scale=scale)
    array([16., nan])
    """
    nowhere = np.full(len(intake), np.nan)
    if scale.higher_is_better is None:
        return nowhere
    worse = -scale.direction
    points = _points(scale, sd)
    if points is None:
        return nowhere
    limit = intake + worse * points
    end = scale.maximum if worse > 0 else scale.minimum
    return limit if end is None else np.where(worse * (limit - end) > 0, np.nan, limit)


def _points(scale: Scale, sd: float | None) -> float | None:
    """Points that count as reliable; on a stepped scale the next possible change beyond."""
    if scale.reliable_change_points is not None:
        return scale.reliable_change_points
    spread = scale.sd if scale.sd is not None else sd
    if scale.reliability is None or spread is None:
        return None
    beyond = 1.959964 * np.sqrt(2) * spread * np.sqrt(1 - scale.reliability)
    if scale.step is None:
        return float(beyond)
    return float(scale.step * (np.floor(beyond / scale.step) + 1))


def _two_levels(levels: Sequence[float]) -> tuple[float, float]:
    if len(levels) != 2 or not 0 < levels[0] < levels[1] < 1:
        raise BadInputError(f"levels are {tuple(levels)}; give two rising shares such as (.8, .95)")
    return levels[0], levels[1]


def _target(
    model: ExpectedResponse, known: Histories, target: float | Target
) -> tuple[Ahead, FloatArray]:
    """What kind of later rating is asked for, and its time since the first."""
    following = known.last_time + model.usual_gap
    if target == "next":
        return "next", following
    if target == "final":
        return "final", np.maximum(following, model.usual_length)
    if not isinstance(target, int | float) or not np.isfinite(target):
        raise BadInputError(f"target_session is {target!r}; give next, final or a session number")
    time = target - known.first_session
    return "any", np.where(time > known.last_time, time, np.nan)


def _p_deterioration(
    model: ExpectedResponse,
    calibration: Calibration,
    scale: Scale,
    intake: FloatArray,
    mean: FloatArray,
    sd: FloatArray,
) -> FloatArray:
    limit = deterioration_limit(intake=intake, scale=scale, sd=model.intake_sd)
    worse = -scale.direction
    # Between two neighbouring scores of a stepped scale: the milder one does not count.
    between = limit - worse * (scale.step or 0.0) / 2
    above = chance_above(
        calibration=calibration, points=(between - mean) / sd, intake=intake, predicted=mean
    )
    return above if worse > 0 else 1 - above


def _notes(
    model: ExpectedResponse, calibration: Calibration, levels: tuple[float, float]
) -> tuple[str, ...]:
    return (
        *model.model.growth.notes,
        *(
            f"{level:.0%} interval {route(calibration=calibration, level=level)}"
            for level in levels
        ),
        "the score if the client is still rated then: who stops early is not in the later ratings",
        calibration.comparison().sentence,
    )
