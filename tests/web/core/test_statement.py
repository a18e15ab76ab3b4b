"""A statement goes straight to SQLite, unless somebody has to see it on its way."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.transaction import TransactionManagementError

from rapport.web.core.statement import Statement, ask, change, change_many

NAMES = Statement("SELECT name, '100%%' FROM people_staff WHERE name LIKE %s ORDER BY name")
RENAME = Statement("UPDATE people_staff SET name = %s WHERE name LIKE %s")


def seen_on_its_way(do):
    """What a statement gives where every one of them is looked at."""
    passed = []

    def look(execute, sql, params, many, context):
        passed.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(look):
        given = do()
    assert passed
    return given


@pytest.mark.parametrize("way", [lambda do: do(), seen_on_its_way])
def test_both_ways_find_the_same_rows(cast, way):
    found = way(lambda: ask(connection, NAMES, ["B%"]))
    assert [tuple(row) for row in found] == [("Benedikt Aalto", "100%")]


@pytest.mark.parametrize("way", [lambda do: do(), seen_on_its_way])
def test_both_ways_say_how_many_rows_changed(cast, way):
    assert way(lambda: change(connection, RENAME, ["Somebody", "%e%"])) == 3
    assert way(lambda: change(connection, RENAME, ["Nobody", "no such name"])) == 0


def test_the_same_change_with_many_rows(cast):
    change_many(connection, RENAME, [["Ben", "Benedikt%"], ["Jo", "Joana%"]])
    assert [row[0] for row in ask(connection, NAMES, ["%"])] == [
        "Ben", "Imani Okafor", "Jo", "Ruth Weiss",
    ]  # fmt: skip


def test_what_the_database_refuses_is_refused_as_django_says_it(cast):
    twice = Statement("INSERT INTO audit_head (practice_id, number, chain) VALUES (%s, %s, %s)")
    practice = ask(connection, Statement("SELECT practice_id FROM audit_head"), [])[0][0]
    with pytest.raises(IntegrityError), transaction.atomic():
        change(connection, twice, [practice, 1, "x"])


def test_nothing_is_asked_in_a_transaction_that_has_failed(cast):
    with transaction.atomic():
        transaction.set_rollback(True)
        with pytest.raises(TransactionManagementError):
            ask(connection, NAMES, ["%"])


def test_the_places_are_marked_as_sqlite_reads_them():
    assert NAMES.marked == "SELECT name, '100%' FROM people_staff WHERE name LIKE ? ORDER BY name"
