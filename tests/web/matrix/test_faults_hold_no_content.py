"""Whatever goes wrong on whatever page: no canary in a log, and none in what is shown (P26).

Every field of every client holds one. Each page of somebody's own, where their canaries do stand
when all is well, is asked while something breaks: the database is locked, the disk is full, mail is
down, a value is bad, a template or a view fails with the words in its message.
"""

import logging
import sqlite3 as plain
import sys
from smtplib import SMTPRecipientsRefused

import pytest
from django.db import DataError, OperationalError
from django.template import TemplateSyntaxError
from matrix.canaries import MARK, canary
from matrix.practice import Practice, stop_the_clock
from matrix.viewers import viewers

from rapport.web.people.models import Membership
from rapport.web.safety.models import Flag
from rapport.web.site.logs import WithoutContent

pytestmark = pytest.mark.slow
WORDS = " ".join(
    canary("sarah", model, field)
    for model, field in (("person", "name"), ("receipt", "words"), ("flag", "note"))
)
FAULTS = [
    OperationalError(f"database is locked: INSERT INTO x VALUES ('{WORDS}')"),
    OperationalError("database or disk is full"),
    plain.OperationalError(WORDS),
    OSError(28, WORDS, WORDS),
    SMTPRecipientsRefused({f"{WORDS}@example.org": (550, WORDS.encode())}),
    ConnectionRefusedError(111, WORDS),
    TimeoutError(WORDS),
    DataError(f'invalid input syntax for type uuid: "{WORDS}"'),
    UnicodeEncodeError("ascii", WORDS, 0, 1, WORDS),
    TemplateSyntaxError(WORDS),
    ValueError(WORDS),
    KeyError(WORDS),
    RecursionError(WORDS),
    MemoryError(WORDS),
]
PLACES = {  # where it breaks: a module's name that every page of that part calls
    "practice.queries.case_page": "practice.views.queries.case_page",
    "practice.render": "practice.views.render",
    "names are opened": "people.queries._member",
    "a key is asked for": "core.models.key_store",
    "audit": "safety.actions.record_about",
    "check-in": "checkins.views.queries.to_fill",
    "check-in is kept": "checkins.views.actions.receive_by_link",
}
ONE_BLOCK = {
    "form-TOTAL_FORMS": 1, "form-INITIAL_FORMS": 0,
    "form-0-language": "en", "form-0-zone": "Europe/Berlin",
}  # fmt: skip


@pytest.fixture
def world(practice, monkeypatch):
    stop_the_clock(monkeypatch)
    return Practice()


@pytest.fixture
def written():
    """Everything that any logger said, as the site's own handler writes it."""
    formatter, lines = WithoutContent(), []

    class Keep(logging.Handler):
        def emit(self, record):
            lines.append(formatter.format(record))

    keep, root = Keep(), logging.getLogger()
    root.addHandler(keep)
    yield lambda: "\n".join(lines)
    root.removeHandler(keep)


def pages(world):
    """Pages on which canaries stand when nothing is wrong: (browser, method, address, form)."""
    own = Membership.objects.get(person=world.people["sarah"])
    flag = Flag.objects.filter(membership=own, closed_at=None).first().pk
    known = {viewer.name: viewer for viewer in viewers(world)}
    imani, sunniva, sarah = (known[n].browser() for n in ("imani", "sunniva", "client sarah"))
    case = f"/cases/{own.case_id}/"
    form = {"key": "k", "language": "en", "who_sees": "v", "words": WORDS}
    yield from ((imani, "get", place, {}) for place in ("/", case, f"{case}{own.pk}/"))
    yield imani, "post", f"{case}plan", {"starts_at": WORDS, "place": WORDS}
    yield imani, "post", "/cases/open", {"kind": "individual", "form-0-name": WORDS} | ONE_BLOCK
    yield sunniva, "get", f"/flags/{flag}/", {}
    yield sunniva, "post", f"/flags/{flag}/close", {"note": WORDS}
    yield sarah, "get", "/c/", {}
    yield sarah, "post", "/c/", form
    yield sarah, "post", "/c/one", {"name": WORDS, "value": WORDS}


def test_no_fault_on_any_page_carries_a_canary(world, written, monkeypatch, capfd):
    asked, broke = list(pages(world)), 0
    for place in PLACES.values():
        for fault in FAULTS:

            def fails(*given, _fault=fault, **told):
                raise _fault

            with monkeypatch.context() as broken:
                broken.setattr(f"rapport.web.{place}", fails)
                for browser, method, address, form in asked:
                    reply = getattr(browser, method)(address, form)
                    if reply.status_code >= 500:
                        broke += 1
                        assert not MARK.search(reply.content.decode() + str(reply.headers))
    assert broke >= len(PLACES) * len(FAULTS)  # each fault at each place was met at least once
    assert "rapport" in written() or "django" in written()
    assert not MARK.search(written())
    sys.stderr.flush()
    assert not MARK.search("".join(capfd.readouterr()))


def test_a_log_that_would_keep_messages_is_found(world, written, monkeypatch):
    """The control: with the text of the fault kept, the search does find it."""
    (page, method, address, form) = next(pages(world))

    def fails(*given, **told):
        raise ValueError(WORDS)

    monkeypatch.setattr(
        "rapport.web.site.logs.what_and_where", lambda kind, trace: str(sys.exc_info()[1] or WORDS)
    )
    monkeypatch.setattr("rapport.web.practice.views.render", fails)
    assert getattr(page, method)(address, form).status_code == 500
    assert MARK.search(written())
