"""Two signals that need no forecast: the client got worse, or the therapy has stalled."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rapport.science.errors import BadInputError
from rapport.science.numerics import special
from rapport.science.outcome.change_verdicts import ChangeVerdicts
from rapport.science.outcome.clinical_change import OnTheCut, sides_of_cutoff
from rapport.science.outcome.reliable_change import JACOBSON_TRUAX
from rapport.science.outcome.verdicts import DETERIORATED, IMPROVED, NO_VERDICT, CodeArray
from rapport.science.records.courses import Courses
from rapport.science.records.result import Result

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
IntArray = NDArray[np.int64]

LEAST_RATED = 6  # ours: late responders are flat until session 6 (IAPT trajectories, PMC6428692)
SLOPE_LEVEL = 0.80  # ours: wide enough to call a slow course flat, narrow enough to see a fall


@dataclass(frozen=True, kw_only=True)
class Stalled(Result):
    """Who has stayed where they were, on the clinical side. All arrays of shape (n_clients,).

    Attributes:
        stalled: every condition holds.
        judged: all conditions could be judged.
        n_rated: rated sessions.
        last: last rating.
        slope, lower, upper: the client's own least-squares slope in points per unit of session with
            its interval; NaN under three ratings.
        on_clinical_side: of the last rating.
        flat: the interval includes zero.
    """

    stalled: BoolArray
    judged: BoolArray
    n_rated: IntArray
    last: FloatArray
    slope: FloatArray
    lower: FloatArray
    upper: FloatArray
    on_clinical_side: BoolArray
    flat: BoolArray


@dataclass(frozen=True, kw_only=True)
class Worsened(Result):
    """Who is reliably worse than at the start. Arrays of shape (n_clients,).

    Attributes:
        worsened: reliable deterioration from first to last rating.
        judged: a verdict was possible.
        by: points toward worse, positive where worse; NaN without both ratings.
        threshold: points needed.
    """

    worsened: BoolArray
    judged: BoolArray
    by: FloatArray
    threshold: float


def worsened(*, verdicts: ChangeVerdicts, higher_is_better: bool) -> Worsened:
    """Reliable deterioration from the start: first against last rating.

    Compares two ratings only: a bad last week counts as much as a lasting decline.

    Args:
        verdicts: from :func:`~rapport.science.outcome.change_verdicts.change_verdicts`.
        higher_is_better: direction of the scale.

    Paper: Jacobson & Truax (1991).

    >>> from rapport.science.outcome.change_verdicts import change_verdicts
    >>> from rapport.science.records.scales import Scale
    >>> phq9 = Scale(name="phq-9", higher_is_better=False, reliable_change_points=6)
    >>> verdicts = change_verdicts(first=[9, 9], last=[15, 14], scale=phq9)
    >>> worsened(verdicts=verdicts, higher_is_better=False).worsened.tolist()
    [True, False]
    """
    return Worsened(
        method=f"Worse than at the start: {verdicts.method}",
        settings=verdicts.settings,
        papers=verdicts.papers or (JACOBSON_TRUAX,),
        notes=verdicts.notes,
        worsened=verdicts.verdict == DETERIORATED,
        judged=verdicts.verdict != NO_VERDICT,
        by=-verdicts.difference if higher_is_better else verdicts.difference,
        threshold=verdicts.threshold,
    )


def stalled(
    *,
    courses: Courses,
    verdict: CodeArray,
    cutoff: float,
    higher_is_better: bool,
    on_the_cut: OnTheCut = "upper",
    least_rated: int = LEAST_RATED,
    level: float = SLOPE_LEVEL,
) -> Stalled:
    """Find therapies where nothing moves: time to talk about the plan, not to give up.

    All must hold: at least six rated sessions; the last rating on the clinical side of the cut-off;
    no reliable improvement; the 80 % interval of the client's own slope includes zero. Don't read
    it as "this won't work": late responders look the same.

    Args:
        courses: of the outcome scale, rated or not; times are the table's own unit.
        verdict: reliable-change code of each client, shape (n_clients,); where there is none
            (-2) it can't be judged, so the client is not called stalled.
        cutoff: between clinical and functional range, in points; NaN: nobody can be judged.
        higher_is_better: direction of the scale.
        on_the_cut: as in ``clinical_change``.
        least_rated: rated sessions needed, 3 or more.
        level: of the slope's t interval.

    Raises:
        BadInputError: verdicts for another number of clients, or fewer than 3 ratings asked.

    Definition: ours.

    >>> from rapport.science.records.courses import courses_from_rows
    >>> courses = courses_from_rows(client=["a"] * 6 + ["b"] * 6, session=[1, 2, 3, 4, 5, 6] * 2,
    ...     score=[17, 16, 18, 17, 16, 17, 22, 20, 18, 15, 14, 13])
    >>> stalled(courses=courses, verdict=np.array([0, 1]), cutoff=10,
    ...     higher_is_better=False).stalled.tolist()
    [True, False]
    """
    if len(verdict) != courses.n_clients:
        raise BadInputError(f"{len(verdict)} verdicts for {courses.n_clients} clients")
    if least_rated < 3:
        raise BadInputError(f"least_rated is {least_rated}; a slope's interval needs 3 ratings")
    rated = courses.observed()
    last = _last_rating(rated)
    slope, half = own_slopes(rated=rated, level=level)
    clinical, _ = sides_of_cutoff(
        score=last, cutoff=cutoff, higher_is_better=higher_is_better, on_the_cut=on_the_cut
    )
    judged = (rated.lengths >= least_rated) & (verdict != NO_VERDICT) & ~np.isnan(half + cutoff)
    flat = np.abs(slope) <= half
    return Stalled(
        method=f"Stalled: {least_rated} rated sessions or more, no reliable improvement, "
        f"{100 * level:g} % interval of the own slope includes zero, clinical range",
        settings={
            "least_rated": least_rated,
            "level": level,
            "cutoff": cutoff,
            "on_the_cut": on_the_cut,
            "higher_is_better": higher_is_better,
        },
        papers=("definition ours",),
        stalled=judged & clinical & (verdict != IMPROVED) & flat,
        judged=judged,
        n_rated=rated.lengths,
        last=last,
        slope=slope,
        lower=slope - half,
        upper=slope + half,
        on_clinical_side=clinical,
        flat=flat,
    )


def _last_rating(rated: Courses) -> FloatArray:
    last = np.full(rated.n_clients, np.nan)
    some = rated.lengths > 0
    last[some] = rated.score[rated.starts[1:][some] - 1]
    return last


def own_slopes(*, rated: Courses, level: ArrayLike = SLOPE_LEVEL) -> tuple[FloatArray, FloatArray]:
    """Each client's least-squares slope and half its t interval, shape (n_clients,).

    NaN under three ratings. A course without any scatter has a half-width of 0. Ratings that
    resemble their neighbours make the interval somewhat too narrow.

    Args:
        rated: courses without unanswered rows.
        level: of the interval.
    """
    client, n = rated.client_index, rated.n_clients
    count = np.maximum(rated.lengths, 1)

    def total(values: FloatArray) -> FloatArray:
        return np.asarray(np.bincount(client, weights=values, minlength=n))

    t = rated.session - (total(rated.session) / count)[client]
    y = rated.score - (total(rated.score) / count)[client]
    freedom = rated.lengths - 2
    with np.errstate(divide="ignore", invalid="ignore"):
        slope = np.where(freedom > 0, total(t * y) / total(t * t), np.nan)
        residual = total((y - np.where(np.isnan(slope), 0, slope)[client] * t) ** 2)
        se = np.sqrt(residual / np.maximum(freedom, 1) / total(t * t))
    t_value = special.stdtrit(np.maximum(freedom, 1), (1 + np.asarray(level)) / 2)
    return slope, np.where(freedom > 0, t_value * se, np.nan)
