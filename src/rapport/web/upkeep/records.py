"""What was backed up and tried, and when; beside the database, so that no restore undoes it."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from rapport.web.upkeep.files import write_parts, writing

NAME = "upkeep.json"


def last() -> dict[str, Any]:
    """The latest of each kind of work: backup, drill, good drill, restore."""
    try:
        found = json.loads(_place().read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def note(kind: str, *, at: datetime, **told: Any) -> None:
    """Keep the latest of one kind of work."""
    content = last() | {kind: {"at": at.isoformat(), **told}}
    with writing(_place()) as half:
        write_parts(half, [json.dumps(content, indent=1, sort_keys=True).encode()])


def when(kind: str) -> datetime | None:
    """When a kind of work was last done; None: never."""
    found = last().get(kind)
    return datetime.fromisoformat(found["at"]) if found else None


def _place() -> Path:
    return Path(settings.HOME) / NAME
