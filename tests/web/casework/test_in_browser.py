"""The arrangement of a case as people do it: journeys, and every page looked at in two widths."""

import re
from datetime import timedelta

import pytest
from browsing import looked_at, needs_chromium

from rapport.web.checkins.actions import invite
from rapport.web.core.clock import now
from rapport.web.people import actions as people
from rapport.web.people.models import Attendance, Case, Membership, Session

LOOKS = [(390, "dark"), (1280, "light")]
pytestmark = [
    pytest.mark.slow,
    needs_chromium,
]


@pytest.fixture
def desk(opened):
    """A browser in which somebody who works here is signed in."""
    return lambda staff, width=1280, scheme="light", **more: opened(
        width, scheme, staff=staff, **more
    )


@pytest.fixture
def a_case(live_server, cast):
    """A family of Imani's with a session behind, one ahead, a goal, consents; Yusuf is eleven."""
    by, at = {"by": cast.RAPPORT, "at": now()}, now()
    cast._known["yusuf"] = cast.person("Yusuf Haddad", born="2015-03-01")
    cast._known["rana"] = cast.person(
        "Rana Haddad", email="rana@example.org", phone="+49 30 123456",
        safe_way="Only the e-mail of her office, weekdays until four.",
    )  # fmt: skip
    case = cast.case(cast.rana, cast.yusuf, cast.erik, kind="family", accepted=False)
    rana = Membership.objects.get(case=case, person=cast.rana).pk
    past, ahead = (
        people.plan_session(case=case, staff=cast.imani, starts_at=at + timedelta(days=n), **by)
        for n in (-1, 6)
    )
    from rapport.web.measures.actions import set_goal

    set_goal(membership=rana, words="To say what I need before I am angry.", **by)
    people.note_consent(membership=rana, about="treatment", text_version="1", **by)
    return {"case": case, "rana": rana, "past": past, "ahead": ahead}


def pages(found):
    of = f"/cases/{found['case']}"
    return {
        "open": "/cases/open?kind=couple", "arrange": f"{of}/arrange",
        "member": f"{of}/members/{found['rana']}/",
        "contacts": f"{of}/members/{found['rana']}/contacts", "join": f"{of}/members/new",
        "therapists": f"{of}/therapists", "sessions": f"{of}/sessions",
        "session-begun": f"{of}/sessions/{found['past']}/",
        "session-ahead": f"{of}/sessions/{found['ahead']}/",
        "move": f"{of}/sessions/{found['ahead']}/move", "asked": f"{of}/asked",
        "secrets": f"{of}/secrets", "calendar": "/calendar/",
    }  # fmt: skip


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_every_page_is_accessible_and_fits(desk, cast, a_case, width, scheme):
    page = desk(cast.imani, width, scheme)
    for name, address in pages(a_case).items():
        assert page.goto(address).status == 200
        looked_at(page, f"{name}-{width}-{scheme}", width)


@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (1280, "dark")])
def test_the_practices_own_pages_are_accessible_and_fit(desk, cast, a_case, width, scheme):
    lead = people.add_staff(
        name="Ines Brandt", email="ines@example.org", roles=["practice-lead"],
        by=cast.RAPPORT, at=now(),
    )  # fmt: skip
    page = desk(lead, width, scheme)
    for name, address in {
        "default": "/settings/asked/couple/", "policies": "/settings/secrets/",
        "write-policy": "/settings/secrets/limited/en",
    }.items():  # fmt: skip
        assert page.goto(address).status == 200
        looked_at(page, f"{name}-{width}-{scheme}", width)


