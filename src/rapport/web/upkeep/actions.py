"""Back up, restore, and every night try whether a restore would work."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

from django.conf import settings
from django.db import connection

from rapport.web.audit.anchors import lodge_restored
from rapport.web.core import environment
from rapport.web.core.access import inside
from rapport.web.core.errors import Refused
from rapport.web.core.keys import KeyStore, key_store, using
from rapport.web.people.queries import practices
from rapport.web.upkeep import postgresql_copies, records, sqlite_copies
from rapport.web.upkeep.databases import working_on
from rapport.web.upkeep.errors import AlreadyThere, NoBackup, NoKeys
from rapport.web.upkeep.files import (
    backups_in,
    opened,
    read_parts,
    scratch,
    shred,
    write_backup,
    write_parts,
)
from rapport.web.upkeep.looking import Looked, look
from rapport.web.upkeep.queries import folders

KEYS_LIVE = timedelta(days=7)  # no longer: until then a forgotten client's key may lie in a backup
ALL_FOR = timedelta(days=2)  # every backup of the database is kept that long, then one a day
DAILY_FOR = timedelta(days=30)
KEYS = "keys.sqlite3"


@dataclass(frozen=True, kw_only=True)
class BackedUp:
    """What a backup left.

    Attributes:
        database, keys: the two files; keep them in two places.
        rows: in all tables.
    """

    database: Path
    keys: Path
    rows: int


def back_up(
    *, at: datetime, folder: Path | None = None, key_folder: Path | None = None
) -> BackedUp:
    """Back up database and key store, each into a folder of its own, while the practice works.

    The database comes first: a client added in between then has a key too many, never one too few.
    """
    folder = folder or Path(settings.RAPPORT_BACKUPS)
    key_folder = key_folder or Path(settings.RAPPORT_KEY_BACKUPS)
    with scratch(_home()) as place, _copies().snapshot(place) as (told, parts):
        manifest = told | {"kind": "database", "engine": connection.vendor, "at": at.isoformat()}
        manifest["forgotten"] = key_store().tombstones()
        database = write_backup(folder, manifest=manifest, parts=parts, key=_practice_key())
    keys = back_up_keys(at=at, folder=key_folder)
    _prune(folder, at)
    rows = sum(told["rows"].values())
    records.note("backup", at=at, folder=str(folder), keys=str(key_folder), rows=rows)
    return BackedUp(database=database, keys=keys, rows=rows)


def back_up_keys(*, at: datetime, folder: Path | None = None) -> Path:
    """Back up the key store alone; copies older than seven days are overwritten and removed."""
    folder = folder or Path(settings.RAPPORT_KEY_BACKUPS)
    with scratch(_home()) as place:
        key_store().copy_to(place / KEYS)
        manifest = {"kind": "keys", "at": at.isoformat(), "keys": len(key_store().people())}
        parts = read_parts(place / KEYS)
        made = write_backup(folder, manifest=manifest, parts=parts, key=_practice_key())
        shred(place / KEYS)
    _end_keys(folder, before=at - KEYS_LIVE)
    return made


def drop_older_key_backups(*, kept: Path) -> int:
    """Remove every copy of the key store in this folder but one: it holds a key that must go."""
    older = [one.place for one in backups_in(kept.parent, "keys") if one.place != kept]
    for place in older:
        shred(place)
    return len(older)


def drill(*, at: datetime, folder: Path | None = None, key_folder: Path | None = None) -> Looked:
    """Restore the newest backup in a place of its own, look at it, and record what was found.

    Raises:
        NoBackup, Damaged and the like: it could not be restored; that is recorded, too.
    """
    last_folder, last_keys = folders()
    folder, key_folder = folder or last_folder, key_folder or last_keys
    try:
        newest, keys = _newest(folder, "database"), _newest(key_folder, "keys")
        with scratch(_home()) as place, _restored(newest, keys, place, at) as (_, looked):
            pass
    except Refused as refused:
        records.note("drill", at=at, fault=str(refused))
        raise
    records.note("drill", at=at, fault="")
    records.note("good drill", at=at, **asdict(looked))
    return looked


def restore(
    *, file: Path, at: datetime, keys: Path | None = None, replace: bool = False
) -> tuple[Looked, Path | None]:
    """Put a backup in the place of the database, after everything in it was looked at.

    Args:
        file: a backup of the database.
        keys: a backup of the key store; None: the key store that is here.
        replace: old files may be replaced; they are kept aside.

    Returns:
        What was found, and where the old files are kept; None: there were none.
    """
    copies, mine = _copies(), Path(settings.RAPPORT_KEYS)
    _must_be_free(copies, keys_too=keys is not None, replace=replace)
    if keys is None and not mine.exists():
        raise NoKeys
    aside = _home() / f"before-restore-{at.strftime('%Y%m%dT%H%M%S')}"
    old = copies.exists() or (keys is not None and mine.exists())
    with scratch(_home()) as place, _restored(file, keys, place, at) as (database, looked):
        copies.settle()
        aside.mkdir(mode=0o700)
        if keys is not None:
            _put_keys(place / KEYS, mine, aside)
        copies.put_in_place(database, aside=aside)
    if not old:
        aside.rmdir()
    _tell_outside(at)
    records.note("restore", at=at, **asdict(looked))
    return looked, aside if old else None


def _tell_outside(at: datetime) -> None:
    """Where hashes of the log are lodged, say that it is an older one on purpose."""
    for practice in practices():
        with inside(practice):
            lodge_restored(at=at)


@contextmanager
def _restored(
    file: Path, keys: Path | None, place: Path, at: datetime
) -> Iterator[tuple[dict[str, Any], Looked]]:
    """A backup restored in a place of its own and looked at; the keys lie beside it."""
    copies = _copies()
    with opened(file, key=_practice_key(), kind="database") as (manifest, parts):
        database = copies.unpacked(parts, place)
    try:
        with closing(_keys(keys, place)) as store, using(store), working_on(database):
            looked = look(manifest, at=at)
        yield database, looked
    finally:
        copies.drop(database)


def _keys(backup: Path | None, place: Path) -> KeyStore:
    """The key store that opens a restored copy; what is forgotten here stays forgotten there."""
    mine = Path(settings.RAPPORT_KEYS)
    if backup is None:
        return KeyStore(mine, practice_key=_practice_key())
    with opened(backup, key=_practice_key(), kind="keys") as (_, parts):
        write_parts(place / KEYS, parts)
    store = KeyStore(place / KEYS, practice_key=_practice_key())
    if mine.exists():
        with closing(KeyStore(mine, practice_key=_practice_key())) as today:
            store.remember(today.tombstones())
    return store


def _must_be_free(copies: ModuleType, *, keys_too: bool, replace: bool) -> None:
    if not replace and copies.exists():
        raise AlreadyThere("database")
    if not replace and keys_too and Path(settings.RAPPORT_KEYS).exists():
        raise AlreadyThere("key store")
    connection.close()
    copies.must_be_free()


def _put_keys(new: Path, old: Path, aside: Path) -> None:
    if old.exists():
        (aside / old.name).hardlink_to(old)
    new.replace(old)


def _prune(folder: Path, at: datetime) -> None:
    """Keep every backup of two days, then the last of each day for a month."""
    stored = backups_in(folder, "database")
    last_of_day = {one.at.date(): one.place for one in stored}
    for one in stored:
        age = at - one.at
        daily = last_of_day[one.at.date()] == one.place
        if age > DAILY_FOR or (age > ALL_FOR and not daily):
            one.place.unlink()


def _end_keys(folder: Path, *, before: datetime) -> None:
    for one in backups_in(folder, "keys"):
        if one.at < before:
            shred(one.place)


def _newest(folder: Path, kind: str) -> Path:
    found = backups_in(folder, kind)
    if not found:
        raise NoBackup(folder)
    return found[-1].place


def _copies() -> ModuleType:
    return postgresql_copies if connection.vendor == "postgresql" else sqlite_copies


def _practice_key() -> bytes:
    return environment.key("RAPPORT_PRACTICE_KEY")


def _home() -> Path:
    return Path(settings.HOME)
