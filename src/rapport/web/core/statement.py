"""A statement that is worked out once, on its way to the database.

Django's cursor rewrites every statement for SQLite and hands it through four layers, each time;
for what is asked many times a second that costs more than SQLite's own answer. Where somebody
counts or logs the statements, and on PostgreSQL, Django's cursor takes them as ever.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Statement:
    """SQL with a place for each value, as Django writes it; and as SQLite reads it."""

    sql: str
    marked: str = field(init=False)

    def __post_init__(self) -> None:
        """Mark the places as SQLite does."""
        object.__setattr__(self, "marked", self.sql.replace("%s", "?").replace("%%", "%"))


def ask(database: Any, statement: Statement, values: Sequence[Any]) -> list[Sequence[Any]]:
    """The rows that a question finds."""
    straight = _straight(database)
    if straight is None:
        with database.cursor() as cursor:
            cursor.execute(statement.sql, values)
            return list(cursor.fetchall())
    with database.wrap_database_errors:
        return list(straight.execute(statement.marked, values).fetchall())


def change(database: Any, statement: Statement, values: Sequence[Any]) -> int:
    """How many rows a change has changed."""
    straight = _straight(database)
    if straight is None:
        with database.cursor() as cursor:
            cursor.execute(statement.sql, values)
            return int(cursor.rowcount)
    with database.wrap_database_errors:
        return int(straight.execute(statement.marked, values).rowcount)


def change_many(database: Any, statement: Statement, rows: Sequence[Sequence[Any]]) -> None:
    """Make the same change with each of these rows."""
    with database.cursor() as cursor:
        cursor.executemany(statement.sql, rows)


def _straight(database: Any) -> Any:
    """SQLite's own connection; None: somebody has to see the statement on its way."""
    if database.vendor != "sqlite" or database.execute_wrappers or database.queries_logged:
        return None
    database.ensure_connection()
    database.validate_no_broken_transaction()
    return database.connection
