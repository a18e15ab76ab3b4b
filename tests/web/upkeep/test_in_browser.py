"""The pages of forgetting in a real browser: accessible, nothing foreign, no sideways scroll."""

from datetime import timedelta

import pytest
from browsing import looked_at, needs_chromium
from practice_cast import Cast

from rapport.web.audit.actions import SYSTEM
from rapport.web.core.access import inside
from rapport.web.core.clock import now
from rapport.web.core.keys import KeyStore, using
from rapport.web.people import actions as people
from rapport.web.people.models import Membership

LOOKS = [(320, "dark"), (1280, "light")]
pytestmark = [
    pytest.mark.slow,
    needs_chromium,
]


@pytest.fixture
def practice(db, tmp_path, monkeypatch, settings):
    """The live server's own database; copies of keys go into a folder of the test's."""
    monkeypatch.setenv("RAPPORT_PRACTICE_KEY", bytes(range(32)).hex())
    settings.HOME = tmp_path
    settings.RAPPORT_KEY_BACKUPS = tmp_path / "key-backups"
    with using(KeyStore(tmp_path / "keys.sqlite3", practice_key=bytes(range(32)))) as store:
        opened = people.open_practice(
            name="Made-up practice", zone="Europe/Berlin", language="en", consent_age=16,
            by=SYSTEM, at=now(), made_up=True,
        )  # fmt: skip
        with inside(opened):
            yield opened
        store.close()


@pytest.fixture
def pages(live_server, practice):
    cast = Cast()
    by = {"by": SYSTEM, "at": now()}
    for days, person in ((400, cast.dev), (90, cast.marta)):
        member = Membership.objects.get(case=cast.case(person), person=person).pk
        at = now() - timedelta(days=days)
        people.leave(membership=member, why="discharged", by=SYSTEM, at=at)
    people.keep_until(person=cast.dev, until=(now() + timedelta(days=3000)).date(), **by)
    return cast.imani, {
        "leaving": "/forget/", "forget": f"/forget/{cast.marta}/", "held": f"/forget/{cast.dev}/",
        "forgotten": "/forget/done",
    }  # fmt: skip


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_every_page_is_accessible_fits_and_asks_nobody_else(opened, pages, width, scheme):
    staff, addresses = pages
    page = opened(width, scheme, staff=staff)
    for name, address in addresses.items():
        assert page.goto(address).status == 200
        looked_at(page, f"{name}-{width}-{scheme}", width)


def test_the_name_is_typed_and_the_client_is_gone(opened, pages):
    page = opened(staff=pages[0])
    page.goto("/forget/")
    page.get_by_role("link", name="Marta Ferreira").click()
    page.get_by_label("Type the client's name").fill("Marta Ferreira")
    page.get_by_role("button", name="Forget for good").click()
    page.get_by_role("heading", name="Forgotten.").wait_for()
    page.goto("/forget/")
    assert page.get_by_text("Marta").count() == 0
