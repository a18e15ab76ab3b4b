"""A day in an address."""

from datetime import date


class Day:
    """2026-07-06; anything that is no day is no address."""

    regex = r"\d{4}-\d{2}-\d{2}"

    def to_python(self, value: str) -> date:
        """The day; what is none raises ValueError, which Django answers as a page not there."""
        return date.fromisoformat(value)

    def to_url(self, value: date) -> str:
        """As in the address."""
        return value.isoformat()
