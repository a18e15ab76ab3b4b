"""A session brings an invitation before and after it, and at most one reminder; silence is kept."""

from datetime import timedelta

import pytest
from django.core import mail
from practice_cast import NOW

from rapport.web.checkins import actions as checkins
from rapport.web.checkins.models import Occasion
from rapport.web.checkins.queries import to_fill
from rapport.web.messages.models import Message
from rapport.web.people import actions as people
from rapport.web.people.models import Membership, Person, Session
from rapport.web.people.queries import reader_of
from rapport.web.people.reaching import allow_messages, stop_messages

HOUR = timedelta(hours=1)
START = NOW + 24 * HOUR  # 11:00 in Berlin, and the session of the fixture


def link_in(letter):
    return letter.body.split("/c/")[1].split()[0]


def every(hours, goes_round, *, first=NOW, rounds):
    """Rounds of the worker; the moments at which something arrived."""
    moments = [first + n * hours * HOUR for n in range(rounds)]
    return [at for at in moments if goes_round(at)]


def test_a_day_before_the_session_and_when_it_has_ended_each_once(session, goes_round):
    assert goes_round(NOW - HOUR) == []
    (letter,) = goes_round(NOW)
    assert letter.to == ["sarah@client.example"]
    assert goes_round(NOW + timedelta(minutes=5)) == []
    assert goes_round(START + timedelta(minutes=49)) == []
    assert len(goes_round(START + timedelta(minutes=51))) == 1
    moments = Occasion.objects.order_by("opens_at").values_list("moment", flat=True)
    assert list(moments) == ["before", "after"]


def test_its_link_opens_the_check_in_and_only_a_hash_of_it_is_kept(session, goes_round):
    (letter,) = goes_round(NOW)
    assert checkins.enter(token=link_in(letter), at=NOW)
    kept = str(list(Message.objects.values())) + str(list(Occasion.objects.values()))
    assert link_in(letter) not in kept
    assert "client.example" not in kept


@pytest.mark.slow
def test_one_reminder_follows_where_nobody_answered_and_no_second_one(session, goes_round):
    came = every(1, goes_round, rounds=24 * 9)
    assert came == [NOW, START - 3 * HOUR, START + HOUR, START + 25 * HOUR]
    kinds = Message.objects.filter(state="sent").order_by("settled_at").values_list("kind", flat=1)
    assert list(kinds) == ["invitation", "reminder"] * 2


def test_the_link_of_the_invitation_still_opens_after_the_reminder(session, goes_round):
    (first,) = goes_round(NOW)
    cookie = checkins.enter(token=link_in(first), at=NOW)
    (reminder,) = goes_round(START - 3 * HOUR)
    assert "only reminder" in reminder.body
    assert to_fill(cookie=cookie, at=START - 2 * HOUR)
    assert checkins.enter(token=link_in(reminder), at=START - 2 * HOUR)


def test_who_has_answered_is_not_reminded(session, goes_round):
    (letter,) = goes_round(NOW)
    cookie = checkins.enter(token=link_in(letter), at=NOW)
    answers = checkins.Submission(
        key="k", answers={}, words="Fine.", route="link", language="en", who_sees="v",
        answered_at=NOW,
    )  # fmt: skip
    checkins.receive_by_link(cookie=cookie, submission=answers, at=NOW)
    assert goes_round(START - 3 * HOUR) == []
    assert Message.objects.get(kind="reminder").why == "nothing is asked"


@pytest.mark.parametrize("stopped", ["stop", "discharge", "no address", "safe way"])
def test_after_a_stop_a_discharge_or_without_a_way_nothing_goes(
    cast, sarahs, session, goes_round, stopped
):
    goes_round(NOW)
    person = Person.objects.get(memberships__pk=sarahs)
    if stopped == "stop":
        stop_messages(person=person.pk, by=cast.RAPPORT, at=NOW)
    if stopped == "discharge":
        people.leave(membership=sarahs, why="discharged", by=cast.RAPPORT, at=NOW)
    if stopped == "no address":
        person.put("email", None)
        person.save()
    if stopped == "safe way":
        person.put("safe_way", "Only by telephone, before noon.")
        person.save()
    assert every(1, goes_round, first=NOW + HOUR, rounds=24 * 4) == []


def test_without_any_of_that_they_would_have_gone(session, goes_round):
    goes_round(NOW)
    assert len(every(1, goes_round, first=NOW + HOUR, rounds=24 * 4)) == 3


