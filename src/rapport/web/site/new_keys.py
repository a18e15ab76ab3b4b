"""The two keys of an installation. Made before Django loads, which needs one of them."""

import os
import secrets
from pathlib import Path


def make_keys(home: Path) -> str:
    """Make the keys of an installation, each in a file for its owner; give the practice's key.

    Raises:
        FileExistsError: there are some; they are never overwritten.
    """
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    practice_key = secrets.token_hex(32)
    for name, content in {
        "practice.key": practice_key,
        "secret.key": secrets.token_hex(32),
    }.items():
        _write(home / name, content)
    return practice_key


def _write(place: Path, content: str) -> None:
    with os.fdopen(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(content + "\n")
