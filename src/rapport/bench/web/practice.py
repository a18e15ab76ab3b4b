"""A made-up practice to measure on, made by the application's own actions."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

FORMS = {"before": ("gad-7",), "after": ("rapport-checkin-client",)}
BATCH = 500


@dataclass(frozen=True, kw_only=True)
class OpenCheckIns:
    """Links that nobody has opened yet, by token: which check-in each belongs to."""

    practice: UUID
    occasions: dict[str, UUID]


def begun(home: Path) -> UUID:
    """Set a practice up in an empty folder, as `rapport init` does, and load the application."""
    for name in [name for name in os.environ if name.startswith("RAPPORT_")]:
        del os.environ[name]
    os.environ["RAPPORT_HOME"] = str(home)
    from rapport.web.site.new_keys import make_keys

    make_keys(home)
    os.environ["DJANGO_SETTINGS_MODULE"] = "rapport.web.site.settings"
    import django

    django.setup()
    from rapport.web.core.clock import now
    from rapport.web.people.queries import the_practice
    from rapport.web.site.beginning import Wished, begin, update_database

    update_database()
    wished = Wished(
        practice="A made-up practice", zone="Europe/Berlin", language="en", consent_age=16,
        name="Imani Okafor", email="imani@example.org",
    )  # fmt: skip
    begin(wished, at=now())
    found = the_practice()
    if found is None:
        raise RuntimeError("the practice was not set up")
    return found.practice


def opened(practice: UUID, *, clients: int, check_ins: int, at: datetime) -> OpenCheckIns:
    """Add clients and open check-ins for them, each with a link; before and after by turns."""
    from django.db import transaction

    from rapport.web.core.access import inside

    with inside(practice):
        with transaction.atomic():
            members = [_client(number, at) for number in range(clients)]
        forms = _forms(at)
        made: dict[str, UUID] = {}
        for first in range(0, check_ins, BATCH):
            with transaction.atomic():
                for number in range(first, min(first + BATCH, check_ins)):
                    made |= _check_in(members[number // 2 % clients], number, forms, at)
    return OpenCheckIns(practice=practice, occasions=made)


@dataclass
class _Client:
    case: UUID
    membership: UUID
    therapist: UUID
    session: UUID | None = None


def _client(number: int, at: datetime) -> _Client:
    from rapport.web.audit.actions import SYSTEM
    from rapport.web.people import actions
    from rapport.web.people.queries import case_so_far, reader_of, staff_with

    therapist = staff_with("therapist")[0]
    person = actions.add_person(
        name=f"Client {number}", language="en", zone="Europe/Berlin", by=SYSTEM, at=at
    )
    case = actions.open_case(
        kind="individual", people=[person], therapists=[therapist], policy="limited",
        by=SYSTEM, at=at,
    )  # fmt: skip
    member = case_so_far(case, reader=reader_of(therapist)).members[0]
    return _Client(case=case, membership=member.membership, therapist=therapist)


def _forms(at: datetime) -> dict[str, Sequence[UUID]]:
    from rapport.web.audit.actions import SYSTEM
    from rapport.web.measures.actions import pin_form

    return {
        moment: [pin_form(instrument=one, language="en", by=SYSTEM, at=at) for one in asked]
        for moment, asked in FORMS.items()
    }


def _check_in(
    client: _Client, number: int, forms: dict[str, Sequence[UUID]], at: datetime
) -> dict[str, UUID]:
    from rapport.web.audit.actions import SYSTEM
    from rapport.web.checkins import actions
    from rapport.web.people.actions import plan_session

    moment = "after" if number % 2 else "before"
    if moment == "before" or client.session is None:
        client.session = plan_session(
            case=client.case, staff=client.therapist, starts_at=at, by=SYSTEM, at=at
        )
    occasion = actions.open_occasion(
        session=client.session, membership=client.membership, writer="client",
        about=client.therapist, moment=moment, forms=forms[moment], opens_at=at,
        closes_at=at + timedelta(days=7), by=SYSTEM, at=at,
    )  # fmt: skip
    return {actions.make_link(occasion=occasion, by=SYSTEM, at=at): occasion}
