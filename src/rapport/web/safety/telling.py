"""Whom a client may choose to tell, when they fear their own therapist."""

from dataclasses import dataclass
from uuid import UUID

from rapport.web.core.asked_often import AskedOften
from rapport.web.people.queries import staff_names, staff_with
from rapport.web.people.roles import May, allowed
from rapport.web.safety.models import ResponsePlan

_PLAN = AskedOften(
    lambda: ResponsePlan.objects.select_related("responder", "backup", "lead").order_by("pk")[:1]
)


@dataclass(frozen=True, kw_only=True)
class MayBeTold:
    """Somebody of the practice whom a client may choose to tell."""

    staff: UUID
    name: str


def plan_now() -> ResponsePlan | None:
    """The response plan with everybody it names; None: there is none yet."""
    return _PLAN.first()


def who_may_be_told(*, therapist: UUID) -> tuple[MayBeTold, ...]:
    """The named people of the practice, in their order, without this therapist."""
    plan = plan_now()
    people = (plan.responder, plan.backup, plan.lead) if plan else ()
    here = [p for p in people if p is not None and p.left_at is None]
    named = [p.pk for p in here if allowed(p.roles, May.ANSWER_FLAGS)]
    told = [p for p in dict.fromkeys([*named, *staff_with("practice-lead")]) if p != therapist]
    names = staff_names(told)
    return tuple(MayBeTold(staff=person, name=names[person]) for person in told)


def fear_may_be_asked(*, therapist: UUID) -> bool:
    """Whether a client may be asked about fear of this therapist.

    Only where somebody else can be told: somebody of the practice, or somebody outside it.
    """
    plan = plan_now()
    return bool(who_may_be_told(therapist=therapist)) or bool(plan and plan.outside.strip())
