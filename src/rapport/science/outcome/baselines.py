"""Forecasts that need no model, and whether a model beats them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rapport.science.errors import BadInputError, TooLittleDataError
from rapport.science.records.courses import Courses
from rapport.science.records.result import Result

FloatArray = NDArray[np.float64]

# Ours: with more different times than this, the group's mean course is taken in as many equally
# filled stretches of time, so that each mean rests on many ratings.
STRETCHES = 30


@dataclass(frozen=True, kw_only=True)
class Comparison(Result):
    """Root mean squared error of a model beside two naive forecasts, for the same people.

    Attributes:
        rmse_model, rmse_last_value, rmse_group_mean: in points of the scale.
        n: people compared, one forecast each.
        gain: mean squared error of the better naive forecast minus the model's; positive where
            the model is better.
        gain_lower, gain_upper: 95 % interval of the gain over people (paired).
        winner: "model", "last value" or "group mean".
        sentence: the same in words.
    """

    rmse_model: float
    rmse_last_value: float
    rmse_group_mean: float
    n: int
    gain: float
    gain_lower: float
    gain_upper: float
    winner: str
    sentence: str


def group_mean_course(*, courses: Courses, time: ArrayLike) -> FloatArray:
    """Mean score of everyone at given times since their own first rating.

    The naive forecast "like everybody". Between times with ratings the mean is interpolated
    linearly; beyond the last one it stays.

    Args:
        courses: the earlier clients.
        time: since the first rating, in the table's own unit, any shape.

    Raises:
        TooLittleDataError: no rating at all.

    >>> from rapport.science.records.courses import courses_from_rows
    >>> earlier = courses_from_rows(client=[1, 1, 2, 2], session=[0, 1, 0, 1], score=[9, 5, 7, 3])
    >>> group_mean_course(courses=earlier, time=[0, 0.5, 8])
    array([8., 6., 4.])
    """
    seen = courses.observed()
    if seen.n_rows == 0:
        raise TooLittleDataError("group mean: no rating was answered; there is nothing to average")
    times = seen.session - np.repeat(_first(seen), seen.lengths)
    stretch, n = _stretches(times)
    count = np.bincount(stretch, minlength=n)
    at = np.bincount(stretch, weights=times, minlength=n) / count
    mean = np.bincount(stretch, weights=seen.score, minlength=n) / count
    return np.asarray(np.interp(np.asarray(time, dtype=np.float64), at, mean))


def compare_forecasts(
    *,
    observed: ArrayLike,
    model: ArrayLike,
    last_value: ArrayLike,
    group_mean: ArrayLike,
    model_name: str = "the model",
) -> Comparison:
    """Put a model's forecasts beside "it stays as it is" and "like everybody".

    The forecasts must be for people or ratings the model has not seen, one per person: errors on
    the data a model was fitted to flatter it.

    Args:
        observed: what came, shape (n,).
        model: what the model had said, shape (n,).
        last_value: the last rating before (last value carried forward), shape (n,).
        group_mean: mean of the others at that time, shape (n,).
        model_name: for the sentence.

    Raises:
        BadInputError: missing values, or no person at all.

    >>> made = compare_forecasts(
    ...     observed=[5, 7, 4], model=[5, 6, 4], last_value=[8, 8, 8], group_mean=[6, 6, 6])
    >>> made.winner
    'model'
    """
    truth = np.asarray(observed, dtype=np.float64)
    made = (model, last_value, group_mean)
    errors = np.stack([truth - np.asarray(forecast, dtype=np.float64) for forecast in made])
    if truth.size == 0 or np.isnan(errors).any():
        raise BadInputError("forecasts to compare: give one of each per person, none missing")
    return compare_squared_errors(squared=errors**2, model_name=model_name)


def compare_squared_errors(*, squared: ArrayLike, model_name: str = "the model") -> Comparison:
    """The same from squared errors, where one person's are already averaged over repeats.

    Args:
        squared: of model, last value and group mean, shape (3, n), one column per person.
        model_name: for the sentence.

    >>> compare_squared_errors(squared=[[4, 4], [9, 9], [1, 1]]).winner
    'group mean'
    """
    errors = np.asarray(squared, dtype=np.float64)
    rmse = np.sqrt(errors.mean(axis=1))
    naive = 1 + int(np.argmin(rmse[1:]))
    gain, margin = _paired(errors[naive] - errors[0])
    return Comparison(
        method="Forecast errors beside naive forecasts",
        settings={"model": model_name},
        notes=("for people the model had not seen",),
        rmse_model=float(rmse[0]),
        rmse_last_value=float(rmse[1]),
        rmse_group_mean=float(rmse[2]),
        n=errors.shape[1],
        gain=gain,
        gain_lower=gain - margin,
        gain_upper=gain + margin,
        winner="model" if gain > 0 else _NAMES[naive],
        sentence=_sentence(rmse, naive, (gain - margin, gain + margin), model_name),
    )


_NAMES = ("model", "last value", "group mean")
_WORDS = ("", "carrying the last value forward", "the group's mean")


def _paired(difference: FloatArray) -> tuple[float, float]:
    """Mean, and half its 95 % interval; one person shows no spread, so no interval."""
    if difference.size < 2:
        return float(difference.mean()), float("inf")
    return (
        float(difference.mean()),
        float(1.959964 * difference.std(ddof=1) / np.sqrt(difference.size)),
    )


def _sentence(rmse: FloatArray, naive: int, gain: tuple[float, float], name: str) -> str:
    figures = f"{rmse[0]:.3g} against {rmse[naive]:.3g} points"
    if gain[0] > 0:
        return f"Off by less with {name} than with {_WORDS[naive]} ({figures})."
    if gain[1] < 0:
        return f"A naive forecast wins: {_WORDS[naive]} beats {name} ({figures})."
    if rmse[naive] <= rmse[0]:
        return (
            f"A naive forecast wins: {_WORDS[naive]} does no worse than {name} ({figures}); "
            "the difference may be chance."
        )
    return (
        f"No clear gain of {name} over {_WORDS[naive]} ({figures}); the difference may be chance."
    )


def _first(courses: Courses) -> FloatArray:
    """Session of each client's first row; NaN for a client without rows."""
    first = np.full(courses.n_clients, np.nan)
    some = courses.lengths > 0
    first[some] = courses.session[courses.starts[:-1][some]]
    return first


def _stretches(times: FloatArray) -> tuple[NDArray[np.int64], int]:
    """Which stretch of time each rating falls into, and how many stretches there are."""
    values, index = np.unique(times, return_inverse=True)
    if len(values) <= STRETCHES:
        return index.astype(np.int64), len(values)
    edges = np.unique(np.quantile(times, np.linspace(0, 1, STRETCHES + 1)[1:-1]))
    filled, compact = np.unique(np.searchsorted(edges, times), return_inverse=True)
    return compact.astype(np.int64), len(filled)
