"""Learn from all courses of a practice what reading a single one needs."""

from collections.abc import Mapping, Sequence

import numpy as np

from rapport.science.reading.chosen_scales import choose_scales
from rapport.science.reading.learnt import (
    Learnt,
    LearntProgress,
    LearntRelationship,
    learn_progress,
    learn_relationship,
    with_spread,
)
from rapport.science.reading.settings import ReadingSettings
from rapport.science.reading.tracks import track
from rapport.science.records.scales import Scale
from rapport.science.records.session_table import SessionTable

# Members of a couple, a family, a group: each size shares the budget by a rule of its own. A size
# in between takes the next one, which is stricter. Ours: groups in therapy seldom pass twelve.
SIZES = (1, 2, 3, 4, 6, 9, 12)


def learn(
    *,
    table: SessionTable,
    known: Mapping[str, Scale],
    settings: ReadingSettings,
    rng: np.random.Generator,
    sizes: Sequence[int] = SIZES,
) -> Learnt:
    """Learn from a practice's own courses, for ``read_sessions(learnt=...)``.

    When not to use it: on a table that mixes practices, forms or populations; what one teaches
    is not true of another.

    Args:
        table: all courses of the practice, the running ones included.
        known: what is known of scales, by name.
        settings: the false-alarm budget, and whether anything is forecast.
        rng: chance for simulations and folds.
        sizes: numbers of members for which the alarm gets a rule.

    Raises:
        BadInputError: a scale of which neither direction nor role is known.

    >>> from rapport.science.simulate.caseload import simulate_caseload
    >>> table = simulate_caseload(clients=40, sessions=8, rng=np.random.default_rng(1)).table
    >>> made = learn(
    ...     table=table, known={}, rng=np.random.default_rng(1), sizes=(1,),
    ...     settings=ReadingSettings(alliance="wai-sr-client", outcome="phq-9", forecasts=False))
    >>> made.clients, sorted(made.relationship), sorted(made.progress)
    (40, ['wai-sr-client'], ['phq-9'])
    """
    chosen = choose_scales(names=table.scale_names, known=known, settings=settings)
    relationship = {s.name: _relationship(table, s, settings, sizes, rng) for s in chosen.alliance}
    progress = {s.name: _progress(table, s, settings, rng) for s in chosen.outcome}
    return Learnt(
        relationship={name: made for name, made in relationship.items() if made is not None},
        progress={name: made for name, made in progress.items() if made is not None},
        false_alarms=settings.false_alarms,
        clients=table.n_clients,
    )


def _relationship(
    table: SessionTable,
    scale: Scale,
    settings: ReadingSettings,
    sizes: Sequence[int],
    rng: np.random.Generator,
) -> LearntRelationship | None:
    own = track(table=table, scale=scale)
    if own is None:
        return None
    therapist = track(table=table, scale=scale, respondent="therapist")
    made = learn_relationship(
        courses=own.courses, scale=scale, sizes=sizes, budget=settings.false_alarms, rng=rng
    )
    theirs = None if therapist is None else therapist.courses
    return with_spread(made, courses=own.courses, therapist=theirs, rng=rng)


def _progress(
    table: SessionTable, scale: Scale, settings: ReadingSettings, rng: np.random.Generator
) -> LearntProgress | None:
    own = track(table=table, scale=scale)
    if own is None:
        return None
    return learn_progress(courses=own.courses, scale=scale, forecasts=settings.forecasts, rng=rng)
