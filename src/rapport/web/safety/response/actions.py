"""Change the response plan: every field at once, with the version that was seen."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from rapport.web.audit.actions import record_about
from rapport.web.core.errors import Stale
from rapport.web.people.queries import Reader
from rapport.web.people.roles import May
from rapport.web.people.staff.queries import staff_who_may
from rapport.web.safety.models import ResponsePlan
from rapport.web.safety.response.errors import CantAnswer, OwnBackup


@dataclass(frozen=True, kw_only=True)
class Wished:
    """A whole response plan as somebody typed it; what is not known yet is empty."""

    responder: UUID | None
    backup: UUID | None
    lead: UUID | None
    outside: str
    hours: str
    minutes: int | None
    emergency: str
    help_text: Mapping[str, str]
    consent_text: Mapping[str, str]


@transaction.atomic
def change_plan(*, wished: Wished, seen: int, reader: Reader, at: datetime) -> None:
    """Say who answers, when and how.

    Args:
        seen: the version that was open while it was typed; 0: there was none.

    Raises:
        Stale: somebody else changed it since.
        CantAnswer, OwnBackup: nothing was changed.
    """
    reader.must(May.MANAGE_SETTINGS)
    _check(wished)
    plan = ResponsePlan.objects.first()
    if plan is None:
        plan = ResponsePlan(version=0)
    if plan.version != seen:
        raise Stale("response plan")
    changed = _put(plan, wished)
    if seen:
        plan.save_if_unchanged(seen=seen)
    else:
        plan.version = 1
        plan.save(force_insert=True)
    record_about(
        plan, "response plan changed", by=reader.by, at=at, fields=", ".join(sorted(changed))
    )


def _check(wished: Wished) -> None:
    may = {staff for staff, _ in staff_who_may(May.ANSWER_FLAGS)}
    named = [one for one in (wished.responder, wished.backup, wished.lead) if one is not None]
    if not set(named) <= may:
        raise CantAnswer
    if wished.backup is not None and wished.backup == wished.responder:
        raise OwnBackup


def _put(plan: ResponsePlan, wished: Wished) -> set[str]:
    """Set every field; gives the names of those that changed, never what stands in them."""
    told: dict[str, Any] = {
        "responder_id": wished.responder,
        "backup_id": wished.backup,
        "lead_id": wished.lead,
        "outside": wished.outside,
        "hours": wished.hours,
        "minutes": wished.minutes,
        "emergency": wished.emergency,
        "help_text": {k: v for k, v in wished.help_text.items() if v},
        "consent_text": {k: v for k, v in wished.consent_text.items() if v},
    }
    changed = {field.removesuffix("_id") for field in told if getattr(plan, field) != told[field]}
    for field, value in told.items():
        setattr(plan, field, value)
    return changed
