"""The response plan as whoever leads the practice reads it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from rapport.web.people.queries import Reader, language_here
from rapport.web.people.roles import May
from rapport.web.people.staff.queries import staff_who_may
from rapport.web.safety.models import ResponsePlan
from rapport.web.safety.response.rules import in_order, missing
from rapport.web.safety.telling import who_may_be_told


@dataclass(frozen=True, kw_only=True)
class Fear:
    """Who is told when a client is afraid of this therapist.

    Attributes:
        told: a name; None: nobody else works here, so it has to be somebody outside.
    """

    therapist: str
    told: str | None


@dataclass(frozen=True, kw_only=True)
class PlanSoFar:
    """The response plan with what is still missing.

    Attributes:
        here: names of those who would be told now, in order.
        version: what an edit has to have seen; 0: there is no plan yet.
    """

    responder: UUID | None
    backup: UUID | None
    lead: UUID | None
    names: dict[str, str]
    outside: str
    hours: str
    minutes: int | None
    emergency: str
    help_text: dict[str, str]
    consent_text: dict[str, str]
    missing: tuple[str, ...]
    here: tuple[str, ...]
    fears: tuple[Fear, ...]
    version: int


def plan_so_far(*, reader: Reader, at: datetime) -> PlanSoFar:
    """The plan, whole or not, for whoever may change it."""
    reader.must(May.MANAGE_SETTINGS)
    found = ResponsePlan.objects.select_related("responder", "backup", "lead").first()
    plan = found or ResponsePlan(version=0)
    here = in_order(plan, at)
    named = {"responder": plan.responder, "backup": plan.backup, "lead": plan.lead}
    return PlanSoFar(
        responder=plan.responder_id,
        backup=plan.backup_id,
        lead=plan.lead_id,
        names={role: somebody.name for role, somebody in named.items() if somebody is not None},
        outside=plan.outside,
        hours=plan.hours,
        minutes=plan.minutes,
        emergency=plan.emergency,
        help_text=dict(plan.help_text),
        consent_text=dict(plan.consent_text),
        missing=tuple(missing(found, at, language=language_here())),
        here=tuple(one.name for one in here),
        fears=tuple(_fears()),
        version=plan.version,
    )


def _fears() -> Iterable[Fear]:
    for therapist, name in staff_who_may(May.WRITE_OWN_CASES):
        told = who_may_be_told(therapist=therapist)
        yield Fear(therapist=name, told=told[0].name if told else None)
