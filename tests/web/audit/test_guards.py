"""The database itself refuses to change or cut the log, whatever way somebody tries."""

import pytest
from django.db import IntegrityError, connection, transaction
from practice_cast import NOW

from rapport.web.audit import guards
from rapport.web.audit.actions import SYSTEM, record
from rapport.web.audit.models import Entry, Head
from rapport.web.audit.queries import verify

ON_POSTGRESQL = connection.vendor == "postgresql"


@pytest.fixture
def log(practice):
    with transaction.atomic():
        for _ in range(5):
            record(deed="case seen", thing="case", thing_id="c1", by=SYSTEM, at=NOW)


def refused(change):
    """Whether the database itself refuses."""
    with pytest.raises(IntegrityError, match=guards.ONLY_ADDED_TO), transaction.atomic():
        change()
    return verify().fault is None


def sql(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize(
    "change",
    [
        lambda: Entry.objects.update(deed="nothing"),
        lambda: Entry.objects.filter(number=3).delete(),
        lambda: Entry.objects.get(number=3).delete(),
        lambda: Entry.objects.get(number=3).save(),
        lambda: Head.objects.all().delete(),
        lambda: Head.objects.update(number=2),
        lambda: Head.objects.update(chain="0" * 64),
        lambda: sql("DELETE FROM audit_entry"),
        lambda: sql("UPDATE audit_entry SET number = number + 10"),
    ],
)
def test_no_query_changes_or_cuts_the_log(log, change):
    assert refused(change)


@pytest.mark.skipif(not ON_POSTGRESQL, reason="SQLite knows no TRUNCATE")
@pytest.mark.parametrize("table", ["audit_entry", "audit_head"])
def test_the_log_is_not_emptied_in_one_stroke(log, table):
    assert refused(lambda: sql(f"TRUNCATE {table}"))


def test_without_the_guards_the_same_change_goes_through_and_the_chain_finds_it(log):
    guards.take_down()
    Entry.objects.filter(number=3).update(deed="nothing")
    assert verify().fault == "line 3 was changed"


def test_it_is_known_which_guards_are_missing(db):
    assert guards.missing() == []
    guards.take_down()
    assert "audit_entry_remains" in guards.missing()
    guards.put_up()
    assert guards.missing() == []


def test_the_guards_do_not_hinder_adding(log):
    with transaction.atomic():
        record(deed="case seen", thing="case", thing_id="c1", by=SYSTEM, at=NOW)
    assert (verify().lines, verify().fault) == (7, None)
