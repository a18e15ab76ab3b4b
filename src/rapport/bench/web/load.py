"""People who check in, in a process of their own: each arrives at a moment fixed beforehand.

    python -m rapport.bench.web.load < what.json > times.json

A check-in is four requests on one connection: the link is opened (GET), Start is pressed (POST, a
durable commit), the questions come (GET) and are answered (POST, a durable commit). Its time runs
from the moment the person meant to arrive to the last byte of the thanks, so what waits counts.
Where ``alone`` is asked for, everybody has the questions open before the clock starts, and only the
answers are sent.
"""

import asyncio
import json
import re
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from urllib.parse import urlencode

from rapport.bench.web.http import Phone, Reply

CHOICE = re.compile(rb'name="(a\.[^"]+)" value="(\d+)"')
HIDDEN = re.compile(rb'type="hidden" name="([^"]+)" value="([^"]*)"')
STEPS = ("open the link", "press Start", "questions", "answers")
AGAIN = 50  # every so many-th person taps twice: the same answers are sent once more


class Unexpected(Exception):
    """A reply that is not the one a person needs; its text says which, in a few words."""


@dataclass
class Seen:
    """What happened to everybody."""

    steps: dict[str, list[float]] = field(default_factory=lambda: {step: [] for step in STEPS})
    whole: list[float] = field(default_factory=list)
    late: list[float] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    sent_twice: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    cpu_before: float = 0.0


async def all_check_in(
    *, port: int, tokens: Sequence[str], moments: Sequence[float], alone: bool = False
) -> Seen:
    """Let a person arrive at each of these moments (seconds from now), each with a link."""
    early = tokens if alone else []
    ready = [await _begun(port, token, place) for place, token in enumerate(early)]
    seen, start = Seen(cpu_before=time.process_time()), time.perf_counter()
    async with asyncio.TaskGroup() as everybody:
        for place, (token, moment) in enumerate(zip(tokens, moments, strict=True)):
            wait = start + moment - time.perf_counter()
            if wait > 0:
                await asyncio.sleep(wait)
            filled = ready[place] if alone else None
            everybody.create_task(_person(seen, port, token, start + moment, place, filled))
    return seen


@dataclass(frozen=True, kw_only=True)
class Filled:
    """Questions that somebody has open and answered, and not sent."""

    cookies: dict[str, str]
    body: bytes


async def _begun(port: int, token: str, place: int) -> Filled:
    async with Phone(port) as phone:
        _must(await phone.post(f"/c/{token}"), 302, "press Start")
        page = await phone.get("/c/")
        return Filled(cookies=phone.cookies, body=answered(page.body, Random(place)))


async def _person(
    seen: Seen, port: int, token: str, meant: float, place: int, filled: Filled | None
) -> None:
    seen.late.append(time.perf_counter() - meant)
    try:
        if filled is not None:
            return await _send(seen, Phone(port, filled.cookies), token, meant, filled.body)
        async with Phone(port) as phone:
            await _check_in(seen, phone, token, meant, place)
    except (TimeoutError, Unexpected, OSError, EOFError) as fault:
        seen.faults[f"{type(fault).__name__} {fault}".strip()[:80]] += 1


async def _send(seen: Seen, phone: Phone, token: str, meant: float, body: bytes) -> None:
    async with phone:
        _must(await phone.post("/c/", body), 200, "answers")
    seen.steps["answers"].append(time.perf_counter() - meant)
    seen.whole.append(time.perf_counter() - meant)
    seen.kept.append(token)


async def _check_in(seen: Seen, phone: Phone, token: str, meant: float, place: int) -> None:
    took, before = [], meant
    for step in STEPS:
        if step == "open the link":
            reply = await phone.get(f"/c/{token}")
        elif step == "press Start":
            reply = await phone.post(f"/c/{token}")
        elif step == "questions":
            reply = await phone.get("/c/")
        else:
            body = answered(reply.body, Random(place))
            reply = await phone.post("/c/", body)
        _must(reply, 302 if step == "press Start" else 200, step)
        after = time.perf_counter()
        took.append(after - before)
        before = after
    for step, seconds in zip(STEPS, took, strict=True):
        seen.steps[step].append(seconds)
    seen.whole.append(before - meant)
    seen.kept.append(token)
    if place % AGAIN == 0:
        _must(await phone.post("/c/", body), 200, "answers again")
        seen.sent_twice += 1


def answered(page: bytes, chance: Random) -> bytes:
    """The form of a page, filled in at random, as a browser would send it."""
    offered: dict[str, list[str]] = {}
    for name, value in CHOICE.findall(page):
        offered.setdefault(name.decode(), []).append(value.decode())
    if not offered:
        raise Unexpected("a page without questions")
    given = {name.decode(): value.decode() for name, value in HIDDEN.findall(page)}
    given |= {name: chance.choice(values) for name, values in offered.items()}
    given["words"] = "It helped to say it aloud." if chance.random() < 0.3 else ""
    return urlencode(given).encode()


def _must(reply: Reply, status: int, step: str) -> None:
    if reply.status != status:
        raise Unexpected(f"{reply.status} at: {step}")


def main() -> None:
    """Read what to do, do it, write what was seen."""
    asked = json.load(sys.stdin)
    seen = asyncio.run(all_check_in(**asked))
    json.dump(vars(seen) | {"cpu": time.process_time() - seen.cpu_before}, sys.stdout)


if __name__ == "__main__":
    main()
