"""The database is opened so that what was acknowledged stays, on an engine that is sound."""

import pytest
from django.db import connection

from rapport.web.core.engine import journal_mode, opening, sqlite3

SOUND = {
    (3, 40, 1): "truncate",
    (3, 44, 5): "truncate",
    (3, 44, 6): "wal",
    (3, 50, 7): "wal",
    (3, 51, 1): "truncate",
    (3, 51, 2): "truncate",
    (3, 51, 3): "wal",
    (3, 54, 0): "wal",
}


@pytest.mark.parametrize(("version", "mode"), SOUND.items(), ids=lambda value: str(value))
def test_the_write_ahead_log_is_used_only_where_it_is_sound(version, mode):
    assert journal_mode(version) == mode


def test_every_connection_syncs_each_commit(db):
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL syncs by its own settings")
    with connection.cursor() as cursor:
        asked = {name: cursor.execute(f"PRAGMA {name}").fetchone()[0]
                 for name in ("journal_mode", "synchronous", "foreign_keys")}  # fmt: skip
    assert asked == {"journal_mode": journal_mode(), "synchronous": 2, "foreign_keys": 1}


def test_django_opens_the_same_engine(db):
    if connection.vendor == "sqlite":
        assert isinstance(connection.connection, sqlite3.Connection)


def test_an_unsound_engine_is_opened_with_a_journal_that_survives(monkeypatch):
    monkeypatch.setattr("rapport.web.core.engine.journal_mode", lambda: "truncate")
    assert "journal_mode = truncate;" in opening()
