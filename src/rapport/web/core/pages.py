"""Every page says who may enter. One that says nothing is closed to everybody.

A part declares its pages where it gives them their addresses, in its ``urls.py``::

    urlpatterns = [
        path("cases/<uuid:case>/", page(views.case, may=May.SEE_OWN_CASES), name="case"),
        path("c/<str:token>/",
             page(views.checkin, may=LinkHolder(why="the link names one check-in"),
                  methods=("GET", "POST")), name="checkin"),
    ]

The site's middleware holds every request to its declaration before the view runs: it refuses other
methods, asks for a sign-in, and refuses a role without the permission. A view behind a permission
finds ``request.reader`` (people.queries.Reader). Whether a thing is this reader's own is asked by
the query or action that the view calls: a permission alone opens nothing of anybody else.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import wraps
from typing import Any, TypeVar

from django.http import HttpResponseBase

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


@dataclass(frozen=True, kw_only=True)
class Open:
    """A page that needs no permission, and why that is right."""

    why: str


class Anyone(Open):
    """No sign-in."""


class LinkHolder(Open):
    """A client who holds a personal link; the token in the address is all that counts."""


class Entering(Open):
    """Somebody who works here and is on the way in; all others who work here too."""


class EverybodyHere(Open):
    """Everybody who works here, whatever the role."""


@dataclass(frozen=True, kw_only=True)
class Door:
    """What a page declared.

    Attributes:
        may: the permission it needs, or why it needs none.
        methods: HTTP methods it answers.
        works_empty: whether it answers before `rapport init`.
        again: whether one has to have shown within the last minutes that it is still oneself.
    """

    may: StrEnum | Open
    methods: tuple[str, ...]
    works_empty: bool
    again: bool = False


def page(
    view: View,
    *,
    may: StrEnum | Open,
    methods: Sequence[str] = ("GET",),
    works_empty: bool = False,
    again: bool = False,
) -> View:
    """Declare who may enter a page, with which methods, and whether to ask once more who it is."""

    @wraps(view)
    def declared(*args: Any, **kwargs: Any) -> HttpResponseBase:
        return view(*args, **kwargs)

    door = Door(may=may, methods=tuple(methods), works_empty=works_empty, again=again)
    declared.door = door  # type: ignore[attr-defined]
    return declared  # type: ignore[return-value]


def door_of(view: Callable[..., Any]) -> Door | None:
    """What a view declared; None: nothing, so it stays closed."""
    found = getattr(view, "door", None)
    return found if isinstance(found, Door) else None
