"""The calendar of a therapist: times alone, for whoever holds the address, until it ends."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from practice_cast import NOW

from rapport.web.audit.queries import lines_about
from rapport.web.casework.models import Feed
from rapport.web.people.models import Session, Staff


@pytest.fixture
def address(imani):
    page = imani.post("/calendar/").content.decode()
    return re.search(r'value="http://testserver(/calendar/[\w-]+\.ics)"', page)[1]


def parsed(content):
    """Read a calendar back: name and value of each line, events apart; unfolds, and checks form."""
    assert content.endswith(b"\r\n")
    raw = content.split(b"\r\n")
    assert not any(b"\n" in line or b"\r" in line or len(line) > 75 for line in raw)
    unfolded = re.sub(r"\r\n[ \t]", "", content.decode())
    events, stack = [], []
    for line in unfolded.split("\r\n")[:-1]:
        name, value = re.fullmatch(r"([A-Z-]+)(?:;[A-Z]+=[A-Z]+)*:(.+)", line).groups()
        if name == "BEGIN":
            stack.append(value)
            events += [{}] if value == "VEVENT" else []
        elif name == "END":
            assert stack.pop() == value
        elif stack[-1] == "VEVENT":
            assert name not in events[-1]
            events[-1][name] = value
    assert stack == []
    return events


def when(text):
    return datetime.fromisoformat(text).astimezone(UTC)


def test_it_holds_times_and_the_word_appointment_alone(address, couple, planned, cast):
    planned(couple, minutes=80)
    answer = Client().get(address)
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    (event,) = parsed(answer.content)
    assert event["SUMMARY"] == "Appointment"
    assert when(event["DTEND"]) - when(event["DTSTART"]) == timedelta(minutes=80)
    assert set(event) == {
        "UID", "DTSTAMP", "SEQUENCE", "DTSTART", "DTEND", "SUMMARY", "CLASS", "STATUS",
    }  # fmt: skip
    text = answer.content.decode()
    hidden = ("Marta", "Dev", "Imani", "Made-up practice", "room", str(couple))
    assert [word for word in (*hidden, str(Session.objects.get().pk)) if word in text] == []


def test_a_series_over_the_change_of_clocks_stays_at_its_hour(imani, address, cast):
    case = cast.case(cast.sarah)
    sent = {"starts_at": "2026-10-19T10:00", "minutes": "50", "place": "room", "times": "2",
            "every": "1", "staff": str(cast.imani)}  # fmt: skip
    assert imani.post(f"/cases/{case}/sessions", sent).status_code == 302
    starts = [e["DTSTART"] for e in parsed(Client().get(address).content)]
    assert starts == ["20261019T080000Z", "20261026T090000Z"]


def test_a_moved_and_a_called_off_session_are_the_same_event(imani, address, couple, planned):
    session = planned(couple)
    (first,) = parsed(Client().get(address).content)
    imani.post(f"/cases/{couple}/sessions/{session}/off", {"seen": 1, "whose": "client"})
    (then,) = parsed(Client().get(address).content)
    assert (first["UID"], first["STATUS"]) == (then["UID"], "CONFIRMED")
    assert then["STATUS"] == "CANCELLED"
    assert int(then["SEQUENCE"]) > int(first["SEQUENCE"])


def test_only_the_own_sessions_are_in_it(address, cast, planned, couple):
    planned(couple)
    theirs = cast.case(cast.rana, cast.erik, kind="couple", therapist=cast.benedikt)
    planned(theirs, staff=cast.benedikt)
    assert len(parsed(Client().get(address).content)) == 1


def test_the_address_is_kept_as_a_hash_and_shown_once(imani, address):
    token = address.split("/")[-1].removesuffix(".ics")
    assert token not in Feed.objects.get().token
    assert token not in imani.get("/calendar/").content.decode()
    assert token not in str(lines_about(Feed.objects.get().pk))
    assert len(token) >= 26  # 160 bits


def test_it_ends_when_it_is_ended_made_anew_or_its_owner_leaves(imani, address, cast, planned):
    planned(cast.case(cast.sarah))
    phone = Client()
    again = imani.post("/calendar/").content.decode()
    second = re.search(r'value="http://testserver(/calendar/[\w-]+\.ics)"', again)[1]
    assert phone.get(address).status_code == 404
    assert len(parsed(phone.get(second).content)) == 1
    Staff.objects.filter(pk=cast.imani).update(left_at=NOW)
    assert parsed(phone.get(second).content) == []
    Staff.objects.filter(pk=cast.imani).update(left_at=None)
    assert imani.post("/calendar/end").status_code == 302
    assert phone.get(second).status_code == 404


def test_a_guess_gets_the_answer_of_an_ended_address(imani, address):
    imani.post("/calendar/end")
    ended, guessed = Client().get(address), Client().get("/calendar/a-guess.ics")
    assert ended.status_code == guessed.status_code == 404
    assert ended.content == guessed.content


def test_the_front_desk_has_no_such_calendar(cast, clock):
    from doors_cast import signed_in

    assert signed_in(cast.ruth).get("/calendar/").status_code == 403
