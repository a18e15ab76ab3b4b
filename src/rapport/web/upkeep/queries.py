"""How old backups and drills are, and where they lie."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings

from rapport.web.upkeep import records
from rapport.web.upkeep.files import backups_in


@dataclass(frozen=True, kw_only=True)
class State:
    """How it stands with backups.

    Attributes:
        backup, keys, good_drill: when the newest one was made; None: there is none.
        oldest_keys: the oldest copy of the key store that is still kept.
        fault: of the last drill; "": none.
    """

    backup: datetime | None
    keys: datetime | None
    oldest_keys: datetime | None
    good_drill: datetime | None
    fault: str


def folders() -> tuple[Path, Path]:
    """Where backups of database and key store were put last; before the first, where they will."""
    last = records.last().get("backup", {})
    return (
        Path(last.get("folder", settings.RAPPORT_BACKUPS)),
        Path(last.get("keys", settings.RAPPORT_KEY_BACKUPS)),
    )


def state() -> State:
    """How it stands with backups of this installation."""
    folder, key_folder = folders()
    stored, keys = backups_in(folder, "database"), backups_in(key_folder, "keys")
    return State(
        backup=stored[-1].at if stored else None,
        keys=keys[-1].at if keys else None,
        oldest_keys=keys[0].at if keys else None,
        good_drill=records.when("good drill"),
        fault=records.last().get("drill", {}).get("fault", ""),
    )


def traces_cleared() -> bool:
    """Whether nothing of the last client who was forgotten waits to be cleared."""
    return bool(records.last().get("traces", {}).get("cleared", True))
