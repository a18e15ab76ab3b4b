"""The texts that come along, one file a language, and by which name a text is known later."""

import tomllib
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent / "texts"
LANGUAGES = tuple(sorted(path.stem for path in HERE.glob("*.toml")))
DEFAULT = "en"
YOUNG = "young"
THERAPIST = "{therapist}"


@cache
def ours(language: str) -> dict[str, Any]:
    """Our own texts in one language, English where there is none."""
    name = language if language in LANGUAGES else DEFAULT
    return tomllib.loads((HERE / f"{name}.toml").read_text("utf-8"))


def version_of(kind: str, words: str) -> str:
    """By which a text is known later: its kind, and a few signs of its hash.

    >>> version_of("limited", "It stays between us.")
    'limited-42a2dbc603'
    """
    return f"{kind}-{sha256(words.strip().encode()).hexdigest()[:10]}"


def as_read(words: str, *, therapists: list[str], language: str) -> tuple[str, ...]:
    """The paragraphs with the therapists' names in them.

    >>> as_read("Ask {therapist}.", therapists=["Imani", "Benedikt"], language="en")
    ('Ask Imani and Benedikt.',)
    """
    joined = f" {ours(language)['and']} ".join(therapists)
    told = words.replace(THERAPIST, joined).strip()
    return tuple(part.strip() for part in told.split("\n\n") if part.strip())
