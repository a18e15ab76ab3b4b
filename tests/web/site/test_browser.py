"""Sign-in and the first page in a real browser: a passkey, nothing foreign, nothing in the way."""

import os
import shutil
from pathlib import Path

import pytest
from practice_cast import Cast

from rapport.web.core.clock import now
from rapport.web.people.sign_in.actions import make_link

sync_api = pytest.importorskip("playwright.sync_api")
CHROMIUM = shutil.which("chromium")
SCREENS = os.environ.get("RAPPORT_SCREENS")  # a folder: keep a picture of every page there
LOOKS = [(390, "dark"), (1280, "light")]
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="chromium not found"),
]


@pytest.fixture(scope="module")
def chromium():
    with pytest.MonkeyPatch.context() as patch, sync_api.sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # playwright's loop runs in this thread
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def desk(chromium, live_server, cast):
    """A browser with a passkey device, in front of a practice; what it asks for is written down."""
    context = chromium.new_context(base_url=live_server.url)
    context.set_default_timeout(5_000)
    page = context.new_page()
    page.asked, page.complaints = [], []
    page.on("request", lambda request: page.asked.append(request.url))
    page.on("console", lambda message: page.complaints.append(message.text))
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    device = context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
        "hasUserVerification": True, "isUserVerified": True,
    }  # fmt: skip
    device.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    page.link = f"/sign-in/link/{make_link(staff=cast.imani, by=Cast.RAPPORT, at=now())}/"
    yield page
    context.close()


def look(page, name):
    """The page at both widths, light and dark: nothing sideways, nothing that axe finds."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    for width, scheme in LOOKS:
        page.set_viewport_size({"width": width, "height": 844})
        page.emulate_media(color_scheme=scheme)
        found = axe.run(page, options={"resultTypes": ["violations"]})
        assert found.violations_count == 0, f"{name}: {found.generate_report()}"
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
        if SCREENS:
            page.screenshot(path=Path(SCREENS) / f"{name}-{width}-{scheme}.png", full_page=True)


def test_from_a_one_time_link_over_a_passkey_to_the_first_page_and_back_in(desk, live_server):
    desk.goto(desk.link)
    look(desk, "1-link")
    desk.get_by_role("button", name="Sign in once").click()
    look(desk, "2-set-up")
    desk.get_by_role("link", name="Set up a passkey").click()
    look(desk, "3-passkey")
    desk.get_by_role("button", name="Set it up").click()
    desk.get_by_role("heading", name="Your recovery codes").wait_for()
    look(desk, "4-codes")
    desk.get_by_role("link", name="go on").click()
    desk.wait_for_url(f"{live_server.url}/")
    look(desk, "5-home")
    desk.get_by_role("link", name="Imani").click()
    look(desk, "6-mine")
    desk.get_by_role("button", name="Sign out").click()
    look(desk, "7-sign-in")
    desk.get_by_role("button", name="Sign in with a passkey").click()
    desk.wait_for_url(f"{live_server.url}/")
    assert [url for url in desk.asked if not url.startswith(live_server.url)] == []
    assert desk.complaints == []


def test_password_and_code_are_set_up_with_a_picture_for_the_telephone(desk, live_server):
    desk.goto(desk.link)
    desk.get_by_role("button", name="Sign in once").click()
    desk.get_by_role("link", name="Set up password and code").click()
    look(desk, "8-password")
    for field in desk.locator("input[type=password]").all():
        field.fill("pear-lantern-orbit-moss")
    desk.get_by_role("button", name="Next").click()
    assert desk.get_by_role("img", name="Code for the app").locator("path").count() == 1
    look(desk, "9-code")
    desk.get_by_label("Authenticator code").fill("000000")
    desk.get_by_role("button", name="Connect").click()
    look(desk, "10-wrong-code")
    assert [url for url in desk.asked if not url.startswith(live_server.url)] == []
    assert desk.complaints == []


def test_a_refusal_is_a_calm_page(desk):
    desk.goto("/nowhere")
    look(desk, "11-not-here")
    desk.goto("/sign-in/link/gone/")
    desk.get_by_role("button", name="Sign in once").click()
    look(desk, "12-link-gone")
    assert desk.get_by_text("Ask whoever keeps the installation").is_visible()


def test_the_keyboard_reaches_everything_in_order(desk):
    desk.goto("/sign-in/")
    reached = []
    for _ in range(7):
        desk.keyboard.press("Tab")
        reached.append(
            desk.evaluate("document.activeElement.innerText || document.activeElement.name")
        )
    assert reached[0] == "To the content"
    assert reached[2:6] == ["Sign in with a passkey", "login", "password", "Next: the code"]
