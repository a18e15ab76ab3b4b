"""Prints docs/reference/access.md, made from the addresses themselves: `make docs` runs it."""

import os
from collections.abc import Iterator
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rapport.web.site.settings")

import django
from django.apps import apps

if not apps.ready:
    django.setup()

from django.urls import URLPattern, URLResolver, get_resolver

from rapport.web.core.pages import Anyone, Door, Entering, LinkHolder, Open, door_of
from rapport.web.people.roles import ROLES, May, allowed

HEAD = """# Who may open which page

Made by `make docs` from the addresses themselves; a test fails for a page that is missing here.
A page that declares nothing is closed to everybody. "with a link" is a client: the token in the
address is all they have. "on the way in" is somebody who works here and has no second factor yet.
"yes" opens the page; whether the thing on it is one's own is asked again by the query behind it;
what is foreign gets the answer of what does not exist.
"""
KINDS = ("nobody signed in", "with a link", "on the way in", *ROLES)


def routes() -> Iterator[tuple[str, Any]]:
    """Every address with its view."""
    yield from _below(get_resolver().url_patterns, "/")


def _below(patterns: list[URLPattern | URLResolver], before: str) -> Iterator[tuple[str, Any]]:
    for one in patterns:
        place = before + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from _below(one.url_patterns, place)
        else:
            yield place, one.callback


def opens(door: Door | None, kind: str) -> bool:
    """Whether somebody of this kind gets past a door."""
    if door is None:
        return False
    if isinstance(door.may, Anyone):
        return True
    if isinstance(door.may, LinkHolder):
        return kind == "with a link"
    if isinstance(door.may, Entering):
        return kind == "on the way in" or kind in ROLES
    if isinstance(door.may, Open):
        return kind in ROLES
    return kind in ROLES and isinstance(door.may, May) and allowed([kind], door.may)


def page() -> str:
    """The matrix as Markdown."""
    names = [ROLES[kind].name if kind in ROLES else kind for kind in KINDS]
    head = ["address", "methods", "needs", *names]
    lines = [HEAD, _row(head), _row(["---"] * len(head))]
    lines += [_line(place, door_of(view)) for place, view in sorted(routes(), key=lambda r: r[0])]
    return "\n".join(lines) + "\n"


def _line(place: str, door: Door | None) -> str:
    if door is None:
        return _row([f"`{place}`", "", "declares nothing", *("" for _ in KINDS)])
    needs = door.may.why if isinstance(door.may, Open) else f"may {door.may.value}"
    marks = ["yes" if opens(door, kind) else "" for kind in KINDS]
    return _row([f"`{place}`", " ".join(door.methods), needs, *marks])


def _row(cells: list[str]) -> str:
    return "| " + " | ".join(cells) + " |"


if __name__ == "__main__":
    print(page(), end="")
