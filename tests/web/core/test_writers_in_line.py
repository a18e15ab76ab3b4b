"""Writers of one process wait in line; whatever ends a transaction hands the turn on.

The first of the line knocks where another process writes.
"""

import threading
import time
from contextlib import closing

import pytest
from django.db import OperationalError, connection, transaction

from rapport.web.core.engine import sqlite3
from rapport.web.core.sqlite3 import base

pytestmark = pytest.mark.skipif(
    connection.vendor != "sqlite", reason="PostgreSQL has many writers at a time"
)


@pytest.fixture
def line(transactional_db):
    """The lock of this database; a transaction makes it where nobody has written yet."""
    with transaction.atomic():
        pass
    return base._lines[str(connection.settings_dict["NAME"])]


def test_a_transaction_holds_the_turn_until_it_ends(line):
    with transaction.atomic():
        assert line.locked()
        with transaction.atomic():
            assert line.locked()
        assert line.locked()
    assert not line.locked()


def test_a_transaction_that_fails_hands_the_turn_on(line):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        1 / 0  # noqa: B018
    assert not line.locked()


def test_a_connection_that_closes_in_the_middle_hands_the_turn_on(line):
    connection.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
    assert line.locked()
    connection.close()
    assert not line.locked()


def test_the_next_writer_goes_as_soon_as_the_one_before_is_done(line):
    went = []

    def write():
        with transaction.atomic():
            went.append(time.monotonic())
        connection.close()

    second = threading.Thread(target=write)
    with transaction.atomic():
        second.start()
        time.sleep(0.3)  # SQLite alone would knock every tenth of a second by now
        assert not went
        ended = time.monotonic()
    second.join()
    assert went[0] - ended < 0.08


def test_nobody_waits_for_ever(line):
    told = []
    options = {**connection.settings_dict["OPTIONS"], "timeout": 0.1}
    hasty = {**connection.settings_dict, "OPTIONS": options}  # every connection shares the other

    def write():
        connection.settings_dict = hasty
        try:
            with transaction.atomic():
                told.append("wrote")
        except OperationalError as fault:
            told.append(str(fault))
        connection.close()

    with transaction.atomic():
        second = threading.Thread(target=write)
        second.start()
        second.join()
    assert told == ["database is locked"]


@pytest.fixture
def file(db, tmp_path):
    """A connection of ours to a file, as the web process has one."""
    ours = connection.copy()
    options = {**connection.settings_dict["OPTIONS"], "timeout": 0.5}
    ours.settings_dict = {
        **connection.settings_dict, "NAME": str(tmp_path / "file.sqlite3"), "OPTIONS": options,
    }  # fmt: skip
    with closing(ours):
        yield ours


@pytest.fixture
def other(file):
    """Another process, which is in the middle of writing."""
    file.ensure_connection()
    writer = sqlite3.connect(
        file.settings_dict["NAME"], isolation_level=None, check_same_thread=False
    )
    with closing(writer):
        writer.execute("BEGIN IMMEDIATE")
        yield writer


def begin(ours):
    ours.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)


class Clock:
    """Stands still while nobody sleeps."""

    def __init__(self):
        self.slept, self.then = [], {}

    def monotonic(self):
        return sum(self.slept)

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.then.get(len(self.slept), lambda: None)()


@pytest.fixture
def clock(monkeypatch):
    made = Clock()
    monkeypatch.setattr(base, "time", made)
    return made


def test_a_writer_knocks_at_short_intervals_until_another_process_is_done(file, other, clock):
    clock.then[100] = lambda: other.execute("COMMIT")
    begin(file)
    assert clock.slept == [base.KNOCK] * 100  # SQLite itself would sleep 100 ms at a time by now


def test_nobody_waits_for_another_process_for_ever(file, other, clock):
    with pytest.raises(OperationalError, match="database is locked"):
        begin(file)
    assert clock.monotonic() == pytest.approx(0.5, abs=2 * base.KNOCK)
    other.execute("COMMIT")
    begin(file)  # and nothing of ours is left in the way


def test_what_is_no_writer_is_as_patient_as_before(file):
    begin(file)
    assert file.connection.execute("PRAGMA busy_timeout").fetchone() == (500,)


def test_a_fault_that_is_no_lock_is_told_at_once(file, clock):
    file.ensure_connection()
    file.connection.execute("BEGIN")
    with pytest.raises(OperationalError, match="within a transaction"):
        begin(file)
    assert not clock.slept
