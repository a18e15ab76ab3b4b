"""The way in: a link once, then never one factor alone; and the way out for who left."""

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.contrib.sessions.models import Session
from django.test import Client
from doors_cast import PASSWORD, account_of, signed_in
from practice_cast import NOW, Cast

from rapport.web.audit.queries import lines_about, verify
from rapport.web.core.clock import now
from rapport.web.people.accounts import Account, Attempt, EntryLink
from rapport.web.people.errors import WrongState
from rapport.web.people.models import Staff
from rapport.web.people.sign_in import actions, sessions
from rapport.web.people.sign_in.errors import LinkGone

ENTRY = "/sign-in/link/{}/"


def code_of(account):
    counter = next(yield_hotp_counters_from_time())
    return format_hotp_value(hotp_value(account.secret, counter))


def link_for(staff, **told):
    return actions.make_link(staff=staff, by=Cast.RAPPORT, at=now(), **told)


def by_password(client, email, password=PASSWORD):
    return client.post("/sign-in/", {"login": email, "password": password})


def test_looking_at_a_link_uses_nothing_up_and_the_button_signs_in_once(cast):
    place = ENTRY.format(link_for(cast.imani))
    browser = Client()
    for _ in range(3):
        assert b"Sign in once" in browser.get(place).content
    assert browser.post(place)["Location"] == "/"
    second = Client().post(place)
    assert second.status_code == 410
    assert b"Imani" not in second.content


def test_a_link_is_kept_as_a_hash_alone(cast):
    token = link_for(cast.imani)
    assert token not in str(EntryLink.objects.values_list())
    assert token not in str(lines_about(cast.imani))


def test_after_a_link_nothing_opens_before_a_second_factor_is_set_up(cast):
    browser = Client()
    browser.post(ENTRY.format(link_for(cast.imani)))
    for place in ("/", "/sign-in/mine/", "/sign-in/mine/passkeys/"):
        assert browser.get(place)["Location"] == "/sign-in/set-up/"
    assert b"How do you want to come in" in browser.get("/sign-in/set-up/").content


def test_password_and_code_are_set_up_and_then_open_the_door(cast):
    browser = Client()
    browser.post(ENTRY.format(link_for(cast.imani)))
    chosen = {"password1": PASSWORD, "password2": PASSWORD}
    assert browser.post("/sign-in/set-up/password/", chosen)["Location"] == "/sign-in/set-up/code/"
    secret = browser.get("/sign-in/set-up/code/").context["form"].secret
    counter = next(yield_hotp_counters_from_time())
    done = browser.post(
        "/sign-in/set-up/code/", {"code": format_hotp_value(hotp_value(secret, counter))}
    )
    assert done["Location"] == "/sign-in/mine/recovery/"
    assert b"shown this one time" in browser.get(done["Location"]).content
    assert b"cannot be shown again" in browser.get(done["Location"]).content
    assert browser.get("/").status_code == 200
    assert secret not in str(Authenticator.objects.values_list("data"))  # sealed


def test_a_password_without_a_second_factor_opens_nothing(cast):
    account = account_of(cast.imani, second_factor=False)
    browser = Client()
    by_password(browser, account.email)
    for place in ("/", "/sign-in/set-up/", "/sign-in/set-up/code/"):
        assert browser.get(place)["Location"].startswith("/sign-in/?next=")


def test_a_password_asks_for_the_code_and_the_code_opens(cast):
    account = account_of(cast.imani)
    browser = Client()
    assert by_password(browser, account.email)["Location"] == "/sign-in/code/"
    assert browser.get("/")["Location"] == "/sign-in/?next=/"
    assert browser.post("/sign-in/code/", {"code": code_of(account)})["Location"] == "/"
    assert browser.get("/").status_code == 200


def test_a_code_opens_once(cast):
    account = account_of(cast.imani)
    code = code_of(account)
    first, second = Client(), Client()
    for browser in (first, second):
        by_password(browser, account.email)
        browser.post("/sign-in/code/", {"code": code})
    assert first.get("/").status_code == 200
    assert second.get("/").status_code == 302


def test_a_link_for_a_forgotten_password_still_asks_for_the_second_factor(cast):
    account = account_of(cast.imani)
    browser = Client()
    entered = browser.post(ENTRY.format(link_for(cast.imani)))
    assert entered["Location"] == "/sign-in/code/"
    assert browser.get("/").status_code == 302
    browser.post("/sign-in/code/", {"code": code_of(account)})
    assert browser.get("/").status_code == 200


def test_a_lost_device_is_forgotten_with_its_password_and_the_log_says_so(cast):
    account = account_of(cast.imani)
    browser = Client()
    assert browser.post(ENTRY.format(link_for(cast.imani, lost_device=True)))["Location"] == "/"
    assert browser.get("/")["Location"] == "/sign-in/set-up/"
    assert by_password(Client(), account.email).status_code == 200  # refused: the form again
    assert "yes" in [line.detail.get("lost_device") for line in lines_about(cast.imani)]


