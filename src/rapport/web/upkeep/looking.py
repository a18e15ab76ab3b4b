"""Look at a restored copy: is everything there, does the log hold, do its words open?

All of it runs inside ``working_on(copy)`` and ``using(keys)``, so that the very queries and actions
of the practice are asked, on the copy.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.contrib.sessions.models import Session as SignedIn
from django.core.management import call_command
from django.db import Error, connection, transaction
from django.db.migrations.executor import MigrationExecutor

from rapport.web.audit.actions import SYSTEM, record
from rapport.web.audit.queries import verify
from rapport.web.core.access import inside
from rapport.web.core.errors import DoesNotOpen, Forgotten
from rapport.web.core.keys import key_store
from rapport.web.core.models import Sealed, Stored
from rapport.web.people.actions import forget_again
from rapport.web.people.queries import everyone, practices
from rapport.web.safety.actions import drop_flags_of
from rapport.web.upkeep.databases import facts, unknown_steps
from rapport.web.upkeep.errors import Damaged, NoRoom, WrongVersion

SAMPLE = 200  # rows of each kind whose words are opened, besides every name (ours)


@dataclass(frozen=True, kw_only=True)
class Looked:
    """What was found in a copy.

    Attributes:
        rows: in all tables.
        lines: of the audit log that hold together.
        people: clients.
        opened: sealed values that opened.
        forgotten: clients who were forgotten since, and were forgotten again.
        unreadable: clients without a key who were never forgotten: their key is lost.
    """

    rows: int
    lines: int
    people: int
    opened: int
    forgotten: int
    unreadable: int


def look(manifest: dict[str, Any], *, at: datetime) -> Looked:
    """Compare a copy with its manifest, forget again who was forgotten, and open its words.

    Raises:
        Damaged, WrongVersion: it is not what was backed up, or nobody could use it.
    """
    try:
        return _looked(manifest, at)
    except Error as fault:
        if "full" in str(fault):
            raise NoRoom("the disk is full") from fault
        raise Damaged("its database can't be read") from fault


def _looked(manifest: dict[str, Any], at: datetime) -> Looked:
    if unknown := unknown_steps(manifest):
        raise WrongVersion(unknown[-1])
    _compare(manifest, facts())
    _bring_up()
    lines, forgotten = 0, 0
    key_store().remember(manifest["forgotten"])
    for practice in practices():
        with inside(practice):
            lines += _log()
            forgotten += _forget_again(at)
            _note(str(practice), manifest, at)
    SignedIn.objects.all().delete()  # who was signed in then is not signed in now
    return _opened(sum(manifest["rows"].values()), lines, forgotten)


def _compare(manifest: dict[str, Any], found: dict[str, Any]) -> None:
    for table, rows in manifest["rows"].items():
        if found["rows"].get(table) != rows:
            raise Damaged(f"{table} has not the {rows} rows that were backed up")
    if found["heads"] != manifest["heads"]:
        raise Damaged("its log does not end where it ended")


def _bring_up() -> None:
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", verbosity=0, interactive=False)


def _log() -> int:
    verdict = verify()
    if verdict.fault is not None:
        raise Damaged(f"its log: {verdict.fault}")
    return verdict.lines


def _forget_again(at: datetime) -> int:
    """Delete the rows of whoever was forgotten after the backup was made."""
    store = key_store()
    again = [person for person in everyone() if store.is_forgotten(str(person))]
    for person in again:
        with transaction.atomic():
            drop_flags_of(person=person)
            forget_again(person=person, by=SYSTEM, at=at)
    return len(again)


@transaction.atomic
def _note(practice: str, manifest: dict[str, Any], at: datetime) -> None:
    told = {"thing": "practice", "thing_id": practice, "made": manifest["at"]}
    record(deed="restored from a backup", by=SYSTEM, at=at, **told)


def _opened(rows: int, lines: int, forgotten: int) -> Looked:
    people = opened = unreadable = 0
    keys = key_store().people()
    for practice in practices():
        with inside(practice):
            there = [str(person) for person in everyone()]
            people += len(there)
            unreadable += len(set(there) - keys)
            opened += sum(_open(row) for row in _sample())
    if people and not opened:
        raise Damaged("nothing in it opens with this key store")
    return Looked(
        rows=rows,
        lines=lines,
        people=people,
        opened=opened,
        forgotten=forgotten,
        unreadable=unreadable,
    )


def _sample() -> Iterator[Stored]:
    """Every client, and some rows of each other kind that has something sealed in it."""
    for model in apps.get_models():
        if issubclass(model, Stored) and _sealed(model):
            rows = model.objects.order_by("pk")
            yield from rows.iterator(2_000) if model.__name__ == "Person" else rows[:SAMPLE]


def _sealed(model: type[Stored]) -> list[str]:
    return [field.name for field in model._meta.local_fields if isinstance(field, Sealed)]


def _open(row: Stored) -> int:
    """How many values of a row open; one whose key is gone opens none."""
    try:
        return sum(row.get(field) is not None for field in _sealed(type(row)))
    except Forgotten:
        return 0
    except DoesNotOpen as fault:
        raise Damaged("a sealed value in it does not open") from fault
