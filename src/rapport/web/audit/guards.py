"""What the database itself refuses: to change or take away a line of the log.

Whoever holds the file can take these down; then the chain and the hashes kept outside tell of it.
They are for every other way: a query, a script, a console. On SQLite a migration that alters these
tables builds them anew and loses what stands on them: end it with ``put_up``. `rapport doctor` says
when one is missing.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

ONLY_ADDED_TO = "the audit log is only ever added to"
ENTRY, HEAD = "audit_entry", "audit_head"
BACKWARDS = "NEW.number <= OLD.number OR NEW.practice_id <> OLD.practice_id"

# name -> table, event, when it refuses
GUARDS = {
    "audit_entry_stays": (ENTRY, "UPDATE", ""),
    "audit_entry_remains": (ENTRY, "DELETE", ""),
    "audit_head_goes_on": (HEAD, "UPDATE", BACKWARDS),
    "audit_head_remains": (HEAD, "DELETE", ""),
}
WHOLE = {"audit_entry_whole": ENTRY, "audit_head_whole": HEAD}  # TRUNCATE, on PostgreSQL
REFUSE = f"""CREATE OR REPLACE FUNCTION audit_refuses() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '{ONLY_ADDED_TO}' USING ERRCODE = 'integrity_constraint_violation'; END $$
"""


def put_up(on: BaseDatabaseWrapper = connection) -> None:
    """Make the database refuse; what stands already is made anew."""
    take_down(on)
    _run(on, _for_postgresql() if on.vendor == "postgresql" else _for_sqlite())


def take_down(on: BaseDatabaseWrapper = connection) -> None:
    """Stop refusing: for tests, and for moving back to an older version."""
    tables = {name: table for name, (table, _, _) in GUARDS.items()}
    if on.vendor == "postgresql":
        both = tables | WHOLE
        _run(on, [f"DROP TRIGGER IF EXISTS {name} ON {table}" for name, table in both.items()])
    else:
        _run(on, [f"DROP TRIGGER IF EXISTS {name}" for name in tables])


@contextmanager
def down(on: BaseDatabaseWrapper = connection) -> Iterator[None]:
    """Without them for a while: tests empty their database."""
    take_down(on)
    try:
        yield
    finally:
        put_up(on)


def missing() -> list[str]:
    """Names of those that do not stand; empty: all do."""
    if connection.vendor == "postgresql":
        found = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'"
        wanted = [*GUARDS, *WHOLE]
    else:
        found, wanted = "SELECT name FROM sqlite_master WHERE type = 'trigger'", [*GUARDS]
    with connection.cursor() as cursor:
        cursor.execute(found)
        there = {name for (name,) in cursor.fetchall()}
    return [name for name in wanted if name not in there]


def _for_sqlite() -> list[str]:
    return [
        f"CREATE TRIGGER {name} BEFORE {event} ON {table} {_when(when)} "
        f"BEGIN SELECT RAISE(ABORT, '{ONLY_ADDED_TO}'); END"
        for name, (table, event, when) in GUARDS.items()
    ]


def _for_postgresql() -> list[str]:
    rows = [
        f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW {_when(when)} "
        "EXECUTE FUNCTION audit_refuses()"
        for name, (table, event, when) in GUARDS.items()
    ]
    whole = [
        f"CREATE TRIGGER {name} BEFORE TRUNCATE ON {table} EXECUTE FUNCTION audit_refuses()"
        for name, table in WHOLE.items()
    ]
    return [REFUSE, *rows, *whole]


def _when(condition: str) -> str:
    return f"WHEN ({condition})" if condition else ""


def _run(on: BaseDatabaseWrapper, statements: list[str]) -> None:
    with on.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
