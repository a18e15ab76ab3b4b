"""The first minute of an installation: keys, database, practice, the first person's way in."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.core.management import call_command
from django.db import transaction

from rapport.web.audit.actions import SYSTEM
from rapport.web.core.access import inside
from rapport.web.core.keys import key_store
from rapport.web.people.actions import add_staff, open_practice
from rapport.web.people.queries import the_practice
from rapport.web.people.sign_in.actions import make_link
from rapport.web.people.sign_in.queries import staff_by_email

FIRST_ROLES = ("administrator", "therapist")


@dataclass(frozen=True, kw_only=True)
class Wished:
    """What `rapport init` asks."""

    practice: str
    zone: str
    language: str
    consent_age: int
    name: str
    email: str


def update_database() -> None:
    """Bring the database to the shape of this version."""
    call_command("migrate", verbosity=0, interactive=False)


def is_begun() -> bool:
    """Whether a practice lives here already."""
    return the_practice() is not None


@transaction.atomic
def begin(wished: Wished, *, at: datetime) -> str:
    """Open the practice with its first person and give that person's one-time token."""
    key_store()  # makes the file: from now on a missing one is a loss, and `doctor` says so
    practice = open_practice(
        name=wished.practice,
        zone=wished.zone,
        language=wished.language,
        consent_age=wished.consent_age,
        by=SYSTEM,
        at=at,
    )
    with inside(practice):
        first = add_staff(name=wished.name, email=wished.email, roles=FIRST_ROLES, by=SYSTEM, at=at)
        return make_link(staff=first, by=SYSTEM, at=at)


@transaction.atomic
def let_in(*, name: str, email: str, lost_device: bool, at: datetime) -> str:
    """A new way in for somebody who works here, or a new administrator; gives the token.

    Raises:
        LookupError: there is no practice yet.
    """
    practice = the_practice()
    if practice is None:
        raise LookupError("no practice has been set up yet: run `rapport init`")
    with inside(practice.practice):
        staff = staff_by_email(email) or add_staff(
            name=name, email=email, roles=["administrator"], by=SYSTEM, at=at
        )
        return make_link(staff=staff, by=SYSTEM, at=at, lost_device=lost_device)


def is_zone(name: str) -> bool:
    """Whether a time zone has this name.

    >>> is_zone("Europe/Berlin"), is_zone("Berlin"), is_zone("../etc/passwd")
    (True, False, False)
    """
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True
