"""Settings, roles, and what the first page says to each role."""

from uuid import uuid4

import pytest
from django.db import transaction
from doors_cast import signed_in

from rapport.web.audit.queries import lines
from rapport.web.core.clock import now
from rapport.web.office.queries import my_part, roles_page
from rapport.web.people.models import Membership, Practice
from rapport.web.people.queries import reader_of
from rapport.web.people.roles import ROLES, May
from rapport.web.people.sign_in import actions as sign_in
from rapport.web.safety.actions import RiskAnswer, raise_flag

SETTINGS = "/office/settings/"
TYPED = {
    "name": "Lindenhof", "zone": "Europe/Madrid", "language": "es", "consent_age": "14",
    "version": "1",
}  # fmt: skip


def texts(who):
    return " ".join(matter.text for matter in my_part(reader=reader_of(who), at=now()).matters)


def test_the_practice_is_changed_with_its_line_in_the_log(desk):
    assert desk.post(SETTINGS, TYPED)["Location"] == "/office/"
    stored = Practice.objects.get()
    assert (stored.name, stored.zone, stored.consent_age) == ("Lindenhof", "Europe/Madrid", 14)
    line = lines(most=1)[0]
    assert (line.deed, line.detail) == (
        "practice changed", {"fields": "consent_age, language, name, zone"},
    )  # fmt: skip


@pytest.mark.parametrize(
    "wrong", [{"zone": "Berlin"}, {"language": "fr"}, {"consent_age": "99"}, {"name": ""}]
)
def test_a_setting_that_cannot_be_changes_nothing(desk, wrong):
    assert desk.post(SETTINGS, TYPED | wrong).status_code == 422
    assert Practice.objects.get().name == "Made-up practice"


def test_an_edit_of_an_older_version_gets_both(desk):
    desk.post(SETTINGS, TYPED)
    reply = desk.post(SETTINGS, TYPED | {"name": "Birkenhof"})
    assert reply.status_code == 409
    assert "Birkenhof" in reply.content.decode()
    assert Practice.objects.get().name == "Lindenhof"


def test_the_page_of_roles_is_what_the_doors_ask(cast):
    page = roles_page(reader=reader_of(cast.ruth))
    assert [may for may, _ in page.rows] == [may.value for may in May]
    for may, marks in zip(May, (marks for _, marks in page.rows), strict=True):
        assert marks == tuple(may in role.may for role in ROLES.values())
    html = signed_in(cast.ruth).get("/office/roles/").content.decode()
    assert html.count("<td>yes</td>") == sum(len(role.may) for role in ROLES.values())


def test_each_role_is_told_its_own_part(cast, somebody, lead, keeper):
    somebody("Second Keeper", "administrator")
    assert "Questions about risk are closed" in texts(lead)
    assert "have not signed in yet" in texts(keeper)
    assert texts(cast.ruth) == "Who comes when, and who has arrived."
    assert "supervision" in texts(somebody("Ada Berg", "supervisor"))
    assert texts(cast.imani) == ""


def test_who_has_not_signed_in_is_named_up_to_three_and_never_the_reader(cast, lead, keeper):
    for gone in (cast.imani, cast.benedikt):
        sign_in.let_go(staff=gone, by=cast.RAPPORT, at=now())
    assert "Ines Brandt, Joana Teixeira and Ruth Weiss have not signed in yet." in texts(keeper)
    assert "Otto Keller" not in texts(keeper)
    assert "Otto Keller" in texts(lead)


def test_of_many_it_says_how_many(cast, keeper, somebody):
    for number in range(15):
        somebody(f"P{number} Berg", "therapist")
    assert "19 people have not signed in yet." in texts(keeper)
    assert "Berg" not in texts(keeper)


def test_a_practice_that_is_tried_out_asks_nobody_to_sign_in(cast, keeper, settings):
    settings.DEMO = True
    assert "signed in" not in texts(keeper)
    Practice.objects.update(made_up=False)
    assert "signed in" in texts(keeper)


def test_the_lead_sees_for_whom_an_answer_waits_and_nothing_of_it(cast, lead):
    member = Membership.objects.get(case=cast.case(cast.sarah)).pk
    risk = RiskAnswer(kind="self-harm", question="CANARY", answer="CANARY")
    with transaction.atomic():
        raise_flag(
            membership=member, answers=uuid4(), therapist=cast.imani, risk=risk,
            by=cast.RAPPORT, at=now(),
        )  # fmt: skip
    waiting = my_part(reader=reader_of(lead), at=now()).waiting
    assert [(one.who, one.taken_on) for one in waiting] == [("Imani Okafor", False)]
    page = signed_in(lead).get("/office/").content.decode()
    assert "An answer waits for Imani Okafor" in page
    assert "CANARY" not in page
    assert "Sarah" not in page


def test_only_those_are_led_to_the_office_who_may_enter(cast, lead):
    assert '<a href="/office/">Practice</a>' in signed_in(lead).get("/").content.decode()
    assert '<a href="/office/">Practice</a>' not in signed_in(cast.imani).get("/").content.decode()
