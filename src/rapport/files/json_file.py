"""Write a reading as JSON, a stretch of clients at a time, so that size costs no memory."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from typing import Any

import orjson

from rapport.files.whole import whole_file
from rapport.science.reading.model import Reading

AT_ONCE = 2_000  # clients turned into text together (ours: 2,000 take about 10 MB)


def write_json(*, reading: Reading, path: Path) -> None:
    """Write the stable JSON interface (docs/reference/json.md); the file appears whole or not."""
    with json_beside(reading=reading, path=path):
        pass


@contextmanager
def json_beside(*, reading: Reading, path: Path) -> Iterator[None]:
    """Write the JSON at once; it takes its name when the block ends well, so both come or none."""
    with whole_file(path) as file:
        with _no_search_for_cycles():
            file.writelines(json_parts(reading))
        yield


def json_parts(reading: Reading) -> Iterator[bytes]:
    """The JSON text in parts, client after client in the reading's order."""
    head = _text({"rapport": reading.rapport, "settings": reading.settings})
    yield head[:-1] + b',"clients":['
    for start in range(0, len(reading.clients), AT_ONCE):
        stretch = list(reading.clients[start : start + AT_ONCE])
        yield (b"," if start else b"") + _text(stretch)[1:-1]
    rest = {f.name: getattr(reading, f.name) for f in fields(reading)}
    for done in ("rapport", "settings", "clients"):
        rest.pop(done)
    yield b"]," + _text(rest)[1:]


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
