"""Who may do what, as data that a practice lead can read. Anything not named here is refused."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class May(StrEnum):
    """A permission: a verb and a noun."""

    SEE_OWN_CASES = "see the cases one works in"
    WRITE_OWN_CASES = "work in the cases one works in: sessions, plans, notes"
    SEE_SHARED_CASES = "see what a therapist shared for supervision"
    OPEN_CASES = "open and close cases, invite members"
    PLAN_SESSIONS = "plan sessions and note who came"
    ANSWER_FLAGS = "answer an open flag one is named for"
    SEE_ALL_FLAGS = "see that flags are open and who is named, without what was answered"
    SEE_SERVICE = "see the figures of the whole practice, in groups of ten and more"
    MANAGE_STAFF = "add people who work here, give and take roles"
    MANAGE_SETTINGS = "change the practice's settings"
    FORGET_CLIENTS = "forget a client of one's own cases for good"
    FORGET_ANYBODY = "forget any client of the practice for good"
    READ_AUDIT = "read who saw and did what"


@dataclass(frozen=True, kw_only=True)
class Role:
    """A role as a person reads it.

    Attributes:
        name: what it is called.
        meaning: what somebody in it does, in a sentence.
        may: what it allows, and nothing else.
    """

    name: str
    meaning: str
    may: frozenset[May]


ROLES = {
    "therapist": Role(
        name="Therapist",
        meaning="Works with clients; sees own cases whole, and nobody else's.",
        may=frozenset(
            {
                May.SEE_OWN_CASES,
                May.WRITE_OWN_CASES,
                May.OPEN_CASES,
                May.PLAN_SESSIONS,
                May.ANSWER_FLAGS,
                May.FORGET_CLIENTS,
            }
        ),
    ),
    "supervisor": Role(
        name="Supervisor",
        meaning="Sees what therapists bring to supervision, and nothing they did not share.",
        may=frozenset({May.SEE_SHARED_CASES, May.ANSWER_FLAGS}),
    ),
    "practice-lead": Role(
        name="Practice lead",
        meaning="Answers for the service: figures, open flags, staff. Reads no answers.",
        may=frozenset(
            {
                May.ANSWER_FLAGS,
                May.SEE_ALL_FLAGS,
                May.SEE_SERVICE,
                May.MANAGE_STAFF,
                May.MANAGE_SETTINGS,
                May.READ_AUDIT,
                May.FORGET_CLIENTS,
                May.FORGET_ANYBODY,
            }
        ),
    ),
    "front-desk": Role(
        name="Front desk",
        meaning="Plans the day: who comes when. Sees no clinical word.",
        may=frozenset({May.PLAN_SESSIONS}),
    ),
    "administrator": Role(
        name="Administrator",
        meaning="Keeps the installation running. Sees no client.",
        may=frozenset({May.MANAGE_STAFF, May.MANAGE_SETTINGS, May.READ_AUDIT}),
    ),
}


def allowed(roles: Iterable[str], what: May) -> bool:
    """Whether one of these roles allows it.

    >>> allowed(["front-desk"], May.PLAN_SESSIONS), allowed(["front-desk"], May.SEE_OWN_CASES)
    (True, False)
    """
    return any(what in ROLES[role].may for role in roles)
