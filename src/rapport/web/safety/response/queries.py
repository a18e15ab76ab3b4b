"""The response plan as whoever leads the practice reads it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from rapport.web.people.queries import Reader, staff_with
from rapport.web.people.roles import May
from rapport.web.people.staff.queries import names_of_staff, staff_who_may
from rapport.web.safety.models import ResponsePlan
from rapport.web.safety.response.rules import in_order, missing


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
        missing=tuple(missing(found, at)),
        here=tuple(one.name for one in here),
        fears=tuple(_fears([one.pk for one in here])),
        version=plan.version,
    )


def told_of_fear(therapist: UUID, *, named: Iterable[UUID]) -> UUID | None:
    """Who is told when a client is afraid of this therapist; None: nobody else could be.

    Args:
        named: those of the plan who are here, in order. After them whoever leads the practice.
    """
    others = [one for one in (*named, *staff_with("practice-lead")) if one != therapist]
    return others[0] if others else None


def _fears(named: list[UUID]) -> Iterable[Fear]:
    therapists = staff_who_may(May.WRITE_OWN_CASES)
    told = {pk: told_of_fear(pk, named=named) for pk, _ in therapists}
    names = names_of_staff(one for one in told.values() if one)
    for pk, name in therapists:
        other = told[pk]
        yield Fear(therapist=name, told=names[str(other)] if other else None)
