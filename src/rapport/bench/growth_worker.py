"""One timed fit of a growth model in a process of its own: CPU seconds, peak memory, likelihood.

Run as ``python -m rapport.bench.growth_worker PROGRAM SHAPE CLIENTS``; prints one line of JSON.
"""

import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

REPEATS = 3  # of our own fit, the fastest counts; the others run once, as they take minutes
LME4 = """
suppressMessages(library(lme4))
rows <- read.csv(commandArgs(TRUE)[1])
began <- proc.time()
model <- suppressWarnings(lmer(y ~ week + (week | client), rows, REML = TRUE))
took <- proc.time() - began
cat(sprintf("%.6f %.8f", took[["user.self"]] + took[["sys.self"]], as.numeric(logLik(model))))
"""


def rows(shape: str, clients: int) -> tuple[FloatArray, FloatArray, NDArray[np.int64]]:
    """Outcome, week and client of made-up courses: 8 sessions each, or 2 to 20 at uneven times."""
    rng = np.random.default_rng(clients)
    lengths = np.full(clients, 8) if shape == "balanced" else rng.integers(2, 21, clients)
    client = np.repeat(np.arange(clients), lengths)
    first = np.repeat(np.cumsum(lengths) - lengths, lengths)
    week = (np.arange(len(client)) - first).astype(np.float64)
    if shape == "unbalanced":
        week += rng.uniform(-0.4, 0.4, len(week))
    level = 20.0 + 5.0 * rng.standard_normal(clients)
    slope = -1.0 + 0.5 * rng.standard_normal(clients)
    y = level[client] + slope[client] * week + 3.0 * rng.standard_normal(len(client))
    return y, week, client


def with_ours(y: FloatArray, week: FloatArray, client: NDArray[np.int64]) -> tuple[float, float]:
    """CPU seconds and log likelihood of ``fit_growth``."""
    from rapport.science.numerics.growth_model import fit_growth

    design = np.column_stack([np.ones_like(week), week])
    seconds = []
    for _ in range(REPEATS):
        began = time.process_time()
        model = fit_growth(y=y, design=design, client=client, random_column=1)
        seconds.append(time.process_time() - began)
    return min(seconds), model.log_likelihood


def with_statsmodels(
    y: FloatArray, week: FloatArray, client: NDArray[np.int64]
) -> tuple[float, float]:
    """CPU seconds and log likelihood of statsmodels' MixedLM by L-BFGS.

    Its default (BFGS) gives up on 1,000 uneven courses after seven times as long.
    """
    from statsmodels.regression.mixed_linear_model import MixedLM

    design = np.column_stack([np.ones_like(week), week])
    began = time.process_time()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of steps on the way; the likelihood is printed
        model = MixedLM(y, design, groups=client, exog_re=design).fit(reml=True, method="lbfgs")
    return time.process_time() - began, float(model.llf)


def with_lme4(y: FloatArray, week: FloatArray, client: NDArray[np.int64]) -> tuple[float, float]:
    """CPU seconds and log likelihood of lme4's lmer, its own clock around the fit alone."""
    rscript = shutil.which("Rscript") or "Rscript"
    with tempfile.TemporaryDirectory() as folder:
        table, script = Path(folder, "rows.csv"), Path(folder, "fit.R")
        columns = np.column_stack([y, week, client])
        np.savetxt(table, columns, "%.17g", delimiter=",", header="y,week,client", comments="")
        script.write_text(LME4, encoding="utf-8")
        command = [rscript, "--vanilla", str(script), str(table)]
        printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    seconds, log_likelihood = printed.split()[-2:]
    return float(seconds), float(log_likelihood)


PROGRAMS: dict[str, Callable[[FloatArray, FloatArray, NDArray[np.int64]], tuple[float, float]]] = {
    "ours": with_ours,
    "statsmodels": with_statsmodels,
    "lme4": with_lme4,
}


def main(program: str, shape: str, clients: str) -> None:
    """Fit once and print what it took; memory is that of the whole process, data included."""
    y, week, client = rows(shape, int(clients))
    seconds, log_likelihood = PROGRAMS[program](y, week, client)
    who = resource.RUSAGE_CHILDREN if program == "lme4" else resource.RUSAGE_SELF
    peak = resource.getrusage(who).ru_maxrss / 1024
    result = {"seconds": seconds, "log_likelihood": log_likelihood, "megabytes": peak}
    sys.stdout.write(json.dumps(result) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
