"""On SQLite no index on the practice alone misleads the planner."""

import pytest
from django.db import connection

from rapport.web.core.one_practice import USELESS, drop_useless_indexes

sqlite = pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL keeps the index")


def useless():
    with connection.cursor() as cursor:
        return [name for (name,) in cursor.execute(USELESS).fetchall()]


@sqlite
def test_after_the_migrations_there_is_none(db):
    assert useless() == []


@sqlite
def test_one_that_a_later_migration_makes_goes_too_and_others_stay(db):
    with connection.cursor() as cursor:
        cursor.execute("CREATE INDEX misleading ON checkins_link (practice_id)")
        cursor.execute("CREATE INDEX helpful ON checkins_link (practice_id, expires_at)")
        assert useless() == ["misleading"]
        drop_useless_indexes(using="default")
        names = [row[1] for row in cursor.execute("PRAGMA index_list(checkins_link)").fetchall()]
    assert useless() == []
    assert "helpful" in names


@sqlite
def test_the_link_of_a_cookie_is_found_by_its_cookie(db):
    asked = "EXPLAIN QUERY PLAN SELECT * FROM checkins_link WHERE practice_id = '' AND cookie = ''"
    with connection.cursor() as cursor:
        plan = " ".join(row[3] for row in cursor.execute(asked).fetchall())
    assert "(cookie=?)" in plan


def test_where_several_practices_live_the_index_stays(monkeypatch):
    class Server:
        vendor = "postgresql"

        def cursor(self):
            raise AssertionError("nothing is asked")

    monkeypatch.setattr("rapport.web.core.one_practice.connections", {"default": Server()})
    drop_useless_indexes(using="default")
