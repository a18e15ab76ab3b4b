"""Browsers for whoever works here and for a client's phone; a session that was held an hour ago."""

import os
from datetime import timedelta

import pytest
from checkin_browser import CHROMIUM
from django.conf import settings as django_settings
from doors_cast import signed_in

from rapport.web.core.clock import now
from rapport.web.measures.actions import set_plan
from rapport.web.measures.queries import PlannedForm
from rapport.web.people import actions as people


@pytest.fixture(scope="module")
def chromium():
    sync_api = pytest.importorskip("playwright.sync_api")
    with pytest.MonkeyPatch.context() as patch, sync_api.sync_playwright() as playwright:
        patch.setitem(os.environ, "DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # the driver has a loop
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def opened(chromium, live_server):
    """Open a browser: of nobody, or of somebody who works here; what it asks for is kept."""
    contexts, came_in = [], {}

    def made(width, scheme, *, staff=None):
        size = {"width": width, "height": 844}
        context = chromium.new_context(viewport=size, color_scheme=scheme, base_url=live_server.url)
        contexts.append(context)
        if staff is not None:
            name = django_settings.SESSION_COOKIE_NAME
            if staff not in came_in:
                came_in[staff] = signed_in(staff).cookies[name].value
            value = came_in[staff]
            context.add_cookies([{"name": name, "value": value, "url": live_server.url}])
        page = context.new_page()
        page.set_default_timeout(12_000)
        page.asked, page.faults = [], []
        page.on("request", lambda request: page.asked.append(request.url))
        page.on("pageerror", lambda fault: page.faults.append(str(fault)))
        return page

    yield made
    asked = [url for context in contexts for page in context.pages for url in page.asked]
    assert [url for url in asked if not url.startswith(live_server.url)] == []
    for context in contexts:
        context.close()


@pytest.fixture
def held(cast):
    """A session of a case that was held an hour ago, after which these forms are asked."""

    def made(case, *asked):
        by = {"by": cast.RAPPORT, "at": now()}
        lines = [PlannedForm(instrument=form, moment="after", who=who) for form, who in asked]
        set_plan(items=lines, risk_open=True, case=case, **by)
        return people.plan_session(
            case=case, staff=cast.imani, starts_at=now() - timedelta(hours=1), **by
        )

    return made
