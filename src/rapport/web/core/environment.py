"""Settings come from the environment, or from a file that a variable named NAME_FILE points to."""

import os
from pathlib import Path


class Misconfigured(SystemExit):
    """A setting is missing or can't be used; the program does not start."""


def text(name: str, default: str | None = None) -> str:
    """A setting as text; without a default it must be there."""
    place = os.environ.get(f"{name}_FILE")
    if place:
        return _content(name, Path(place))
    value = os.environ.get(name, default)
    if value is None:
        raise Misconfigured(f"{name} is not set; see docs/reference/settings.md")
    return value


def default_file(name: str, place: Path) -> None:
    """Read a setting from a file where the environment says nothing of it."""
    if name not in os.environ and f"{name}_FILE" not in os.environ and place.exists():
        os.environ[f"{name}_FILE"] = str(place)


def flag(name: str, *, default: bool) -> bool:
    """A setting that is on or off."""
    value = text(name, "on" if default else "off").lower()
    if value not in ("on", "off"):
        raise Misconfigured(f"{name}={value}: write on or off")
    return value == "on"


def choice(name: str, choices: tuple[str, ...]) -> str:
    """A setting that is one of a few words; the first one where nothing is set."""
    value = text(name, choices[0]).lower()
    if value not in choices:
        raise Misconfigured(f"{name}={value}: write {' or '.join(choices)}")
    return value


def number(name: str, default: int) -> int:
    """A setting that is a whole number."""
    value = text(name, str(default))
    if not value.isdecimal():
        raise Misconfigured(f"{name}={value}: write a whole number")
    return int(value)


def key(name: str) -> bytes:
    """A key of 32 bytes, written as 64 hexadecimal digits."""
    try:
        value = bytes.fromhex(text(name))
    except ValueError:
        value = b""
    if len(value) != 32:
        raise Misconfigured(f"{name}: write 64 hexadecimal digits; `rapport init` makes them")
    return value


def _content(name: str, place: Path) -> str:
    try:
        return place.read_text("utf-8").strip()
    except OSError as fault:
        raise Misconfigured(f"{name}_FILE: {place} can't be read ({fault.strerror})") from fault


def cores() -> int:
    """How many processor cores this process may use, which may be fewer than the machine has."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
