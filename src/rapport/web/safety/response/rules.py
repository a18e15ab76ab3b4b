"""What a response plan needs before anybody is asked about risk."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from rapport.web.people.roles import May, allowed
from rapport.web.safety.models import ResponsePlan

NEEDED = (
    "who answers",
    "who steps in",
    "the hours",
    "the time within which somebody answers",
    "help lines in the practice's language",
    "the consent wording",
)


class Colleague(Protocol):
    """Somebody who works here, as far as answering goes."""

    pk: UUID
    name: str
    roles: Sequence[str]
    left_at: datetime | None

    def is_here(self, at: datetime) -> bool:
        """Whether they work here and are not away."""


def can_answer(somebody: Colleague | None) -> bool:
    """Whether somebody works here in a role that may read a flag and close it."""
    if somebody is None or somebody.left_at is not None:
        return False
    return allowed(somebody.roles, May.ANSWER_FLAGS)


def in_order(plan: ResponsePlan, at: datetime) -> list[Colleague]:
    """Responder, back-up, lead: whoever of them can answer and is here, each once."""
    named = (plan.responder, plan.backup, plan.lead)
    here = [one for one in named if one is not None and can_answer(one) and one.is_here(at)]
    return list({one.pk: one for one in here}.values())


def missing(plan: ResponsePlan | None, at: datetime, *, language: str) -> list[str]:
    """What the practice still has to say; empty: nothing.

    Who is away answers nothing: one of those named has to be here to answer and, where somebody is
    away, another one or somebody outside to step in.

    Args:
        language: of the practice. Clients of another one get the text in this one, where nobody
            wrote theirs, so this one has to be there.
    """
    if plan is None:
        return list(NEEDED)
    there = {
        "who answers": can_answer(plan.responder) and bool(in_order(plan, at)),
        "who steps in": bool(plan.outside) or _steps_in(plan, at),
        "the hours": bool(plan.hours),
        "the time within which somebody answers": bool(plan.minutes),
        "help lines in the practice's language": bool(plan.emergency)
        and bool(plan.help_text.get(language)),
        "the consent wording": any(plan.consent_text.values()),
    }
    return [need for need in NEEDED if not there[need]]


def _steps_in(plan: ResponsePlan, at: datetime) -> bool:
    if plan.backup is None or not can_answer(plan.backup):
        return False
    if plan.responder is not None and plan.backup.pk == plan.responder.pk:
        return False  # nobody is their own back-up
    named = [one for one in (plan.responder, plan.backup, plan.lead) if can_answer(one)]
    here = in_order(plan, at)
    return len(here) == len({one.pk for one in named if one}) or len(here) >= 2
