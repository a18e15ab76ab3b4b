"""Sessions as an iCalendar text (RFC 5545): a time, a length, and the word "Appointment".

Every moment is written in UTC, so that no program needs to know our rules of zones; every line is
ours and shorter than the 75 octets after which the standard asks to fold.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5

from rapport.web.people.meetings.queries import Appointment

TITLES = {"en": "Appointment", "de": "Termin", "es": "Cita"}
HEAD = (
    "BEGIN:VCALENDAR",
    "VERSION:2.0",
    "PRODID:-//Rapport//Appointments//EN",
    "CALSCALE:GREGORIAN",
    "METHOD:PUBLISH",
    "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
    "X-PUBLISHED-TTL:PT1H",
)


def as_ics(
    appointments: Sequence[Appointment], *, feed: UUID, language: str, at: datetime
) -> bytes:
    """The whole calendar.

    Args:
        feed: names the calendar, so that ids of sessions can't be compared between two of them.
    """
    title = TITLES.get(language, TITLES["en"])
    events = [line for one in appointments for line in _event(one, feed, title, at)]
    lines = (*HEAD, f"X-WR-CALNAME:{title}", *events, "END:VCALENDAR")
    return "".join(f"{line}\r\n" for line in lines).encode()


def _event(one: Appointment, feed: UUID, title: str, at: datetime) -> tuple[str, ...]:
    ends_at = one.starts_at + timedelta(minutes=one.minutes)
    return (
        "BEGIN:VEVENT",
        f"UID:{uuid5(feed, str(one.session))}",
        f"DTSTAMP:{_utc(at)}",
        f"SEQUENCE:{one.version}",
        f"DTSTART:{_utc(one.starts_at)}",
        f"DTEND:{_utc(ends_at)}",
        f"SUMMARY:{title}",
        "CLASS:PRIVATE",
        f"STATUS:{'CANCELLED' if one.called_off else 'CONFIRMED'}",
        "END:VEVENT",
    )


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"
