"""Short requests take turns: one of them at a time, whole, in this process.

Python runs one thread at a time anyway. Left alone, threads hand over to each other at every
statement and every few milliseconds, which under load costs a third of the processor (measured by
`rapport bench web`). Whoever waits for the disk lets the next one go on meanwhile. Long pages take
no turns, so that none of them holds up a check-in.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

_turn = threading.Lock()
_mine = threading.local()


@contextmanager
def in_turn() -> Iterator[None]:
    """Go on when nobody else is at it."""
    with _turn:
        _mine.now = True
        try:
            yield
        finally:
            _mine.now = False


@contextmanager
def meanwhile() -> Iterator[None]:
    """Let the next one go on while this one waits; without a turn nothing changes."""
    if not getattr(_mine, "now", False):
        yield
        return
    _turn.release()
    try:
        yield
    finally:
        _turn.acquire()
