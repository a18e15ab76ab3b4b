"""Where style sheets and scripts come from, and addresses that change with their content."""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Any

from django.contrib.staticfiles.finders import BaseFinder, find
from django.contrib.staticfiles.storage import StaticFilesStorage
from django.core.files.storage import FileSystemStorage

SHEETS = {
    "pictures.css": Path(str(files("rapport.pictures"))),  # pages take their colours from it too
    "reading.css": Path(str(files("rapport.files.report"))),
}


class SharedSheets(BaseFinder):
    """Style sheets that the application and the report have in common."""

    def find(self, path: str, find_all: bool = False, **_: Any) -> Any:
        """Its place on the disk."""
        found = [f"{SHEETS[path]}/{path}"] if path in SHEETS else []
        return found if find_all else (found[0] if found else [])

    def list(self, _: Iterable[str] | None) -> Iterator[tuple[str, Any]]:
        """The sheets alone: their folders hold code too."""
        for sheet, folder in SHEETS.items():
            yield sheet, FileSystemStorage(location=folder)

    def check(self, **_: Any) -> Any:
        """Nothing can be set wrongly."""
        return []


class Fingerprinted(StaticFilesStorage):
    """Addresses end in a fingerprint, so that a browser may keep a file for a year."""

    def url(self, name: str | None) -> str:
        """The address of a file of this content."""
        return f"{super().url(name)}?v={_fingerprint(str(name))}"


@lru_cache(maxsize=256)
def _fingerprint(name: str) -> str:
    place = find(name)
    if not place:
        raise FileNotFoundError(name)
    return sha256(Path(str(place)).read_bytes()).hexdigest()[:12]
