"""The database of the installation, and another one worked on in its place for a while."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import connection, connections
from django.db.migrations.executor import MigrationExecutor
from django.db.utils import load_backend

from rapport.web.core import engine

Settings = dict[str, Any]


def here() -> Settings:
    """How the installation's own database is opened."""
    return dict(connections["default"].settings_dict)


def at_file(place: Path) -> Settings:
    """How a copy that nobody else uses is opened: without a journal beside it."""
    alone = engine.opening().replace(
        f"journal_mode = {engine.journal_mode()}", "journal_mode = MEMORY"
    )
    options = {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": alone}
    sqlite = {"ENGINE": "django.db.backends.sqlite3", "NAME": str(place), "OPTIONS": options}
    return here() | sqlite


@contextmanager
def working_on(database: Settings) -> Iterator[None]:
    """All queries and actions of this block, in this thread, work on another database."""
    before = connections["default"]
    other = load_backend(database["ENGINE"]).DatabaseWrapper(database, "default")
    connections["default"] = other
    try:
        yield
    finally:
        other.close()
        connections["default"] = before


def facts() -> dict[str, Any]:
    """What a restored copy must show again: rows of each table, and the newest audit lines."""
    with connection.cursor() as cursor:
        tables = sorted(connection.introspection.table_names(cursor))
        rows = {table: _count(cursor, table) for table in tables}
        heads = _heads(cursor) if "audit_head" in tables else []
    return {"rows": rows, "heads": heads, "steps": _steps()}


def unknown_steps(manifest: Settings) -> list[str]:
    """Steps of the backup's shape that this version does not know."""
    known = {"/".join(key) for key in MigrationExecutor(connection).loader.disk_migrations}
    return sorted(set(manifest["steps"]) - known)


def _count(cursor: Any, table: str) -> int:
    cursor.execute(f"SELECT COUNT(*) FROM {connection.ops.quote_name(table)}")
    return int(cursor.fetchone()[0])


def _heads(cursor: Any) -> list[list[Any]]:
    cursor.execute("SELECT practice_id, number, chain FROM audit_head ORDER BY 1")
    return [[str(practice).replace("-", ""), number, chain] for practice, number, chain in cursor]


def _steps() -> list[str]:
    applied = MigrationExecutor(connection).loader.applied_migrations
    return sorted("/".join(key) for key in applied)
