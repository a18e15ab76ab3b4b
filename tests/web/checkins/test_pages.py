"""The pages of a check-in: kind, short, the same to every stranger, help first where needed."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from practice_cast import NOW

from rapport.web.checkins import actions
from rapport.web.checkins.models import Answers, Draft, Link
from rapport.web.checkins.words import LANGUAGES, chosen_language, who_sees, words_in
from rapport.web.people import actions as people
from rapport.web.people.models import Membership
from rapport.web.people.roles import ROLES, May
from rapport.web.safety.actions import set_response_plan
from rapport.web.safety.models import Flag

STATIC = Path(actions.__file__).parent / "static/checkins"
ADDRESS = "/c/"


@pytest.fixture(autouse=True)
def at_the_time_of_the_tests(monkeypatch):
    monkeypatch.setattr("rapport.web.checkins.views.now", lambda: NOW)


@pytest.fixture
def link(cast, open_checkin):
    """A check-in after the session, with the address of its link."""

    def made(*instruments, **told):
        occasion, forms = open_checkin(*(instruments or ("rapport-checkin-client",)), **told)
        token = actions.make_link(occasion=occasion, by=cast.RAPPORT, at=NOW)
        return f"{ADDRESS}{token}", forms

    return made


@pytest.fixture
def phone():
    return Client()


def started(phone, address):
    answer = phone.post(address)
    assert (answer.status_code, answer["Location"]) == (302, ADDRESS)
    return phone.get(ADDRESS).content.decode()


def sent(phone, form, **answers):
    fields = {f"a.{form}.{q}": value for q, value in answers.items()}
    return phone.post(ADDRESS, {"key": "k", "language": "en", "who_sees": "v", **fields})


def test_a_look_at_a_link_shows_nothing_of_anybody_and_uses_nothing_up(phone, link):
    address, _ = link()
    before = Link.objects.get()
    true, false = phone.get(address), phone.get(f"{ADDRESS}a-guess-of-somebody")
    assert true.content == false.content
    for told in ("Sarah", "Imani", "session 1", "PHQ"):
        assert told not in true.content.decode()
    assert not true.cookies
    assert Link.objects.get().cookie == before.cookie == ""


@pytest.mark.parametrize("method", ["get", "head"])
@pytest.mark.slow
def test_a_scanner_may_come_a_hundred_times(phone, link, method):
    address, _ = link()
    for _ in range(100):
        assert getattr(phone, method)(address).status_code == 200
    assert "I felt I could be myself" in started(phone, address) or Link.objects.get().cookie


def test_start_gives_a_clean_address_and_a_cookie_that_no_script_and_no_other_site_gets(
    phone, link
):
    address, _ = link()
    cookie = phone.post(address).cookies["checkin"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Strict"
    assert address.rsplit("/", 1)[1] not in cookie.value


def test_all_questions_stand_on_one_page_with_one_way_to_send(phone, link):
    address, _ = link()
    page = started(phone, address)
    assert page.count("<fieldset>") == 11  # eight, two follow-ups, one on being respected
    assert page.count('<button id="send">') == 1
    assert "Not validated" in page


def test_it_ends_with_thanks_and_who_reads_it_and_when(cast, phone, link, sarahs):
    address, (form,) = link()
    people.plan_session(
        case=Membership.one(sarahs).case_id, staff=cast.imani, starts_at=NOW + timedelta(days=7),
        by=cast.RAPPORT, at=NOW,
    )  # fmt: skip
    started(phone, address)
    page = sent(phone, form, myself=3).content.decode()
    assert "Imani Okafor reads this before you next meet on July 13, 2026." in page
    assert Answers.objects.count() == 1


def test_sent_twice_it_is_kept_once_and_answered_alike(phone, link):
    address, (form,) = link()
    started(phone, address)
    first, second = (sent(phone, form, myself=3) for _ in range(2))
    assert first.content == second.content
    assert Answers.objects.count() == 1


def test_help_stands_first_in_the_same_reply(cast, phone, link):
    set_response_plan(
        responder=cast.benedikt, backup=cast.joana, hours="Mon to Fri, 9 to 17", minutes=30,
        emergency="112", help_text={"en": "Helpline 0800 000"}, consent_text={"en": "We read."},
        by=cast.RAPPORT, at=NOW,
    )  # fmt: skip
    address, (form,) = link("phq-9", moment="before")
    assert "Helpline 0800 000" in started(phone, address)  # also when the network is gone
    page = sent(phone, form, q9=2).content.decode()
    assert page.index('href="tel:112"') < page.index("Thank you.")
    for told in ("Helpline 0800 000", "Benedikt Aalto", "Nobody watches this around the clock"):
        assert told in page
    for never in ("risk level", "high risk", "safe now", "several"):
        assert never not in page
    assert Flag.objects.count() == 1


def test_without_a_risk_answer_there_is_no_word_of_it(phone, link):
    address, (form,) = link("phq-9", moment="before")
    started(phone, address)
    page = sent(phone, form, q1=1, q9=0).content.decode()
    assert "Help, now" not in page
    assert "tel:" not in page


def test_resuming_shows_what_is_open_and_never_what_was_answered(phone, link):
    address, (form,) = link()
    started(phone, address)
    kept = phone.post(f"{ADDRESS}one", {"name": f"a.{form}.myself", "value": "3"})
    assert kept.status_code == 204
    again = started(Client(), address)
    assert f"a.{form}.myself" not in again
    assert again.count("<fieldset>") == 10
    assert "checked" not in again


def test_what_was_kept_on_the_way_is_part_of_what_is_sent(cast, phone, link, sarahs):
    address, (form,) = link("phq-9", moment="before")
    started(phone, address)
    phone.post(f"{ADDRESS}one", {"name": f"a.{form}.q9", "value": "1"})
    sent(phone, form, q1=2)
    assert Flag.objects.count() == 1
    assert Draft.objects.count() == 0


@pytest.mark.parametrize("name", ["a.none.q1", "a", "", "a.0.q1"])
def test_a_field_that_no_page_has_is_refused(phone, link, name):
    address, _ = link()
    started(phone, address)
    answer = phone.post(f"{ADDRESS}one", {"name": name, "value": "1"})
    assert answer.status_code == 422


def test_without_a_cookie_or_with_an_old_one_there_is_no_check_in(phone, link):
    link()
    assert phone.get(ADDRESS).status_code == 410
    phone.cookies["checkin"] = "a-guess"
    assert phone.get(ADDRESS).status_code == 410
    assert Client().post(f"{ADDRESS}a-guess").status_code == 410


def test_leaving_takes_one_tap_and_leaves_nothing(phone, link):
    address, _ = link()
    started(phone, address)
    left = phone.post(f"{ADDRESS}left")
    assert left.cookies["checkin"]["max-age"] == 0
    assert "storage" in left["Clear-Site-Data"]
    assert phone.get(ADDRESS).status_code == 410
    assert "Nothing of it stays" in phone.get(f"{ADDRESS}left").content.decode()


def test_no_page_of_it_is_kept_by_a_browser(phone, link):
    address, (form,) = link()
    pages = [phone.get(address), phone.post(address), phone.get(ADDRESS), sent(phone, form)]
    assert {page["Cache-Control"] for page in pages} == {"no-store"}


def test_all_of_it_weighs_less_than_fifty_kilobytes(phone, link):
    from rapport.pictures import style

    address, _ = link("rapport-checkin-client")
    page = len(started(phone, address).encode())
    rest = sum(len(path.read_bytes()) for path in STATIC.iterdir()) + len(style().encode())
    assert page + rest < 50_000


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_everything(language):
    english, told = words_in("en"), words_in(language)
    assert set(told) == set(english)
    for name, sentence in english.items():
        if isinstance(sentence, str):
            assert set(re.findall(r"{\w+}", told[name])) == set(re.findall(r"{\w+}", sentence)), (
                name
            )


def test_a_check_in_is_in_the_clients_language(cast, phone, link):
    from rapport.web.people.models import Person

    sarah = Person.one(cast.sarah)
    sarah.language = "de"
    sarah.save()
    address, _ = link()
    page = started(phone, address)
    assert '<html lang="de">' in page
    assert "Seite sofort verlassen" in page


@pytest.mark.parametrize(
    ("asked", "accepted", "chosen"),
    [(None, "", "en"), (None, "de-AT,de;q=0.9", "de"), ("es", "de", "es"), ("xx", "fr", "en")],
)
def test_the_page_before_start_follows_the_browser(asked, accepted, chosen):
    assert chosen_language(asked, accepted, "en") == chosen


def test_who_reads_it_is_what_the_roles_allow(monkeypatch):
    """Could another role read answers and the page not say so, there would be no page."""
    assert who_sees("en")[0].startswith("Your therapist reads")
    desk = ROLES["front-desk"]
    more = type(desk)(name="x", meaning="x", may=frozenset({May.SEE_OWN_CASES}))
    monkeypatch.setitem(ROLES, "front-desk", more)
    with pytest.raises(RuntimeError, match="reads answers that the page does not name"):
        who_sees("en")


def test_who_is_told_of_a_risk_answer_is_named_before_the_first_question(cast, phone, link):
    address, _ = link("phq-9", moment="before")
    assert "Benedikt Aalto" not in phone.get(address).content.decode()
    set_response_plan(responder=cast.benedikt, by=cast.RAPPORT, at=NOW)
    assert "Benedikt Aalto at the practice is told" in phone.get(address).content.decode()
