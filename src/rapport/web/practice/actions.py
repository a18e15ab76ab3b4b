"""What a therapist does in one step that concerns several parts."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from rapport.web.checkins.actions import invite
from rapport.web.core.errors import NotHere
from rapport.web.messages.actions import send_link
from rapport.web.people import actions as people
from rapport.web.people.queries import (
    Reader,
    case_so_far,
    session_of,
)


@transaction.atomic
def plan_next(*, case: UUID, starts_at: datetime, place: str, reader: Reader, at: datetime) -> UUID:
    """Plan the next session of an own case."""
    case_so_far(case, reader=reader)
    return people.plan_session(
        case=case, staff=reader.staff, starts_at=starts_at, place=place, by=reader.by, at=at
    )


@transaction.atomic
def link_for(*, session: UUID, membership: UUID, moment: str, reader: Reader, at: datetime) -> str:
    """A personal link for one member of an own case; it is seen this one time."""
    _must_be_own(session, membership, reader)
    return invite(session=session, membership=membership, moment=moment, by=reader.by, at=at)


@transaction.atomic
def send(
    *, session: UUID, membership: UUID, moment: str, way: str, reader: Reader, at: datetime
) -> UUID:
    """Send a personal link to one member of an own case; gives the case."""
    case = _must_be_own(session, membership, reader)
    send_link(session=session, membership=membership, moment=moment, way=way, reader=reader, at=at)
    return case


def _must_be_own(session: UUID, membership: UUID, reader: Reader) -> UUID:
    case = case_so_far(session_of(session).case, reader=reader)
    if membership not in [member.membership for member in case.members]:
        raise NotHere("member of this case")
    return case.case
