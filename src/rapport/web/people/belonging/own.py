"""The things of a case that the reader works in; anything else is not there."""

from uuid import UUID

from rapport.web.core.errors import NotHere
from rapport.web.people.errors import WrongState
from rapport.web.people.models import Case, Membership, Session
from rapport.web.people.queries import Reader
from rapport.web.people.roles import May


def own_case(case: UUID, *, reader: Reader) -> Case:
    """A case the reader works in, open or closed.

    Raises:
        NotAllowed: the role does not work in cases.
        NotHere: there is none, or it is a colleague's.
    """
    reader.must(May.WRITE_OWN_CASES)
    mine = Case.objects.filter(care__staff_id=reader.staff, care__until=None)
    found = mine.filter(pk=case).first()
    if found is None:
        raise NotHere("case")
    return found


def own_open_case(case: UUID, *, reader: Reader) -> Case:
    """The same, while it is open.

    Raises:
        WrongState: it is closed.
    """
    found = own_case(case, reader=reader)
    if found.closed_at is not None:
        raise WrongState("case", "closed", "changed")
    return found


def own_member(case: UUID, membership: UUID, *, reader: Reader) -> Membership:
    """A member of this case, whether or not they have left."""
    found = own_case(case, reader=reader).memberships.select_related("person", "case")
    member = found.filter(pk=membership).first()
    if member is None:
        raise NotHere("membership")
    return member


def own_session(case: UUID, session: UUID, *, reader: Reader) -> Session:
    """A session of this case."""
    found = own_case(case, reader=reader).sessions.select_related("staff", "case")
    meeting = found.filter(pk=session).first()
    if meeting is None:
        raise NotHere("session")
    return meeting
