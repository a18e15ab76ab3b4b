"""SQLite has one writer at a time. Those of this process wait in line, not by knocking.

SQLite itself lets a writer that finds the database locked sleep and knock again, for longer each
time; whoever comes later may slip in first. Under load one writer in a hundred then waits for the
better part of a second. A lock of the process wakes the next one at once. Other processes still
take turns by SQLite's own lock.
"""

import threading
from typing import Any

from django.db.backends.sqlite3 import base
from django.db.utils import OperationalError

from rapport.web.core.turns import meanwhile

_lines: dict[str, threading.Lock] = {}
PATIENCE = 20.0  # seconds, where the settings don't say


class DatabaseWrapper(base.DatabaseWrapper):
    """Holds the process's turn from BEGIN to the end of the transaction."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._turn: threading.Lock | None = None

    def _start_transaction_under_autocommit(self) -> None:
        self._wait_for_turn()
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
        finally:
            self._end_turn()

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
        patience = float(self.settings_dict["OPTIONS"].get("timeout", PATIENCE))
        with meanwhile():
            if not line.acquire(timeout=patience):
                raise OperationalError("database is locked")
        self._turn = line

    def _end_turn(self, *, closed: bool = False) -> None:
        """Give the turn to the next one, unless a transaction is still open."""
        going_on = not closed and self.connection is not None and self.connection.in_transaction
        if self._turn is None or going_on:
            return
        turn, self._turn = self._turn, None
        turn.release()
