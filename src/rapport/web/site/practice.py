"""Every request happens inside the one practice of this installation."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponseBase

from rapport.web.core.access import inside
from rapport.web.core.clock import now
from rapport.web.jobs.queries import worker_silence
from rapport.web.people.queries import the_practice

WITHOUT = ("/healthz", "/readyz")  # they have to answer when the database does not


class InsidePractice:
    """Says in which practice a request is; a reply is whole before the practice is left again."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer inside the practice, or without one before `rapport init`."""
        found = None if request.path in WITHOUT else the_practice()
        request.practice = found  # type: ignore[attr-defined]
        if found is None:
            return self.get_response(request)
        with inside(found.practice):
            return self.get_response(request)


def shown_on_every_page(request: HttpRequest) -> dict[str, Any]:
    """What the head of every page needs."""
    practice = getattr(request, "practice", None)
    colleague = getattr(request, "colleague", None)
    return {
        "practice": practice,
        "colleague": colleague,
        "worker_silence": worker_silence(at=now()) if practice and colleague else None,
    }
