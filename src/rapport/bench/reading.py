"""How long a whole reading takes, from the CSV file to the JSON file, and how much memory."""

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np


def reading_bench(*, clients: int = 100_000, sessions: int = 10, seed: int = 1) -> str:
    """Simulate a caseload, write it as CSV, read it in a fresh process, and say what it took.

    Args:
        clients: number of simulated clients.
        sessions: planned sessions of each.
        seed: of the simulation.
    """
    with tempfile.TemporaryDirectory() as folder:
        table = Path(folder) / "sessions.csv"
        rows = _write(table, clients=clients, sessions=sessions, seed=seed)
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        start = time.perf_counter()
        _read(table)
        seconds = time.perf_counter() - start
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return (
        f"{clients:,} clients x {sessions} sessions ({rows:,} rows), CSV to JSON: "
        f"{seconds:.1f} s, {cpu:.1f} CPU-s, {after.ru_maxrss / 1024:.0f} MB at most"
    )


def _write(path: Path, *, clients: int, sessions: int, seed: int) -> int:
    import polars as pl

    from rapport.science.records.session_table import RESPONDENTS
    from rapport.science.simulate.caseload import simulate_caseload

    rng = np.random.default_rng(seed)
    made = simulate_caseload(clients=clients, sessions=sessions, rng=rng).table
    pl.DataFrame(
        {
            "client": made.client_ids[made.client],
            "session": made.session.astype(int),
            "scale": np.array(made.scale_names)[made.scale],
            "respondent": np.array(RESPONDENTS)[made.respondent],
            "score": pl.Series(made.score).fill_nan(None),
        }
    ).write_csv(path)
    return made.n_rows


def _read(table: Path) -> None:
    command = [sys.executable, "-c", "from rapport.cli import main; main()", "read", str(table)]
    command += ["--json", str(table.with_suffix(".json")), "--limit", "1"]
    subprocess.run(command, check=True, capture_output=True)
