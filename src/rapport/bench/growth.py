"""How fast is our growth model, and is it right? Beside statsmodels and lme4, in one run."""

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

# The bars of the growth model at 100,000 clients.
MOST_SECONDS = {"balanced": 0.6, "unbalanced": 1.5}
MOST_MEGABYTES = 300.0
BAR_CLIENTS = 100_000
NEAR = 1e-6  # largest shortfall of our log likelihood beside another program's


@dataclass(frozen=True, kw_only=True)
class Timing:
    """One program on one table: CPU seconds, peak megabytes, the likelihood it ended at."""

    program: str
    shape: str
    clients: int
    seconds: float
    megabytes: float
    log_likelihood: float


def growth(
    *,
    clients: Sequence[int] = (1_000, 10_000, 100_000),
    statsmodels_up_to: int = 10_000,
    lme4_up_to: int = 100_000,
    threads: int | None = None,
) -> str:
    """Fit y ~ week + (week | client) by REML with every program there is, and compare.

    Each fit runs in a process of its own, so that CPU seconds and peak memory are its own; data
    are made in that process and not timed. Ours is the fastest of three, the others run once.

    Args:
        clients: table sizes; 8 sessions each (balanced) and 2 to 20 at uneven times (unbalanced).
        statsmodels_up_to: largest table for statsmodels (100,000 clients take it minutes).
        lme4_up_to: largest table for lme4, where ``Rscript`` and lme4 are installed.
        threads: OMP_NUM_THREADS for all, or None to leave it.

    Returns:
        A table with ratios and, where 100,000 clients were asked for, the bars.
    """
    limits = {"ours": max(clients, default=0)}
    if importlib.util.find_spec("statsmodels"):
        limits["statsmodels"] = statsmodels_up_to
    if _lme4_is_there():
        limits["lme4"] = lme4_up_to
    timings = [
        _timed(program, shape, n, threads)
        for shape in MOST_SECONDS
        for n in clients
        for program, most in limits.items()
        if n <= most
    ]
    absent = {"statsmodels", "lme4"} - set(limits)
    lines = [f"{name} is not installed here: not compared" for name in sorted(absent)]
    return "\n".join([_table(timings), *lines, *_bars(timings)])


def _timed(program: str, shape: str, clients: int, threads: int | None) -> Timing:
    environment = dict(os.environ)
    if threads is not None:
        environment["OMP_NUM_THREADS"] = str(threads)
    command = [sys.executable, "-m", "rapport.bench.growth_worker", program, shape, str(clients)]
    printed = subprocess.run(
        command, check=True, stdout=subprocess.PIPE, text=True, env=environment
    ).stdout
    return Timing(program=program, shape=shape, clients=clients, **json.loads(printed))


def _lme4_is_there() -> bool:
    rscript = shutil.which("Rscript")
    if rscript is None:
        return False
    asked = subprocess.run([rscript, "-e", "library(lme4)"], check=False, capture_output=True)
    return asked.returncode == 0


def _table(timings: Sequence[Timing]) -> str:
    ours = {(t.shape, t.clients): t for t in timings if t.program == "ours"}
    head = (
        f"{'sessions':10} {'clients':>8} {'program':12} {'CPU s':>9} {'x ours':>8} {'MB':>5} "
        f"{'log likelihood':>18} {'ours - theirs':>14}"
    )
    return "\n".join([head, *(_line(t, ours) for t in timings)])


def _line(timing: Timing, ours: Mapping[tuple[str, int], Timing]) -> str:
    own = ours[timing.shape, timing.clients]
    line = (
        f"{timing.shape:10} {timing.clients:8} {timing.program:12} {timing.seconds:9.3f} "
        f"{timing.seconds / own.seconds:8.1f} {timing.megabytes:5.0f} {timing.log_likelihood:18.6f}"
    )
    if timing is own:
        return line
    return f"{line} {own.log_likelihood - timing.log_likelihood:14.2e}"


def _bars(timings: Sequence[Timing]) -> list[str]:
    """One line per bar: what was asked, what came, whether it holds."""
    ours = {(t.shape, t.clients): t for t in timings if t.program == "ours"}
    lines = []
    for (shape, clients), t in ours.items():
        if clients == BAR_CLIENTS:
            lines.append(_verdict(f"{shape}, CPU seconds", t.seconds, MOST_SECONDS[shape]))
            lines.append(_verdict(f"{shape}, megabytes", t.megabytes, MOST_MEGABYTES))
    behind = [
        t.log_likelihood - ours[t.shape, t.clients].log_likelihood
        for t in timings
        if t.program != "ours"
    ]
    if behind:
        lines.append(_verdict("log likelihood short of the others' best", max(behind), NEAR))
    return lines


def _verdict(what: str, value: float, most: float) -> str:
    return f"{what}: {value:.3g}, at most {most:g}: {'holds' if value <= most else 'MISSED'}"
