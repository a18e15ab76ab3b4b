"""Files that appear whole or not at all, and the names of backups."""

import json
import os
import re
import secrets
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rapport.web.core.disk import sync
from rapport.web.upkeep.envelope import read_sealed, write_sealed
from rapport.web.upkeep.errors import Damaged, NoBackup, NoRoom, NotABackup, WrongKind, WrongVersion

STAMP = "%Y-%m-%dT%H%M%S.%fZ"
NAME = re.compile(r"^(?P<kind>database|keys)-(?P<at>[\dT:.-]+Z)\.backup$")
MANIFEST = 1  # version of what a manifest says
LENGTH = 4


@dataclass(frozen=True, kw_only=True)
class Stored:
    """One backup file in a folder."""

    place: Path
    at: datetime


def write_backup(
    folder: Path, *, manifest: dict[str, Any], parts: Iterable[bytes], key: bytes
) -> Path:
    """Write one backup; under its name it appears only when it is whole and on the disk."""
    at = datetime.fromisoformat(manifest["at"]).astimezone(UTC)
    place = folder / f"{manifest['kind']}-{at.strftime(STAMP)}.backup"
    told = json.dumps(manifest | {"manifest": MANIFEST}, sort_keys=True).encode()
    with writing(place) as half, half.open("xb") as file:
        write_sealed(file, _with_manifest(told, parts), key=key)
        file.flush()
        os.fsync(file.fileno())
    return place


@contextmanager
def opened(
    place: Path, *, key: bytes, kind: str
) -> Iterator[tuple[dict[str, Any], Iterator[bytes]]]:
    """The manifest of a backup, and what it holds, to be read to its end."""
    if not place.is_file():
        raise NoBackup(place)
    with place.open("rb") as file:
        chunks = read_sealed(file, key=key)
        first = next(chunks)
        size = int.from_bytes(first[:LENGTH], "big")
        while len(first) < LENGTH + size:
            first += next(chunks, b"") or _short()
        manifest = _manifest(first[LENGTH : LENGTH + size], kind)
        yield manifest, _after(first[LENGTH + size :], chunks)


def backups_in(folder: Path, kind: str) -> list[Stored]:
    """All backups of one kind, the newest last."""
    found = [(place, NAME.match(place.name)) for place in folder.glob(f"{kind}-*.backup")]
    stored = [
        Stored(place=place, at=datetime.strptime(name["at"], STAMP).replace(tzinfo=UTC))
        for place, name in found
        if name
    ]
    return sorted(stored, key=lambda one: one.at)


@contextmanager
def writing(place: Path) -> Iterator[Path]:
    """A file beside its place, which takes the place when it was written without a fault.

    Raises:
        NoRoom: the disk is full or refuses.
    """
    half = place.with_name(f".{place.name}.{secrets.token_hex(4)}")
    try:
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        yield half
        half.chmod(0o600)
        half.replace(place)
        sync(place.parent)
    except OSError as fault:
        raise NoRoom(fault.strerror or type(fault).__name__) from fault
    finally:
        half.unlink(missing_ok=True)


@contextmanager
def scratch(home: Path) -> Iterator[Path]:
    """A folder for its owner alone, on the practice's own disk, gone when this ends."""
    place = home / f".upkeep-{secrets.token_hex(4)}"
    try:
        place.mkdir(mode=0o700)
        yield place
    except OSError as fault:
        raise NoRoom(fault.strerror or type(fault).__name__) from fault
    finally:
        shutil.rmtree(place, ignore_errors=True)


def write_parts(place: Path, parts: Iterable[bytes]) -> None:
    """Write to a new file for its owner and wait for the disk."""
    with os.fdopen(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        for part in parts:
            file.write(part)
        file.flush()
        os.fsync(file.fileno())


def read_parts(place: Path) -> Iterator[bytes]:
    """A file in pieces of 1 MiB."""
    with place.open("rb") as file:
        while part := file.read(1 << 20):
            yield part


def shred(place: Path) -> None:
    """Overwrite a file with zeros, then remove it."""
    size = place.stat().st_size
    with place.open("r+b") as file:
        for start in range(0, size, 1 << 20):
            file.write(bytes(min(1 << 20, size - start)))
        file.flush()
        os.fsync(file.fileno())
    place.unlink()


def _with_manifest(told: bytes, parts: Iterable[bytes]) -> Iterator[bytes]:
    yield len(told).to_bytes(LENGTH, "big") + told
    yield from parts


def _manifest(told: bytes, kind: str) -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = json.loads(told)
    except ValueError as fault:
        raise NotABackup from fault
    if manifest.get("manifest") != MANIFEST:
        raise WrongVersion(f"manifest {manifest.get('manifest')}")
    if manifest["kind"] != kind:
        raise WrongKind(manifest["kind"], kind)
    return manifest


def _after(rest: bytes, chunks: Iterator[bytes]) -> Iterator[bytes]:
    yield rest
    yield from chunks


def _short() -> bytes:
    raise Damaged("its manifest is cut off")
