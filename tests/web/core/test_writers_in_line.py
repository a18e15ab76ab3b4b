"""Writers of one process wait in line; whatever ends a transaction hands the turn on."""

import threading
import time

import pytest
from django.db import OperationalError, connection, transaction

pytestmark = pytest.mark.skipif(
    connection.vendor != "sqlite", reason="PostgreSQL has many writers at a time"
)


@pytest.fixture
def line(transactional_db):
    """The lock of this database; a transaction makes it where nobody has written yet."""
    from rapport.web.core.sqlite3 import base

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
