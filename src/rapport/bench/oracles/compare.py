"""One reference result, and how far ours lies from it."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike


@dataclass(frozen=True, kw_only=True)
class Oracle:
    """A reference result as it lies in the folder of reference data.

    Attributes:
        name: of the file, without its ending.
        given: the input of the reference software.
        outputs: what it returned.
        tolerance: how far a right result may lie from that, by kind of quantity.
        software: programs with their versions.
        how: the functions that were called.
    """

    name: str
    given: Any
    outputs: Any
    tolerance: dict[str, Any]
    software: str
    how: str


def read_oracle(path: Path) -> Oracle:
    """Read one JSON file of the folder ``oracles``."""
    content = json.loads(path.read_text("utf-8"))
    obtained = content["obtained"]
    return Oracle(
        name=path.stem,
        given=content["input"],
        outputs=content["outputs"],
        tolerance=content["tolerance"],
        software=", ".join(f"{name} {v}" for name, v in obtained["versions"].items()),
        how=obtained["how"],
    )


@dataclass(frozen=True, kw_only=True)
class Difference:
    """How far ours lies from the reference in one group of quantities.

    Attributes:
        quantities: what was compared.
        n: how many values.
        largest: largest difference; of exact quantities the number of unlike values.
        tolerance: stated by the oracle; 0 where it asks for exactly the same.
        measure: "absolute", "relative" (to the reference value), or "unlike values".
    """

    quantities: str
    n: int
    largest: float
    tolerance: float
    measure: str

    @property
    def holds(self) -> bool:
        """Whether ours lies within the stated tolerance."""
        return self.largest <= self.tolerance


@dataclass(frozen=True, kw_only=True)
class KnownDifference:
    """Where ours is meant to differ, or the reference fell short: what, how much, why."""

    quantity: str
    ours: str
    theirs: str
    why: str


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Everything compared with one oracle."""

    oracle: Oracle
    formula: str
    differences: tuple[Difference, ...]
    known: tuple[KnownDifference, ...]


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """How one oracle is recomputed.

    Attributes:
        formula: the model formula or rule, as short as it can be said.
        compare: yields the differences, and the known ones.
    """

    formula: str
    compare: Callable[[Oracle], Sequence[Difference | KnownDifference]]


def compared(oracle: Oracle, recipe: Recipe) -> Comparison:
    """Recompute one oracle."""
    found = recipe.compare(oracle)
    return Comparison(
        oracle=oracle,
        formula=recipe.formula,
        differences=tuple(one for one in found if isinstance(one, Difference)),
        known=tuple(one for one in found if isinstance(one, KnownDifference)),
    )


Pair = tuple[ArrayLike, ArrayLike]


def absolute(quantities: str, tolerance: float, *pairs: Pair) -> Difference:
    """Largest absolute difference over pairs of (ours, theirs); missing only beside missing."""
    ours, theirs = _flat(pairs)
    return Difference(
        quantities=quantities,
        n=len(ours),
        largest=_largest(np.abs(ours - theirs), ours, theirs),
        tolerance=tolerance,
        measure="absolute",
    )


def relative(quantities: str, tolerance: float, *pairs: Pair) -> Difference:
    """Largest difference in parts of the reference value; only where that isn't 0."""
    ours, theirs = _flat(pairs)
    return Difference(
        quantities=quantities,
        n=len(ours),
        largest=_largest(np.abs(ours - theirs) / np.abs(theirs), ours, theirs),
        tolerance=tolerance,
        measure="relative",
    )


def exact(quantities: str, *pairs: tuple[Sequence[Any], Sequence[Any]]) -> Difference:
    """Number of unlike values; a list of another length is unlike in each of its values."""
    unlike, n = 0, 0
    for ours, theirs in pairs:
        n += len(theirs)
        if len(ours) != len(theirs):
            unlike += max(len(ours), len(theirs))
        else:
            unlike += sum(a != b for a, b in zip(ours, theirs, strict=True))
    return Difference(
        quantities=quantities, n=n, largest=float(unlike), tolerance=0.0, measure="unlike values"
    )


def _flat(pairs: Sequence[Pair]) -> tuple[np.ndarray, np.ndarray]:
    ours = [np.asarray(one, dtype=np.float64).ravel() for one, _ in pairs]
    theirs = [np.asarray(other, dtype=np.float64).ravel() for _, other in pairs]
    return np.concatenate(ours), np.concatenate(theirs)


def _largest(distance: np.ndarray, ours: np.ndarray, theirs: np.ndarray) -> float:
    """Missing in both is alike; missing in one of them is as far as can be."""
    both, one = np.isnan(ours) & np.isnan(theirs), np.isnan(ours) ^ np.isnan(theirs)
    return float(np.where(one, np.inf, np.where(both, 0.0, distance)).max())
