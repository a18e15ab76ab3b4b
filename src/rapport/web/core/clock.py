"""The one clock. Views and jobs ask it and hand the time on as ``at``; nothing below them does."""

from datetime import datetime

from django.utils import timezone


def now() -> datetime:
    """The present moment, in UTC."""
    return timezone.now()
