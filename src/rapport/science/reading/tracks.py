"""One scale as one kind of person filled it in, ready to be cut client by client."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rapport.science.reading.model import Series
from rapport.science.records.courses import Courses, FloatArray, IntArray
from rapport.science.records.scales import Scale
from rapport.science.records.session_table import SessionTable


@dataclass(frozen=True, kw_only=True)
class Track:
    """Courses of one scale, with the way back to the table's clients.

    Attributes:
        position: for each client of the table the place in ``courses``, -1 where absent.
        dates: days in the order of the courses' rows; None where the table has none.
    """

    scale: Scale
    respondent: str
    courses: Courses
    codes: IntArray
    position: IntArray
    dates: NDArray[np.datetime64] | None

    def rows_of(self, position: int) -> slice:
        return slice(int(self.courses.starts[position]), int(self.courses.starts[position + 1]))

    def series(self, position: int) -> Series:
        """The line of the client at this position."""
        rows = self.rows_of(position)
        return Series(
            scale=self.scale.name,
            respondent=self.respondent,
            sessions=self.courses.session[rows].tolist(),
            scores=none_for_nan(self.courses.score[rows]),
            dates=[] if self.dates is None else iso_dates(self.dates[rows]),
        )

    def first_and_last(self) -> tuple[FloatArray, FloatArray]:
        """First and last observed score of each client, NaN where there is none."""
        seen = self.courses.observed()
        first = np.full(seen.n_clients, np.nan)
        last = np.full(seen.n_clients, np.nan)
        any_score = seen.lengths > 0
        first[any_score] = seen.score[seen.starts[:-1][any_score]]
        last[any_score] = seen.score[seen.starts[1:][any_score] - 1]
        return first, last


def track(*, table: SessionTable, scale: Scale, respondent: str = "client") -> Track | None:
    """Cut one scale out of a table; None where nobody has a score of it."""
    if scale.name not in table.scale_names:
        return None
    rows = np.flatnonzero(table.rows(scale=scale.name, respondent=respondent))
    if np.isnan(table.score[rows]).all():
        return None
    courses = table.courses(scale=scale.name, respondent=respondent)
    codes = np.unique(table.client[rows]).astype(np.int64)
    position = np.full(table.n_clients, -1, dtype=np.int64)
    position[codes] = np.arange(len(codes))
    return Track(
        scale=scale,
        respondent=respondent,
        courses=courses,
        codes=codes,
        position=position,
        dates=_dates(table, rows),
    )


def _dates(table: SessionTable, rows: IntArray) -> NDArray[np.datetime64] | None:
    if table.date is None:
        return None
    order = np.lexsort((table.session[rows], table.client[rows]))
    return np.asarray(table.date[rows][order])


def iso_dates(dates: NDArray[np.datetime64]) -> list[str | None]:
    """ISO text of each day, None where unknown."""
    return [None if d is None else d.isoformat() for d in dates.astype("datetime64[D]").tolist()]


def none_for_nan(values: FloatArray) -> list[float | None]:
    """A list with None where a number is missing.

    >>> none_for_nan(np.array([1.0, np.nan]))
    [1.0, None]
    """
    return [None if v != v else v for v in values.tolist()]