def test_a_stop_in_one_case_holds_in_all_and_a_new_one(cast, sarahs, goes_round):
    person = Person.objects.get(memberships__pk=sarahs)
    stop_messages(person=person.pk, by=cast.RAPPORT, at=NOW)
    case = cast.case(person.pk, cast.dev, kind="couple")
    people.plan_session(case=case, staff=cast.imani, starts_at=START, by=cast.RAPPORT, at=NOW)
    assert goes_round(NOW) == []
    allow_messages(membership=sarahs, reader=reader_of(cast.imani), at=NOW)
    assert Membership.one(sarahs).messages_stopped_at is None
    assert len(goes_round(NOW)) == 1


def test_members_without_an_address_get_none(cast, goes_round):
    case = cast.case(cast.marta)
    people.plan_session(case=case, staff=cast.imani, starts_at=START, by=cast.RAPPORT, at=NOW)
    assert goes_round(NOW) == []
    assert not Message.objects.exists()


def test_each_member_of_a_couple_gets_a_letter_of_their_own(cast, goes_round):
    both = [cast.person(name, email=f"{name}@client.example") for name in ("marta-one", "dev-one")]
    case = cast.case(*both, kind="couple")
    people.plan_session(case=case, staff=cast.imani, starts_at=START, by=cast.RAPPORT, at=NOW)
    first, second = goes_round(NOW)
    assert sorted(first.to + second.to) == ["dev-one@client.example", "marta-one@client.example"]
    assert len(first.to + first.cc + first.bcc) == 1
    assert link_in(first) != link_in(second)


@pytest.mark.parametrize("off", ["cancelled", "missed"])
def test_a_session_that_does_not_take_place_brings_nothing(cast, session, goes_round, off):
    if off == "cancelled":
        people.cancel_session(session=session, whose="client", by=cast.RAPPORT, at=NOW)
    else:
        people.miss_session(session=session, by=cast.RAPPORT, at=NOW)
    assert every(1, goes_round, rounds=48) == []


def test_what_was_written_for_a_cancelled_session_does_not_go(cast, session, goes_round):
    goes_round(NOW)
    people.cancel_session(session=session, whose="client", by=cast.RAPPORT, at=NOW)
    assert goes_round(START - 3 * HOUR) == []
    assert Message.objects.get(kind="reminder").why == "no session"


def test_who_did_not_come_is_not_asked_how_it_was(cast, session, goes_round):
    people.hold_session(session=session, came=[], by=cast.RAPPORT, at=START)
    assert goes_round(START + HOUR) == []


@pytest.mark.slow
def test_where_a_session_is_moved_the_invitation_moves_along(cast, sarahs, session, goes_round):
    at_night = NOW + 12 * HOUR  # 23:00 in Berlin: written, and waits for the morning
    Session.objects.filter(pk=session).update(starts_at=at_night + 20 * HOUR)
    assert goes_round(at_night) == []
    Session.objects.filter(pk=session).update(starts_at=at_night + 200 * HOUR)
    morning = at_night + 10 * HOUR
    assert goes_round(morning) == []
    came = every(1, goes_round, first=morning, rounds=200)
    assert came[0] == at_night + 177 * HOUR  # a day ahead, at 8 in the morning
    assert Message.objects.filter(kind="invitation", moment="before").count() == 1


def test_a_long_silence_of_the_worker_brings_no_old_invitations(session, goes_round):
    assert goes_round(START + timedelta(days=30)) == []


def test_a_safe_way_or_an_address_is_never_copied_into_the_outbox(cast, session, goes_round):
    goes_round(NOW)
    fields = {field.name for field in Message._meta.local_fields}
    assert not {"to", "address", "email", "phone", "text", "subject"} & fields


def test_an_sms_goes_where_there_is_a_number_only(cast, with_address, goes_round, capsys):
    member = with_address("Erik Sund", email=None, phone="+46 70 000 00 00")
    case = Membership.one(member).case_id
    people.plan_session(case=case, staff=cast.imani, starts_at=START, by=cast.RAPPORT, at=NOW)
    assert goes_round(NOW) == []
    said = capsys.readouterr().out
    assert "+46 70 000 00 00" in said
    assert "/c/" in said
    assert "/m/" in said
    assert mail.outbox == []
