"""What the alarm finds, and what it misses: stated for drops of 1 to 3 within-client SDs."""

from dataclasses import dataclass

import numpy as np

from rapport.science.alliance.drop_alarm.model import FloatArray, SteadyModel
from rapport.science.alliance.drop_alarm.noise import steady_ratings
from rapport.science.alliance.drop_alarm.rule import AlarmRule
from rapport.science.alliance.drop_alarm.scan import largest_drops
from rapport.science.records.result import Result

DROPS = (1.0, 1.5, 2.0, 3.0)  # within-client SDs (methods section 13)
AT = 7  # rated session of the drop (methods section 13)
LASTING = 3  # a lasting drop may be seen at ratings 7 to 9


@dataclass(frozen=True, kw_only=True)
class Sensitivity(Result):
    """Share of true drops found.

    Attributes:
        drops: size in within-client SDs, shape (4,).
        one_session: share found of drops that last one session, alarm at that session.
        lasting: share found of drops that last, alarm within three sessions.
        standard_error: of both, from the number of simulated courses.
    """

    drops: FloatArray
    one_session: FloatArray
    lasting: FloatArray
    standard_error: FloatArray

    def to_text(self) -> str:
        """What is found and missed, one line per size of drop."""
        lines = [self.method]
        for size, once, stays in zip(self.drops, self.one_session, self.lasting, strict=True):
            lines.append(
                f"  of drops of {size:g} SD: {100 * once:.0f} % of those of one session, "
                f"{100 * stays:.0f} % of lasting ones within three sessions"
            )
        return "\n".join([*lines, *(f"  note: {note}" for note in self.notes)])


def sensitivity(
    *, rule: AlarmRule, model: SteadyModel, rng: np.random.Generator, n_courses: int = 40_000
) -> Sensitivity:
    """Estimate by simulation which share of true drops the alarm finds.

    The latent level falls at rated session 7 by 1, 1.5, 2 or 3 of the client's within-client SDs,
    for that session or for good; an earlier alarm neither helps nor hinders.

    Args:
        rule: from ``alarm_thresholds``.
        model: of the same practice.
        rng: source of chance.
        n_courses: simulated courses, used for every size of drop.

    Reference: definition ours (methods section 13).

    >>> from rapport.science.alliance.drop_alarm import alarm_thresholds, known_model
    >>> model = known_model(mean=7, between_sd=1.5, within_sd=1)
    >>> rule = alarm_thresholds(model=model, rng=np.random.default_rng(1))
    >>> found = sensitivity(rule=rule, model=model, rng=np.random.default_rng(2), n_courses=5_000)
    >>> bool(found.one_session[2] > 0.2)
    True
    """
    seed = int(rng.integers(2**63))
    once, stays = np.empty(len(DROPS)), np.empty(len(DROPS))
    last = AT + LASTING - 1
    for i, size in enumerate(DROPS):
        for into, ratings in ((once, 1), (stays, LASTING)):
            shape = np.zeros(last)
            shape[AT - 1 : AT - 1 + ratings] = size
            courses = steady_ratings(
                model=model,
                n_courses=n_courses,
                n_sessions=last,
                rng=np.random.default_rng(seed),
                drop=shape,
            )
            at = slice(AT - 1, AT - 1 + ratings)
            z = largest_drops(ratings=courses, baseline=rule.baseline)[:, at]
            into[i] = (z >= rule.thresholds[at]).any(axis=1).mean()
    error = np.sqrt(np.maximum(once * (1 - once), stays * (1 - stays)) / n_courses)
    return Sensitivity(
        method="Sensitivity of the drop alarm",
        settings={"budget": rule.budget, "session": AT, "n_courses": n_courses},
        papers=("definition: ours",),
        notes=rule.notes,
        drops=np.array(DROPS),
        one_session=once,
        lasting=stays,
        standard_error=error,
    )
