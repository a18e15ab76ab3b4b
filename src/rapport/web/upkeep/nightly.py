"""What the worker does every night: finish forgetting, back up, and try the backup.

Each part is tried whatever became of the others; doing one twice does no harm.
"""

import logging
from collections.abc import Callable
from datetime import datetime

from django.db import Error

from rapport.web.core.errors import Refused
from rapport.web.upkeep import actions, forgetting

log = logging.getLogger("rapport.web.upkeep")


def keep_up(*, at: datetime) -> bool:
    """The night's work; false: something of it failed, and `rapport doctor` says what."""
    parts: tuple[Callable[..., object], ...] = (
        forgetting.finish_forgetting,
        actions.back_up,
        actions.drill,
    )
    return all([_done(part, at) for part in parts])


def _done(part: Callable[..., object], at: datetime) -> bool:
    try:
        part(at=at)
    except (Refused, Error, OSError) as fault:
        log.error("a part of the night's upkeep failed", exc_info=fault)
        return False
    return True
