"""Somebody who leads the practice and somebody who keeps it, each in a browser of their own."""

import pytest
from doors_cast import signed_in
from office_cast import EMPTY_PLAN

from rapport.web.core.clock import now
from rapport.web.people.actions import add_staff


@pytest.fixture
def somebody(cast):
    """Add a colleague in some roles and give the id."""

    def add(name, *roles):
        email = f"{name.split()[0].lower()}@example.org"
        return add_staff(name=name, email=email, roles=roles, by=cast.RAPPORT, at=now())

    return add


@pytest.fixture
def lead(somebody):
    return somebody("Ines Brandt", "practice-lead")


@pytest.fixture
def keeper(somebody):
    return somebody("Otto Keller", "administrator")


@pytest.fixture
def desk(lead):
    """The lead's browser, signed in a moment ago."""
    return signed_in(lead, fresh=True)


@pytest.fixture
def whole_plan(cast):
    """What is typed when everything is known."""
    return EMPTY_PLAN | {
        "responder": str(cast.imani), "backup": str(cast.benedikt),
        "hours": "Monday to Friday, 9 to 17", "minutes": "30", "emergency": "112",
        "help_en": "Helpline 0800 000, day and night",
        "consent_en": "We read answers on working days.",
    }  # fmt: skip
