"""Logs and error pages say what happened and where, never what anybody wrote (P26)."""

import logging
import sys

import pytest
from django.core.exceptions import (
    BadRequest,
    PermissionDenied,
    SuspiciousOperation,
    ValidationError,
)
from django.db import IntegrityError
from django.http import Http404
from django.test import Client
from doors_cast import signed_in

from rapport.web.core.errors import DoesNotOpen, Forgotten, Refused, Stale
from rapport.web.people.errors import NotAllowed, WrongState
from rapport.web.people.sign_in import views
from rapport.web.site.logs import WithoutContent

CANARY = "canary-7f3a"
ROOM = "/sign-in/set-up/"  # a page behind the door
FAULTS = [
    ValueError(CANARY), KeyError(CANARY), IntegrityError(f"Key (name)=({CANARY}) exists"),
    ValidationError(CANARY), Http404(CANARY), PermissionDenied(CANARY), BadRequest(CANARY),
    SuspiciousOperation(CANARY), UnicodeDecodeError("utf-8", CANARY.encode(), 0, 1, CANARY),
    RuntimeError(CANARY), OSError(2, CANARY, CANARY), Forgotten(), NotAllowed(), Stale("plan"),
    DoesNotOpen("person.name"), WrongState("session", "held", "held"),
]  # fmt: skip


@pytest.fixture
def written(capsys):
    """What the site's own handler wrote, as text."""
    formatter = WithoutContent()
    lines = []

    class Keep(logging.Handler):
        def emit(self, record):
            lines.append(formatter.format(record))

    keep = Keep()
    logging.getLogger().addHandler(keep)
    yield lambda: "\n".join(lines)
    logging.getLogger().removeHandler(keep)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: type(fault).__name__)
def test_no_fault_carries_content_into_a_page_or_a_log(cast, written, monkeypatch, fault):
    browser = signed_in(cast.imani, raise_request_exception=False)

    def fail(request, template):
        raise fault

    monkeypatch.setattr(views, "render", fail)
    reply = browser.get(f"{ROOM}?name={CANARY}", headers={"x-words": CANARY})
    assert reply.status_code >= 400
    assert CANARY not in reply.content.decode() + str(reply.headers) + written()


def test_a_fault_of_ours_is_named_with_its_place(cast, written, monkeypatch):
    def fail(request, template):
        raise ValueError(CANARY)

    browser = signed_in(cast.imani, raise_request_exception=False)
    monkeypatch.setattr(views, "render", fail)
    assert browser.get(ROOM).status_code == 500
    assert "ValueError at web/people/sign_in/views.py:" in written()


def test_an_address_with_a_token_or_a_foreign_host_leaves_no_trace(practice, written):
    Client().get(f"/sign-in/link/{CANARY}/nowhere/")
    assert Client().get("/", headers={"host": f"{CANARY}.example"}).status_code == 400
    assert Client(enforce_csrf_checks=True).post(f"/sign-in/link/{CANARY}/").status_code == 403
    assert CANARY not in written()


def test_a_fault_on_the_way_to_any_page_opens_nothing(cast, monkeypatch):
    """What fails at the door fails closed (P33)."""
    browser = signed_in(cast.imani, raise_request_exception=False)

    def fail(*args, **kwargs):
        raise OSError(CANARY)

    for place in ("doors.colleague", "doors.sessions.is_alive", "practice.the_practice"):
        with monkeypatch.context() as broken:
            broken.setattr(f"rapport.web.site.{place}", fail)
            reply = browser.get(ROOM)
            assert reply.status_code == 500
            assert b"How do you want to come in" not in reply.content
    assert browser.get(ROOM).status_code == 200


def test_what_a_person_is_told_is_the_text_of_a_refusal_alone():
    try:
        raise Refused("Say it plainly.") from ValueError(CANARY)
    except Refused:
        record = logging.LogRecord(
            "rapport.web", 40, "f", 1, "it failed", (CANARY,), sys.exc_info()
        )
    line = WithoutContent().format(record)
    assert "it failed Refused at" in line
    assert CANARY not in line
