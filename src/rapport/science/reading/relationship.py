"""The working relationship over time, for every client of one alliance scale at once."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import numpy as np

from rapport.science.alliance.drop_alarm import (
    AlarmRule,
    DropAlarms,
    SteadyModel,
    find_drops,
)
from rapport.science.alliance.episodes import Episodes, find_episodes
from rapport.science.alliance.steady_maximum import steady_maximum
from rapport.science.reading.learnt import LearntRelationship
from rapport.science.reading.model import Alarm, AllianceReading, Episode
from rapport.science.reading.settings import ReadingSettings
from rapport.science.reading.tracks import Track, none_for_nan
from rapport.science.records.courses import Courses, FloatArray, IntArray

WINDOWS = {1: "one session", 2: "two sessions running", 3: "three sessions running"}
TOO_EARLY = "too early: an alarm is possible from the third rated session on"
ONE_RATING = "one rating: nothing about change can be said"
NO_RATING = "no rating yet"
READ = "read"
CEILING = "the scale can't go higher: a steady maximum tells little"


@dataclass(frozen=True, kw_only=True)
class Relationship:
    """Everything found on one alliance scale, and the way to cut out one client."""

    track: Track
    therapist: Track | None
    alarms: dict[int, list[Alarm]]
    episodes: dict[int, list[Episode]]
    usual_lower: FloatArray
    usual_upper: FloatArray
    steady: IntArray  # highest ratings running up to the last one; 0 where under three
    rated: IntArray
    learnt: LearntRelationship
    rule: AlarmRule | None  # None: nobody has two ratings, so nothing is known of their spread
    found: Episodes

    @property
    def model(self) -> SteadyModel | None:
        """What steady courses look like; None: nothing is known of their spread."""
        return self.learnt.model

    def of(self, position: int, code: int) -> AllianceReading:
        """The reading of the client at this position (table code ``code``)."""
        steady = int(self.steady[position])
        return AllianceReading(
            series=self.track.series(position),
            therapist=self._therapist_of(code),
            alarms=self.alarms.get(position, []),
            episodes=self.episodes.get(position, []),
            usual=self._usual_of(position),
            status=_status(int(self.rated[position])),
            steady_maximum=steady,
            note=CEILING if steady else None,
        )

    def _usual_of(self, position: int) -> list[tuple[float, float, float]]:
        rows = self.track.rows_of(position)
        columns = (self.track.courses.session, self.usual_lower, self.usual_upper)
        session, lower, upper = (c[rows].tolist() for c in columns)
        return [u for u in zip(session, lower, upper, strict=True) if u[1] == u[1]]

    def _therapist_of(self, code: int) -> Any:
        if self.therapist is None or self.therapist.position[code] < 0:
            return None
        return self.therapist.series(int(self.therapist.position[code]))


def read_relationship(
    *,
    track: Track,
    therapist: Track | None,
    learnt: LearntRelationship,
    series: IntArray,
    settings: ReadingSettings,
) -> Relationship:
    """Alarms, episodes and the usual range of every client of one alliance scale.

    Args:
        track: the clients' ratings.
        therapist: the therapists' ratings on the same form, where there are any.
        learnt: what is usual, from these courses or earlier ones.
        series: how many series share the false-alarm budget of each client's case.
    """
    drops = _find_all(track.courses, learnt, series)
    found = find_episodes(
        courses=track.courses,
        pooled_sd=learnt.pooled_sd,
        criterion=settings.episode_criterion,
        scale=track.scale,
    )
    return Relationship(
        track=track,
        therapist=therapist,
        alarms=drops.alarms,
        episodes=_collect_episodes(found),
        usual_lower=drops.lower,
        usual_upper=drops.upper,
        steady=_steady(track),
        rated=track.courses.observed().lengths,
        learnt=learnt,
        rule=drops.rule,
        found=found,
    )


@dataclass(kw_only=True)
class _Drops:
    alarms: dict[int, list[Alarm]]
    lower: FloatArray
    upper: FloatArray
    rule: AlarmRule | None = None

    @classmethod
    def none(cls, courses: Courses) -> "_Drops":
        empty = np.full(courses.n_rows, np.nan)
        return cls(alarms=defaultdict(list), lower=empty, upper=empty.copy())


def _find_all(courses: Courses, learnt: LearntRelationship, series: IntArray) -> _Drops:
    """Alarms under one rule per size of case: a case's series share its budget."""
    drops = _Drops.none(courses)
    for size in np.unique(series):
        rule = learnt.rule_for(int(size))
        if rule is None:
            continue
        drops.rule = drops.rule or rule
        chosen = series == size
        made = find_drops(courses=courses, rule=rule)
        _collect_alarms(made, chosen, drops.alarms)
        rows = chosen[courses.client_index]
        drops.lower[rows], drops.upper[rows] = made.lower[rows], made.upper[rows]
    return drops


def _status(rated: int) -> str:
    if rated == 0:
        return NO_RATING
    if rated == 1:
        return ONE_RATING
    return TOO_EARLY if rated == 2 else READ


def _collect_alarms(drops: DropAlarms, chosen: Any, into: dict[int, list[Alarm]]) -> None:
    columns = (
        drops.client_index,
        drops.session,
        drops.score,
        drops.expected,
        drops.window,
        drops.first_session,
    )
    for position, session, score, expected, window, first in zip(
        *(c.tolist() for c in columns), strict=True
    ):
        if chosen[position]:
            into[position].append(
                Alarm(
                    session=session,
                    score=score,
                    expected=expected,
                    rule=WINDOWS[window],
                    first_session=first,
                )
            )


def _collect_episodes(found: Episodes) -> dict[int, list[Episode]]:
    into: dict[int, list[Episode]] = defaultdict(list)
    words = found.status_words
    ends = none_for_nan(found.repair)
    for i, position in enumerate(found.client_index.tolist()):
        into[position].append(
            Episode(
                start=float(found.start[i]),
                nadir=float(found.nadir[i]),
                end=ends[i],
                status=words[i],
                reference=float(found.reference[i]),
                nadir_score=float(found.nadir_score[i]),
                full=bool(found.full[i]),
            )
        )
    return into


def _steady(track: Track) -> IntArray:
    """Ratings running at the best end up to the last one; 0 where that is under three."""
    best = track.scale.maximum if track.scale.direction > 0 else track.scale.minimum
    if best is None:
        return np.zeros(track.courses.n_clients, dtype=np.int64)
    made = steady_maximum(courses=track.courses, scale=track.scale)
    return np.where(made.steady, made.running, 0)
