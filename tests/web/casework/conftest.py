"""Browsers of those who work here, and a couple's case of Imani's with a session ahead."""

from datetime import timedelta

import pytest
from doors_cast import signed_in
from practice_cast import NOW

from rapport.web.people import actions as people
from rapport.web.people.models import Membership
from rapport.web.people.queries import reader_of

VIEWS = ("cases", "members", "therapists", "sessions", "plans", "policies", "calendars")


class Clock:
    """The time of the tests, which a test may move."""

    def __init__(self):
        self.at = NOW

    def __call__(self):
        return self.at

    def later(self, **by):
        self.at += timedelta(**by)


@pytest.fixture
def clock(monkeypatch):
    found = Clock()
    for name in VIEWS:
        monkeypatch.setattr(f"rapport.web.casework.views.{name}.now", found)
    monkeypatch.setattr("rapport.web.checkins.views.now", found)
    monkeypatch.setattr("rapport.web.practice.views.now", found)
    return found


@pytest.fixture
def imani(cast, clock):
    return signed_in(cast.imani)


@pytest.fixture
def benedikt(cast, clock):
    return signed_in(cast.benedikt)


@pytest.fixture
def reader(cast):
    return reader_of(cast.imani)


@pytest.fixture
def lead(cast, clock):
    staff = people.add_staff(
        name="Ines Brandt", email="ines@example.org", roles=["practice-lead"],
        by=cast.RAPPORT, at=NOW,
    )  # fmt: skip
    return signed_in(staff)


@pytest.fixture
def couple(cast):
    """Marta and Dev with Imani."""
    return cast.case(cast.marta, cast.dev, kind="couple")


@pytest.fixture
def member(cast):
    """The membership of somebody in a case."""

    def of(case, person):
        return Membership.objects.get(case=case, person=person, left_at=None).pk

    return of


@pytest.fixture
def planned(cast):
    """Plan a session with Imani, a day ahead unless told."""

    def made(case, starts_at=NOW + timedelta(days=1), **told):
        settings = {"staff": cast.imani, "by": cast.RAPPORT, "at": NOW, **told}
        return people.plan_session(case=case, starts_at=starts_at, **settings)

    return made
