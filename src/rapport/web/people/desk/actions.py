"""Note who has arrived."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from rapport.web.audit.actions import record_about
from rapport.web.core.errors import NotHere
from rapport.web.people.errors import WrongState
from rapport.web.people.models import Attendance
from rapport.web.people.queries import Reader
from rapport.web.people.roles import May, allowed


@transaction.atomic
def note_arrival(
    *, session: UUID, membership: UUID, arrived: bool, reader: Reader, at: datetime
) -> None:
    """Somebody who was expected is here, or the note was a slip.

    Raises:
        NotHere: nobody of this kind is expected at such a session.
        WrongState: the session was held or called off already.
    """
    reader.must(May.PLAN_SESSIONS)
    expected = Attendance.objects.filter(session_id=session, membership_id=membership)
    if allowed(reader.roles, May.SEE_OWN_CASES):
        expected = expected.filter(session__staff_id=reader.staff)
    row = expected.select_related("session").first()
    if row is None:
        raise NotHere("session")
    if row.session.state != "planned":
        raise WrongState("session", row.session.state, "changed")
    row.state = "came" if arrived else "expected"
    row.save()
    deed = "arrival noted" if arrived else "arrival taken back"
    record_about(row, deed, by=reader.by, at=at, session=str(session))
