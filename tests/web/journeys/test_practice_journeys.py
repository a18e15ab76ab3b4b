"""Five journeys in a real browser, each on a phone and on a desk, light and dark.

A check-in with a dead network in the middle; a therapist's mirror; a flag from answer to note; a
reminder that is stopped; the members of a family who cannot see each other's words. Every page on
the way is looked at by axe, fits its screen and asks nobody but the practice itself.
"""

import re
from datetime import timedelta
from itertools import product

import pytest
from browsing import begin, looked_at, needs_chromium
from mail_server import Post
from practice_cast import NOW

from rapport.web.checkins import actions as checkins
from rapport.web.checkins.models import Answers
from rapport.web.core.clock import now
from rapport.web.jobs.rounds import go_round
from rapport.web.people import actions as people
from rapport.web.people.models import Membership
from rapport.web.safety.actions import set_response_plan
from rapport.web.safety.models import Flag

pytestmark = [
    pytest.mark.slow,
    needs_chromium,
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("browser"),
]
on_every_screen = pytest.mark.parametrize(
    ("width", "scheme"), list(product((390, 1280), ("light", "dark")))
)
CHECKIN, MEMBERS = (
    ("rapport-checkin-client", "each member"),
    ("rapport-checkin-member", "each member"),
)
MIRROR = ("rapport-checkin-therapist", "therapist")


@pytest.fixture
def look(width, scheme):
    """Look at a page: kept as a picture, nothing found by axe, no sideways scroll, no fault."""
    return lambda page, name: looked_at(page, f"journey-{name}-{width}-{scheme}", width)


@pytest.fixture
def phone(opened, width, scheme):
    return opened(width, scheme)


@pytest.fixture
def desk(opened, width, scheme, cast, live_server):
    return opened(width, scheme, staff=cast.imani)


def link(cast, session, membership):
    token = checkins.invite(
        session=session, membership=membership, moment="after", by=cast.RAPPORT, at=now()
    )
    return f"/c/{token}"


def tap(phone, label):
    """One tap: the next question comes by itself."""
    before = phone.locator("#moment").inner_text()
    phone.locator(".step:not([hidden])").get_by_label(label, exact=True).click()
    phone.wait_for_function(
        "text => document.getElementById('moment')?.innerText !== text", arg=before
    )


def to_the_words(phone):
    """Past every question, to the box for own words."""
    while not phone.locator("#words").is_visible():
        phone.get_by_role("button", name="Leave it open").click()


def send(phone):
    phone.get_by_role("button", name="Send").click()
    phone.get_by_text("Thank you.", exact=True).wait_for()


@on_every_screen
def test_a_check_in_with_a_dead_network_in_the_middle(cast, held, phone, look):
    case = cast.case(cast.sarah)
    session = held(case, CHECKIN)
    begin(phone, link(cast, session, Membership.objects.get().pk))
    look(phone, "question")
    for n in range(9):
        if n == 4:
            phone.context.set_offline(True)
        tap(phone, "not at all" if n in (6, 7) else "mostly")
    phone.locator("#words").fill("You remembered my sister's name.")
    phone.get_by_role("button", name="Send").click()
    phone.get_by_text("Not sent yet").wait_for()
    look(phone, "not-sent-yet")
    assert Answers.objects.count() == 0
    phone.context.set_offline(False)
    phone.get_by_role("heading", name="Thank you.").wait_for()
    look(phone, "sent")
    assert Answers.objects.count() == 1


@on_every_screen
def test_a_therapists_mirror(cast, held, desk, look):
    case = cast.case(cast.sarah)
    held(case, MIRROR)
    desk.goto(f"/cases/{case}/")
    look(desk, "case")
    desk.get_by_role("link", name="Your side").click()
    look(desk, "mirror")
    desk.get_by_role("group", name="All 6 below alike").get_by_label("mostly", exact=True).click()
    few = desk.get_by_role("group", name="All 2 below alike")
    few.get_by_label("not at all", exact=True).click()
    desk.get_by_role("button", name="Send").click()
    desk.wait_for_url(re.compile(r"/cases/"))
    look(desk, "mirrored")
    assert Answers.objects.count() == 1


@pytest.fixture
def somebody_answers(cast, live_server):
    set_response_plan(
        responder=cast.imani, backup=cast.joana, hours="Monday to Friday, 9 to 17", minutes=30,
        emergency="112", help_text={"en": "Helpline 0800 000 000, day and night"},
        consent_text={"en": "We read on working days."}, by=cast.RAPPORT, at=NOW,
    )  # fmt: skip


