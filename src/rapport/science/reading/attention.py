"""What asks for attention, client by client, each with its reason in words and its rule."""

from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np

from rapport.science.outcome.stalled import stalled
from rapport.science.reading import sentences
from rapport.science.reading.model import Episode, Signal
from rapport.science.reading.progress import Progress
from rapport.science.reading.relationship import Relationship
from rapport.science.records.courses import Courses, FloatArray

RANKS = {
    "risk answer": 1,
    "direct answer": 2,
    "drop": 3,
    "not recovered": 4,
    "split": 5,
    "worse": 6,
    "off the expected course": 7,
    "disengaging": 8,
    "two views apart": 9,
    "stalled": 10,
    "steady maximum": 11,
}


@dataclass(frozen=True, kw_only=True)
class Attention:
    """Signals gathered so far, by the table's client codes."""

    names: list[str]
    last_session: FloatArray  # of each client, over all scales, answered or not
    last_answered: FloatArray  # the latest session the client answered anything of
    signals: dict[int, list[Signal]] = field(default_factory=lambda: defaultdict(list))

    def add(
        self,
        *,
        code: int,
        kind: str,
        session: float,
        sentence: str,
        rule: str,
        stands: bool = False,
    ) -> None:
        """Note one signal; it is current where nothing was answered since, or where it stands."""
        self.signals[code].append(
            Signal(
                kind=kind,
                session=session,
                sentence=sentence,
                rank=RANKS[kind],
                current=stands or bool(session >= self.last_answered[code]),
                rule=rule,
            )
        )

    def of(self, code: int) -> list[Signal]:
        """This client's signals: current before past, weightier and later first."""
        return sorted(
            self.signals.get(code, []),
            key=lambda s: (not s.current, s.rank, -s.session, s.sentence),
        )

    def order(self) -> list[int]:
        """All clients, those who need attention first; ties by name."""
        codes = range(len(self.names))
        return sorted(codes, key=lambda code: self._weight(code))

    def _weight(self, code: int) -> tuple[float, int]:
        now = [s.rank for s in self.signals.get(code, []) if s.current]
        return (min(now, default=99), -len(now))


def notice_relationship(*, attention: Attention, read: Relationship) -> None:
    """Drops and steady maxima of one alliance scale."""
    share = 0.0 if read.rule is None else read.rule.budget
    budget = f"{share:.0%} of steady courses of 12 rated sessions would show one"
    for position, alarms in read.alarms.items():
        code = int(read.track.codes[position])
        for alarm in alarms:
            attention.add(
                code=code,
                kind="drop",
                session=alarm.session,
                sentence=sentences.drop(attention.names[code], alarm, read.track.scale),
                rule=f"drop alarm over {alarm.rule}; {budget}",
            )
    _notice_open_episodes(attention, read)
    ends = _last_rated(read.track.courses)
    for position in np.flatnonzero(read.steady).tolist():
        code, times = int(read.track.codes[position]), int(read.steady[position])
        attention.add(
            code=code,
            kind="steady maximum",
            session=float(ends[position]),
            sentence=sentences.steady_maximum(attention.names[code], times),
            rule="the highest score at least three times running (ours)",
        )


def _notice_open_episodes(attention: Attention, read: Relationship) -> None:
    """An alarm that has not recovered stands; episodes without an alarm are shown, not raised."""
    for position, alarms in read.alarms.items():
        episodes = read.episodes.get(position, [])
        code = int(read.track.codes[position])
        for episode in (e for e in episodes if e.status == "unrepaired"):
            if any(episode.start <= alarm.session <= _end_of(episode) for alarm in alarms):
                attention.add(
                    code=code,
                    kind="not recovered",
                    session=episode.nadir,
                    sentence=sentences.not_recovered(
                        attention.names[code], episode, read.track.scale
                    ),
                    rule=read.found.method,
                    stands=episode is episodes[-1],
                )


def _end_of(episode: Episode) -> float:
    return np.inf if episode.end is None else episode.end


def notice_progress(*, attention: Attention, read: Progress) -> None:
    """Worse, stalled and off the expected course on one outcome scale."""
    ends = _last_rated(read.track.courses)
    _notice_worse(attention, read, ends)
    _notice_stalled(attention, read, ends)
    _notice_off_course(attention, read)


def _notice_worse(attention: Attention, read: Progress, ends: FloatArray) -> None:
    for position in np.flatnonzero(read.changes.verdict == -1).tolist():
        code = int(read.track.codes[position])
        change = read.change_of(position)
        attention.add(
            code=code,
            kind="worse",
            session=float(ends[position]),
            sentence=sentences.worse(attention.names[code], change, read.track.scale),
            rule=change.method,
        )


def _notice_stalled(attention: Attention, read: Progress, ends: FloatArray) -> None:
    if np.isnan(read.changes.cutoff) or read.track.scale.higher_is_better is None:
        return
    found = stalled(
        courses=read.track.courses,
        verdict=read.changes.verdict,
        cutoff=read.changes.cutoff,
        higher_is_better=read.track.scale.higher_is_better,
    )
    for position in np.flatnonzero(found.stalled).tolist():
        code = int(read.track.codes[position])
        change, rated = read.change_of(position), int(read.rated[position])
        attention.add(
            code=code,
            kind="stalled",
            session=float(ends[position]),
            sentence=sentences.stalled(attention.names[code], change, read.track.scale, rated),
            rule=found.method,
        )


def _notice_off_course(attention: Attention, read: Progress) -> None:
    off, band = read.predicted.off, read.predicted.band
    if off is None or band is None:
        return
    owner = read.track.courses.client_index
    for row in np.flatnonzero(off.flag == 2).tolist():
        code = int(read.track.codes[owner[row]])
        attention.add(
            code=code,
            kind="off the expected course",
            session=float(read.track.courses.session[row]),
            sentence=sentences.off_course(
                attention.names[code],
                read.track.scale,
                float(read.track.courses.score[row]),
                float(band.lower[row]),
                float(band.upper[row]),
            ),
            rule="worse than 9 of 10 people who started alike, from the third rating on",
        )


def _last_rated(courses: Courses) -> FloatArray:
    """Session of each client's last answered form, NaN where there is none."""
    seen = courses.observed()
    ends = np.full(seen.n_clients, np.nan)
    some = seen.lengths > 0
    ends[some] = seen.session[seen.starts[1:][some] - 1]
    return ends
