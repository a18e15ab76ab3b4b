"""The therapist's pages in a real browser: accessible, nothing foreign, no sideways scroll."""

import os
import shutil
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import transaction
from doors_cast import signed_in

from rapport.web.checkins import actions as checkins
from rapport.web.core.clock import now
from rapport.web.people import actions as people
from rapport.web.people.models import Membership
from rapport.web.safety.actions import RiskAnswer, raise_flag

sync_api = pytest.importorskip("playwright.sync_api")
axe = pytest.importorskip("axe_playwright_python.sync_playwright")
CHROMIUM = shutil.which("chromium")
PICTURES = os.environ.get("RAPPORT_PICTURES")  # a folder: every page is kept there to be looked at
LOOKS = [(390, "dark"), (1280, "light")]
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="chromium not found"),
]
WORDS = "You said it was too quick and that it was yours. I had not expected that."


@pytest.fixture(scope="module")
def chromium():
    with pytest.MonkeyPatch.context() as patch, sync_api.sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # the driver's loop runs in this thread
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def a_day(live_server, cast):
    """Imani has one client who wrote something, one who may be at risk, and a couple."""
    by = {"by": cast.RAPPORT, "at": now()}
    case = cast.case(cast.sarah)
    couple = cast.case(cast.marta, cast.dev, kind="couple")
    sarah = Membership.objects.get(case=case).pk
    session = people.plan_session(case=case, staff=cast.imani, starts_at=now(), **by)
    people.plan_session(case=couple, staff=cast.imani, starts_at=now(), **by)
    token = checkins.invite(session=session, membership=sarah, moment="after", **by)
    cookie = checkins.enter(token=token, at=now())
    submission = checkins.Submission(
        key="k", answers={}, words=WORDS, route="link", language="en", who_sees="v",
        answered_at=now(),
    )  # fmt: skip
    checkins.receive_by_link(cookie=cookie, submission=submission, at=now())
    risk = RiskAnswer(
        kind="self-harm", question="Thoughts of hurting yourself", answer="several days"
    )
    with transaction.atomic():
        flag = raise_flag(membership=sarah, answers=uuid4(), therapist=cast.imani, risk=risk, **by)
    return {
        "today": "/", "new-case": "/cases/open", "case": f"/cases/{case}/",
        "couple": f"/cases/{couple}/", "flag": f"/flags/{flag}/",
    }  # fmt: skip


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_every_page_is_accessible_fits_and_asks_nobody_else(
    chromium, live_server, cast, a_day, width, scheme
):
    context = chromium.new_context(
        base_url=live_server.url, viewport={"width": width, "height": 900}, color_scheme=scheme
    )
    session = signed_in(cast.imani).cookies[settings.SESSION_COOKIE_NAME].value
    cookie = {"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}
    context.add_cookies([cookie])
    page = context.new_page()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    for name, address in a_day.items():
        assert page.goto(address).status == 200
        if PICTURES:
            page.screenshot(path=f"{PICTURES}/{name}-{width}-{scheme}.png", full_page=True)
        found = axe.Axe().run(page).response["violations"]
        assert [f"{v['id']}: {v['nodes'][0]['html'][:120]}" for v in found] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert all(url.startswith(live_server.url) for url in asked)
    context.close()
