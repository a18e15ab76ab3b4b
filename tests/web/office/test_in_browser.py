"""The office in a real browser: from nothing to unlocked, a new therapist, who saw a client."""

import pytest
from browsing import kept, looked_at, needs_chromium
from doors_cast import signed_in

from rapport.web.core.clock import now
from rapport.web.people import actions as people
from rapport.web.people.queries import reader_of
from rapport.web.practice.queries import case_page
from rapport.web.safety.queries import missing_for_risk_questions

LOOKS = [(390, "dark"), (1280, "light")]
pytestmark = [
    pytest.mark.slow,
    needs_chromium,
]


@pytest.fixture
def window(opened):
    """A browser window in which somebody signed in a moment ago; the console stays silent."""
    complaints = []

    def open_for(staff, width=1280, **more):
        page = opened(width, staff=staff, fresh=True, **more)
        page.on("console", lambda message: complaints.append(message.text))
        return page

    yield open_for
    # Of a refusal (409, 422) the browser itself writes to the console.
    assert [said for said in complaints if "status of 4" not in said] == []


def look(page, name, looks=LOOKS):
    """The page in each look."""
    for width, scheme in looks:
        page.set_viewport_size({"width": width, "height": 844})
        page.emulate_media(color_scheme=scheme)
        looked_at(page, f"{name}-{width}-{scheme}", width)


def test_who_answers_is_set_up_from_nothing_to_unlocked(window, cast, lead):
    page = window(lead)
    page.goto("/")
    page.get_by_role("link", name="Practice", exact=True).click()
    look(page, "1-office-locked")
    page.get_by_role("link", name="Say who answers").click()
    look(page, "2-risk-nothing")
    page.get_by_role("link", name="Say who answers").click()
    page.get_by_label("Who answers").select_option(label="Imani Okafor")
    page.get_by_label("Who steps in").select_option(label="Imani Okafor")
    page.get_by_label("When answers are read").fill("Monday to Friday, 9 to 17")
    page.get_by_role("button", name="Keep").click()
    assert page.get_by_text("somebody else than who answers").is_visible()
    look(page, "3-risk-refused")
    page.get_by_label("Who steps in").select_option(label="Benedikt Aalto")
    page.get_by_role("button", name="Keep").click()
    assert page.get_by_text(", missing").count() == 3
    look(page, "4-risk-half")
    page.get_by_role("link", name="Change it").click()
    page.get_by_label("Who is told if neither has").select_option(label="Ines Brandt")
    page.get_by_label("Minutes until the next person is told").fill("30")
    page.get_by_label("Emergency number").fill("112")
    for language in ("English", "German"):
        page.get_by_label(f"Help lines and places, in {language}").fill(
            "Helpline 0800 000\nAny hour"
        )
        page.get_by_label(f"What clients agree to, in {language}").fill("We read on working days.")
    look(page, "5-risk-change")
    page.get_by_role("button", name="Keep").click()
    assert page.get_by_role("heading", name="Imani Okafor answers").is_visible()
    assert missing_for_risk_questions(at=now()) == []
    look(page, "6-risk-open")


def test_two_who_edit_at_once_see_both_texts_side_by_side(window, lead, keeper, whole_plan):
    desk = signed_in(keeper, fresh=True)
    desk.post("/office/risk/change", whole_plan)
    page = window(lead)
    page.goto("/office/risk/change")
    desk.post("/office/risk/change", whole_plan | {"hours": "Weekdays, 8 to 18", "version": "1"})
    page.get_by_label("When answers are read").fill("Every day, 9 to 12")
    page.get_by_role("button", name="Keep").click()
    assert page.get_by_role("cell", name="Weekdays, 8 to 18").is_visible()
    look(page, "7-both-versions")
    page.get_by_role("button", name="Keep what I typed").click()
    assert page.get_by_text("Every day, 9 to 12").first.is_visible()


def test_a_therapist_is_added_and_comes_in(window, chromium, cast, lead, live_server):
    page = window(lead)
    page.goto("/office/staff/")
    look(page, "8-staff")
    page.get_by_role("link", name="Add somebody").click()
    page.get_by_role("button", name="Add").click()
    look(page, "9-staff-new-empty")
    page.get_by_label("Name").fill("Theo Lindahl")
    page.get_by_label("E-mail address").fill("theo@example.org")
    page.get_by_label("Therapist").check()
    page.get_by_role("button", name="Add").click()
    look(page, "10-staff-one")
    page.get_by_role("button", name="Make a sign-in link").click()
    look(page, "11-staff-link")
    address = page.get_by_label("The link").input_value()
    other = chromium.new_page()
    other.goto(address)
    other.get_by_role("button", name="Sign in once").click()
    assert other.url == f"{live_server.url}/sign-in/set-up/"
    other.close()
    page.goto("/office/staff/")
    page.get_by_role("link", name="Imani Okafor").click()
    page.get_by_role("link", name="Imani Okafor does not work here any more").click()
    look(page, "12-let-go")