@on_every_screen
def test_a_flag_from_the_answer_to_the_note(cast, held, somebody_answers, phone, desk, look):
    session = held(cast.case(cast.sarah), ("phq-9", "each member"))
    begin(phone, link(cast, session, Membership.objects.get().pk))
    for _ in range(8):
        tap(phone, "Not at all")
    phone.locator(".step:not([hidden])").get_by_label("Several days", exact=True).click()
    phone.get_by_role("link", name="Call 112").wait_for()
    look(phone, "help")
    phone.get_by_role("button", name="Stop here and send").click()
    phone.get_by_text("Thank you.", exact=True).wait_for()
    look(phone, "help-thanks")
    desk.goto("/")
    assert desk.locator("h1").inner_text().startswith("Sarah Lindqvist first, please.")
    look(desk, "flag-on-top")
    desk.get_by_role("link", name="Read and answer").click()
    look(desk, "flag")
    desk.get_by_role("button", name="I take this on").click()
    desk.get_by_label("What was asked, said and agreed").fill("Rang her. We meet tomorrow.")
    look(desk, "flag-taken-on")
    desk.get_by_role("button", name="Close with this note").click()
    desk.wait_for_url(re.compile(r"/$"))
    assert desk.locator(".flag").count() == 0
    assert Flag.objects.get().get("note") == "Rang her. We meet tomorrow."


@pytest.fixture
def post(settings, live_server):
    """A mail server on this machine; links in letters lead to the running application."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_USE_TLS, settings.RAPPORT_ADDRESS = False, live_server.url
    with Post() as server:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        yield server


@on_every_screen
def test_a_reminder_that_is_stopped(cast, post, phone, desk, look):
    noon = (now() + timedelta(days=1)).replace(hour=11, minute=0, second=0, microsecond=0)
    case = cast.case(cast.person("Sarah Lindqvist", email="sarah@client.example"))
    meet = {"case": case, "staff": cast.imani, "by": cast.RAPPORT, "at": noon - timedelta(days=2)}
    people.plan_session(starts_at=noon - timedelta(hours=1), **meet)
    for hours in (0, 24):
        assert go_round(at=noon + timedelta(hours=hours))
    text = post.letters[-1][1].get_content()
    assert "only reminder" in text
    phone.goto("/m/" + text.split("/m/")[1].split()[0])
    look(phone, "stop")
    phone.get_by_role("button", name="Stop the messages").click()
    phone.get_by_role("heading", name="The messages are stopped.").wait_for()
    look(phone, "stopped")
    people.plan_session(starts_at=noon + timedelta(hours=50), **meet)
    for hours in range(25, 100, 3):
        assert go_round(at=noon + timedelta(hours=hours))
    assert len(post.letters) == 2
    desk.goto(f"/cases/{case}/")
    desk.get_by_text("Sarah Lindqvist stopped all messages on").wait_for()
    look(desk, "messages-stopped")


FAMILY = {"Rana Haddad": "I miss the old house.", "Yusuf Haddad": "Nobody asks me first.",
          "Erik Sund": "I did not dare to say it."}  # fmt: skip


@on_every_screen
def test_the_members_of_a_family_cannot_see_each_others_words(
    cast, held, opened, desk, look, width, scheme
):
    case = cast.case(*(cast.person(name) for name in FAMILY), kind="family")
    session = held(case, MEMBERS)
    members = {m.person.get("name"): m.pk for m in Membership.objects.all()}
    seen = {}
    for name, words in FAMILY.items():
        phone = opened(width, scheme)
        begin(phone, link(cast, session, members[name]))
        seen[name] = phone.content()
        to_the_words(phone)
        phone.locator("#words").fill(words)
        look(phone, f"family-words-{name.split()[0]}")
        send(phone)
        seen[name] += phone.content()
        look(phone, f"family-thanks-{name.split()[0]}")
    for name, pages in seen.items():
        assert [w for n, w in FAMILY.items() if n != name and w in pages] == []
    desk.goto(f"/cases/{case}/")
    look(desk, "family")
    assert [words for words in FAMILY.values() if words in desk.content()] == []
    for name, words in FAMILY.items():  # the therapist reads one of them at a time
        desk.get_by_role("navigation", name="Members").get_by_role("link", name=name).click()
        desk.get_by_text(words).first.wait_for()
        look(desk, f"family-{name.split()[0]}")
        assert [w for w in FAMILY.values() if w in desk.content()] == [words]
