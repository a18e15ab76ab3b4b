"""The pages of forgetting in a real browser: accessible, nothing foreign, no sideways scroll."""

import os
import shutil
from datetime import timedelta

import pytest
from django.conf import settings
from doors_cast import signed_in
from practice_cast import Cast

from rapport.web.audit.actions import SYSTEM
from rapport.web.core.access import inside
from rapport.web.core.clock import now
from rapport.web.core.keys import KeyStore, using
from rapport.web.people import actions as people
from rapport.web.people.models import Membership

sync_api = pytest.importorskip("playwright.sync_api")
axe = pytest.importorskip("axe_playwright_python.sync_playwright")
CHROMIUM = shutil.which("chromium")
PICTURES = os.environ.get("RAPPORT_PICTURES")  # a folder: every page is kept there to be looked at
LOOKS = [(320, "dark"), (1280, "light")]
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="chromium not found"),
]


@pytest.fixture(scope="module")
def chromium():
    with pytest.MonkeyPatch.context() as patch, sync_api.sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # the driver's loop runs in this thread
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


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
    return signed_in(cast.imani), {
        "leaving": "/forget/", "forget": f"/forget/{cast.marta}/", "held": f"/forget/{cast.dev}/",
        "forgotten": "/forget/done",
    }  # fmt: skip


def browser_page(chromium, live_server, client, width, scheme):
    context = chromium.new_context(
        base_url=live_server.url, viewport={"width": width, "height": 900}, color_scheme=scheme
    )
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    cookie = {"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}
    context.add_cookies([cookie])
    return context.new_page()


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_every_page_is_accessible_fits_and_asks_nobody_else(
    chromium, live_server, pages, width, scheme
):
    client, addresses = pages
    page = browser_page(chromium, live_server, client, width, scheme)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    for name, address in addresses.items():
        assert page.goto(address).status == 200
        if PICTURES:
            page.screenshot(path=f"{PICTURES}/{name}-{width}-{scheme}.png", full_page=True)
        found = axe.Axe().run(page).response["violations"]
        assert [f"{v['id']}: {v['nodes'][0]['html'][:120]}" for v in found] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert all(url.startswith(live_server.url) for url in asked)
    page.context.close()


def test_the_name_is_typed_and_the_client_is_gone(chromium, live_server, pages):
    client, _ = pages
    page = browser_page(chromium, live_server, client, 390, "light")
    page.goto("/forget/")
    page.get_by_role("link", name="Marta Ferreira").click()
    page.get_by_label("Type the client's name").fill("Marta Ferreira")
    page.get_by_role("button", name="Forget for good").click()
    page.get_by_role("heading", name="Forgotten.").wait_for()
    page.goto("/forget/")
    assert page.get_by_text("Marta").count() == 0
    page.context.close()
