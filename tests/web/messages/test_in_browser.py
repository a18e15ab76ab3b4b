"""A reminder that is stopped: the letter, its link, one button, and no letter after it."""

from datetime import timedelta

import pytest
from browsing import looked_at, needs_chromium
from mail_server import Post

from rapport.web.core.clock import now
from rapport.web.jobs.actions import beat
from rapport.web.jobs.rounds import go_round
from rapport.web.people import actions as people
from rapport.web.people.models import Membership

LOOKS = [(320, "dark"), (1280, "light")]
pytestmark = [
    pytest.mark.slow,
    needs_chromium,
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("browser"),
]
HOUR = timedelta(hours=1)


@pytest.fixture
def post(settings, live_server):
    """A mail server on this machine; links in letters lead to the running application."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_USE_TLS, settings.RAPPORT_ADDRESS = False, live_server.url
    with Post() as server:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        yield server


@pytest.fixture
def noon():
    """The coming noon in Berlin, so that no message waits for a night to pass."""
    return (now() + timedelta(days=1)).replace(hour=11, minute=0, second=0, microsecond=0)


@pytest.fixture
def sarahs(live_server, cast, noon, post):
    """Sarah had a session that ended at noon; her invitation is in her mailbox."""
    sarah = cast.person("Sarah Lindqvist", email="sarah@client.example")
    case = cast.case(sarah)
    people.plan_session(
        case=case, staff=cast.imani, starts_at=noon - HOUR, by=cast.RAPPORT, at=noon - 25 * HOUR
    )
    assert go_round(at=noon)
    return case


def newest(post):
    (to, letter) = post.letters[-1]
    assert to == "sarah@client.example"
    text = letter.get_content()
    return text, *("/" + text.split(f"/{p}/")[1].split()[0] for p in ("c", "m"))


def right(page, name, width=390, scheme="light"):
    looked_at(page, f"{name}-{width}-{scheme}", width)


def test_a_reminder_is_stopped_by_one_button_and_no_letter_follows(
    opened, sarahs, post, noon, cast
):
    _, asked, _ = newest(post)
    assert go_round(at=noon + 24 * HOUR)
    text, reminded, stop = newest(post)
    assert len(post.letters) == 2
    assert "only reminder" in text
    assert reminded != asked
    page = opened()
    page.goto(f"/m{stop}")
    right(page, "stop")
    page.get_by_role("button", name="Stop the messages").click()
    page.get_by_role("heading", name="The messages are stopped.").wait_for()
    right(page, "stopped")
    case = Membership.objects.get(case=sarahs).case_id
    people.plan_session(
        case=case, staff=cast.imani, starts_at=noon + 50 * HOUR, by=cast.RAPPORT, at=noon
    )
    for hours in range(25, 100):
        assert go_round(at=noon + hours * HOUR)
    assert len(post.letters) == 2
    desk = opened(1280, staff=cast.imani)
    desk.goto(f"/cases/{case}/")
    desk.get_by_text("Sarah Lindqvist stopped all messages on").wait_for()
    right(desk, "case-messages-stopped", 1280)


def test_without_the_button_the_next_letter_comes(sarahs, post, noon, cast):
    people.plan_session(
        case=sarahs, staff=cast.imani, starts_at=noon + 50 * HOUR, by=cast.RAPPORT, at=noon
    )
    for hours in range(1, 51, 2):
        go_round(at=noon + hours * HOUR)
    assert len(post.letters) == 4


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_its_pages_are_accessible_fit_and_ask_nobody_else(opened, sarahs, post, width, scheme):
    _, _, stop = newest(post)
    page = opened(width, scheme)
    for language in ("en", "de", "es"):
        page.goto(f"/m{stop}?in={language}")
        right(page, f"stop-{language}", width, scheme)
    page.locator("button").click()
    page.locator("h1").wait_for()
    right(page, "stopped-es", width, scheme)


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_the_therapist_sends_a_link_and_sees_a_silent_worker(
    opened, sarahs, post, cast, width, scheme
):
    beat(at=now() - timedelta(minutes=30))
    page = opened(width, scheme, staff=cast.imani)
    page.goto(f"/cases/{sarahs}/")
    page.get_by_text("No message goes out: the worker").wait_for()
    right(page, "case-send", width, scheme)
    page.get_by_role("button", name="E-mail for before").click()
    page.wait_for_load_state()
    beat(at=now())
    page.reload()
    assert page.get_by_text("No message goes out").count() == 0
