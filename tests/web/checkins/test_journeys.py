"""Journeys in a real browser: mirror, paper, card, help, fear, and a flag from answer to note."""

import json
import re
from datetime import timedelta

import pytest
from browsing import begin, findings, kept, looked_at, needs_chromium
from practice_cast import NOW

from rapport.web.checkins import actions
from rapport.web.checkins.models import Answers, Draft, Occasion
from rapport.web.core.clock import now
from rapport.web.measures.actions import set_plan
from rapport.web.measures.queries import PlannedForm
from rapport.web.people import actions as people
from rapport.web.people.models import Membership
from rapport.web.safety.actions import set_response_plan
from rapport.web.safety.models import Flag, Notice

pytestmark = [
    pytest.mark.slow,
    needs_chromium,
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("browser"),
]
LOOKS = [(320, "dark"), (1280, "light")]


@pytest.fixture
def answered_for(cast):
    set_response_plan(
        responder=cast.benedikt, backup=cast.joana, hours="Monday to Friday, 9 to 17", minutes=30,
        emergency="112", help_text={"en": "Helpline 0800 000 000, day and night"},
        consent_text={"en": "We read on working days."},
        outside="Advice centre for patients, 0800 111 111", by=cast.RAPPORT, at=NOW,
    )  # fmt: skip


@pytest.fixture
def link(live_server, cast, open_checkin):
    def made(*instruments):
        occasion, _ = open_checkin(*instruments)
        Occasion.objects.update(closes_at=now().replace(year=2100))
        token = actions.make_link(occasion=occasion, by=cast.RAPPORT, at=now())
        return f"/c/{token}"

    return made


@pytest.fixture
def desk(opened, cast):
    """Imani's browser, signed in."""
    return lambda width=1280, scheme="light", staff=cast.imani, **more: opened(
        width, scheme, staff=staff, **more
    )


@pytest.fixture
def held(cast, sarahs):
    """A session that was held two hours ago, after which these are asked."""

    def made(*instruments):
        case, by = Membership.one(sarahs).case_id, {"by": cast.RAPPORT, "at": now()}
        if instruments:
            lines = [PlannedForm(instrument=one, moment="after") for one in instruments]
            set_plan(items=lines, risk_open=True, case=case, **by)
        session = people.plan_session(
            case=case, staff=cast.imani, starts_at=now() - timedelta(hours=2), **by
        )
        people.hold_session(session=session, came=[sarahs], **by)
        return session

    return made


def tap(page, label):
    """One tap: the next question comes by itself."""
    before = page.locator("#moment").inner_text()
    page.locator(".step:not([hidden])").get_by_label(label, exact=True).click()
    page.wait_for_function(
        "text => document.getElementById('moment')?.innerText !== text", arg=before
    )


def choose(page, label):
    """A tap after which something else than the next question comes."""
    page.locator(".step:not([hidden])").get_by_label(label, exact=True).click()


# The therapist's mirror


def mirror_waits(cast, held):
    case = Membership.objects.get(case__memberships__person=cast.sarah).case_id
    lines = [PlannedForm(instrument="rapport-checkin-therapist", moment="after", who="therapist")]
    set_plan(items=lines, risk_open=True, case=case, by=cast.RAPPORT, at=now())
    return held()


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_the_mirror_in_four_taps_from_the_case_three_of_them_on_its_page(
    desk, cast, sarahs, held, width, scheme
):
    mirror_waits(cast, held)
    page = desk(width, scheme)
    taps = []
    page.expose_function("tapped", lambda: taps.append(1))
    page.add_init_script("addEventListener('pointerdown', () => window.tapped(), true)")
    page.goto(f"/cases/{Membership.one(sarahs).case_id}/")
    looked_at(page, f"case-with-mirror-{width}-{scheme}", width)
    page.get_by_role("link", name="Your side").click()
    looked_at(page, f"mirror-{width}-{scheme}", width)
    page.get_by_role("group", name="All 6 below alike").get_by_label("mostly", exact=True).click()
    page.get_by_role("group", name="All 2 below alike").get_by_label(
        "not at all", exact=True
    ).click()
    kept(page, f"mirror-filled-{width}-{scheme}")
    assert page.locator(".segments:not(.all) input:checked").count() == 8
    page.get_by_role("button", name="Send").click()
    page.wait_for_url(re.compile(r"/cases/"))
    page.wait_for_timeout(100)
    assert len(taps) == 4
    assert Answers.objects.count() == 1


