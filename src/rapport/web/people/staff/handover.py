"""Hand the open cases of somebody who left to another therapist, without seeing any client."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from rapport.web.audit.actions import By, record_about
from rapport.web.people import actions as people
from rapport.web.people.belonging.queries import therapists_here
from rapport.web.people.models import Care, Session, Staff
from rapport.web.people.queries import Reader
from rapport.web.people.roles import May
from rapport.web.people.staff.errors import NoTherapistHere, StillHere


@transaction.atomic
def hand_over_cases(*, staff: UUID, to: UUID, reader: Reader, at: datetime) -> int:
    """Another therapist takes over every open case of somebody who left; gives how many.

    Sessions that are still ahead go with them. Whom an open check-in is about stays as it was:
    that is what the client was asked.

    Raises:
        StillHere: they work here and hand over their own cases.
        NoTherapistHere: whoever should take over is no therapist of this practice.
    """
    reader.must(May.MANAGE_STAFF)
    if Staff.one(staff).left_at is None:
        raise StillHere
    if to not in [therapist for therapist, _ in therapists_here()]:
        raise NoTherapistHere
    mine = Care.objects.select_for_update().filter(staff_id=staff, until=None)
    ending = list(mine.filter(case__closed_at=None).order_by("since", "pk"))
    for care in ending:
        _hand_over(care, to, by=reader.by, at=at)
    return len(ending)


def therapists_but(staff: UUID, *, reader: Reader) -> tuple[tuple[UUID, str], ...]:
    """Id and name of every therapist who could take over from somebody, by name."""
    reader.must(May.MANAGE_STAFF)
    return tuple((one, name) for one, name in therapists_here() if one != staff)


def _hand_over(care: Care, to: UUID, *, by: By, at: datetime) -> None:
    care.until = at
    care.save()
    case = care.case_id
    record_about(care, "care ended", by=by, at=at, case=str(case), staff=str(care.staff_id))
    if not Care.objects.filter(case_id=case, staff_id=to, until=None).exists():
        people.begin_care(case=case, staff=to, by=by, at=at)
    ahead = Session.objects.filter(case_id=case, staff_id=care.staff_id, state="planned")
    for session in ahead.filter(starts_at__gt=at).order_by("starts_at", "pk"):
        session.staff_id = to
        session.save_if_unchanged(seen=session.version)
        record_about(session, "session handed over", by=by, at=at, staff=str(to))
