"""The table of all oracles as Markdown."""

import os
from pathlib import Path

from rapport.bench.oracles.clinical import CLINICAL
from rapport.bench.oracles.compare import (
    Comparison,
    Difference,
    KnownDifference,
    compared,
    read_oracle,
)
from rapport.bench.oracles.gains import GAINS
from rapport.bench.oracles.models import MODELS
from rapport.bench.oracles.prediction import PREDICTION
from rapport.bench.oracles.relationship import RELATIONSHIP
from rapport.science.errors import TooLittleDataError

RECIPES = RELATIONSHIP | CLINICAL | GAINS | PREDICTION | MODELS
# Beginnings of the names of those reference results that belong to what Rapport computes today.
BELONGING = (
    "auc",
    "bocpd",
    "changepoint",
    "clinical_significance",
    "conformal",
    "control_charts",
    "dropout",
    "growth_",
    "isotonic",
    "nearest_neighbour",
    "rupture_repair",
    "sudden_gains",
    "three_level",
    "truth_and_bias",
    "within_between",
)
# Below this a difference is the last digit of the arithmetic, which machines differ in.
ROUNDING = 1e-9

HEAD = """# Oracles

Made by `rapport bench oracles > docs/reference/oracles.md` from the reference results in the
folder named by `RAPPORT_SHARED`; `make docs` runs it.

Each row sets our result beside that of a reference program on the same input; in brackets how many
values were compared. *Largest difference* is absolute unless it says relative (in parts of the
reference value). *Tolerance* is the one stated with the reference result; where none is stated for
a quantity, that of its nearest kin there. The tests recompute every row
(`tests/house/test_documented.py`), most of them to a tighter tolerance (`tests/science/oracles`).
"""

COLUMNS = (
    "| oracle | reference software | model formula or rule | compared | largest difference | "
    "tolerance |\n|---|---|---|---|---|---|"
)

NOT_COUNTED = (
    "Not counted: what ours is not meant to match, or the reference fell short of (below)."
)

KNOWN_HEAD = """## Where ours differs, and why

| oracle | quantity | ours | theirs | why |
|---|---|---|---|---|"""


def belongs(name: str) -> bool:
    """Whether a reference result is of something that Rapport computes today."""
    return name.startswith(BELONGING)


def compare_all(*, shared: Path | None = None) -> list[Comparison]:
    """Recompute every oracle that belongs.

    Args:
        shared: folder of reference data; by default the one named by RAPPORT_SHARED.

    Raises:
        TooLittleDataError: no reference results there, or one that nobody recomputes.
    """
    folder = (shared or Path(os.environ.get("RAPPORT_SHARED", "../shared"))) / "oracles"
    paths = [path for path in sorted(folder.glob("*.json")) if belongs(path.stem)]
    if not paths:
        raise TooLittleDataError(
            f"{folder}: no reference results; set RAPPORT_SHARED to the folder of reference data"
        )
    unknown = [path.stem for path in paths if path.stem not in RECIPES]
    if unknown:
        raise TooLittleDataError(
            f"{folder}: nothing recomputes {', '.join(unknown)}; add it to rapport.bench.oracles"
        )
    return [compared(read_oracle(path), RECIPES[path.stem]) for path in paths]


def oracles(*, shared: Path | None = None) -> str:
    """Recompute every oracle that belongs and say how far ours lies from it.

    Args:
        shared: folder of reference data; by default the one named by RAPPORT_SHARED.

    Returns:
        A Markdown page: a row per oracle and kind of quantity, then where ours is meant to differ.

    Raises:
        TooLittleDataError: no reference results there.
    """
    found = compare_all(shared=shared)
    rows = [
        _row(one, difference, first=place == 0)
        for one in found
        for place, difference in enumerate(one.differences)
    ]
    known = [_known_row(one, difference) for one in found for difference in one.known]
    missed = sum(not difference.holds for one in found for difference in one.differences)
    total = (
        f"\n{len(found)} oracles, {len(rows)} rows, {missed} beyond the tolerance. {NOT_COUNTED}\n"
    )
    return "\n".join([HEAD, COLUMNS, *rows, total, KNOWN_HEAD, *known])


def _row(comparison: Comparison, difference: Difference, *, first: bool) -> str:
    """Software and formula stand in an oracle's first row and hold for those below."""
    oracle = comparison.oracle
    cells = (
        f"`{oracle.name}`",
        f"{oracle.software}: {oracle.how}" if first else "",
        comparison.formula if first else "",
        f"{difference.quantities} ({difference.n:,})",
        _largest(difference) + ("" if difference.holds else " **beyond**"),
        _tolerance(difference),
    )
    return _line(cells)


def _known_row(comparison: Comparison, known: KnownDifference) -> str:
    name = f"`{comparison.oracle.name}`"
    return _line((name, known.quantity, known.ours, known.theirs, known.why))


def _line(cells: tuple[str, ...]) -> str:
    return "| " + " | ".join(cell.replace("|", r"\|") for cell in cells) + " |"


def _largest(difference: Difference) -> str:
    if difference.measure == "unlike values":
        return "none" if difference.largest == 0 else f"{difference.largest:.0f} unlike"
    number = _number(difference.largest, small=min(ROUNDING, difference.tolerance) / 10)
    return f"{number} relative" if difference.measure == "relative" else number


def _number(value: float, *, small: float) -> str:
    return f"under {small:.0e}" if value < small else f"{value:.1e}"


def _tolerance(difference: Difference) -> str:
    if difference.measure == "unlike values":
        return "exact"
    word = " relative" if difference.measure == "relative" else ""
    return f"{difference.tolerance:.0e}{word}"