def test_a_row_of_the_mirror_that_was_chosen_stays_and_a_follow_up_comes_where_there_was_tension(
    desk, cast, sarahs, held
):
    session = mirror_waits(cast, held)
    page = desk(390)
    page.goto(f"/checkins/{session}/{sarahs}/mirror")
    first = page.get_by_role("group", name="My client could be themselves with me today.")
    first.get_by_label("a little").click()
    page.get_by_role("group", name="All 6 below alike").get_by_label("mostly", exact=True).click()
    assert first.get_by_label("a little").is_checked()
    follow_up = page.get_by_role("group", name="Did we talk about it?")
    assert follow_up.is_hidden()
    page.get_by_role("group", name="There was tension").get_by_label("partly", exact=True).click()
    assert follow_up.is_visible()
    assert findings(page) == []


def test_the_mirror_works_without_script(desk, cast, sarahs, held):
    session = mirror_waits(cast, held)
    page = desk(390, java_script_enabled=False)
    page.goto(f"/checkins/{session}/{sarahs}/mirror")
    page.get_by_role("group", name="All 6 below alike").get_by_label("mostly", exact=True).click()
    page.get_by_role("button", name="Send").click()
    page.wait_for_url(re.compile(r"/cases/"))
    assert Answers.objects.count() == 1


# A form on paper


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_a_paper_form_from_printing_to_the_steps_after_a_risk_answer(
    desk, cast, sarahs, held, answered_for, width, scheme
):
    held("phq-9", "rapport-checkin-client")
    page = desk(width, scheme)
    page.goto(f"/cases/{Membership.one(sarahs).case_id}/")
    page.get_by_role("button", name="Paper for after").click()
    looked_at(page, f"paper-{width}-{scheme}", width)
    code = page.locator(".code").inner_text()
    page.get_by_role("link", name="Print the questions").click()
    looked_at(page, f"paper-print-{width}-{scheme}", width)
    if width == 1280 and scheme == "light":
        pages = page.pdf(format="A4").count(b"/Type /Page\n")
        assert pages in (1, 2)
    page.goto("/checkins/paper/")
    looked_at(page, f"paper-find-{width}-{scheme}", width)
    page.get_by_label("The code").fill(code.lower())
    page.get_by_role("button", name="Find it").click()
    hurt = page.get_by_role("group", name="Thoughts that you would be better off dead")
    hurt.get_by_label("Several days").click()
    page.get_by_role("button", name="Keep it").click()
    page.get_by_role("heading", name="Sarah Lindqvist answered").wait_for()
    looked_at(page, f"paper-kept-{width}-{scheme}", width)
    assert Flag.objects.count() == 1


# A card


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_a_card_from_the_desk_to_the_check_in(desk, opened, cast, sarahs, held, width, scheme):
    held()
    page = desk(width, scheme)
    page.goto(f"/checkins/card/{sarahs}/")
    looked_at(page, f"card-none-{width}-{scheme}", width)
    page.get_by_role("button", name="Make a card").click()
    looked_at(page, f"card-new-{width}-{scheme}", width)
    digits = page.locator(".digits").inner_text()
    address = page.locator(".a6 .code").inner_text()
    if width == 1280 and scheme == "light":
        page.emulate_media(media="print")
        page.set_viewport_size({"width": 397, "height": 559})  # A6
        kept(page, "card-printed")
        assert page.locator(".digits").is_hidden()
    phone = opened(min(width, 390), scheme)
    phone.goto(address)
    looked_at(phone, f"card-door-{width}-{scheme}", width)
    phone.get_by_label("Six digits").fill("000 000" if digits != "000 000" else "111 111")
    phone.get_by_role("button", name="Open").click()
    phone.get_by_role("alert").wait_for()
    looked_at(phone, f"card-wrong-{width}-{scheme}", width)
    phone.get_by_label("Six digits").fill(digits)
    phone.get_by_role("button", name="Open").click()
    phone.wait_for_selector("#checkin")
    assert phone.url.endswith("/c/")


# Help, fear, and a flag from answer to note


def to_the_last_of(page, n):
    for _ in range(n):
        tap(page, "Not at all")


