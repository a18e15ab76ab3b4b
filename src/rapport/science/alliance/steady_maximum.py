"""Ratings at the top of the scale, again and again: they may be true, and they show little."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rapport.science.alliance.walk import lasting
from rapport.science.errors import BadInputError
from rapport.science.records.courses import Courses, FloatArray, IntArray
from rapport.science.records.result import Result
from rapport.science.records.scales import Scale

# Ours: two can be chance on a short form, three are worth a kind word.
LEAST_RUNNING = 3

_BLANCHARD = "Blanchard & Farber (2016), Couns Psychol Q 29:90-112: why clients hide things"


@dataclass(frozen=True, kw_only=True)
class SteadyMaximum(Result):
    """How long each client's ratings have stood at the best end of the scale.

    Attributes:
        running: ratings running at the best end up to the last one, shape (n_clients,).
        longest: the longest such run of the course.
        share: share of observed ratings at the best end; NaN without a rating.
        steady: whether ``running`` reaches the number in the settings.
        sentence: what to say beside a steady maximum.
    """

    running: IntArray
    longest: IntArray
    share: FloatArray
    steady: NDArray[np.bool_]
    sentence: str


def steady_maximum(*, courses: Courses, scale: Scale, least: int = LEAST_RUNNING) -> SteadyMaximum:
    """Find clients whose last ratings all stand at the best end of the scale.

    Never a fault of the person and no sign of a poor alliance: it may be so. It says that this
    scale cannot show a small shift here, so drops are found late and words matter more. When not
    to use it: as a warning.

    Args:
        courses: missing ratings are skipped.
        scale: its range and direction (unknown direction: higher is better).
        least: ratings running that make a steady maximum (3, ours).

    Raises:
        BadInputError: the scale's best score is not known, or ``least`` is under 1.

    >>> from rapport.science.records.courses import courses_from_rows
    >>> c = courses_from_rows(client=["Anjali"] * 5, session=range(5), score=[31, 32, 32, 32, 32])
    >>> found = steady_maximum(courses=c, scale=Scale(name="own", maximum=32))
    >>> found.running.tolist(), found.steady.tolist(), found.sentence
    ([4], [True], "the scale can't go higher: a steady maximum tells little")
    """
    lower_is_better = scale.higher_is_better is False
    best = scale.minimum if lower_is_better else scale.maximum
    if best is None:
        raise BadInputError(f"scale {scale.name}: its best score is not known; give its range")
    if least < 1:
        raise BadInputError(f"least is {least}; give 1 or more")
    seen = courses.observed()
    top = np.isclose(seen.score, best)
    runs = lasting(top, seen.starts)
    running, longest = _last_and_largest(runs, seen)
    way = "lower" if lower_is_better else "higher"
    return SteadyMaximum(
        method=f"Steady maximum: the last {least} ratings or more at the best end of the scale",
        settings={"least": least, "best": best},
        papers=(_BLANCHARD,),
        running=running,
        longest=longest,
        share=_share(top, seen),
        steady=running >= least,
        sentence=f"the scale can't go {way}: a steady maximum tells little",
    )


def _last_and_largest(runs: IntArray, seen: Courses) -> tuple[IntArray, IntArray]:
    last, largest = np.zeros((2, seen.n_clients), dtype=np.int64)
    rated = seen.lengths > 0
    if rated.any():
        last[rated] = runs[seen.starts[1:][rated] - 1]
        largest[rated] = np.maximum.reduceat(runs, seen.starts[:-1][rated])
    return last, largest


def _share(top: NDArray[np.bool_], seen: Courses) -> FloatArray:
    counts = np.bincount(seen.client_index[top], minlength=seen.n_clients)
    share = np.full(seen.n_clients, np.nan)
    np.divide(counts, seen.lengths, out=share, where=seen.lengths > 0)
    return share
