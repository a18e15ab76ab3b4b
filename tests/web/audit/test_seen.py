"""What somebody reads of a client stands in the log: once an hour for each, in one line at most."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import transaction
from practice_cast import NOW

from rapport.web.audit.actions import By, record, record_seen
from rapport.web.audit.models import Entry
from rapport.web.audit.queries import lines, verify

IMANI, BENEDIKT = By(kind="staff", id="i"), By(kind="staff", id="b")
SARAH, MARTA, DEV = (uuid4() for _ in range(3))


def saw(*clients, by=IMANI, after=0, deed="answers seen"):
    """Look, and give how many lines it made."""
    before = Entry.objects.count()
    record_seen(deed, clients=clients, by=by, at=NOW + timedelta(minutes=after))
    return Entry.objects.count() - before


def test_a_look_is_one_line_and_looking_again_within_the_hour_none(practice):
    assert [saw(SARAH, after=minutes) for minutes in (0, 1, 59, 60, 61, 119.9, 120)] == [
        1, 0, 0, 1, 0, 0, 1,
    ]  # fmt: skip


def test_each_reader_each_client_and_each_kind_of_look_counts_for_itself(practice):
    assert saw(SARAH) == 1
    assert saw(SARAH, by=BENEDIKT) == 1
    assert saw(MARTA) == 1
    assert saw(SARAH, deed="words seen") == 1


def test_a_page_with_many_clients_is_one_line_and_names_only_who_is_new(practice):
    saw(SARAH)
    assert saw(SARAH, MARTA, DEV) == 1
    assert set(lines(most=1)[0].detail["clients"].split()) == {str(MARTA), str(DEV)}
    assert saw(SARAH, MARTA, DEV, after=30) == 0
    assert saw() == 0


def test_who_saw_a_client_is_found_alone_and_among_others(practice):
    saw(SARAH)
    saw(MARTA, DEV, by=BENEDIKT)
    assert [line.by.id for line in lines(about=[str(SARAH)])] == ["i"]
    assert [line.by.id for line in lines(about=[str(DEV)])] == ["b"]
    assert lines(about=[str(uuid4())]) == []


def test_what_was_rolled_back_is_written_at_the_next_look(practice):
    with transaction.atomic():
        assert saw(SARAH) == 1
        transaction.set_rollback(True)
    assert saw(SARAH, after=1) == 1


def test_a_span_of_time_has_both_its_ends_in_it(practice):
    for hour in range(5):
        saw(SARAH, after=61 * hour)
    ends = NOW + timedelta(minutes=61), NOW + timedelta(minutes=183)
    found = lines(since=ends[0], until=ends[1], about=[str(SARAH)])
    assert [line.at for line in found] == [ends[1], NOW + timedelta(minutes=122), ends[0]]


def test_pages_of_the_log_follow_one_another_without_gap(practice):
    with transaction.atomic():
        for k in range(20):
            record(deed="case seen", thing="case", thing_id=f"c{k}", by=IMANI, at=NOW)
    first = lines(most=8)
    second = lines(most=8, before=first[-1].number)
    assert [line.number for line in (*first, *second)] == list(range(21, 5, -1))


def test_the_chain_holds_with_looks_in_it(practice):
    saw(SARAH, MARTA)
    assert verify().fault is None


@pytest.mark.parametrize("fault", [RuntimeError])
def test_what_cannot_be_logged_is_not_shown(cast, monkeypatch, fault):
    """A page whose look can't be kept fails rather than showing answers in silence."""
    from rapport.web.checkins.queries import check_ins_of
    from rapport.web.people.models import Membership
    from rapport.web.people.queries import reader_of

    def broken(*_, **__):
        raise fault

    member = Membership.objects.get(case=cast.case(cast.sarah)).pk
    monkeypatch.setattr("rapport.web.checkins.queries.record_seen", broken)
    with pytest.raises(fault):
        check_ins_of(member, reader=reader_of(cast.imani), at=NOW)
