"""Five million rows are read in little memory; the time is printed by the benchmark."""

import subprocess
import sys

import numpy as np
import polars as pl
import pytest

N_CLIENTS, N_SESSIONS = 500_000, 10

READ = """
import resource, sys
from rapport.files.session_table import read_table
table = read_table(sys.argv[1])
print(table.n_rows, table.n_clients, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


@pytest.mark.slow
def test_five_million_rows_take_less_than_two_gigabytes(tmp_path):
    score = np.random.default_rng(1).integers(0, 28, N_CLIENTS * N_SESSIONS)
    pl.DataFrame(
        {
            "client": np.repeat(np.arange(N_CLIENTS), N_SESSIONS),
            "session": np.tile(np.arange(N_SESSIONS), N_CLIENTS),
            "scale": np.full(N_CLIENTS * N_SESSIONS, "phq-9"),
            "score": score,
        }
    ).write_csv(tmp_path / "large.csv")
    done = subprocess.run(
        [sys.executable, "-c", READ, tmp_path / "large.csv"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    n_rows, n_clients, peak_kilobytes = map(int, done.stdout.split())
    assert (n_rows, n_clients) == (5_000_000, N_CLIENTS)
    assert peak_kilobytes < 2_000_000
