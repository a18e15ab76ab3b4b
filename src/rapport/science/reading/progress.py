"""How people are, over time: change, sudden gains, the expected course, the forecast."""

from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from rapport.science.outcome.change_verdicts import ChangeVerdicts, change_verdicts
from rapport.science.outcome.expected_response import (
    ExpectedBand,
    ExpectedResponse,
    OffCourse,
    expected_band,
    off_course,
)
from rapport.science.outcome.forecast import Forecasts, forecast
from rapport.science.outcome.sudden_gains import sudden_changes
from rapport.science.reading.learnt import SWITCHED_OFF, LearntProgress
from rapport.science.reading.model import (
    Change,
    Expected,
    Forecast,
    OutcomeReading,
    SuddenChange,
    Verdict,
)
from rapport.science.reading.settings import ReadingSettings
from rapport.science.reading.tracks import Track
from rapport.science.records.courses import Courses, IntArray
from rapport.science.records.scales import Scale

ONE_RATING = "one rating: nothing about change can be said"
NO_RATING = "no rating yet"
READ = "read"


@dataclass(frozen=True, kw_only=True)
class Predicted:
    """What rests on the growth model; all None where there is none, and ``note`` says why."""

    model: ExpectedResponse | None = None
    band: ExpectedBand | None = None
    off: OffCourse | None = None
    forecasts: Forecasts | None = None
    note: str | None = None


@dataclass(frozen=True, kw_only=True)
class Progress:
    """Everything found on one outcome scale, and the way to cut out one client."""

    track: Track
    changes: ChangeVerdicts
    verdicts: list[Verdict]
    categories: list[str]
    sudden: dict[int, list[SuddenChange]]
    rated: IntArray
    predicted: Predicted

    def of(self, position: int) -> OutcomeReading:
        """The reading of the client at this position."""
        rated = int(self.rated[position])
        return OutcomeReading(
            series=self.track.series(position),
            change=self.change_of(position),
            expected=self._expected_of(position),
            sudden_gains=self.sudden.get(position, []),
            forecast=self._forecast_of(position),
            status=_status(rated),
            note=self.predicted.note,
        )

    def change_of(self, position: int) -> Change:
        """First against last rating of the client at this position."""
        rated, found = int(self.rated[position]), self.changes
        first = _or_none(found.first[position])
        last = _or_none(found.last[position]) if rated > 1 else None
        return Change(
            method=found.method,
            verdict=self.verdicts[position] if rated > 1 else "no verdict",
            first=first,
            last=last,
            difference=_or_none(found.difference[position]) if rated > 1 else None,
            threshold=_or_none(found.threshold),
            clinical=(self.categories[position] or None) if rated > 1 else None,
            why=found.why(position) if rated > 1 else _status(rated),
        )

    def _expected_of(self, position: int) -> list[Expected]:
        band = self.predicted.band
        if band is None:
            return []
        rows = self.track.rows_of(position)
        columns = [c[rows].tolist() for c in (band.session, band.mean, band.lower, band.upper)]
        return [
            Expected(session=s, mean=m, lower=low, upper=high)
            for s, m, low, high in zip(*columns, strict=True)
            if m == m
        ]

    def _forecast_of(self, position: int) -> Forecast | None:
        made = self.predicted.forecasts
        if made is None or np.isnan(made.mean[position]):
            return None
        return Forecast(
            session=float(made.session[position]),
            mean=float(made.mean[position]),
            lower=float(made.lower[position]),
            upper=float(made.upper[position]),
            level=0.8,
            lower95=float(made.lower95[position]),
            upper95=float(made.upper95[position]),
            p_deterioration=_or_none(made.p_deterioration[position]),
        )


def _status(rated: int) -> str:
    return NO_RATING if rated == 0 else ONE_RATING if rated == 1 else READ


def _or_none(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def read_progress(*, track: Track, learnt: LearntProgress, settings: ReadingSettings) -> Progress:
    """Change, sudden gains, expected course and forecast of every client of one outcome scale.

    Args:
        track: the clients' ratings.
        learnt: what is usual, from these courses or earlier ones.
    """
    first, last = track.first_and_last()
    changes = change_verdicts(
        first=first, last=last, scale=track.scale, sample_sd=learnt.sd_at_start
    )
    predicted = Predicted(note=SWITCHED_OFF)
    if settings.forecasts:
        predicted = _predict(track.courses, learnt, track.scale)
    return Progress(
        track=track,
        changes=changes,
        verdicts=changes.words.tolist(),
        categories=changes.category_words.tolist(),
        sudden=_sudden(track, changes.threshold),
        rated=track.courses.observed().lengths,
        predicted=predicted,
    )


def _predict(courses: Courses, learnt: LearntProgress, scale: Scale) -> Predicted:
    model = learnt.response
    if model is None:
        return Predicted(note=learnt.note)
    return Predicted(
        model=model,
        band=expected_band(model=model, courses=courses),
        off=off_course(model=model, courses=courses, scale=scale),
        forecasts=forecast(model=model, courses=courses, scale=scale),
    )


def _sudden(track: Track, cutoff: float) -> dict[int, list[SuddenChange]]:
    """Sudden gains and losses by client; none are sought where no cut-off is known."""
    into: dict[int, list[SuddenChange]] = defaultdict(list)
    if np.isnan(cutoff) or track.scale.higher_is_better is None:
        return into
    sessions, scores = track.courses.padded()
    found = sudden_changes(
        scores=scores, cutoff=cutoff, higher_is_better=track.scale.higher_is_better
    )
    for i, position in enumerate(found.client_index.tolist()):
        into[position].append(
            SuddenChange(
                kind="gain" if found.kind[i] > 0 else "loss",
                before=float(sessions[position, found.before_position[i]]),
                after=float(sessions[position, found.after_position[i]]),
                magnitude=float(found.magnitude[i]),
                reversed=bool(found.reversed[i]),
            )
        )
    return into
