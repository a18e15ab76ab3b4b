"""Every page that links lead to, for each role, in the made-up practice: axe finds nothing.

The practice is the one of `rapport demo`. From the first page on every link is followed, one page
for each route and form of it, so that a page which is added and linked is looked at without
anybody thinking of it.
"""

import re
from urllib.parse import urlsplit

import pytest
from browsing import findings, kept, needs_chromium
from django.db import connections
from django.urls import resolve

from rapport.web.core.access import inside
from rapport.web.core.clock import now
from rapport.web.core.keys import KeyStore, using
from rapport.web.people.models import Staff
from rapport.web.site.made_up.build import build

pytestmark = [
    pytest.mark.slow,
    needs_chromium,
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("browser"),
]
PAGES = {  # who walks, and how many routes there are at least; a lost link makes it fewer
    "Imani Okafor": 24, "Ilse Sommer": 6, "Ruben Adeyemi": 20, "Ruth Weiss": 8, "Kim Larsen": 18,
}  # fmt: skip
LOOKS = [(390, "dark"), (1280, "light")]
OWN = {"home", "office", "cases", "desk"}  # each role sees its own part of them
LEAVES = ("account_logout",)


@pytest.fixture
def practice(db, tmp_path, live_server):
    store = KeyStore(tmp_path / "keys.sqlite3", practice_key=bytes(range(32)))
    with using(store):
        opened = build(at=now())
        with inside(opened):
            yield opened
        store.close()


def links(page):
    """Where the page leads to, inside the practice."""
    found = page.eval_on_selector_all("a[href]", "all => all.map(one => one.href)")
    here = urlsplit(page.url)
    return [urlsplit(url).path for url in found if urlsplit(url).netloc == here.netloc]


def walked(page, known=()):
    """Open one page of every route that links lead to; gives the routes and what was wrong.

    A route that is known was looked at for another role, and is the same for this one.
    """
    waiting, routes, wrong = ["/"], {}, []
    while waiting:
        place = waiting.pop(0)
        route = resolve(place).url_name
        if route in routes or route in LEAVES:
            continue
        routes[route] = place
        reply = page.goto(place)
        if "html" not in reply.headers["content-type"]:
            continue
        wrong += [f"{route}: {reply.status}"] * (reply.status != 200)
        waiting += links(page)
        if route in known:
            continue
        wrong += [f"{route}: {found}" for found in findings(page)]
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wrong.append(f"{route}: wider than the screen")
        kept(page, f"walk-{route}-{page.viewport_size['width']}")
    return routes, wrong


def test_every_linked_page_of_every_role_is_accessible_fits_and_asks_nobody_else(
    practice, opened, live_server
):
    for width, scheme in LOOKS:
        known = set()
        for name, expected in PAGES.items():
            page = opened(width, scheme, staff=Staff.objects.get(name=name).pk)
            routes, wrong = walked(page, known - OWN)
            known |= set(routes)
            assert wrong == [], name
            assert page.faults == []
            assert len(routes) >= expected, sorted(routes)
            assert all(re.match(re.escape(live_server.url), url) for url in page.asked)
    connections.close_all()


def test_the_walk_notices_what_is_wrong(opened, cast, monkeypatch):
    """The control: a button that has no name is found on the page it stands on."""
    page = opened(390, "light", staff=cast.ruth)
    planted = "document.querySelector('main').append(document.createElement('button'))"
    page.add_init_script(f"addEventListener('DOMContentLoaded', () => {planted})")
    _, wrong = walked(page)
    assert any("home: button-name" in found for found in wrong)
