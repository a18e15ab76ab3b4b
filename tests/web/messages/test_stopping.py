"""One tap stops all messages; the page tells nothing; the therapist sees it, can send by hand."""

import pytest
from django.test import Client
from doors_cast import signed_in
from practice_cast import NOW

from rapport.web.audit.queries import lines_about
from rapport.web.checkins.errors import NothingDue
from rapport.web.core.errors import NotHere
from rapport.web.messages.actions import send_link
from rapport.web.messages.errors import MessagesStopped, NoWay
from rapport.web.messages.models import Message
from rapport.web.messages.queries import messages_to
from rapport.web.messages.words import words_in
from rapport.web.people.models import Membership, Practice
from rapport.web.people.queries import reader_of


def stop_address(letter):
    return "/m/" + letter.body.split("/m/")[1].split()[0]


@pytest.fixture
def letter(session, goes_round):
    return goes_round(NOW)[0]


def stopped(membership):
    return Membership.one(membership).messages_stopped_at


def test_a_look_stops_nothing_and_tells_nothing(letter, sarahs):
    for method in ("get", "head"):
        for _ in range(20):
            assert getattr(Client(), method)(stop_address(letter)).status_code == 200
    page = Client().get(stop_address(letter)).content.decode()
    assert stopped(sarahs) is None
    for told in ("Sarah", "Imani", "client.example", "session"):
        assert told not in page
    assert page.count("<button") == 1


def test_the_button_stops_every_message_without_a_sign_in(letter, sarahs, goes_round):
    reply = Client(enforce_csrf_checks=True).post(stop_address(letter))
    assert b"The messages are stopped." in reply.content
    assert stopped(sarahs) is not None
    assert "messages stopped" in [line.deed for line in lines_about(sarahs)]
    assert goes_round(NOW.replace(day=8, hour=12)) == []


def test_pressed_again_nothing_changes(letter, sarahs):
    Client().post(stop_address(letter))
    first = stopped(sarahs)
    Client().post(stop_address(letter))
    assert stopped(sarahs) == first


def test_a_token_of_nobody_gets_the_same_two_pages(letter, sarahs):
    client, guess = Client(), "/m/a-guess-of-somebody"
    assert client.get(guess).content == client.get(stop_address(letter)).content
    assert client.post(guess).content == client.post(stop_address(letter)).content
    assert client.get(guess).status_code == 200


def test_a_mail_program_s_own_button_stops_them_too(letter, sarahs):
    """RFC 8058: it posts this one field, without any cookie."""
    headers = letter.message()
    address = headers["List-Unsubscribe"].strip("<>").removeprefix("http://localhost:8000")
    assert address == stop_address(letter)
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    Client(enforce_csrf_checks=True).post(address, {"List-Unsubscribe": "One-Click"})
    assert stopped(sarahs) is not None


@pytest.mark.parametrize("language", ["en", "de", "es"])
def test_it_speaks_the_language_of_whoever_reads(letter, language):
    reply = Client().get(stop_address(letter), headers={"accept-language": language})
    assert words_in(language)["stop_button"] in reply.content.decode()
    assert f'<html lang="{language}">' in reply.content.decode()


@pytest.fixture
def imani(cast):
    return reader_of(cast.imani)


def by_hand(session, membership, reader, **other):
    told = {"moment": "before", "way": "email", "at": NOW} | other
    return send_link(session=session, membership=membership, reader=reader, **told)


def test_a_link_sent_by_hand_goes_once_however_often_it_is_pressed(
    session, sarahs, imani, goes_round
):
    night = NOW.replace(day=5, hour=22)  # also then: somebody asked for it
    first = by_hand(session, sarahs, imani, at=night)
    assert by_hand(session, sarahs, imani, at=night) == first
    (letter,) = goes_round(night)
    assert letter.to == ["sarah@client.example"]
    assert Message.objects.filter(kind="link").count() == 1


def test_where_a_link_was_sent_by_hand_no_invitation_follows(session, sarahs, imani, goes_round):
    by_hand(session, sarahs, imani)
    assert len(goes_round(NOW)) == 1
    assert not Message.objects.filter(kind="invitation", moment="before").exists()


def test_to_who_stopped_them_or_has_no_address_nothing_is_sent_and_it_is_said(
    session, sarahs, imani, letter
):
    with pytest.raises(NoWay):
        by_hand(session, sarahs, imani, way="sms")
    Client().post(stop_address(letter))
    with pytest.raises(MessagesStopped, match="by hand"):
        by_hand(session, sarahs, imani)
    seen = messages_to(sarahs, reader=imani)
    assert seen.stopped_at is not None
    assert (seen.by_mail, seen.by_sms) == (False, False)


def test_a_real_practice_without_a_mail_server_sends_nothing_to_clients(
    session, sarahs, imani, goes_round
):
    """What is printed would stand in the machine's log, with address and link."""
    Practice.objects.update(made_up=False)
    assert goes_round(NOW) == []
    with pytest.raises(NoWay):
        by_hand(session, sarahs, imani)


def test_what_the_plan_does_not_ask_is_refused_at_once(cast, session, sarahs, imani):
    with pytest.raises(NothingDue):
        by_hand(session, sarahs, imani, moment="never")


def test_of_somebody_else_s_client_nothing_is_known_and_nothing_sent(cast, session, sarahs):
    foreign = reader_of(cast.joana)
    with pytest.raises(NotHere):
        by_hand(session, sarahs, foreign)
    with pytest.raises(NotHere):
        messages_to(sarahs, reader=foreign)


def test_the_page_of_the_case_offers_it_and_says_when_they_are_stopped(
    cast, session, sarahs, letter
):
    browser, case = signed_in(cast.imani), f"/cases/{Membership.one(sarahs).case_id}/"
    assert b"E-mail for before" in browser.get(case).content
    reply = browser.post(f"/sessions/{session}/{sarahs}/after/email")
    assert reply.status_code == 302
    assert Message.objects.filter(kind="link", moment="after").count() == 1
    Client().post(stop_address(letter))
    page = browser.get(case).content
    assert b"stopped all messages on" in page
    assert b"E-mail for before" not in page
    assert browser.post(f"/sessions/{session}/{sarahs}/after/email").status_code == 409
