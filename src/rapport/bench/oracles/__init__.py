"""Do our functions return what the reference software returns? Recomputed and set in a table."""

from rapport.bench.oracles.compare import Comparison, Difference, KnownDifference
from rapport.bench.oracles.table import BELONGING, belongs, compare_all, oracles

__all__ = [
    "BELONGING",
    "Comparison",
    "Difference",
    "KnownDifference",
    "belongs",
    "compare_all",
    "oracles",
]