@pytest.mark.parametrize("width", [390, 1280])
def test_a_couple_from_the_first_page_to_a_discharge(desk, cast, width):
    page = desk(cast.imani, width)
    page.goto("/cases/open?kind=couple")
    for n, name in enumerate(("Marta Ferreira", "Dev Raman")):
        page.fill(f"#id_form-{n}-name", name)
    assert not page.locator("#id_form-0-born").is_visible()  # rarer things are folded
    page.fill("#id_form-0-safe_way", "A message to her work phone, never after six.")
    page.select_option("#id_policy", "no-secrets")
    looked_at(page, "journey-open", width)
    page.click("text=Open the case")
    looked_at(page, "journey-arrange", width)
    case = Case.objects.get()
    assert case.policy == "no-secrets"

    page.click("text=Plan sessions, see all")
    page.fill("#id_starts_at", "2027-03-28T02:30")
    page.uncheck("label:has-text('Marta Ferreira') input")
    page.click("button:has-text('Plan')")
    assert page.locator("text=does not exist in Europe/Berlin").count() == 1
    assert not page.locator("label:has-text('Marta Ferreira') input").is_checked()
    looked_at(page, "journey-no-such-time", width)
    soon = now() + timedelta(minutes=30)
    page.fill("#id_starts_at", f"{soon.astimezone(_berlin()):%Y-%m-%dT%H:%M}")
    page.click("button:has-text('Plan')")
    looked_at(page, "journey-planned", width)
    assert [a.membership.person.get("name") for a in Attendance.objects.all()] == ["Dev Raman"]

    page.click("ul.rows a")
    page.click("text=Came")
    page.click("button:has-text('Held')")
    looked_at(page, "journey-held", width)
    assert Session.objects.get().state == "held"
    page.click("text=Take this mark back")
    assert Session.objects.get().state == "planned"

    page.goto(f"/cases/{case.pk}/arrange")
    page.click("text=Dev Raman >> nth=-1")
    page.click("summary:has-text('leaves')")
    page.click("button:has-text('Leaves today')")
    looked_at(page, "journey-discharged", width)
    assert Membership.objects.exclude(left_why="").get().left_why == "discharged"


def test_a_stale_edit_in_two_windows_loses_nothing(desk, cast, a_case):
    first = desk(cast.imani, 390)
    second = first.context.new_page()
    address = f"/cases/{a_case['case']}/members/{a_case['rana']}/contacts"
    for page in (first, second):
        page.goto(address)
    first.fill("#id_phone", "+49 30 111111")
    first.click("text=Keep it")
    second.fill("#id_phone", "+49 30 222222")
    second.click("text=Keep it")
    assert "Nothing was overwritten" in second.content()
    assert "+49 30 111111" in second.content()
    looked_at(second, "stale", 390)
    second.click("text=Keep what I wrote")
    assert "+49 30 222222" in second.content()


@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (390, "dark"), (1280, "light")])
def test_a_family_accepts_one_by_one_and_nobody_sees_another(
    desk, cast, a_case, live_server, width, scheme
):
    case = a_case["case"]
    yusuf = Membership.objects.get(case=case, person=cast.yusuf).pk
    people.note_consent(membership=yusuf, about="treatment", text_version="1",
                        guardian="Rana Haddad", by=cast.RAPPORT, at=now())  # fmt: skip
    names = {"Rana Haddad", "Yusuf Haddad", "Erik Sund"}
    for member in Membership.objects.filter(case=case):
        name = member.person.get("name")
        token = invite(session=a_case["ahead"], membership=member.pk, moment="before",
                       by=cast.RAPPORT, at=now())  # fmt: skip
        phone = desk(None, width, scheme, java_script_enabled=True)
        phone.goto(f"/c/{token}")
        phone.click("button:has-text('Start')")
        assert "Before you begin" in phone.content()
        looked_at(phone, f"agree-{name.split()[0].lower()}-{width}-{scheme}", width)
        phone.click("button:has-text('agree'), button:has-text('Yes, ask me')")
        assert phone.locator("#checkin").count() == 1
        seen = phone.content()
        assert not any(other in seen for other in names - {name})
    accepted = Membership.objects.filter(case=case, policy_accepted_at__isnull=False)
    assert accepted.count() == 3


def test_the_page_before_the_first_answer_works_without_script(desk, cast, a_case):
    token = invite(session=a_case["ahead"], membership=a_case["rana"], moment="before",
                   by=cast.RAPPORT, at=now())  # fmt: skip
    phone = desk(None, 320, java_script_enabled=False)
    phone.goto(f"/c/{token}")
    phone.click("button:has-text('Start')")
    phone.keyboard.press("Tab")
    phone.keyboard.press("Enter")
    phone.wait_for_selector("#checkin")


def test_the_calendar_address_opens_in_another_program(desk, cast, a_case):
    page = desk(cast.imani, 390)
    page.goto("/calendar/")
    page.click("text=Make an address")
    looked_at(page, "calendar-made", 390)
    address = page.input_value("#address")
    assert re.fullmatch(r"http://[\w.:]+/calendar/[\w-]{26,}\.ics", address)
    answer = desk(None).request.get(address)
    assert answer.status == 200
    assert answer.text().count("BEGIN:VEVENT") == 2


def _berlin():
    from zoneinfo import ZoneInfo

    return ZoneInfo("Europe/Berlin")
