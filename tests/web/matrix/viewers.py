"""Who looks, and what may stand on a page for them."""

from collections.abc import Callable
from dataclasses import dataclass, field

from django.conf import settings
from django.test import Client
from doors_cast import signed_in
from matrix import registry

from rapport.web.checkins.views import COOKIE

TOLD = {"person.name", "flag.content", "flag.note"}  # of whom somebody was told by a flag
OF_STAFF = "staff.email"


@dataclass
class Viewer:
    """Somebody who looks at pages.

    Attributes:
        cookies: what their browser sends; the same for each request.
        may: whether a canary may stand on a page for them.
        case: number of the case of each own client: of one case no two on one page.
    """

    name: str
    cookies: dict[str, str]
    may: Callable
    case: dict = field(default_factory=dict)

    def __post_init__(self):
        self._client = Client(raise_request_exception=False)

    def browser(self):
        """Their browser, with the cookies it began with."""
        self._client.cookies.clear()
        for name, value in self.cookies.items():
            self._client.cookies[name] = value
        return self._client


def viewers(world):
    """Everybody who works there, nobody, and every client with their own link."""
    yield Viewer("nobody", {}, lambda found: False)
    for name, role in world.roles.items():
        yield _of_staff(world, name, role)
    for person, owner in world.owners.items():
        yield _client(world, person, owner)


def _of_staff(world, name, role):
    cookie = signed_in(world.staff[name]).cookies[settings.SESSION_COOKIE_NAME].value
    mine = {client for client, therapist in world.cares.items() if therapist == name}
    told = set(world.people) if role in ("supervisor",) else set()
    others = registry.MAY_SEE.get(role, set())

    def may(found):
        if found.place == OF_STAFF or found.place in others:
            return True
        if found.owner in mine:
            return True
        return found.owner in told and found.place in TOLD

    case = {client: world.case[client] for client in mine}
    return Viewer(name, {settings.SESSION_COOKIE_NAME: cookie}, may, case)


def _client(world, person, owner):
    """A client sees the words of their own goals, and never again what they answered."""

    def may(found):
        return found.owner == owner and found.place == "goal.words"

    return Viewer(f"client {owner}", {COOKIE: world.cookies[person]}, may)