def test_who_left_is_out_at_the_next_request_in_every_browser(cast):
    browsers = [signed_in(cast.benedikt)]
    browsers.append(Client())
    browsers[1].cookies = browsers[0].cookies.copy()
    unused = link_for(cast.benedikt)
    actions.let_go(staff=cast.benedikt, by=Cast.RAPPORT, at=now())
    assert [browser.get("/").status_code for browser in browsers] == [302, 302]
    assert Client().post(ENTRY.format(unused)).status_code == 410
    with pytest.raises(WrongState, match="gone"):
        link_for(cast.benedikt)
    assert verify().fault is None


def test_either_mark_of_having_left_closes_the_door_by_itself(cast):
    gone, closed = signed_in(cast.benedikt), signed_in(cast.joana)
    Staff.objects.filter(pk=cast.benedikt).update(left_at=now())
    Account.objects.filter(staff__id=cast.joana).update(is_active=False)
    assert [browser.get("/sign-in/mine/").status_code for browser in (gone, closed)] == [302, 302]


def test_a_session_ends_after_a_quarter_of_an_hour_without_a_request(cast, monkeypatch):
    browser = signed_in(cast.imani)
    start = now()
    for minutes, status in [(14, 200), (28, 200), (43.1, 302), (43.2, 302)]:
        at = start + timedelta(minutes=minutes)
        monkeypatch.setattr("rapport.web.site.doors.now", lambda at=at: at)
        assert browser.get("/").status_code == status


def test_a_session_ends_after_twelve_hours_however_busy():
    session = {}
    sessions.begin(session, at=NOW)
    for minute in range(0, 12 * 60, 10):
        assert sessions.is_alive(session, at=NOW + timedelta(minutes=minute))
        sessions.keep_alive(session, at=NOW + timedelta(minutes=minute))
    assert not sessions.is_alive(session, at=NOW + timedelta(hours=12))
    assert not sessions.is_alive({}, at=NOW)


def test_guessing_an_address_gets_the_answer_of_guessing_a_password(cast):
    known = account_of(cast.imani).email
    answers = set()
    for email in (known, "nobody@example.org"):
        reply = by_password(Client(), email, "wrong-password-here")
        text = reply.content.decode().replace(email, "ADDRESS")
        text = "\n".join(line for line in text.split("\n") if "csrf" not in line)
        answers.add((reply.status_code, text.split("<main")[1].split("<script")[0]))
    assert len(answers) == 1


def test_guessing_is_slowed_down(cast):
    known = account_of(cast.imani).email
    browser = Client()
    for _ in range(6):
        by_password(browser, known, "wrong-password-here")
    right_but_too_late = by_password(browser, known)
    assert "Location" not in right_but_too_late
    assert b"Too many" in right_but_too_late.content


def test_attempts_are_counted_by_all_processes_together_and_name_nobody(cast):
    known = account_of(cast.imani).email
    by_password(Client(), known, "wrong-password-here")
    kept = str(list(Attempt.objects.values_list()))
    assert Attempt.objects.exists()
    assert known not in kept
    assert "127.0.0.1" not in kept


def test_what_ran_out_is_swept_by_night_and_nothing_else(cast):
    browser = signed_in(cast.imani)
    by_password(Client(), Account.objects.get().email, "wrong-password-here")
    actions.drop_ended(at=now())
    assert Attempt.objects.exists()
    assert browser.get("/").status_code == 200
    actions.drop_ended(at=now() + timedelta(days=2))
    assert not Session.objects.exists()
    assert not Attempt.objects.exists()


def test_nobody_signs_up_and_no_mail_opens_a_door(practice):
    for place in ("signup/", "password/reset/", "email/", "login/code/"):
        assert Client().get(f"/sign-in/{place}").status_code == 404


@pytest.mark.parametrize("token", ["", "x" * 43, "../" * 5])
def test_a_token_that_never_was_opens_nothing(practice, token):
    with pytest.raises(LinkGone, match="Ask whoever keeps"):
        actions.use_link(token=token, at=NOW)


def test_a_link_dies_after_a_day_and_when_a_new_one_is_made(cast):
    first = actions.make_link(staff=cast.imani, by=Cast.RAPPORT, at=NOW)
    second = actions.make_link(staff=cast.imani, by=Cast.RAPPORT, at=NOW)
    with pytest.raises(LinkGone):
        actions.use_link(token=first, at=NOW)
    with pytest.raises(LinkGone):
        actions.use_link(token=second, at=NOW + actions.LINK_LIVES)
    assert actions.use_link(token=second, at=NOW).email == "imani@example.org"


def test_every_entry_stands_in_the_log(cast):
    account = account_of(cast.imani)
    browser = Client()
    by_password(browser, account.email)
    browser.post("/sign-in/code/", {"code": code_of(account)})
    assert [line.deed for line in lines_about(cast.imani)][-1] == "signed in"
