"""Copies of an SQLite database: by its own backup function, never by copying the file.

What stands in the write-ahead log belongs to the database; a plain copy of the file leaves it out.
"""

import os
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from rapport.web.core.disk import sync
from rapport.web.core.engine import sqlite3
from rapport.web.upkeep.databases import Settings, at_file, facts, here, working_on
from rapport.web.upkeep.errors import Damaged, NoRoom, StillInUse
from rapport.web.upkeep.files import read_parts, write_parts

NAME = "rapport.sqlite3"
BESIDE = ("-wal", "-shm", "-journal")


@contextmanager
def snapshot(folder: Path) -> Iterator[tuple[dict[str, Any], Iterator[bytes]]]:
    """The database as it is at one moment, whoever writes meanwhile, with what stands in it."""
    copy = folder / NAME
    copy.touch(mode=0o600)
    source = f"file:{here()['NAME']}?mode=rw"
    try:
        live = sqlite3.connect(source, uri=True, timeout=20)
        with closing(live), closing(sqlite3.connect(copy)) as target:
            live.backup(target)
            target.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.OperationalError as fault:
        raise NoRoom("the database can't be read, or the disk is full") from fault
    with working_on(at_file(copy)):
        told = facts()
    yield told, read_parts(copy)


def unpacked(parts: Iterable[bytes], folder: Path) -> Settings:
    """Write a copy into a folder and look whether it is sound."""
    copy = folder / NAME
    write_parts(copy, parts)
    try:
        with closing(sqlite3.connect(copy)) as file:
            sound = file.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
            alone = file.execute("PRAGMA foreign_key_check").fetchone()
    except sqlite3.DatabaseError as fault:
        raise Damaged("it holds no database") from fault
    if not sound or alone is not None:
        raise Damaged("its database does not hold together")
    return at_file(copy)


def drop(database: Settings) -> None:
    """The folder goes with what is in it."""


def exists() -> bool:
    """Whether there is a database that would be replaced."""
    return Path(here()["NAME"]).exists()


def must_be_free() -> None:
    """Refuse while somebody else has the database open; nothing in it changes.

    Raises:
        StillInUse: the web process or the worker runs.
    """
    _alone("locking_mode = EXCLUSIVE")


def settle() -> None:
    """Write the log of the old database back, the last thing before it is replaced.

    Raises:
        StillInUse: somebody opened it meanwhile.
    """
    _alone("journal_mode = DELETE")


def _alone(wish: str) -> None:
    place = Path(here()["NAME"])
    if not place.exists():
        return
    try:
        with closing(sqlite3.connect(place, timeout=1)) as file:
            file.execute(f"PRAGMA {wish}")
            file.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()
    except sqlite3.OperationalError as fault:
        raise StillInUse from fault
    except sqlite3.DatabaseError:
        return  # damaged: that is why it is replaced


def put_in_place(database: Settings, *, aside: Path) -> None:
    """Take the place of the old database, which is kept aside with what belongs to it."""
    new, old = Path(database["NAME"]), Path(here()["NAME"])
    with new.open("rb+") as file:
        os.fsync(file.fileno())
    for beside in BESIDE:
        log = Path(f"{old}{beside}")
        if log.exists():
            log.rename(aside / log.name)
    if old.exists():
        os.link(old, aside / old.name)
    new.replace(old)
    sync(old.parent)
