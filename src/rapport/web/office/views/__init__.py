"""The pages of the office, one module for each thing one comes for."""

from django.http import HttpRequest

from rapport.web.people.queries import Reader


def reader_in(request: HttpRequest) -> Reader:
    """Who asks."""
    reader: Reader = request.reader  # type: ignore[attr-defined]
    return reader


def zone_of(request: HttpRequest) -> str:
    """The practice's time zone."""
    zone: str = request.practice.zone  # type: ignore[attr-defined]
    return zone
