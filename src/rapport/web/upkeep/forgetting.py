"""Forget a client so that it holds: rows, key, write-ahead log, and every copy of the key here."""

from collections.abc import Iterator
from contextlib import closing
from datetime import date, datetime
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction

from rapport.web.audit.actions import SYSTEM, By
from rapport.web.core import environment
from rapport.web.core.access import inside
from rapport.web.core.errors import Refused
from rapport.web.core.keys import KeyStore, key_store
from rapport.web.people import actions as people
from rapport.web.people.leaving.queries import one_leaving
from rapport.web.people.queries import Reader, everyone, practices
from rapport.web.people.roles import May
from rapport.web.safety.actions import drop_flags_of
from rapport.web.upkeep import records
from rapport.web.upkeep.actions import KEYS, KEYS_LIVE, back_up_keys, drop_older_key_backups
from rapport.web.upkeep.errors import NotThatName
from rapport.web.upkeep.files import shred
from rapport.web.upkeep.queries import folders


def forget(*, person: UUID, why: str, by: By, at: datetime) -> None:
    """Forget a client for good. What can't be cleared at once is cleared by the worker.

    Raises:
        KeptByLaw, FlagStillOpen: not now; nothing was deleted.
    """
    people.forget(person=person, why=why, by=by, at=at)
    transaction.on_commit(lambda: clear_traces(at=at))


@transaction.atomic
def forget_for(*, person: UUID, name: str, why: str, reader: Reader, at: datetime) -> None:
    """Forget a client for somebody who typed the name.

    Raises:
        NotAllowed, NotHere, OnlyTheLead: not theirs to forget.
        NotThatName: another name was typed.
        KeptByLaw, FlagStillOpen: not now.
    """
    client = one_leaving(person, reader=reader)
    if _plain(name) != _plain(client.name):
        raise NotThatName
    forget(person=person, why=why, by=reader.by, at=at)


@transaction.atomic
def keep_for(*, person: UUID, until: date | None, reader: Reader, at: datetime) -> None:
    """Say until when records have to be kept; an earlier day is for whoever leads the practice."""
    client = one_leaving(person, reader=reader)
    if client.keep_until is not None and (until is None or until < client.keep_until):
        reader.must(May.FORGET_ANYBODY)
    people.keep_until(person=person, until=until, by=reader.by, at=at)


def clear_traces(*, at: datetime) -> bool:
    """Clear what may still hold a destroyed key or a deleted row; false: the worker tries again."""
    done = _empty_log() and _forget_in_copies(at)
    records.note("traces", at=at, cleared=done)
    return done


def finish_forgetting(*, at: datetime) -> int:
    """Finish what was interrupted, and end copies of keys that are older than seven days.

    A power cut between the key and the rows leaves rows that nobody can open: they go now.

    Returns:
        How many clients were forgotten again.
    """
    again = 0
    for practice in practices():
        with inside(practice):
            again += _finish(at)
    for kept in _aside():
        if at - _made(kept) > KEYS_LIVE:
            shred(kept)
    clear_traces(at=at)
    return again


def _finish(at: datetime) -> int:
    store, again = key_store(), 0
    keys = store.people()
    for person in everyone():
        if str(person) not in keys and store.is_forgotten(str(person)):
            with transaction.atomic():
                drop_flags_of(person=person)
                people.forget_again(person=person, by=SYSTEM, at=at)
            again += 1
    return again


def _empty_log() -> bool:
    """Write the log back and cut it: it holds images of pages with rows that were deleted."""
    if connection.vendor != "sqlite":
        return True  # there VACUUM and the server's own log settings decide (docs: forgetting)
    with connection.cursor() as cursor:
        busy, _, _ = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return not busy


def _forget_in_copies(at: datetime) -> bool:
    """A new copy of the key store takes the place of all older ones that lie here."""
    stones = key_store().tombstones()
    try:
        for kept in _aside():
            with closing(KeyStore(kept, practice_key=_practice_key())) as store:
                store.remember(stones)
        drop_older_key_backups(kept=back_up_keys(at=at, folder=folders()[1]))
    except (Refused, OSError):
        return False
    return True


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())


def _aside() -> Iterator[Path]:
    """Key stores that a restore replaced and kept."""
    yield from Path(settings.HOME).glob(f"before-restore-*/{KEYS}")


def _made(kept: Path) -> datetime:
    stamp = kept.parent.name.removeprefix("before-restore-")
    return datetime.strptime(f"{stamp}+0000", "%Y%m%dT%H%M%S%z")


def _practice_key() -> bytes:
    return environment.key("RAPPORT_PRACTICE_KEY")
