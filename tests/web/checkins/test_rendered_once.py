"""Pages that are rendered once and shown to many: each reader still gets their own."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from practice_cast import NOW

from rapport.web.checkins import actions, rendered
from rapport.web.people import actions as people
from rapport.web.people.models import Membership, Practice

FORM = "rapport-checkin-client"


@pytest.fixture(autouse=True)
def at_the_time_of_the_tests(monkeypatch):
    monkeypatch.setattr("rapport.web.checkins.views.now", lambda: NOW)


@pytest.fixture
def opened(cast, open_checkin):
    """A phone that has the questions open, of a member; the page, and the form's id."""

    def made(membership):
        occasion, (form,) = open_checkin(FORM, membership=membership)
        phone = Client()
        phone.post(f"/c/{actions.make_link(occasion=occasion, by=cast.RAPPORT, at=NOW)}")
        return phone, phone.get("/c/"), form

    return made


@pytest.fixture
def sarah(sarahs):
    return sarahs


@pytest.fixture
def marta(cast):
    return Membership.objects.get(case=cast.case(cast.marta)).pk


def hidden(reply, name):
    return re.search(rf'name="{name}" value="([^"]*)"', reply.content.decode())[1]


def test_two_people_get_the_same_questions_under_a_key_and_a_nonce_of_their_own(
    opened, sarah, marta
):
    pages = [opened(one)[1] for one in (sarah, marta)]
    keys = [hidden(page, "key") for page in pages]
    nonces = [re.search(r'nonce="([^"]+)"', page.content.decode())[1] for page in pages]
    assert len(set(keys)) == len(set(nonces)) == 2
    for page, nonce in zip(pages, nonces, strict=True):
        assert f"'nonce-{nonce}'" in page["Content-Security-Policy"]
    same = [
        page.content.decode().replace(key, "").replace(nonce, "")
        for page, key, nonce in zip(pages, keys, nonces, strict=True)
    ]
    assert same[0] == same[1]


def answered(phone, page):
    field = re.search(r'name="(a\.[^"]+)" value="4"', page.content.decode())[1]
    return phone.post("/c/", {"key": "k", "language": "en", field: "4"}).content.decode()


def test_no_place_is_left_unfilled(opened, sarah):
    phone, page, _ = opened(sarah)
    seen = page.content + answered(phone, page).encode()
    for left in (rendered._KEY, rendered._NONCE, rendered._THANKS):
        assert left not in seen


def test_each_is_told_their_own_next_session(cast, opened, sarah, marta):
    said = []
    for days, one in ((3, sarah), (5, marta)):
        case, starts = Membership.one(one).case_id, NOW + timedelta(days=days)
        people.plan_session(case=case, staff=cast.imani, starts_at=starts, by=cast.RAPPORT, at=NOW)
        phone, page, _ = opened(one)
        said.append(re.findall(r"July (\d+)|(\d+) July", answered(phone, page)))
    assert [set("".join(day) for day in days) for days in said] == [{"9"}, {"11"}]


def test_whoever_has_answered_some_already_gets_a_page_of_their_own(opened, sarah, marta):
    phone, page, form = opened(sarah)
    first = re.search(rf'name="(a\.{form}\.[^"]+)"', page.content.decode())[1]
    phone.post("/c/one", {"name": first, "value": "4"})
    assert first not in phone.get("/c/").content.decode()
    assert first.split(".")[-1] in opened(marta)[1].content.decode()


def test_whether_the_practice_is_made_up_is_asked_each_time(opened, sarah, marta):
    assert "A made-up practice" in opened(sarah)[1].content.decode()
    Practice.objects.update(made_up=False)
    assert "A made-up practice" not in opened(marta)[1].content.decode()
