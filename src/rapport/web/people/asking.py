"""Who asks for a page, and in which practice; ``site`` found both before the page was called."""

from django.http import HttpRequest

from rapport.web.people.queries import Reader, ThePractice


def reader_in(request: HttpRequest) -> Reader:
    """Who works here and asks."""
    reader: Reader = request.reader  # type: ignore[attr-defined]
    return reader


def practice_in(request: HttpRequest) -> ThePractice:
    """The practice in which it is asked."""
    practice: ThePractice = request.practice  # type: ignore[attr-defined]
    return practice
