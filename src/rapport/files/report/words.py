"""Small words: dates, numbers, lists of names, the line for what is not validated."""

from collections.abc import Sequence
from datetime import date

from rapport.pictures.svg import number
from rapport.science.reading.model import ClientReading, Series
from rapport.science.reading.sentences import title_of
from rapport.science.records.scales import Scale

NOT_VALIDATED = (
    "Conversation aid. Not validated. Not a replacement for a published alliance measure."
)
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


def long_date(iso: str | None) -> str:
    """A day in words; what is not an ISO date stays as it is.

    >>> long_date("2026-03-19"), long_date("spring"), long_date(None)
    ('19 March 2026', 'spring', '')
    """
    day = _day(iso)
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}" if day else iso or ""


def short_date(iso: str | None) -> str:
    """The same for under an axis.

    >>> short_date("2026-03-19")
    '19 Mar'
    """
    day = _day(iso)
    return f"{day.day} {_MONTHS[day.month - 1][:3]}" if day else ""


def _day(iso: str | None) -> date | None:
    try:
        return date.fromisoformat(iso) if iso else None
    except ValueError:
        return None


def dates_of(series: Series) -> dict[float, str]:
    """Session to short date, where dates are known."""
    pairs = zip(series.sessions, series.dates, strict=False)
    return {session: told for session, iso in pairs if (told := short_date(iso))}


def count(n: int, one: str, many: str | None = None) -> str:
    """A number with its noun.

    >>> count(1, "rating"), count(3, "rating")
    ('1 rating', '3 ratings')
    """
    return f"{n:,} {one if n == 1 else many or one + 's'}"


def names(parts: Sequence[str]) -> str:
    """Names as one reads them.

    >>> names(["Ines", "Tom", "Yusuf"])
    'Ines, Tom and Yusuf'
    """
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def sentence(words: str) -> str:
    """A capital at the front and a full stop at the end; nothing stays nothing.

    >>> sentence("one rating so far"), sentence("")
    ('One rating so far.', '')
    """
    words = words.strip()
    if not words:
        return ""
    ended = words if words.endswith((".", "?", "”")) else f"{words}."
    return ended[:1].upper() + ended[1:]


def scale_title(scale: Scale | None, name: str) -> str:
    """The scale's name for people."""
    return (scale.title if scale else None) or name


def short_title(scale: Scale | None, name: str) -> str:
    """The short form of a scale's title where it has one; its name where nothing is known of it."""
    return title_of(scale) if scale else name


def span(client: ClientReading) -> str:
    """How much there is: sessions and the last day."""
    parts = []
    if client.last_session is not None:
        parts.append(f"last session {number(client.last_session)}")
    if client.last_date:
        parts.append(long_date(client.last_date))
    return ", ".join(parts)


def answered(series: Series | None) -> list[tuple[float, float]]:
    """Sessions with an answer, and the answer."""
    if series is None:
        return []
    pairs = zip(series.sessions, series.scores, strict=True)
    return [(session, score) for session, score in pairs if score is not None]


def about(value: float, scale: Scale | None) -> str:
    """An expectation no finer than the scale's own answers: whole points on a wide scale.

    >>> about(20.34, Scale(name="check-in", minimum=0, maximum=32))
    '20'
    """
    if scale is None or scale.minimum is None or scale.maximum is None:
        return number(value)
    return number(value, digits=0 if scale.maximum - scale.minimum >= 20 else 1)


def cell(value: float | None) -> str:
    """A score in a table; silence is written out."""
    return "not answered" if value is None else number(value, digits=2)
