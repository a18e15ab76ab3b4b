"""Every request happens inside the one practice of this installation."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse

from rapport.web.core.access import inside
from rapport.web.core.clock import now
from rapport.web.core.keys import key_store
from rapport.web.jobs.queries import worker_silence
from rapport.web.people.queries import the_practice
from rapport.web.people.roles import May, allowed

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
        with inside(found.practice), key_store().looked_once():
            return self.get_response(request)


@dataclass(frozen=True, kw_only=True)
class Section:
    """A part of the application that the head of every page leads to."""

    place: str
    name: str
    here: bool


# Address, what it is called, and the permission without which nobody is led there.
SECTIONS = (
    ("cases", "Cases", May.SEE_OWN_CASES),
    ("desk", "The day", May.PLAN_SESSIONS),
    ("office", "Practice", May.MANAGE_SETTINGS),
)


def shown_on_every_page(request: HttpRequest) -> dict[str, Any]:
    """What the head of every page needs.

    The page of a fault asks the database nothing more: it may be the database that failed.
    """
    asks = not getattr(request, "faulty", False)
    practice = getattr(request, "practice", None)
    colleague = getattr(request, "colleague", None)
    return {
        "practice": practice,
        "colleague": colleague,
        "inside": getattr(request, "inside", False),
        "sections": _sections(request, colleague.reader.roles) if colleague is not None else (),
        "worker_silence": worker_silence(at=now()) if asks and practice and colleague else None,
    }


def _sections(request: HttpRequest, roles: tuple[str, ...]) -> tuple[Section, ...]:
    mine = [(reverse(place), name) for place, name, may in SECTIONS if allowed(roles, may)]
    longest_first = sorted((place for place, _ in mine), key=len, reverse=True)
    here = next((place for place in longest_first if request.path.startswith(place)), "")
    return tuple(Section(place=place, name=name, here=place == here) for place, name in mine)
