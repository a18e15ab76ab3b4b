"""Copies of a PostgreSQL database, by its own pg_dump and pg_restore."""

import os
import secrets
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from rapport.web.upkeep.databases import Settings, facts, here, working_on
from rapport.web.upkeep.errors import StillInUse, ToolFailed, ToolMissing

SERVICE = "postgres"  # a database that every server has; from it others are made and renamed


@contextmanager
def snapshot(folder: Path) -> Iterator[tuple[dict[str, Any], Iterator[bytes]]]:  # noqa: ARG001
    """The database as it is at one moment: what is counted and what is dumped are the same."""
    tool = _tool("pg_dump")
    with working_on(here()), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        told = facts()
        cursor.execute("SELECT pg_export_snapshot()")
        moment = cursor.fetchone()[0]
        wished = ["--format=custom", "--no-owner", "--no-privileges", f"--snapshot={moment}"]
        yield told, _dumped([tool, *wished, *_where(here())])


def unpacked(parts: Iterable[bytes], folder: Path) -> Settings:  # noqa: ARG001
    """Restore into a new database beside the one in use."""
    tool = _tool("pg_restore")
    other = here() | {"NAME": f"rapport_restored_{secrets.token_hex(4)}"}
    _serve(f"CREATE DATABASE {other['NAME']} TEMPLATE template0")
    wished = ["--exit-on-error", "--no-owner", "--no-privileges"]
    try:
        _fed([tool, *wished, *_where(other)], parts)
    except BaseException:
        drop(other)
        raise
    return other


def drop(database: Settings) -> None:
    """Remove a database that was made here."""
    _serve(f"DROP DATABASE IF EXISTS {_quoted(database['NAME'])} WITH (FORCE)")


def exists() -> bool:
    """Whether there is a practice that would be replaced."""
    with working_on(here()), connection.cursor() as cursor:
        return "people_practice" in connection.introspection.table_names(cursor)


def must_be_free() -> None:
    """Refuse while somebody else is connected.

    Raises:
        StillInUse: the web process or the worker runs.
    """
    connection.close()
    asked = "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = %s"
    if _serve(asked, [here()["NAME"]]):
        raise StillInUse


def settle() -> None:
    """Renaming is refused by the server itself while somebody is connected."""
    must_be_free()


def put_in_place(database: Settings, *, aside: Path) -> None:
    """Take the name of the old database, which stays under the name of the folder aside."""
    connection.close()
    old, kept = here()["NAME"], aside.name.replace("-", "_")
    _serve(f"ALTER DATABASE {_quoted(old)} RENAME TO {_quoted(kept)}")
    _serve(f"ALTER DATABASE {_quoted(database['NAME'])} RENAME TO {_quoted(old)}")


def _tool(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise ToolMissing(name)
    return found


def _where(database: Settings) -> list[str]:
    named = {"--host": "HOST", "--port": "PORT", "--username": "USER"}
    told = [f"{option}={database[name]}" for option, name in named.items() if database.get(name)]
    return [*told, "--no-password", f"--dbname={database['NAME']}"]


def _environment() -> dict[str, str]:
    password = str(here().get("PASSWORD") or "")
    return dict(os.environ) | ({"PGPASSWORD": password} if password else {})


def _dumped(command: list[str]) -> Iterator[bytes]:
    with subprocess.Popen(
        command, env=_environment(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as running:
        assert running.stdout is not None
        while part := running.stdout.read(1 << 20):
            yield part
    if running.returncode:
        raise ToolFailed(Path(command[0]).name)


def _fed(command: list[str], parts: Iterable[bytes]) -> None:
    with subprocess.Popen(
        command, env=_environment(), stdin=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as running:
        assert running.stdin is not None
        try:
            for part in parts:
                running.stdin.write(part)
            running.stdin.close()
        except BrokenPipeError:
            pass  # it has ended: its exit status says so
        except BaseException:
            running.kill()
            raise
    if running.returncode:
        raise ToolFailed(Path(command[0]).name)


def _serve(statement: str, values: list[str] | None = None) -> int:
    """One statement outside of any transaction, from a database that is not meant by it."""
    with working_on(here() | {"NAME": SERVICE}), connection.cursor() as cursor:
        cursor.execute(statement, values)
        row = cursor.fetchone() if cursor.description else None
    return int(row[0]) if row else 0


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)
