"""The database engine under SQLite: a sound one, and how it has to be opened.

SQLite 3.7.0 to 3.51.2 can lose or corrupt commits when two connections write and checkpoint the
write-ahead log at once (mended in 3.51.3, and in 3.44.6 and 3.50.7;
https://sqlite.org/wal.html#walresetbug). On such an engine the rollback journal is used instead.
"""

import sys
from importlib.util import find_spec

if find_spec("pysqlite3") is not None:
    import pysqlite3 as sqlite3

    sys.modules["sqlite3"] = sqlite3  # before Django loads, so that Django opens the sound one
    sys.modules["sqlite3.dbapi2"] = sqlite3
else:
    import sqlite3

__all__ = ["advice", "journal_mode", "opening", "sqlite3", "survives_two_writers"]

MENDED = {(3, 44): 6, (3, 50): 7, (3, 51): 3}


def survives_two_writers(version: tuple[int, int, int]) -> bool:
    """Whether the write-ahead log of this SQLite is safe with several connections.

    >>> [survives_two_writers(v) for v in [(3, 40, 1), (3, 51, 1), (3, 51, 3), (3, 54, 0)]]
    [False, False, True, True]
    """
    branch, patch = version[:2], version[2]
    return branch >= (3, 52) or patch >= MENDED.get(branch, 10_000)


def journal_mode(version: tuple[int, int, int] = sqlite3.sqlite_version_info) -> str:
    """How this SQLite has to keep its journal so that an acknowledged commit stays.

    >>> journal_mode((3, 51, 3)), journal_mode((3, 40, 1))
    ('wal', 'truncate')
    """
    return "wal" if survives_two_writers(version) else "truncate"


def advice(version: tuple[int, int, int] = sqlite3.sqlite_version_info) -> str:
    """What to say at the start of a process on this SQLite; "": it is sound.

    >>> advice((3, 53, 4)), "pysqlite3" in advice((3, 40, 1)), "pysqlite3" in advice((3, 51, 1))
    ('', True, True)
    """
    if survives_two_writers(version):
        return ""
    name = ".".join(map(str, version))
    return (
        f"SQLite {name} may lose commits from its write-ahead log, so a slower journal is used. "
        "Install the package pysqlite3."
    )


def opening() -> str:
    """What is said to every new connection; synchronous = FULL survives a power cut."""
    settings = {
        "journal_mode": journal_mode(),
        "synchronous": "FULL",
        "foreign_keys": "ON",
        "secure_delete": "ON",
        "temp_store": "MEMORY",
        "cache_size": "-2000",  # 2 MB for each thread, which keeps its connection
        "journal_size_limit": "27103364",
    }
    return "".join(f"PRAGMA {name} = {value};" for name, value in settings.items())
