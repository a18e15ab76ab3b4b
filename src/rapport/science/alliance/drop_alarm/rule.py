"""The rule: thresholds by session, so that steady courses are flagged as rarely as promised."""

from dataclasses import dataclass, replace

import numpy as np

from rapport.science.alliance.drop_alarm.model import NOT_TUNED, FloatArray, SteadyModel
from rapport.science.alliance.drop_alarm.noise import steady_ratings
from rapport.science.alliance.drop_alarm.scan import (
    EARLIER,
    OFFSETS,
    WINDOWS,
    Baseline,
    largest_drops,
)
from rapport.science.alliance.drop_alarm.threshold import (
    REFERENCE,
    baseline_of,
    flagged_share,
    thresholds_by_session,
)
from rapport.science.errors import BadInputError
from rapport.science.records.result import Result

CAUTION, CAUTION_FROM = 3.0, 30
USUAL_BUDGET = 0.05  # the default; rarer alarms need more courses for the same precision
SESSIONS = 30  # simulated; later sessions keep the last threshold, which has levelled off


@dataclass(frozen=True, kw_only=True)
class AlarmRule(Result):
    """Everything needed to read new courses.

    Attributes:
        budget: share of steady courses of 12 rated sessions with at least one alarm, for the
            whole case.
        series_budget: the part of one series where several share the case's budget.
        thresholds: z that an alarm needs at rated session 1, 2, ... (NaN: too early), shape (30,).
        baseline: what is expected of a client before any rating.
        expected_share: simulated share of steady 12-session courses with an alarm.
        direction: +1 where higher is better; ratings are turned round where it is -1.
        minimum, maximum: of the scale, turned round likewise.
        tuned: False: not yet tuned to your practice.
    """

    budget: float
    series_budget: float
    thresholds: FloatArray
    baseline: Baseline
    expected_share: float
    direction: int
    minimum: float | None
    maximum: float | None
    tuned: bool

    def to_text(self) -> str:
        """The promise in a sentence."""
        lines = [
            f"{self.method}: at most {100 * self.budget:.3g} % of steady courses of 12 rated "
            f"sessions are flagged (simulated for this series: {100 * self.expected_share:.2g} %); "
            f"an alarm needs z of {self.thresholds[EARLIER]:.2f} at the third rating, "
            f"{self.thresholds[REFERENCE - 1]:.2f} at the twelfth"
        ]
        return "\n".join([*lines, *(f"  note: {note}" for note in self.notes)])


def alarm_thresholds(
    *,
    model: SteadyModel,
    budget: float = 0.05,
    series_per_case: int = 1,
    rng: np.random.Generator,
    n_courses: int = 60_000,
) -> AlarmRule:
    """Find the thresholds at which steady courses are flagged no more often than the budget.

    Estimates, by simulating steady courses from the practice's own model, the z that an alarm
    needs at each rated session; sessions 5 to 12 spend nearly even parts of the budget, 3 and 4
    less. A case whose series share the budget gives each 1 - (1 - budget)^(1/m).

    When not to use it: with a model fitted to another form, other raters or another practice.

    Args:
        model: from ``fit_steady_model`` (or ``known_model`` in simulations).
        budget: allowed share of steady 12-session courses with an alarm, between 0 and 1.
        series_per_case: members, forms and scales that share the budget of one case.
        rng: source of chance.
        n_courses: simulated courses at a budget of .05; smaller ones get up to 2.5 times more.

    Raises:
        BadInputError: budget outside 0 to 1, or no series.

    Reference: budget and definition of steady are ours (methods section 13); window scan
    statistics: Glaz, Naus & Wallenstein (2001), Scan Statistics, chapter 1.

    >>> from rapport.science.alliance.drop_alarm import known_model
    >>> rng = np.random.default_rng(1)
    >>> model = known_model(mean=7, between_sd=1.5, within_sd=1)
    >>> rule = alarm_thresholds(model=model, rng=rng)
    >>> bool(2.3 < rule.thresholds[6] < 2.9)
    True
    """
    if not 0 < budget < 1 or series_per_case < 1:
        raise BadInputError(
            f"budget {budget} for {series_per_case} series: give a share between 0 and 1 and at "
            "least one series"
        )
    part = 1 - (1 - budget) ** (1 / series_per_case)
    variants = _variants(model)
    n = int(n_courses * min(max(USUAL_BUDGET / part, 1), 2.5)) // len(variants)
    nulls = [
        steady_ratings(model=one, n_courses=n, n_sessions=SESSIONS, rng=rng) for one in variants
    ]
    baselines = _baselines(nulls)
    z = [largest_drops(ratings=r, baseline=b) for r, b in zip(nulls, baselines, strict=True)]
    target = part * _caution(model)
    thresholds = np.max([thresholds_by_session(one, budget=target) for one in z], axis=0)
    return AlarmRule(
        method="Drop alarm, window scan over 1, 2 and 3 ratings",
        settings={
            "windows": WINDOWS,
            "offsets": OFFSETS,
            "n_courses": n,
            "aimed_at": target,
            "series_per_case": series_per_case,
        },
        papers=("Glaz, Naus & Wallenstein (2001), Scan Statistics, ch. 1", "budget: ours"),
        notes=() if model.tuned else (NOT_TUNED,),
        budget=budget,
        series_budget=part,
        thresholds=thresholds,
        baseline=baselines[0],
        expected_share=max(flagged_share(one, thresholds) for one in z),
        direction=model.direction,
        minimum=model.minimum,
        maximum=model.maximum,
        tuned=model.tuned,
    )


def _baselines(nulls: list[FloatArray]) -> list[Baseline]:
    """Each null's own level and SDs, so that their z compare; the own SD counts alike in all."""
    own = [baseline_of(courses) for courses in nulls]
    weight = min(baseline.own_sd_weight for baseline in own)
    return [replace(baseline, own_sd_weight=weight) for baseline in own]


def _caution(model: SteadyModel) -> float:
    """Part of the budget that is aimed at: nine tenths where 30 clients speak, all where many do.

    Ours: so that of small practices, too, nine in ten stay below 1.6 times the budget
    (``rapport bench alarm``); a model with known parameters needs none.
    """
    return 1 - CAUTION / model.n_clients if model.n_clients >= CAUTION_FROM else 1.0


def _variants(model: SteadyModel) -> list[SteadyModel]:
    """The model itself; untuned, three that practices may be like (methods section 13)."""
    if model.tuned:
        return [model]
    ceiling = replace(model, maximum=model.mean, minimum=None, step=None)  # half are perfect
    return [model, replace(model, autocorrelation=0.3), ceiling]
