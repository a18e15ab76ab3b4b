"""From a session table to the reading of every client: the one call the world makes."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from rapport.science.reading.attention import Attention, notice_progress, notice_relationship
from rapport.science.reading.between_people import (
    members_of,
    notice_disengaging,
    notice_splits,
    notice_views_apart,
)
from rapport.science.reading.chosen_scales import ChosenScales, choose_scales
from rapport.science.reading.client_readings import ClientReadings, Found, about_clients
from rapport.science.reading.item_answers import (
    items_of,
    notice_direct_answers,
    notice_risk_answers,
    questions_of,
)
from rapport.science.reading.learnt import (
    Learnt,
    LearntProgress,
    LearntRelationship,
    learn_progress,
    learn_relationship,
)
from rapport.science.reading.model import Reading, Split
from rapport.science.reading.progress import Progress, read_progress
from rapport.science.reading.relationship import Relationship, read_relationship
from rapport.science.reading.sentences import title_of
from rapport.science.reading.settings import ReadingSettings
from rapport.science.reading.settled_order import in_settled_order
from rapport.science.reading.sources import methods_of, summary_of
from rapport.science.reading.steps import Steps, Tell, tell_nobody
from rapport.science.reading.tracks import Track, track
from rapport.science.records.courses import Courses, FloatArray, IntArray
from rapport.science.records.scales import Scale
from rapport.science.records.session_table import RESPONDENTS, SessionTable
from rapport.science.scoring.instrument import Instrument


def read_sessions(
    *,
    table: SessionTable,
    known: Mapping[str, Scale],
    settings: ReadingSettings,
    rng: np.random.Generator,
    instruments: Mapping[str, Instrument] | None = None,
    reference: SessionTable | None = None,
    learnt: Learnt | None = None,
    version: str = "",
    tell: Tell = tell_nobody,
) -> Reading:
    """Read every client of a table. The order of its rows changes nothing.

    Args:
        table: the sessions.
        known: what is known of scales, by name.
        settings: the reader's choices.
        rng: chance for the simulations behind the thresholds.
        instruments: definitions of the questionnaires whose items stand in the table.
        reference: earlier courses to learn from; they are not read themselves.
        learnt: what was learnt before (``learn``), instead of learning from a table now.
        version: of the software, printed with the reading.
        tell: told how far the work has come, scale by scale.

    Raises:
        BadInputError: a scale of which neither direction nor role is known.
    """
    table = in_settled_order(table)
    reference = None if reference is None else in_settled_order(reference)
    chosen = choose_scales(names=table.scale_names, known=known, settings=settings)
    attention = Attention(
        names=[str(c) for c in table.client_ids],
        last_session=_last_sessions(table),
        last_answered=_last_answered(table),
    )
    found = _find(
        table, chosen, _Teacher(reference=reference, learnt=learnt, rng=rng), settings, tell
    )
    questions = questions_of(items=table.items, instruments=instruments or {})
    splits = _notice(table, found, attention, rng)
    notice_risk_answers(attention=attention, questions=questions)
    notice_direct_answers(attention=attention, items=table.items, instruments=instruments or {})
    about = about_clients(table=table, items=items_of(questions=questions))
    return Reading(
        rapport=version,
        settings=_in_words(settings, chosen),
        clients=ClientReadings(
            found=found,
            attention=attention,
            about=about,
            order=_members_together(_pinned(attention, settings.first), about.case),
        ),
        cases=splits,
        scales=chosen.all(),
        summary=summary_of(table=table, found=found, attention=attention, about=about, rng=rng),
        warnings=[*table.warnings, *chosen.warnings, *_too_thin(found)],
        methods=methods_of(found=found),
    )


@dataclass(frozen=True, kw_only=True)
class _Teacher:
    """Where what is usual comes from: learnt before, from earlier courses, or from the table."""

    reference: SessionTable | None
    learnt: Learnt | None
    rng: np.random.Generator

    def relationship(
        self, track: Track, series: IntArray, settings: ReadingSettings
    ) -> LearntRelationship:
        if self.learnt is not None:
            return self.learnt.of_relationship(track.scale.name)
        return learn_relationship(
            courses=self._courses(track),
            scale=track.scale,
            sizes=np.unique(series).tolist(),
            budget=settings.false_alarms,
            rng=self.rng,
        )

    def progress(self, track: Track, settings: ReadingSettings) -> LearntProgress:
        if self.learnt is not None:
            return self.learnt.of_progress(track.scale.name)
        return learn_progress(
            courses=self._courses(track),
            scale=track.scale,
            forecasts=settings.forecasts,
            rng=self.rng,
        )

    def _courses(self, track: Track) -> Courses:
        earlier = self.reference
        if earlier is None or track.scale.name not in earlier.scale_names:
            return track.courses
        return earlier.courses(scale=track.scale.name)


def _find(
    table: SessionTable,
    chosen: ChosenScales,
    teacher: _Teacher,
    settings: ReadingSettings,
    tell: Tell,
) -> Found:
    series = _series_per_case(table)
    steps = partial(Steps(of=len(chosen.all()), tell=tell), named=title_of)
    alliance = [_relationship(table, s, teacher, series, settings) for s in steps(chosen.alliance)]
    outcome = [_progress(table, s, teacher, settings) for s in steps(chosen.outcome)]
    others = [track(table=table, scale=s) for s in steps(chosen.others)]
    return Found(
        alliance=[read for read in alliance if read is not None],
        outcome=[read for read in outcome if read is not None],
        others=[t for t in others if t is not None],
    )


def _relationship(
    table: SessionTable,
    scale: Scale,
    teacher: _Teacher,
    series_per_case: IntArray,
    settings: ReadingSettings,
) -> Relationship | None:
    own = track(table=table, scale=scale)
    if own is None:
        return None
    series = series_per_case[own.codes]
    return read_relationship(
        track=own,
        therapist=track(table=table, scale=scale, respondent="therapist"),
        learnt=teacher.relationship(own, series, settings),
        series=series,
        settings=settings,
    )


def _progress(
    table: SessionTable, scale: Scale, teacher: _Teacher, settings: ReadingSettings
) -> Progress | None:
    own = track(table=table, scale=scale)
    if own is None:
        return None
    return read_progress(track=own, learnt=teacher.progress(own, settings), settings=settings)


def _series_per_case(table: SessionTable) -> IntArray:
    """How many people's ratings share the false-alarm budget of each client's case."""
    sizes = np.ones(table.n_clients, dtype=np.int64)
    for members in members_of(table).values():
        sizes[members] = len(members)
    return sizes


def _notice(
    table: SessionTable, found: Found, attention: Attention, rng: np.random.Generator
) -> list[Split]:
    for relationship in found.alliance:
        notice_relationship(attention=attention, read=relationship)
        notice_views_apart(attention=attention, read=relationship, rng=rng)
    for progress in found.outcome:
        notice_progress(attention=attention, read=progress)
    notice_disengaging(attention=attention, table=table, reads=found.alliance)
    return notice_splits(attention=attention, table=table, reads=found.alliance)


def _last_sessions(table: SessionTable) -> FloatArray:
    last = np.full(table.n_clients, -np.inf)
    np.maximum.at(last, table.client, table.session)
    if table.items is not None:
        np.maximum.at(last, table.items.client, table.items.session)
    return last


def _last_answered(table: SessionTable) -> FloatArray:
    own = (table.respondent == RESPONDENTS.index("client")) & ~np.isnan(table.score)
    last = np.full(table.n_clients, -np.inf)
    np.maximum.at(last, table.client[own], table.session[own])
    if table.items is not None:
        given = (table.items.respondent == RESPONDENTS.index("client")) & ~np.isnan(
            table.items.answer
        )
        np.maximum.at(last, table.items.client[given], table.items.session[given])
    return last


def _pinned(attention: Attention, first: tuple[str, ...]) -> list[int]:
    rank = {name: place for place, name in enumerate(first)}
    return sorted(attention.order(), key=lambda code: rank.get(attention.names[code], len(rank)))


def _members_together(order: list[int], case: list[str | None]) -> list[int]:
    """The members of one case stand where the first of them stands, so none is read alone."""
    first: dict[str, int] = {}
    places = {}
    for place, code in enumerate(order):
        named = case[code]
        places[code] = place if named is None else first.setdefault(named, place)
    return sorted(order, key=places.__getitem__)


def _too_thin(found: Found) -> list[str]:
    """Scales on which nobody was rated twice: said once, aloud."""
    reads = [(read.track, read.rated) for read in found.alliance]
    reads += [(read.track, read.rated) for read in found.outcome]
    return [
        f"scale {track.scale.name}: one rating per person; nothing about change can be said"
        for track, rated in reads
        if rated.max(initial=0) <= 1
    ]


def _in_words(settings: ReadingSettings, chosen: ChosenScales) -> dict[str, Any]:
    return {
        "false_alarms": settings.false_alarms,
        "forecasts": settings.forecasts,
        "alliance": [s.name for s in chosen.alliance],
        "outcome": [s.name for s in chosen.outcome],
        "episode_criterion": settings.episode_criterion,
        "first": list(settings.first),
    }