def test_a_slip_of_the_finger_is_told_with_what_was_meant(opened, link, answered_for):
    page = opened()
    begin(page, link("phq-9"))
    to_the_last_of(page, 8)
    choose(page, "Several days")
    page.get_by_role("button", name="Back to the question").click()
    assert page.locator(".step:not([hidden]) input:checked").count() == 0
    tap(page, "Not at all")
    page.wait_for_load_state("networkidle")
    content = json.loads(Flag.objects.get().get("content"))
    assert (content["answer"], content["later"]) == ("Several days", "Not at all")


def wait_until_flagged(page):
    for _ in range(100):
        if Flag.objects.exists():
            return
        page.wait_for_timeout(100)


def test_who_is_shown_help_is_told_of_even_if_the_telephone_dies(opened, link, answered_for):
    page = opened()
    begin(page, link("phq-9"))
    to_the_last_of(page, 8)
    choose(page, "Several days")
    page.get_by_role("link", name="Call 112").wait_for()
    wait_until_flagged(page)
    assert Flag.objects.count() == 1  # nothing was pressed and nothing was left: no event came


def test_who_closes_the_page_while_help_is_on_it_is_not_forgotten(opened, link, answered_for):
    page = opened()
    begin(page, link("phq-9"))
    to_the_last_of(page, 8)
    choose(page, "Several days")
    page.get_by_role("link", name="Call 112").wait_for()
    page.goto("about:blank")
    wait_until_flagged(page)
    assert Flag.objects.count() == 1
    assert Answers.objects.count() == 0


def test_stop_here_sends_what_is_there(opened, link, answered_for):
    page = opened()
    begin(page, link("phq-9"))
    to_the_last_of(page, 8)
    choose(page, "Nearly every day")
    page.get_by_role("button", name="Stop here and send").click()
    page.get_by_text("Thank you.", exact=True).wait_for()
    assert (Flag.objects.count(), Answers.objects.count()) == (1, 1)


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_fear_of_the_therapist_asks_whom_to_tell(opened, cast, link, answered_for, width, scheme):
    page = opened(min(width, 390), scheme)
    begin(page, link("risq"))
    tap(page, "No")
    assert page.locator(".tell").is_hidden()
    choose(page, "Yes")
    page.locator(".tell").wait_for()
    looked_at(page, f"fear-{width}-{scheme}", width)
    tap(page, "Joana Teixeira")
    tap(page, "No")
    tap(page, "No")
    page.get_by_role("button", name="Send").click()
    page.get_by_text("Joana Teixeira at the practice is told").wait_for()
    looked_at(page, f"fear-thanks-{width}-{scheme}", width)
    assert [notice.to_id for notice in Notice.objects.all()] == [cast.joana]


def test_nobody_yet_shows_help_from_outside_at_once_and_without_a_network(
    opened, link, answered_for
):
    page = opened()
    begin(page, link("risq"))
    tap(page, "No")
    page.context.set_offline(True)
    choose(page, "Yes")
    choose(page, "Nobody yet. Show me help from outside.")
    page.get_by_text("Advice centre for patients").wait_for()
    kept(page, "fear-outside-390-light")
    assert findings(page) == []
    page.context.set_offline(False)
    page.get_by_role("button", name="Go on").click()
    tap(page, "No")
    tap(page, "No")
    page.get_by_role("button", name="Send").click()
    page.get_by_role("button", name="Tell Benedikt Aalto now").wait_for()
    kept(page, "fear-nobody-390-light")
    assert Notice.objects.count() == 0


def test_without_script_the_choice_stands_below_the_question(opened, cast, link, answered_for):
    page = opened(java_script_enabled=False)
    begin(page, link("risq"))
    page.get_by_role("group", name="might harm me").get_by_label("Yes").check()
    page.get_by_label("Joana Teixeira").check()
    kept(page, "fear-noscript-390-light")
    page.get_by_role("button", name="Send").click()
    page.get_by_text("Joana Teixeira at the practice is told").wait_for()
    assert [notice.to_id for notice in Notice.objects.all()] == [cast.joana]


# One tap, back, leave open, idle, languages


def test_back_shows_the_own_answer_and_next_keeps_it(opened, link):
    page = opened()
    begin(page, link("gad-7"))
    tap(page, "Several days")
    page.get_by_role("button", name="Back").click()
    assert page.locator(".step:not([hidden])").get_by_label("Several days").is_checked()
    kept(page, "back-390-light")
    page.get_by_role("button", name="Next").click()
    assert page.locator(".step:not([hidden]) input:checked").count() == 0


