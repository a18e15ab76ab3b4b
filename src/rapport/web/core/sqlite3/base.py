"""SQLite has one writer at a time. Those of this process wait in line, not by knocking.

SQLite itself lets a writer that finds the database locked sleep and knock again, for longer each
time, up to a tenth of a second; whoever comes later may slip in first. Under load one writer in a
hundred then waits for the better part of a second. A lock of the process wakes the next one at
once, and the one at the head of the line knocks often where another process writes.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db.backends.sqlite3 import base
from django.db.utils import OperationalError

from rapport.web.core.engine import sqlite3
from rapport.web.core.turns import meanwhile

_lines: dict[str, threading.Lock] = {}
PATIENCE = 20.0  # seconds, where the settings don't say
KNOCK = 0.0005  # seconds between two tries; a check-in holds the database for about 4 ms (ours)


class DatabaseWrapper(base.DatabaseWrapper):
    """Holds the process's turn from BEGIN to the end of the transaction."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._turn: threading.Lock | None = None

    def _start_transaction_under_autocommit(self) -> None:
        self._wait_for_turn()
        try:
            self._knock_until_open()
        finally:
            self._end_turn()

    def _knock_until_open(self) -> None:
        until = time.monotonic() + self._patience
        with self._refused_at_once():
            while not self._opened(last=time.monotonic() > until):
                with meanwhile():
                    time.sleep(KNOCK)

    def _opened(self, *, last: bool) -> bool:
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
        except OperationalError as refused:
            if last or not _is_busy(refused):
                raise
            return False
        return True

    @contextmanager
    def _refused_at_once(self) -> Iterator[None]:
        """Let SQLite say at once that somebody else writes; other statements stay patient."""
        self.connection.execute("PRAGMA busy_timeout = 0").fetchone()
        try:
            yield
        finally:
            patient = f"PRAGMA busy_timeout = {round(1000 * self._patience)}"
            self.connection.execute(patient).fetchone()

    @property
    def _patience(self) -> float:
        return float(self.settings_dict["OPTIONS"].get("timeout", PATIENCE))

    def _commit(self) -> None:
        with meanwhile():
            try:
                super()._commit()  # type: ignore[misc]
            finally:
                self._end_turn()

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]
        finally:
            self._end_turn()

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc]
        finally:
            self._end_turn(closed=True)

    def _wait_for_turn(self) -> None:
        line = _lines.setdefault(str(self.settings_dict["NAME"]), threading.Lock())
        with meanwhile():
            if not line.acquire(timeout=self._patience):
                raise OperationalError("database is locked")
        self._turn = line

    def _end_turn(self, *, closed: bool = False) -> None:
        """Give the turn to the next one, unless a transaction is still open."""
        going_on = not closed and self.connection is not None and self.connection.in_transaction
        if self._turn is None or going_on:
            return
        turn, self._turn = self._turn, None
        turn.release()


def _is_busy(fault: OperationalError) -> bool:
    return bool(getattr(fault.__cause__, "sqlite_errorcode", None) == sqlite3.SQLITE_BUSY)
