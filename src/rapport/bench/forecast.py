"""Do forecast intervals hold, and does the model beat naive forecasts? Measured, not claimed."""

import os
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from rapport.bench.forecast_worlds import (
    REAL,
    WORLDS,
    World,
    made_up_courses,
    real_courses,
)
from rapport.science.outcome.coverage import (
    CoverageReport,
    cross_validated_coverage,
    held_out_coverage,
)
from rapport.science.outcome.expected_response import expected_band, fit_expected_response
from rapport.science.outcome.forecast import forecast
from rapport.science.outcome.histories import Ahead

TARGETS: tuple[Ahead, ...] = ("start", "next", "final")


def forecast_bench(
    *,
    clients: int = 60_000,
    held_back: int = 30_000,
    repeats: int = 5,
    seed: int = 1,
    worlds: Sequence[World] = WORLDS,
    shared: Path | None = None,
) -> str:
    """Coverage and errors on made-up and real courses, as a table, with the time it takes.

    Args:
        clients: made-up clients to fit and calibrate with, per world.
        held_back: further made-up clients that are forecast.
        repeats: of the 10-fold cross-validation on each real set.
        seed: of everything random.
        worlds: made-up practices.
        shared: folder of reference data; by default the one named by RAPPORT_SHARED. Without it
            the real sets are left out, and that is said.
    """
    rng = np.random.default_rng(seed)
    lines = [
        f"Made-up practices: fitted and calibrated on {clients:,}, forecast for {held_back:,}.",
        *_HEAD,
    ]
    for world in worlds:
        lines += _made_up(world, clients, held_back, rng)
    lines += [
        "",
        *_real(shared or Path(os.environ.get("RAPPORT_SHARED", "../shared")), repeats, rng),
    ]
    return "\n".join([*lines, "", timing(clients=100_000, sessions=10, seed=seed)])


def timing(*, clients: int, sessions: int, seed: int = 1) -> str:
    """Time to fit, calibrate, band and forecast a practice of this size, in words."""
    rng = np.random.default_rng(seed)
    world = WORLDS[0]
    courses = made_up_courses(world=world, clients=clients, rng=rng, longest=2 * sessions - 2)
    before = time.perf_counter()
    model = fit_expected_response(courses=courses, scale=world.scale)
    expected_band(model=model, courses=courses)
    forecast(model=model, courses=courses, scale=world.scale)
    took = time.perf_counter() - before
    return (
        f"{clients:,} clients, {courses.n_rows:,} ratings: fit, calibration, band and forecast "
        f"in {took:.2f} s."
    )


_HEAD = (
    "  what is forecast   80 % held   by third           95 % held   by third           "
    "RMSE model  last  mean",
)


def _made_up(world: World, clients: int, held_back: int, rng: np.random.Generator) -> list[str]:
    courses = made_up_courses(world=world, clients=clients, rng=rng)
    new = made_up_courses(world=world, clients=held_back, rng=rng)
    model = fit_expected_response(courses=courses, scale=world.scale, rng=rng)
    lines = [f"{world.name} (f(t) = {model.model.time_base})"]
    for target in TARGETS:
        made = held_out_coverage(
            model=model, courses=new, scale=world.scale, rng=rng, target=target
        )
        lines.append(_line(target, made, interval=False))
        if target == "final":
            lines.append(_deterioration(made))
    return lines


def _real(shared: Path, repeats: int, rng: np.random.Generator) -> list[str]:
    if not (shared / "data").is_dir():
        return ["Real courses: not read (no reference data; set RAPPORT_SHARED)."]
    lines = [f"Real courses: {repeats} times 10-fold cross-validation over clients.", *_HEAD]
    for real in REAL:
        courses = real_courses(real=real, folder=shared)
        lines.append(f"{real.name}, {courses.n_clients} clients")
        for target in TARGETS:
            made = cross_validated_coverage(
                courses=courses, scale=real.scale, rng=rng, repeats=repeats, target=target
            )
            lines += [_line(target, made, interval=True), f"    {made.comparison.sentence}"]
    return lines


def _line(target: str, made: CoverageReport, *, interval: bool) -> str:
    cells = [f"  {target:18}"]
    for coverage in made.coverage:
        thirds = " ".join(f"{100 * share:5.1f}" for share in coverage.by_third)
        cells.append(f" {100 * coverage.share:5.1f}      {thirds}  ")
    errors = made.comparison
    cells.append(
        f" {errors.rmse_model:8.3g}  {errors.rmse_last_value:5.3g} {errors.rmse_group_mean:5.3g}"
    )
    if interval:
        cells.append(
            "  Wilson "
            + ", ".join(f"[{100 * c.lower:.1f}, {100 * c.upper:.1f}]" for c in made.coverage)
        )
        cells.append("" if all(c.nominal_within for c in made.coverage) else "  nominal outside")
    return "".join(cells)


def _deterioration(made: CoverageReport) -> str:
    bins = made.deterioration
    if bins is None:
        return "    P(reliable deterioration): no criterion known"
    pairs = zip(bins.forecast, bins.observed, bins.n, strict=True)
    return "    P(reliable deterioration), said > came (n): " + "  ".join(
        f"{said:.3f} > {came:.3f} ({n})" for said, came, n in pairs
    )
