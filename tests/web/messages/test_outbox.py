"""At least once, hardly ever twice: failing servers, crashes, two workers, wrong clocks."""

import threading
from datetime import timedelta

import pytest
from django.core import mail
from django.db import connections, transaction
from practice_cast import NOW

from rapport.web.audit.queries import lines_about
from rapport.web.core.access import inside
from rapport.web.messages import outbox, ways
from rapport.web.messages.actions import write_invitations
from rapport.web.messages.errors import NotHandedOver
from rapport.web.messages.models import Message
from rapport.web.people import actions as people
from rapport.web.people.models import Membership
from rapport.web.people.queries import reader_of
from rapport.web.safety.actions import (
    RiskAnswer,
    acknowledge,
    raise_flag,
    set_response_plan,
    tell_the_next,
)
from rapport.web.safety.models import Notice
from rapport.web.site.logs import WithoutContent

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
CANARY = "Kanarienvogel"


@pytest.fixture
def server(monkeypatch):
    """A mail server that fails as told: "refuse", "fall silent", "take and fall silent"."""

    class Server:
        does, taken = "take", []

    class Carrier:
        def open(self):
            if Server.does == "down":
                raise NotHandedOver("ConnectionRefusedError")

        def close(self):
            pass

        def hand_over(self, parcel):
            if "take" in Server.does:
                Server.taken.append(parcel)
            if Server.does == "refuse":
                raise NotHandedOver("SMTPDataError")
            if "silent" in Server.does:
                raise NotHandedOver("TimeoutError", unsure=True)
            if "die" in Server.does:
                raise KeyboardInterrupt

    Server.taken = []
    monkeypatch.setattr(ways, "carrier", lambda _way: Carrier())
    return Server


@pytest.fixture
def flag(cast, sarahs):
    """Benedikt answers, then Joana; Sarah's answer waits."""
    by = {"by": cast.RAPPORT, "at": NOW}
    set_response_plan(responder=cast.benedikt, backup=cast.joana, minutes=30, **by)
    with transaction.atomic():
        return raise_flag(
            membership=sarahs, answers=sarahs, therapist=cast.imani,
            risk=RiskAnswer(kind="self-harm", question=CANARY, answer=CANARY), **by,
        )  # fmt: skip


def states(kind):
    return sorted(Message.objects.filter(kind=kind).values_list("state", flat=True))


def crashed(goes_round, at):
    with pytest.raises(KeyboardInterrupt):
        goes_round(at)


def test_a_nudge_goes_to_each_who_was_told_and_carries_nothing(flag, goes_round, cast):
    first, second = goes_round(NOW)
    assert sorted(first.to + second.to) == ["benedikt@example.org", "imani@example.org"]
    assert CANARY not in first.message().as_string()
    assert "Sarah" not in first.message().as_string()
    assert Notice.objects.filter(sent_at=NOW).count() == 2
    assert goes_round(NOW + HOUR) == []


def test_a_server_that_is_down_is_tried_until_it_is_back(flag, server, goes_round):
    server.does = "down"
    for n in range(60):
        goes_round(NOW + n * MINUTE)
    assert (server.taken, states("notice")) == ([], ["waiting"] * 2)
    server.does = "take"
    for n in range(5):
        goes_round(NOW + (60 + n) * MINUTE)
    assert len(server.taken) == 2


def test_what_was_refused_is_tried_again_and_only_the_kind_of_fault_is_kept(
    session, server, goes_round
):
    server.does = "refuse"
    goes_round(NOW)
    kept = Message.objects.get()
    assert (kept.state, kept.tries, kept.why) == ("waiting", 1, "SMTPDataError")
    server.does = "take"
    goes_round(NOW + 2 * MINUTE)
    assert len(server.taken) == 1
    assert Message.objects.get(kind="invitation").state == "sent"


@pytest.mark.slow
def test_a_client_s_message_is_given_up_in_the_end_and_a_nudge_never(
    flag, session, server, goes_round
):
    server.does = "refuse"
    for n in range(0, 60 * 24, 10):
        goes_round(NOW + n * MINUTE)
    assert states("invitation") == ["dropped"]
    assert states("notice") == ["waiting"] * 2


def test_after_a_crash_it_is_handed_over_once_more_and_never_a_third_time(
    session, server, goes_round
):
    server.does = "take and die"
    crashed(goes_round, NOW)
    server.does = "take"
    goes_round(NOW + MINUTE)
    assert len(server.taken) == 1  # it may still be in somebody's hand
    server.does = "take and die"
    crashed(goes_round, NOW + 4 * MINUTE)
    server.does = "take"
    for n in range(5, 100):
        goes_round(NOW + n * MINUTE)
    assert len(server.taken) == 2
    assert states("invitation") == ["unsure"]


