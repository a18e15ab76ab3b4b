"""What many courses teach, so that one course can be read: learnt seldom, used at once.

Learning needs every course of a practice and takes seconds; reading one course with what was
learnt takes milliseconds. A table is read by learning from it first; a practice learns at night.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from rapport.science.alliance.drop_alarm import (
    AlarmRule,
    Sensitivity,
    SteadyModel,
    alarm_thresholds,
    fit_steady_model,
    sensitivity,
)
from rapport.science.alliance.spread import pooled_within_sd
from rapport.science.alliance.views_apart import ViewsRule, views_rule
from rapport.science.errors import BadInputError, TooLittleDataError
from rapport.science.outcome.expected_response import ExpectedResponse, fit_expected_response
from rapport.science.records.courses import Courses
from rapport.science.records.scales import Scale

ALL_ALIKE = "these courses differ too little to learn from"
SWITCHED_OFF = "forecasts are switched off"
NOT_LEARNT = "nothing has been learnt of this measure here yet"


@dataclass(frozen=True, kw_only=True)
class LearntRelationship:
    """What courses on one alliance scale taught.

    Attributes:
        model: of steady courses; None: nobody has two ratings.
        rules: of the drop alarm, by how many series share a case's budget.
        pooled_sd: within-client SD in points; None: that of the courses that are read.
        views: of two views apart; None: learnt from the pairs that are read.
        power: what the rule for one series finds and misses; None: simulated when asked for.
        before: it was learnt before, so what is missing is not learnt from what is read.
    """

    model: SteadyModel | None = None
    rules: Mapping[int, AlarmRule]
    pooled_sd: float | None = None
    views: ViewsRule | None = None
    power: Sensitivity | None = None
    before: bool = False

    def rule_for(self, series: int) -> AlarmRule | None:
        """The rule for so many series in a case: its own or the next stricter one."""
        enough = [size for size in self.rules if size >= series]
        return self.rules[min(enough)] if enough else None


@dataclass(frozen=True, kw_only=True)
class LearntProgress:
    """What courses on one outcome scale taught.

    Attributes:
        sd_at_start: of first scores; None: fewer than two.
        response: the expected course; None: ``note`` says why not.
    """

    sd_at_start: float | None = None
    response: ExpectedResponse | None = None
    note: str | None = None


@dataclass(frozen=True, kw_only=True)
class Learnt:
    """What a practice's courses taught, by the name of the scale.

    Attributes:
        false_alarms: the budget that the rules keep.
        clients: how many clients it was learnt from.
    """

    relationship: Mapping[str, LearntRelationship]
    progress: Mapping[str, LearntProgress]
    false_alarms: float
    clients: int

    def of_relationship(self, scale: str) -> LearntRelationship:
        """Of one alliance scale; nothing where it was never seen."""
        return self.relationship.get(scale, LearntRelationship(rules={}, before=True))

    def of_progress(self, scale: str) -> LearntProgress:
        """Of one outcome scale; nothing where it was never seen."""
        return self.progress.get(scale, LearntProgress(note=NOT_LEARNT))


def learn_relationship(
    *,
    courses: Courses,
    scale: Scale,
    sizes: Sequence[int],
    budget: float,
    rng: np.random.Generator,
) -> LearntRelationship:
    """Learn the drop alarm's model and its rules.

    Args:
        courses: the clients' ratings of this scale.
        sizes: numbers of series that share a case's budget, each with a rule of its own.
        budget: share of steady courses of 12 rated sessions with at least one alarm.
        rng: source of chance.
    """
    try:
        model = fit_steady_model(courses=courses, scale=scale, rng=rng)
    except TooLittleDataError:
        return LearntRelationship(rules={})
    rules = {
        size: alarm_thresholds(model=model, budget=budget, series_per_case=size, rng=rng)
        for size in sorted(set(sizes))
    }
    return LearntRelationship(model=model, rules=rules)


def with_spread(
    learnt: LearntRelationship,
    *,
    courses: Courses,
    therapist: Courses | None,
    rng: np.random.Generator,
) -> LearntRelationship:
    """Add what single courses can't know: the pooled SD, how pairs differ, what the rule finds."""
    pooled = pooled_within_sd(courses)
    views = power = None
    if therapist is not None:
        views = views_rule(client=courses, therapist=therapist, rng=rng)
    if learnt.model is not None and learnt.rules:
        first = learnt.rules[min(learnt.rules)]
        power = sensitivity(rule=first, model=learnt.model, rng=rng)
    return replace(learnt, pooled_sd=None if np.isnan(pooled) else pooled, views=views, power=power)


def learn_progress(
    *, courses: Courses, scale: Scale, forecasts: bool, rng: np.random.Generator
) -> LearntProgress:
    """Learn the spread at start and, where forecasts are on, the expected course."""
    start = _sd_at_start(courses)
    if not forecasts:
        return LearntProgress(sd_at_start=start, note=SWITCHED_OFF)
    try:
        response = fit_expected_response(courses=courses, scale=scale, rng=rng)
    except TooLittleDataError as reason:
        return LearntProgress(sd_at_start=start, note=f"no expected course: {reason}")
    except BadInputError:
        # Courses that are all alike leave the model nothing to tell people apart by.
        return LearntProgress(sd_at_start=start, note=f"no expected course: {ALL_ALIKE}")
    return LearntProgress(sd_at_start=start, response=response)


def _sd_at_start(courses: Courses) -> float | None:
    seen = courses.observed()
    first = seen.score[seen.starts[:-1][seen.lengths > 0]]
    return float(np.std(first, ddof=1)) if len(first) > 1 else None
