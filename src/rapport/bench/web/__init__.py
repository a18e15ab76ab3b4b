"""The practice application under load: `rapport bench web`.

Each promise of the application (docs/explanation) stands beside what this machine did. The times
mean little without the disk's own: it is measured first, and a durable commit beside it.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from rapport.bench.web.figures import Times, arrivals, percentile, verdict
from rapport.bench.web.server import Server, heavy_in, serving

__all__ = ["web_bench"]

WARM_UP = 200  # check-ins before the clock starts: what is loaded late is loaded then
WARM_UP_RATE = 40
FRESH = 20  # of these, kept for answers just before a look at the caseload
OPENED = 60  # times each page is opened
STARTS = 3
LIMITS = {"check-in": 300.0, "caseload": 200.0, "relationship page": 40.0}  # ms, p95
START_SECONDS, MEGABYTES = 2.0, 150.0


def web_bench(*, seconds: float, rate: float, clients: int, seed: int = 1) -> Iterator[str]:
    """Make a practice, serve it, let people check in, open pages, and say what it took.

    Args:
        seconds: how long people arrive.
        rate: how many arrive in a second, on average.
        clients: of the practice.
        seed: of the moments at which they arrive.

    Yields:
        Lines to print, each as soon as it is known.
    """
    with tempfile.TemporaryDirectory(prefix="rapport-bench-") as folder:
        yield from _measured(Path(folder), seconds, rate, clients, seed)


@dataclass(frozen=True, kw_only=True)
class _Ready:
    home: Path
    practice: Any
    links: dict[str, UUID]
    moments: list[float]


def _measured(home: Path, seconds: float, rate: float, clients: int, seed: int) -> Iterator[str]:
    yield machine()
    yield from _disk(home)
    start = time.perf_counter()
    ready = _made(home, clients, arrivals(rate=rate, seconds=seconds, seed=seed))
    yield (
        f"practice: {clients:,} clients, {ready.practice.answers:,} answers, "
        f"{len(ready.links):,} check-ins open; made in {time.perf_counter() - start:.0f} s"
    )
    yield from _learnt(ready)
    yield from _starts(home)
    with serving(home) as server:
        yield from _check_ins(server, ready, rate)
        yield from _answers_alone(server, ready, rate)
        yield from _pages(server, ready)
        yield from _memory(server)


def machine() -> str:
    """What it is measured on."""
    from rapport.web.core import engine, environment

    return (
        f"{environment.cores()} cores (others' load in the last minute {os.getloadavg()[0]:.1f}), "
        f"SQLite {engine.sqlite3.sqlite_version}, journal {engine.journal_mode()}, "
        "synchronous = FULL"
    )


def _disk(home: Path) -> Iterator[str]:
    from rapport.bench.web import disk

    alone, commit = disk.fdatasync_times(home), disk.commit_times(home)
    yield from map(str, (alone, commit))
    ratio = percentile(commit.seconds, 0.5) / percentile(alone.seconds, 0.5)
    yield f"a commit takes {ratio:.1f} times the disk's own fdatasync (medians)"


def _made(home: Path, clients: int, moments: list[float]) -> _Ready:
    from rapport.bench.web.practice import made, opened, prepared

    prepared(home)
    from rapport.web.core.clock import now

    practice = made(clients=clients, at=now())
    links = opened(practice, check_ins=len(moments) + len(moments) // 3 + WARM_UP, at=now())
    return _Ready(home=home, practice=practice, links=links, moments=moments)


def _learnt(ready: _Ready) -> Iterator[str]:
    """What the worker does by night: until then the first look at a caseload computes it."""
    from rapport.bench.web.practice import learnt

    for what, work in learnt(ready.practice):
        start, cpu = time.perf_counter(), time.process_time()
        work()
        yield (
            f"the worker's night, {what}: {time.perf_counter() - start:.0f} s, "
            f"processor {time.process_time() - cpu:.0f} s, memory at most {_most_memory():.0f} MB"
        )


def _most_memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


def _starts(home: Path) -> Iterator[str]:
    took = []
    for _ in range(STARTS):
        with serving(home) as server:
            took.append(server.start_seconds)
    yield f"start to first page: {', '.join(f'{one:.2f}' for one in took)} s"
    yield verdict("start to first page", found=max(took), limit=START_SECONDS, unit="s")


def _check_ins(server: Server, ready: _Ready, rate: float) -> Iterator[str]:
    tokens = list(ready.links)
    _load(server.port, tokens[FRESH:WARM_UP], [n / WARM_UP_RATE for n in range(WARM_UP - FRESH)])
    before = server.cpu_seconds()
    seen = _load(server.port, tokens[WARM_UP:][: len(ready.moments)], ready.moments)
    cpu, people = server.cpu_seconds() - before, len(ready.moments)
    yield f"{people:,} people arrive, {rate:g} a second; each opens the link, presses Start, gets"
    yield "the questions and answers them: four requests, two durable commits"
    yield from (str(Times(what=step, seconds=times)) for step, times in seen["steps"].items())
    whole = Times(what="the whole check-in, from arriving to thanks", seconds=seen["whole"])
    yield str(whole)
    yield f"the load itself began late by p95 {1000 * percentile(seen['late'], 0.95):.1f} ms"
    yield (
        f"processor: server {1000 * cpu / people:.1f} ms, load {1000 * seen['cpu'] / people:.1f} "
        "ms a check-in"
    )
    yield from _right(server, ready, seen)
    yield verdict("check-in p95", found=whole.p95, limit=LIMITS["check-in"], unit="ms")


def _answers_alone(server: Server, ready: _Ready, rate: float) -> Iterator[str]:
    """The same number a second where everybody has the questions open already."""
    first = WARM_UP + len(ready.moments)
    tokens = list(ready.links)[first:]
    moments = ready.moments[: len(tokens)]
    before = server.cpu_seconds()
    seen = _load(server.port, tokens, moments, alone=True)
    whole = Times(what="answers alone, to thanks", seconds=seen["whole"])
    yield f"{len(moments):,} people had the questions open; {rate:g} a second send their answers"
    yield str(whole)
    yield (
        f"processor, opening included: server "
        f"{1000 * (server.cpu_seconds() - before) / max(len(moments), 1):.1f} ms a check-in"
    )
    yield from _right(server, ready, seen)
    yield verdict("answers alone p95", found=whole.p95, limit=LIMITS["check-in"], unit="ms")


def _right(server: Server, ready: _Ready, seen: dict[str, Any]) -> Iterator[str]:
    from rapport.bench.web.kept import counted_again

    faults = seen["faults"]
    yield f"errors: {sum(faults.values())}" + "".join(
        f"; {n} x {what}" for what, n in faults.items()
    )
    locked = sum("locked" in line for line in server.complaints())
    yield f"the server printed {len(server.complaints())} lines, 'database is locked' in {locked}"
    yield f"{seen['sent_twice']} people sent their answers twice"
    yield str(counted_again(seen["kept"], ready.links))


def _pages(server: Server, ready: _Ready) -> Iterator[str]:
    from rapport.bench.web.pages import from_outside, page_times, signed_in

    cookies = signed_in(server.port, token=ready.practice.token, email="t0@example.org")
    first = from_outside(server.port, "/", cookies, times=1)[0]
    yield f"first look at the caseload after all these answers: {1000 * first:.0f} ms"
    for name, path in {
        "caseload": "/",
        "relationship page": f"/cases/{ready.practice.long_case}/",
    }.items():
        inside, outside, size = page_times(
            name, path, port=server.port, cookies=cookies, times=OPENED
        )
        yield from map(str, (inside, outside))
        yield f"{name}: {size / 1000:.0f} kB"
        found = outside.p95 if name == "caseload" else inside.p95
        yield verdict(f"{name} p95", found=found, limit=LIMITS[name], unit="ms")
    _load(server.port, list(ready.links)[:FRESH], [n / WARM_UP_RATE for n in range(FRESH)])
    again = from_outside(server.port, "/", cookies, times=1)[0]
    ms = 1000 * again
    yield f"first look at the caseload after {FRESH} more of its clients answered: {ms:.0f} ms"


def _memory(server: Server) -> Iterator[str]:
    first, *workers = server.memory().items()
    yield (
        f"memory: {first[1] / 1e6:.0f} MB + "
        f"{' + '.join(f'{size / 1e6:.0f}' for _, size in workers)} MB for web processes; "
        f"{server.together() / 1e6:.0f} MB in all, what they share counted once"
    )
    most = max(size for _, size in workers)
    yield verdict("web worker", found=most / 1e6, limit=MEGABYTES, unit="MB")
    heavy = {name for pid, _ in workers for name in heavy_in(pid)}
    yield f"heavy libraries in a web worker: {', '.join(sorted(heavy)) or 'none'}"


def _load(
    port: int, tokens: list[str], moments: list[float], *, alone: bool = False
) -> dict[str, Any]:
    asked = {"port": port, "tokens": tokens, "moments": moments, "alone": alone}
    done = subprocess.run(
        [sys.executable, "-m", "rapport.bench.web.load"],
        input=json.dumps(asked), capture_output=True, text=True, check=True,
    )  # fmt: skip
    found: dict[str, Any] = json.loads(done.stdout)
    return found
