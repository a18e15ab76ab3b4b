"""Holds every request to what its page declared (core.pages). What declares nothing is closed."""

from collections.abc import Callable
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect

from rapport.web.core.clock import now
from rapport.web.core.errors import NotHere, Refused
from rapport.web.core.pages import Anyone, Door, Entering, LinkHolder, door_of
from rapport.web.people.roles import May
from rapport.web.people.sign_in import sessions
from rapport.web.people.sign_in.again import ask_again, is_fresh
from rapport.web.people.sign_in.queries import Colleague, colleague
from rapport.web.site.refusals import NO_PRACTICE, answer, refuse


class Doors:
    """Asks, before a view runs: this method, this person, this role?"""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], _args: Any, _kwargs: Any
    ) -> HttpResponse | None:
        """None lets the view run; a reply stands in its place."""
        door = door_of(view)
        if door is None:
            return refuse(request, NotHere())
        if request.method not in _methods(door):
            reply = answer(request, 405)
            reply["Allow"] = ", ".join(_methods(door))
            return reply
        if request.practice is None:  # type: ignore[attr-defined]
            return None if door.works_empty else answer(request, 503, NO_PRACTICE)
        return _person(request, door)


def _methods(door: Door) -> tuple[str, ...]:
    return (*door.methods, "HEAD") if "GET" in door.methods else door.methods


def _person(request: HttpRequest, door: Door) -> HttpResponse | None:
    if isinstance(door.may, LinkHolder):
        return None  # the link alone counts, whoever holds it
    found = _signed_in(request)
    request.colleague = found  # type: ignore[attr-defined]
    if isinstance(door.may, Anyone):
        return None
    if found is None:
        return redirect_to_login(request.get_full_path())
    request.reader = found.reader  # type: ignore[attr-defined]
    request.inside = found.has_second_factor or _only_tried_out(request)  # type: ignore[attr-defined]
    if isinstance(door.may, Entering):
        return None
    if not request.inside:  # type: ignore[attr-defined]
        return redirect("set_up")
    return _role(request, door.may, found) or _again(request, door)


def _again(request: HttpRequest, door: Door) -> HttpResponse | None:
    """Ask once more who it is, where the page wants that; what was sent is kept meanwhile."""
    if door.again and not is_fresh(request) and not _only_tried_out(request):
        return ask_again(request)
    return None


def _only_tried_out(request: HttpRequest) -> bool:
    """Under `rapport demo` a one-time link is enough, where nobody exists whom it could show."""
    return settings.DEMO and request.practice.made_up is True  # type: ignore[attr-defined]


def _role(request: HttpRequest, may: object, found: Colleague) -> HttpResponse | None:
    if isinstance(may, May):
        try:
            found.reader.must(may)
        except Refused as refused:
            return refuse(request, refused)
    elif isinstance(may, StrEnum):
        return refuse(request, NotHere())  # a permission nobody here knows opens nothing
    return None


def _signed_in(request: HttpRequest) -> Colleague | None:
    """Who it is, if the account, the session and its age hold; else the session ends."""
    if not request.user.is_authenticated:
        return None
    at = now()
    found = colleague(request.user)
    good = sessions.is_alive(request.session, at=at) and sessions.is_strong(request.session)
    if found is None or not good:
        logout(request)
        return None
    sessions.keep_alive(request.session, at=at)
    return found
