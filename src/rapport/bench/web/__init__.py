"""The practice application under load: `rapport bench web`."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rapport.bench.web.figures import Times, arrivals, verdict

__all__ = ["web_bench"]

WARM_UP = 100  # check-ins before the clock starts: what is loaded late is loaded then


def web_bench(*, seconds: float, rate: float, clients: int, seed: int = 1) -> Iterator[str]:
    """Make a practice, serve it, let people check in, and say what it took, line by line.

    Args:
        seconds: how long people arrive.
        rate: how many arrive in a second, on average.
        clients: of the practice.
        seed: of the moments at which they arrive.
    """
    with tempfile.TemporaryDirectory(prefix="rapport-bench-") as folder:
        yield from _measured(Path(folder), seconds, rate, clients, seed)


def _measured(
    home: Path, seconds: float, rate: float, clients: int, seed: int
) -> Iterator[str]:
    from rapport.bench.web import disk
    from rapport.bench.web.practice import begun, opened
    from rapport.bench.web.server import serving

    yield machine()
    disk_times, commit_times = disk.fdatasync_times(home), disk.commit_times(home)
    yield from map(str, (disk_times, commit_times))
    practice = begun(home)
    from rapport.web.core.clock import now

    moments = arrivals(rate=rate, seconds=seconds, seed=seed)
    start = time.perf_counter()
    links = opened(practice, clients=clients, check_ins=len(moments) + WARM_UP, at=now())
    yield f"practice: {clients:,} clients, made in {time.perf_counter() - start:.1f} s"
    with serving(home) as server:
        yield f"start to first page {server.start_seconds:.2f} s"
        tokens = list(links.occasions)
        _load(server.port, tokens[:WARM_UP], [n / 50 for n in range(WARM_UP)])
        cpu = server.cpu_seconds()
        seen = _load(server.port, tokens[WARM_UP:], moments)
        cpu = server.cpu_seconds() - cpu
        for step, times in seen["steps"].items():
            yield str(Times(what=step, seconds=times))
        whole = Times(what="whole check-in, from the moment of arrival", seconds=seen["whole"])
        yield str(whole)
        yield str(Times(what="(late starts of the load itself)", seconds=seen["late"]))
        yield f"server: {1000 * cpu / len(moments):.2f} CPU-ms a check-in; load: {1000 * seen['cpu'] / len(moments):.2f}"
        yield f"memory {[f'{m / 1e6:.0f} MB' for m in server.memory().values()]}"
        yield f"faults {seen['faults']}; complaints {server.complaints()[:5]}"
        yield verdict("check-in p95", found=whole.p95, limit=300, unit="ms")


def machine() -> str:
    """What it is measured on."""
    from rapport.web.core import engine

    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    load = os.getloadavg()[0]
    return (
        f"{cores} cores (load of the last minute {load:.1f}), "
        f"SQLite {engine.sqlite3.sqlite_version}, journal {engine.journal_mode()}, "
        "synchronous = FULL"
    )


def _load(port: int, tokens: list[str], moments: list[float]) -> dict[str, Any]:
    asked = {"port": port, "tokens": tokens, "moments": moments}
    done = subprocess.run(
        [sys.executable, "-m", "rapport.bench.web.load"],
        input=json.dumps(asked), capture_output=True, text=True, check=True,
    )  # fmt: skip
    found: dict[str, Any] = json.loads(done.stdout)
    return found
