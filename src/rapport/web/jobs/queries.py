"""Whether the worker goes round."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from rapport.web.core.asked_often import ColumnsAskedOften
from rapport.web.jobs.models import Heartbeat

_LAST = ColumnsAskedOften(lambda: Heartbeat.objects.order_by("pk").values_list("at")[:1])
SILENT = timedelta(minutes=10)  # promise P3


@dataclass(frozen=True, kw_only=True)
class Silence:
    """The worker has not gone round for ten minutes; None: it never did."""

    since: datetime | None


def worker_silence(*, at: datetime) -> Silence | None:
    """Since when the worker is silent; None: it is not.

    A sign of life from the future was given by a clock that was wrong, and proves nothing.
    """
    found = _LAST.first()
    last = found[0] if found else None
    if last is None or abs(at - last) > SILENT:
        return Silence(since=last)
    return None
