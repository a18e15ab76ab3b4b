"""How long a million PHQ-9s take, from reading the file to writing the scores."""

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

FORMS = 1_000_000
_CLIENTS = 100_000
_ITEMS = 9
_MISSING = 0.01  # share of answers left empty (ours: enough to exercise "no total")
_SCORE = "from rapport.cli.instruments import instruments_app; instruments_app()"


@dataclass(frozen=True, kw_only=True)
class Run:
    """One file scored in a process of its own."""

    what: str
    seconds: float
    cpu_seconds: float
    peak_megabytes: float
    forms: int

    def __str__(self) -> str:
        return (
            f"{self.what:34} {self.seconds:6.2f} s  {self.cpu_seconds:6.2f} CPU-s  "
            f"{self.peak_megabytes:6.0f} MB peak  {self.forms:,} scored"
        )


def scoring(*, forms: int = FORMS, seed: int = 1) -> str:
    """Make files of made-up PHQ-9s, score each in a fresh process, and say what it took.

    Reading the file, checking every answer and writing the scores are included.

    Args:
        forms: how many questionnaires.
        seed: of the made-up answers.
    """
    with tempfile.TemporaryDirectory() as folder:
        wide, long, shuffled = _make(Path(folder), forms=forms, rng=np.random.default_rng(seed))
        runs = [
            _run(f"wide, {forms:,} rows", wide, "--instrument", "phq-9"),
            _run(f"long, {forms * _ITEMS:,} rows", long),
            _run(f"long, {forms * _ITEMS:,} rows in any order", shuffled),
        ]
    return "\n".join([f"PHQ-9s scored from CSV, {os.cpu_count()} cores", *map(str, runs)])


def _make(folder: Path, *, forms: int, rng: np.random.Generator) -> tuple[Path, Path, Path]:
    answers = rng.integers(0, 4, (forms, _ITEMS)).astype(float)
    answers[rng.random(answers.shape) < _MISSING] = np.nan
    clients = max(forms * _CLIENTS // FORMS, 1)
    frame = pl.DataFrame(
        {
            "client": pl.Series(np.arange(forms) % clients).cast(pl.String).str.zfill(6),
            "session": np.arange(forms) // clients + 1,
            **{f"q{n + 1}": answers[:, n] for n in range(_ITEMS)},
        }
    ).sort("client", "session")
    frame = frame.with_columns(pl.col("^q.$").fill_nan(None).cast(pl.Int8))
    return _write(frame, folder, rng)


def _write(frame: pl.DataFrame, folder: Path, rng: np.random.Generator) -> tuple[Path, Path, Path]:
    wide, long, shuffled = (folder / f"{name}.csv" for name in ("wide", "long", "shuffled"))
    frame.write_csv(wide)
    rows = frame.unpivot(
        index=["client", "session"], variable_name="item", value_name="answer"
    ).select("client", "session", pl.lit("phq-9").alias("instrument"), "item", "answer")
    rows.sort("client", "session", "item").write_csv(long)
    rows[rng.permutation(rows.height)].write_csv(shuffled)
    return wide, long, shuffled


def _run(what: str, table: Path, *options: str) -> Run:
    out = table.with_suffix(".scores.csv")
    command = [sys.executable, "-c", _SCORE, "score", str(table), "--out", str(out), *options]
    began = time.perf_counter()
    process = subprocess.Popen(command)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return Run(
        what=what,
        seconds=seconds,
        cpu_seconds=usage.ru_utime + usage.ru_stime,
        peak_megabytes=usage.ru_maxrss / 1024,  # kilobytes on Linux
        forms=pl.scan_csv(out).select(pl.len()).collect().item(),
    )
