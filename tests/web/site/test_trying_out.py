"""A demo opens with a link alone; no practice with real people ever does, whatever is set."""

import re
from pathlib import Path

import pytest
from django.test import Client
from doors_cast import account_of
from practice_cast import Cast

import rapport.web
from rapport.web.core.clock import now
from rapport.web.people.models import Practice
from rapport.web.people.sign_in.actions import make_link

SET_UP = "/sign-in/set-up/"


def by_link(staff):
    """A browser that came by a one-time link."""
    browser = Client()
    token = make_link(staff=staff, by=Cast.RAPPORT, at=now())
    browser.post(f"/sign-in/link/{token}/")
    return browser


@pytest.fixture
def trying_out(settings):
    settings.DEMO = True


@pytest.fixture
def real(cast):
    Practice.objects.update(made_up=False)


def test_in_a_demo_the_link_opens_the_first_page(cast, trying_out):
    assert by_link(cast.imani).get("/").status_code == 200


def test_in_a_demo_the_landing_does_not_ask_for_a_passkey(cast, trying_out):
    token = make_link(staff=cast.imani, by=Cast.RAPPORT, at=now())
    assert b"would now ask you" in Client().get(f"/sign-in/link/{token}/").content


def test_a_real_practice_asks_for_the_second_factor_though_demo_is_set(cast, real, trying_out):
    browser = by_link(cast.imani)
    assert browser.get("/")["Location"] == SET_UP
    assert browser.get("/cases/open")["Location"] == SET_UP


def test_a_made_up_practice_that_is_served_as_others_are_asks_for_it_too(cast):
    assert by_link(cast.imani).get("/")["Location"] == SET_UP


def test_a_password_alone_opens_nothing_in_a_demo_either(cast, trying_out):
    account = account_of(cast.imani, second_factor=False)
    browser = Client()
    browser.post("/sign-in/", {"login": account.email, "password": "pear-lantern-orbit-moss"})
    assert browser.get("/")["Location"].startswith("/sign-in/?next=")


def test_whoever_has_a_second_factor_is_asked_for_it_in_a_demo_too(cast, trying_out):
    account_of(cast.imani)
    assert by_link(cast.imani).get("/").status_code == 302


def test_nothing_of_the_application_marks_an_open_practice_as_made_up():
    """`made_up` is said when a practice is opened and by nothing afterwards."""
    root = Path(rapport.web.__file__).parent
    set_there = [
        str(path.relative_to(root))
        for path in root.rglob("*.py")
        if re.search(r"\bmade_up=(True|made_up)\b", path.read_text("utf-8").replace(" ", ""))
        # messages and pages ask whether it is, and make nothing so
        and not {"migrations", "messages", "rendered.py"} & set(path.parts)
    ]
    assert sorted(set_there) == [
        "people/actions.py", "people/queries.py", "site/made_up/build.py",
    ]  # fmt: skip
