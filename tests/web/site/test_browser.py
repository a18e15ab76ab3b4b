"""Sign-in and the first page in a real browser: a passkey, nothing foreign, nothing in the way."""

import pytest
from browsing import looked_at, needs_chromium
from practice_cast import Cast

from rapport.web.core.clock import now
from rapport.web.people.sign_in.actions import make_link

LOOKS = [(390, "dark"), (1280, "light")]
pytestmark = [
    pytest.mark.slow,
    needs_chromium,
]


@pytest.fixture
def desk(opened, cast):
    """A browser with a passkey device, in front of a practice; what it complains of is kept."""
    page = opened(1280)
    page.complaints = []
    page.on("console", lambda message: page.complaints.append(message.text))
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
        "hasUserVerification": True, "isUserVerified": True,
    }  # fmt: skip
    device.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    page.link = f"/sign-in/link/{make_link(staff=cast.imani, by=Cast.RAPPORT, at=now())}/"
    return page


def look(page, name):
    """The page in each look."""
    for width, scheme in LOOKS:
        page.set_viewport_size({"width": width, "height": 844})
        page.emulate_media(color_scheme=scheme)
        looked_at(page, f"{name}-{width}-{scheme}", width)


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