def test_who_saw_a_client_is_read(window, cast, lead):
    case = cast.case(cast.sarah)
    by = {"by": cast.RAPPORT, "at": now()}
    people.plan_session(case=case, staff=cast.imani, starts_at=now(), **by)
    desk_page = window(cast.ruth)
    desk_page.goto("/office/day/")
    case_page(case, reader=reader_of(cast.imani), at=now())
    page = window(lead)
    page.goto("/office/log/")
    look(page, "13-log")
    page.get_by_label("Number of a client").fill(str(cast.sarah)[:8])
    page.get_by_role("button", name="Show").click()
    assert page.get_by_text("Ruth Weiss saw the names of client").is_visible()
    look(page, "14-log-of-a-client")


def test_the_day_at_the_front_desk(window, cast):
    by = {"by": cast.RAPPORT, "at": now()}
    for case, who in ((cast.case(cast.sarah), cast.imani), (cast.couple(), cast.benedikt)):
        people.plan_session(case=case, staff=who, starts_at=now(), **by)
    page = window(cast.ruth)
    page.goto("/")
    page.get_by_role("navigation", name="Main").get_by_role("link", name="The day").click()
    page.get_by_role("button", name="Marta Ferreira has arrived").click()
    assert page.get_by_role("button", name="Marta Ferreira has not arrived").is_visible()
    look(page, "15-day")
    page.emulate_media(media="print")
    assert page.get_by_role("button").count() == 0
    kept(page, "15-day-print")


def test_an_appointment_is_moved_and_the_next_one_planned_at_the_front_desk(window, cast):
    people.plan_session(
        case=cast.couple(), staff=cast.benedikt, starts_at=now(), by=cast.RAPPORT, at=now()
    )
    page = window(cast.ruth)
    page.goto("/office/day/")
    page.get_by_role("link", name="plan the next with Dev Raman, Marta Ferreira").click()
    look(page, "18-appointment")
    page.get_by_role("button", name="Plan").click()
    page.get_by_role("link", name="Move, call off").click()
    page.get_by_label("Day and time").first.fill("2020-01-01T10:00")
    page.get_by_role("button", name="Move").click()
    assert page.get_by_text("not gone by yet").is_visible()
    look(page, "19-appointment-refused")
    page.get_by_label("Who called it off").select_option(label="The therapist")
    page.get_by_role("button", name="Call off").click()
    assert page.get_by_text("in the room, cancelled").is_visible()


def test_cases_go_to_another_therapist(window, cast, lead):
    cast.case(cast.sarah)
    cast.case(cast.rana)
    page = window(lead)
    page.goto(f"/office/staff/{cast.imani}/let-go")
    page.get_by_role("button", name="Let Imani Okafor go").click()
    assert page.get_by_text("Choose who takes over.").is_visible()
    look(page, "20-let-go-with-cases")
    page.get_by_label("Who takes over their 2 open cases").select_option(label="Nobody yet")
    page.get_by_role("button", name="Let Imani Okafor go").click()
    look(page, "21-staff-with-orphans")
    page.get_by_role("link", name="Imani Okafor").click()
    look(page, "22-hand-over")
    page.get_by_label("Who takes over their 2 open cases").select_option(label="Joana Teixeira")
    page.get_by_role("button", name="Hand over").click()
    assert page.get_by_text("in their care").count() == 0


def test_the_quiet_pages_are_accessible_too(window, cast, lead):
    page = window(lead)
    for name, place in {"16-settings": "settings/", "17-roles": "roles/"}.items():
        page.goto(f"/office/{place}")
        look(page, name)
    page.emulate_media(media="print", color_scheme="light")
    kept(page, "17-roles-print")


def test_everything_works_without_script_and_by_keyboard(window, cast, lead):
    page = window(lead, java_script_enabled=False)
    page.goto("/office/staff/new")
    page.get_by_label("Name").focus()
    page.keyboard.type("Theo Lindahl")
    page.keyboard.press("Tab")
    page.keyboard.type("theo@example.org")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Theo Lindahl").wait_for()
