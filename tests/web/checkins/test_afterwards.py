"""What can still be done when the answers are in, and the language of a check-in."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from practice_cast import NOW

from rapport.web.audit.queries import lines_about
from rapport.web.checkins import actions
from rapport.web.checkins.models import Answers, Draft, Occasion, Receipt
from rapport.web.checkins.queries import check_ins_of
from rapport.web.measures.queries import form as form_of
from rapport.web.people.models import Membership
from rapport.web.people.queries import reader_of

FORM = "rapport-checkin-client"


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    class Clock:
        at = NOW

    monkeypatch.setattr("rapport.web.checkins.views.now", lambda: Clock.at)
    return Clock


@pytest.fixture
def phone():
    return Client()


@pytest.fixture
def begun(cast, open_checkin, phone):
    occasion, (form,) = open_checkin(FORM)
    phone.post(f"/c/{actions.make_link(occasion=occasion, by=cast.RAPPORT, at=NOW)}")
    return occasion, form


def sent(phone, form, words="", language="en", **answers):
    fields = {f"a.{form}.{q}": value for q, value in answers.items()}
    told = {"key": "k", "language": language, "who_sees": "v", "words": words}
    return phone.post("/c/", told | fields).content.decode()


def test_what_one_would_rather_not_talk_about_is_marked_and_read_all_the_same(
    cast, phone, begun, sarahs
):
    _, form = begun
    page = sent(phone, form, myself=3, kept_back=4)
    marks = re.findall(r'name="(m\.[^"]+)"', page)
    assert [name.rsplit(".", 1)[1] for name in marks] == ["myself", "kept_back"]
    done = phone.post("/c/mark", {marks[1]: "on", f"m.{form}.tension": "on", "m.x.y": "on"})
    assert done.status_code == 422
    done = phone.post("/c/mark", {marks[1]: "on"}).content.decode()
    assert "It is marked." in done
    (came,) = check_ins_of(sarahs, reader=reader_of(cast.imani), at=NOW)
    assert came.rather_not == {form: frozenset({"kept_back"})}
    assert came.answers[form]["kept_back"] == 4


def test_no_answer_stands_on_the_page_that_thanks(phone, begun):
    _, form = begun
    page = sent(phone, form, words="canary words", myself=3)
    assert "canary" not in page
    assert "mostly" not in page


def test_messages_stop_with_one_tap_and_stay_as_they_were_stopped(
    cast, phone, begun, sarahs, clock
):
    _, form = begun
    sent(phone, form, myself=3)
    assert "Nothing more is sent to you" in phone.post("/c/stop").content.decode()
    clock.at = NOW + timedelta(minutes=5)
    phone.post("/c/stop")
    assert Membership.one(sarahs).messages_stopped_at == NOW
    assert [line.deed for line in lines_about(sarahs)].count("messages stopped") == 1


def test_own_answers_can_be_taken_along_under_a_name_that_says_nothing(phone, begun):
    _, form = begun
    sent(phone, form, words="I nodded.", myself=3)
    taken = phone.post("/c/mine")
    assert taken["Content-Disposition"] == 'attachment; filename="notes.txt"'
    text = taken.content.decode()
    assert "I could be myself with my therapist today.: mostly" in text
    assert "There was tension or a misunderstanding between us.: left open" in text
    assert "I nodded." in text
    assert "Answers about safety are never in this file." in text


@pytest.mark.parametrize("address", ["mark", "stop", "mine", "tell"])
def test_half_an_hour_later_and_for_strangers_it_is_over(phone, begun, clock, address):
    _, form = begun
    assert phone.post(f"/c/{address}").status_code == 410
    sent(phone, form, myself=3)
    assert Client().post(f"/c/{address}").status_code == 410
    clock.at = NOW + timedelta(minutes=30)
    assert phone.post(f"/c/{address}").status_code == 410
    assert phone.get(f"/c/{address}").status_code in (405, 200)


# Languages


def test_the_language_changes_on_the_way_and_what_was_answered_stays(phone, begun, cast, sarahs):
    occasion, form = begun
    phone.post("/c/one", {"name": f"a.{form}.myself", "value": "3"})
    phone.post("/c/language", {"in": "de", f"a.{form}.taken_in": "1", f"a.{form}.tension": ""})
    page = phone.get("/c/").content.decode()
    assert '<html lang="de">' in page
    (other,) = Occasion.one(occasion).forms
    assert other != str(form)
    assert form_of(other).language == "de"
    assert f"a.{other}.myself" not in page
    assert f"a.{other}.taken_in" not in page
    assert f"a.{other}.tension" in page
    thanks = sent(phone, other, language="de", tension=2)
    assert "Danke." in thanks
    (came,) = check_ins_of(sarahs, reader=reader_of(cast.imani), at=NOW)
    answers = came.answers[form_of(other).id]
    assert (answers["myself"], answers["taken_in"], answers["tension"]) == (3, 1, 2)
    assert Receipt.objects.get().language == "de"


def test_a_form_without_a_text_in_that_language_stays_and_says_so(cast, open_checkin, phone):
    occasion, (form,) = open_checkin("gad-7")
    phone.post(f"/c/{actions.make_link(occasion=occasion, by=cast.RAPPORT, at=NOW)}")
    phone.post("/c/language", {"in": "es"})
    assert Occasion.one(occasion).forms == [str(form)]
    assert "no está disponible en español" in phone.get("/c/").content.decode()


def test_a_language_that_nothing_is_said_in_changes_nothing(phone, begun):
    occasion, form = begun
    assert phone.post("/c/language", {"in": "xx"}).status_code == 404
    assert Occasion.one(occasion).forms == [str(form)]


def test_a_language_can_be_chosen_before_the_start(cast, open_checkin, phone):
    occasion, _ = open_checkin(FORM)
    address = f"/c/{actions.make_link(occasion=occasion, by=cast.RAPPORT, at=NOW)}"
    page = phone.get(f"{address}?in=de").content.decode()
    assert 'name="in" value="de"' in page
    assert 'name="in"' not in phone.get(address).content.decode()
    phone.post(address, {"in": "de"})
    assert '<html lang="de">' in phone.get("/c/").content.decode()


def test_an_answered_check_in_changes_its_language_no_more(phone, begun):
    _, form = begun
    sent(phone, form, myself=3)
    assert phone.post("/c/language", {"in": "de"}).status_code == 410
    assert (Answers.objects.count(), Draft.objects.count()) == (1, 0)