def test_a_message_keeps_its_id_so_that_a_mailbox_knows_it_again(session, server, goes_round):
    server.does = "take and fall silent"
    goes_round(NOW)
    goes_round(NOW + 2 * MINUTE)
    first, second = server.taken
    assert (first.id, first.stop) == (second.id, second.stop)
    assert first.text != second.text  # each has a link of its own


def test_a_reminder_of_which_nobody_knows_is_not_repeated(session, server, goes_round):
    goes_round(NOW)
    server.does = "take and die"
    crashed(goes_round, NOW + 21 * HOUR)
    server.does = "take"
    for n in range(1, 20):
        goes_round(NOW + 21 * HOUR + n * 5 * MINUTE)
    assert len([p for p in server.taken if "only reminder" in p.text]) == 1
    assert states("reminder") == ["unsure"]


def test_where_no_nudge_surely_arrived_the_next_person_is_told_at_once(
    cast, flag, server, goes_round
):
    server.does = "fall silent"
    goes_round(NOW)
    goes_round(NOW + 2 * MINUTE)
    assert states("notice") == ["unsure"] * 2
    assert tell_the_next(at=NOW + 3 * MINUTE, by=cast.RAPPORT) == [flag]
    server.does = "take"
    goes_round(NOW + 3 * MINUTE)
    assert [parcel.to for parcel in server.taken] == ["joana@example.org"]


def test_a_flag_that_somebody_took_is_not_nudged_any_more(cast, flag, server, goes_round):
    server.does = "refuse"
    goes_round(NOW)
    acknowledge(flag=flag, reader=reader_of(cast.imani), at=NOW)
    server.does = "take"
    goes_round(NOW + 10 * MINUTE)
    assert server.taken == []


@pytest.mark.slow
def test_clocks_that_jump_neither_double_nor_lose_anything(flag, session, server, goes_round):
    """Three hours back, and two years ahead and back again, with a failing server each time."""
    server.does = "refuse"
    for at in (NOW, NOW - 3 * HOUR, NOW + timedelta(days=730), NOW + 2 * MINUTE):
        goes_round(at)
    server.does = "take and die"
    crashed(goes_round, NOW + timedelta(days=730, minutes=9))
    server.does = "take"
    for n in range(3, 60 * 24, 9):
        goes_round(NOW + n * MINUTE)
    texts = [parcel.text for parcel in server.taken]
    assert sum("only reminder" in text for text in texts) == 1
    assert states("invitation")[0] == "sent"
    assert states("notice") == ["sent"] * 2
    assert len([t for t in texts if "waits" in t]) == 3  # one was taken as the worker died


def test_a_message_that_can_t_be_made_holds_up_no_other(
    cast, flag, session, sarahs, with_address, goes_round, keys
):
    _planned(cast, with_address("Erik Sund"))
    write_invitations(at=NOW)
    keys.destroy(str(Membership.one(sarahs).person_id), at=NOW)
    letters = goes_round(NOW)
    assert sorted(to for letter in letters for to in letter.to) == [
        "benedikt@example.org", "erik@client.example", "imani@example.org",
    ]  # fmt: skip
    assert Message.objects.get(kind="invitation", state="waiting").why == "Forgotten"


def test_that_a_message_was_sent_stands_in_the_log_without_an_address(session, goes_round):
    goes_round(NOW)
    (line,) = lines_about(Message.objects.get(kind="invitation").pk)
    assert (line.deed, line.detail) == ("message sent", {"kind": "invitation", "way": "email"})


def test_no_fault_of_a_server_gets_into_the_log_with_its_text(
    session, goes_round, monkeypatch, caplog
):
    class Post:
        def open(self):
            pass

        def close(self):
            pass

        def send_messages(self, _letters):
            raise OSError(CANARY)

    monkeypatch.setattr(ways, "get_connection", Post)
    goes_round(NOW)
    lines = [WithoutContent().format(record) for record in caplog.records]
    assert any("a message was not taken" in line for line in lines)
    assert CANARY not in "".join(lines)
    assert "client.example" not in "".join(lines)
    assert CANARY not in str(list(Message.objects.values()))


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_hand_each_over_once(cast, practice, with_address, server):
    start = threading.Barrier(2)
    for n in range(12):
        _planned(cast, with_address(f"Client{n} Somebody"))
    faults = []

    def works():
        try:
            with inside(practice):
                start.wait()
                write_invitations(at=NOW)
                outbox.deliver(at=NOW)
        except Exception as fault:
            faults.append(fault)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=works) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    outbox.deliver(at=NOW)
    assert len(server.taken) == len({parcel.to for parcel in server.taken}) == 12
    assert states("invitation") == ["sent"] * 12
    assert mail.outbox == []


def _planned(cast, membership):
    people.plan_session(
        case=Membership.one(membership).case_id, staff=cast.imani,
        starts_at=NOW + 24 * HOUR, by=cast.RAPPORT, at=NOW,
    )  # fmt: skip
