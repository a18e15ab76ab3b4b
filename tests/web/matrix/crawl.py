"""Every route, every owner's ids, every viewer, GET and POST; what each was shown is searched."""

import os
import re
from dataclasses import dataclass, field
from itertools import product

from django.core.cache import cache
from django.db import transaction
from django.urls import URLResolver, get_resolver
from matrix import registry

from rapport.web.core.keys import key_store
from rapport.web.core.pages import door_of

ARGUMENT = re.compile(r"<(?:\w+:)?(\w+)>")
PRIVATE = ("person.name", "staff.email")  # known to others of a case or of the practice anyway
WHOLE = os.environ.get("RAPPORT_MATRIX") == "whole"  # 100,000 responses: every pair of owners


@dataclass(frozen=True)
class Route:
    """An address with its name, its arguments and what it declares."""

    place: str
    name: str
    arguments: tuple[str, ...]
    methods: tuple[str, ...]

    def address(self, values):
        given = iter(values)
        return ARGUMENT.sub(lambda _: str(next(given)), self.place)


@dataclass
class Seen:
    """What a crawl found: how many replies, and in which of them something foreign stood."""

    replies: int = 0
    opened: int = 0
    foreign: list = field(default_factory=list)


def routes():
    """Every address of the program."""
    return sorted(_below(get_resolver().url_patterns, "/"), key=lambda route: route.place)


def _below(patterns, before):
    for one in patterns:
        place = before + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from _below(one.url_patterns, place)
        else:
            door = door_of(one.callback)
            methods = door.methods if door else ("GET", "POST")
            yield Route(place, one.name or place, tuple(ARGUMENT.findall(place)), methods)


def unknown_arguments():
    """Names in addresses that the registry has no line for."""
    return [
        f"{route.place} has the argument {name!r}: say in ARGUMENTS of "
        "tests/web/matrix/registry.py which ids of one owner it takes"
        for route in routes()
        for name in route.arguments
        if name not in registry.ARGUMENTS
    ]


def crawl(world, lookers, places):
    """Ask every address as everybody; each request is undone before the next."""
    seen = Seen()
    asked = [(route, owner, values) for route in places for owner, values in aims(world, route)]
    for looker in lookers:
        for route, owner, values in asked:
            _ask(world, looker, route, owner, values, seen)
    return seen


def aims(world, route):
    """Whose ids an address is asked with: each owner's own, and two owners' mixed."""
    if not route.arguments:
        yield next(iter(world.owners)), ()
        return
    known = {
        person: [registry.ARGUMENTS[name](world, person) for name in route.arguments]
        for person in world.owners
    }
    for person, values in known.items():
        yield from ((person, chosen) for chosen in product(*values))
    if len(route.arguments) > 1:
        yield from _mixed(known)


def _mixed(known):
    """The first id of one owner, the rest of another: what a link to one's own case would hide."""
    people = list(known)
    pairs = product(people, people) if WHOLE else zip(people, people[1:] + people[:1], strict=True)
    for one, other in pairs:
        if one != other and all(known[one]) and all(known[other]):
            rest = [values[0] for values in known[other][1:]]
            yield other, (known[one][0][0], *rest)


def _ask(world, looker, route, owner, values, seen):
    """One address in every way: looked at, sent empty, sent filled in."""
    address = route.address(values)
    for method, told in _ways(world, route, owner):
        reply = _reply(looker, address, method, told)
        seen.replies += 1
        seen.opened += reply.status_code == 200
        for what in _wrong(world, looker, route, reply, str(told)):
            seen.foreign.append(f"{looker.name} {method} {address} ({route.name}): {what}")


def _ways(world, route, owner):
    filled = registry.BODIES.get(route.name)
    yield from (("GET", {}), ("POST", {}))
    if filled:
        yield "POST", filled(world, owner)
    if WHOLE:
        yield from (("HEAD", {}), ("PUT", {}), ("DELETE", {}))
        yield from (("GET", query) for query in world.queries)


def _reply(looker, address, method, told):
    cache.clear()
    browser = looker.browser()
    with transaction.atomic():
        before = _keys()
        reply = getattr(browser, method.lower())(address, told)
        reply.searched = _text(reply)
        transaction.set_rollback(True)
    _give_back(before)
    return reply


def _text(reply):
    body = b"".join(reply.streaming_content) if reply.streaming else reply.content
    cookies = " ".join(morsel.OutputString() for morsel in reply.cookies.values())
    return body.decode("utf-8", "replace") + str(reply.headers) + cookies


def _wrong(world, looker, route, reply, sent):
    if reply.status_code >= 500:
        yield f"answered {reply.status_code}; if its canaries can't be read there, add to FILLS"
    found = world.canaries.in_text(reply.searched)
    foreign = {one for one in found if not looker.may(one)}
    known = world.canaries.in_text(sent)  # what one typed oneself may come back
    yield from (f"shows {one.place} of {one.owner}" for one in sorted(foreign - known, key=str))
    yield from _mixed_up(looker, route, found)


def _mixed_up(looker, route, found):
    """Members of one case on one page, where the page is not declared to be of its therapist."""
    if route.name in registry.TOGETHER:
        return
    private = {one.owner for one in found if one.place not in PRIVATE} & set(looker.case)
    cases = [looker.case[owner] for owner in private]
    if len(cases) != len(set(cases)):
        yield f"shows {' and '.join(sorted(private))} of one case together"


def _keys():
    return dict(key_store()._file.execute("SELECT person, wrapped FROM keys").fetchall())


def _give_back(before):
    """What a page destroyed outside the database is undone, too."""
    store = key_store()
    if len(store.people()) < len(before):
        add = "INSERT OR IGNORE INTO keys VALUES (?, ?)"
        store._file.executemany(add, list(before.items()))
        store._file.execute("DELETE FROM forgotten")
