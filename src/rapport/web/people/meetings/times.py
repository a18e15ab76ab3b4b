"""From what somebody typed to a moment: a local time that does not exist is refused, and one that
comes twice is asked about (promise P14). Pure: the zone is handed in.
"""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from rapport.web.people.meetings.errors import NoSuchTime, TwoSuchTimes

EARLIER, LATER = "earlier", "later"


def moment_of(typed: datetime, *, zone: str, which: str = "") -> datetime:
    """The moment, in UTC, of a local time without a zone.

    Args:
        which: "earlier" or "later" of the two where the time comes twice; "": nobody said.

    Raises:
        NoSuchTime: the clocks jump over it.
        TwoSuchTimes: it comes twice and nobody said which.

    >>> moment_of(datetime(2026, 7, 6, 10, 0), zone="Europe/Berlin").isoformat()
    '2026-07-06T08:00:00+00:00'
    """
    first, second = _readings(typed, zone)
    if not _comes_back(first, typed, zone):
        raise NoSuchTime(typed, zone)
    if first == second:
        return first
    if which not in (EARLIER, LATER):
        raise TwoSuchTimes(typed, zone)
    return first if which == EARLIER else second


def weekly(
    typed: datetime, *, times: int, every: int, zone: str, which: str = ""
) -> tuple[datetime, ...]:
    """The moments of a series at the same local time, every so many weeks; all or none.

    Raises:
        NoSuchTime, TwoSuchTimes: of the first date that can't be read.
    """
    return tuple(
        moment_of(typed + timedelta(weeks=every * n), zone=zone, which=which) for n in range(times)
    )


def which_of_two(local: datetime) -> str:
    """Which of the two a local time with its zone is, where it comes twice; "": it comes once."""
    other = local.replace(fold=1 - local.fold)
    if local.utcoffset() == other.utcoffset():
        return ""
    return LATER if local.fold else EARLIER


def _readings(typed: datetime, zone: str) -> tuple[datetime, datetime]:
    """Both readings of a local time; the same one twice unless the clocks change."""
    first, second = (
        typed.replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC) for fold in (0, 1)
    )
    return first, second


def _comes_back(moment: datetime, typed: datetime, zone: str) -> bool:
    return moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0) == typed
