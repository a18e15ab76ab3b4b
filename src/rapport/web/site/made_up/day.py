"""Where and when the made-up practice lives. Known before anything is loaded."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

ZONE = "Europe/Berlin"


def day_of(at: datetime) -> date:
    """Which day it is in the made-up practice."""
    return at.astimezone(ZoneInfo(ZONE)).date()
