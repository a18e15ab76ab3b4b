"""Write a reading as JSON, a stretch of clients at a time, so that size costs no memory."""

import gc
import multiprocessing
import os
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from typing import Any

import orjson

from rapport.files.whole import whole_file
from rapport.science.reading.model import Reading
from rapport.science.reading.steps import Tell, tell_nobody

AT_ONCE = 2_000  # clients turned into text together (ours: 2,000 take about 10 MB)
SHARED_FROM = 20_000  # clients from which more processes pay: fewer take under two seconds (ours)


@contextmanager
def json_beside(*, reading: Reading, path: Path, tell: Tell = tell_nobody) -> Iterator[None]:
    """Write the stable JSON interface (docs/reference/json.md), the file whole or not at all.

    It is written at once and takes its name when the block ends well, so both come or none.
    ``tell`` is told how many of the clients are written.
    """
    with whole_file(path) as file:
        with _no_search_for_cycles():
            file.writelines(json_parts(reading, tell=tell))
        yield


def json_parts(reading: Reading, *, tell: Tell = tell_nobody) -> Iterator[bytes]:
    """The JSON text in parts, client after client in the reading's order."""
    head = _text({"rapport": reading.rapport, "settings": reading.settings})
    yield head[:-1] + b',"clients":['
    starts = range(0, len(reading.clients), AT_ONCE)
    for start, text in zip(starts, _stretches(reading, starts), strict=True):
        tell("Writing", start, len(reading.clients))
        yield (b"," if start else b"") + text
    rest = {f.name: getattr(reading, f.name) for f in fields(reading)}
    for done in ("rapport", "settings", "clients"):
        rest.pop(done)
    yield b"]," + _text(rest)[1:]


def _stretches(reading: Reading, starts: Sequence[int]) -> Iterator[bytes]:
    """The clients' text, stretch by stretch; a large reading uses every core."""
    can_fork = "fork" in multiprocessing.get_all_start_methods()
    if len(reading.clients) < SHARED_FROM or not can_fork or (os.cpu_count() or 1) < 2:
        return (_stretch(reading, start) for start in starts)
    return _shared_out(reading, starts)


def _shared_out(reading: Reading, starts: Sequence[int]) -> Iterator[bytes]:
    """The same from forked processes, which see the columns without copying them.

    A forked child only cuts NumPy columns and makes text: it takes no lock a thread could hold.
    """
    context = multiprocessing.get_context("fork")
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "This process.*is multi-threaded", DeprecationWarning)
        pool = context.Pool(os.cpu_count(), initializer=_take, initargs=(reading,))
    with pool:
        yield from pool.imap(_taken_stretch, starts)


_taken: list[Reading] = []  # in a forked child: what it was forked to write


def _take(reading: Reading) -> None:
    _taken.append(reading)


def _taken_stretch(start: int) -> bytes:
    return _stretch(_taken[0], start)


def _stretch(reading: Reading, start: int) -> bytes:
    return _text(list(reading.clients[start : start + AT_ONCE]))[1:-1]


def _text(value: Any) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_SERIALIZE_NUMPY)


@contextmanager
def _no_search_for_cycles() -> Iterator[None]:
    """Readings hold no cycles; looking for some takes half of the time of writing them."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