def test_left_open_after_an_answer_it_is_open(opened, link):
    page = opened()
    begin(page, link("gad-2"))
    tap(page, "Several days")
    page.get_by_role("button", name="Back").click()
    page.get_by_role("button", name="Leave it open").click()
    tap(page, "Not at all")
    page.get_by_role("button", name="Send").click()
    page.get_by_role("heading", name="Thank you.").wait_for()
    assert json.loads(Answers.objects.get().get("content")) == {"q1": None, "q2": 0}


def test_a_script_that_comes_late_moves_nobody_who_has_begun(opened, link):
    page, late = opened(), []
    page.route("**/checkins/checkin*.js*", lambda route: late.append(route))
    page.goto(link("gad-2"))
    page.get_by_role("button", name="Start").click()
    page.locator("#words").fill("I began before all of it was here.")
    late[0].continue_()
    page.wait_for_selector("#how-far:not([hidden])", state="attached")
    assert page.locator("#words").is_visible()
    page.get_by_role("button", name="Send").click()
    page.get_by_role("heading", name="Thank you.").wait_for()


def test_the_arrow_keys_choose_and_go_nowhere(opened, link):
    page = opened()
    begin(page, link("gad-2"))
    page.locator(".step:not([hidden]) input").first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.wait_for_timeout(300)
    assert page.locator("#moment").inner_text().startswith("1 of")


def test_after_ten_minutes_without_a_touch_nothing_is_on_the_screen(opened, link):
    page = opened()
    page.clock.install()
    begin(page, link("gad-7"))
    tap_with_clock(page, "Several days")
    page.clock.run_for(9 * 60 * 1000)
    assert page.locator("#checkin").count() == 1
    page.clock.run_for(61 * 1000)
    page.get_by_text("This page was closed because nobody used it.").wait_for()
    assert page.locator("#checkin, .step, template").count() == 0
    assert page.locator("input").count() == 0


def tap_with_clock(page, label):
    page.locator(".step:not([hidden])").get_by_label(label, exact=True).click()
    page.clock.run_for(500)


def test_what_was_not_kept_yet_is_brought_home_though_the_page_was_emptied(opened, link):
    page = opened()
    page.clock.install()
    begin(page, link("gad-7"))
    page.context.set_offline(True)
    tap_with_clock(page, "Several days")
    page.clock.run_for(11 * 60 * 1000)
    page.get_by_text("What you answered is still being sent.").wait_for()
    assert page.locator("input").count() == 0
    assert Draft.objects.count() == 0
    page.context.set_offline(False)
    page.clock.run_for(20_000)
    page.wait_for_function(
        "() => !document.querySelector('main').innerText.includes('still being sent')"
    )
    assert Draft.objects.count() == 1


def test_another_language_with_a_tap_and_enter_never_changes_it(opened, link):
    page = opened()
    begin(page, link("rapport-checkin-client"))
    tap(page, "mostly")
    page.get_by_text("English").click()
    kept(page, "languages-390-light")
    page.get_by_role("button", name="Deutsch").click()
    page.wait_for_selector("html[lang=de] #checkin")
    page.wait_for_load_state()
    kept(page, "german-390-light")
    assert findings(page) == []
    assert page.locator("#moment").inner_text().startswith("1 von 9")


def test_the_first_question_shows_without_scrolling_on_a_small_phone(opened, link):
    page = opened(360)
    page.set_viewport_size({"width": 360, "height": 640})
    begin(page, link("rapport-checkin-client"))
    last = page.locator(".step:not([hidden]) .options label").last.bounding_box()
    assert last["y"] + last["height"] <= 640


def test_all_that_a_phone_loads_for_one_check_in_is_below_fifty_kilobytes(opened, link):
    """Every byte of every reply from the link to the thanks, headers aside, not compressed."""
    page = opened()
    weights = {}
    page.on("response", lambda got: weights.__setitem__(got.url, got))
    begin(page, link("rapport-checkin-client"))
    for _ in range(6):
        tap(page, "mostly")
    tap(page, "not at all")
    tap(page, "not at all")
    tap(page, "completely")
    page.get_by_role("button", name="Send").click()
    page.get_by_role("heading", name="Thank you.").wait_for()
    sizes = {url: len(got.body()) for url, got in weights.items() if got.ok and got.status != 204}
    total = sum(sizes.values())
    print(f"{total} bytes in {len(sizes)} replies")
    assert total < 50_000
