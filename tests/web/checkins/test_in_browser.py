"""A check-in in a real browser: a minute, help without a network, nothing left behind."""

import pytest
from browsing import begin, findings, kept, needs_chromium
from practice_cast import NOW

from rapport.web.checkins import actions
from rapport.web.checkins.models import Answers, Draft, Link, Occasion
from rapport.web.core.clock import now
from rapport.web.safety.actions import set_response_plan
from rapport.web.safety.models import Flag

pytestmark = [
    pytest.mark.slow,
    needs_chromium,
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("browser"),
]
PHONES = [(390, "light"), (320, "dark")]


@pytest.fixture
def phone(opened):
    return opened


@pytest.fixture
def link(live_server, cast, open_checkin):
    def made(*instruments):
        occasion, _ = open_checkin(*instruments)
        Occasion.objects.update(closes_at=now().replace(year=2100))
        token = actions.make_link(occasion=occasion, by=cast.RAPPORT, at=now())
        return f"{live_server.url}/c/{token}"

    return made


@pytest.fixture
def somebody_answers(cast):
    set_response_plan(
        responder=cast.benedikt, backup=cast.joana, hours="Monday to Friday, 9 to 17", minutes=30,
        emergency="112", help_text={"en": "Helpline 0800 000 000, day and night"},
        consent_text={"en": "We read on working days."}, by=cast.RAPPORT, at=NOW,
    )  # fmt: skip


def answer(page, label):
    """One tap: the next question comes by itself."""
    before = page.locator("#moment").inner_text()
    page.locator(".step:not([hidden])").get_by_label(label, exact=True).click()
    page.wait_for_function(
        "text => document.getElementById('moment')?.innerText !== text", arg=before
    )


@pytest.mark.parametrize(("width", "scheme"), PHONES)
def test_every_page_of_it_is_accessible_fits_and_asks_nobody_else(
    phone, link, live_server, width, scheme
):
    page = phone(width, scheme)
    page.goto(link("rapport-checkin-client"))
    steps = [("landing", lambda: page.get_by_role("button", name="Start").click())]
    steps += [("question", lambda: answer(page, "mostly"))]
    steps += [(f"question-{n}", lambda: answer(page, "mostly")) for n in range(2, 9)]
    for name, go_on in steps:
        kept(page, f"checkin-{name}-{width}-{scheme}")
        assert findings(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        go_on()
    assert all(url.startswith(live_server.url) for url in page.asked)
    assert page.faults == []


def test_a_check_in_from_start_to_thanks(phone, link):
    page = phone()
    begin(page, link("rapport-checkin-client"))
    for _ in range(6):
        answer(page, "mostly")
    answer(page, "not at all")
    answer(page, "not at all")
    assert page.locator(".step:not([hidden]) legend").inner_text() == (
        "My background and identity were respected."
    )
    answer(page, "completely")
    page.locator("#words").fill("You remembered my sister's name.")
    kept(page, "checkin-words-390-light")
    page.get_by_role("button", name="Send").click()
    page.get_by_role("heading", name="Thank you.").wait_for()
    kept(page, "checkin-thanks-390-light")
    assert findings(page) == []
    assert Answers.objects.count() == 1
    assert Draft.objects.count() == 0


def test_a_follow_up_is_asked_only_where_there_was_something(phone, link):
    page = phone()
    begin(page, link("rapport-checkin-client"))
    for _ in range(7):
        answer(page, "not at all")
    answer(page, "partly")
    assert page.locator(".step:not([hidden]) legend").inner_text() == "Did we talk about it?"
    page.get_by_role("button", name="Back").click()
    answer(page, "not at all")
    assert "background" in page.locator(".step:not([hidden]) legend").inner_text()


def test_help_shows_at_once_and_without_a_network(phone, link, somebody_answers):
    page = phone()
    begin(page, link("phq-9"))
    for _ in range(8):
        answer(page, "Not at all")
    page.context.set_offline(True)
    page.locator(".step:not([hidden])").get_by_label("Several days").check()
    page.get_by_role("link", name="Call 112").wait_for()
    kept(page, "checkin-help-offline-390-light")
    assert findings(page) == []
    page.context.set_offline(False)
    while not page.get_by_role("button", name="Send").is_visible():
        page.get_by_role("button", name="Next").click()
    page.get_by_role("button", name="Send").click()
    page.get_by_text("Thank you.", exact=True).wait_for()
    kept(page, "checkin-help-390-light")
    assert page.get_by_role("link", name="Call 112").is_visible()
    assert findings(page) == []
    assert Flag.objects.count() == 1


def test_it_works_without_script_on_one_page(phone, link):
    page = phone(java_script_enabled=False)
    begin(page, link("rapport-checkin-client"))
    assert page.locator("fieldset:visible").count() == 11
    page.locator("fieldset").first.get_by_label("mostly").check()
    kept(page, "checkin-noscript-390-light")
    page.get_by_role("button", name="Send").click()
    page.get_by_role("heading", name="Thank you.").wait_for()
    assert Answers.objects.count() == 1


def test_by_keyboard_alone(phone, link):
    page = phone()
    begin(page, link("gad-2"))
    page.locator(".step:not([hidden]) input").first.focus()
    for _ in range(2):
        page.keyboard.press("Space")
        page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.get_by_role("button", name="Send").focus()
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Thank you.").wait_for()
    assert Answers.objects.count() == 1


def test_a_phone_that_is_handed_on_keeps_nothing(phone, link):
    page = phone()
    begin(page, link("rapport-checkin-client"))
    answer(page, "mostly")
    page.get_by_role("button", name="Leave this page now").click()
    page.get_by_text("Nothing of it stays").wait_for()
    page.go_back()
    page.wait_for_load_state()
    assert page.locator("input:checked").count() == 0
    assert page.locator("#checkin").count() == 0
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0
    assert [c for c in page.context.cookies() if "checkin" in c["name"]] == []


def test_every_target_is_large_enough_for_a_thumb(phone, link):
    page = phone()
    begin(page, link("rapport-checkin-client"))
    sizes = page.eval_on_selector_all(
        ".step:not([hidden]) label, button:not([hidden])",
        "all => all.map(one => one.getBoundingClientRect()).map(b => [b.width, b.height])",
    )
    assert all(width >= 44 and height >= 44 for width, height in sizes if width)
    assert Link.objects.count() == 1
