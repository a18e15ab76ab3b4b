"""How long this disk takes to keep something, and how long a durable commit takes on it."""

import os
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from rapport.bench.web.figures import Times
from rapport.web.core import engine

TRIES = 300
BLOCK = 4096


def fdatasync_times(folder: Path) -> Times:
    """Write one block to a file and wait until the disk has it."""
    place = folder / "probe.bin"
    file = os.open(place, os.O_CREAT | os.O_WRONLY, 0o600)

    def write() -> None:
        os.write(file, os.urandom(BLOCK))
        os.fdatasync(file)

    try:
        return Times(what="disk: 4 kB written and fdatasync", seconds=_timed(write))
    finally:
        os.close(file)
        place.unlink()


def commit_times(folder: Path) -> Times:
    """One row and a commit on a database that is opened as the application opens its own."""
    place = folder / "probe.sqlite3"
    with closing(engine.sqlite3.connect(place, isolation_level=None)) as database:
        database.executescript(engine.opening())
        database.execute("CREATE TABLE probe (content BLOB)")
        times = _timed(lambda: database.execute("INSERT INTO probe VALUES (?)", (os.urandom(500),)))
    for file in folder.glob("probe.sqlite3*"):
        file.unlink()
    return Times(what="database: one row and its durable commit", seconds=times)


def _timed(work: Callable[[], object]) -> list[float]:
    times = []
    for _ in range(TRIES):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return times
