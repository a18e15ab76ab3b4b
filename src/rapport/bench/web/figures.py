"""Arithmetic of the measurement: when somebody arrives, and what the times say."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

SHARES = (0.5, 0.95, 0.99)


def arrivals(*, rate: float, seconds: float, seed: int) -> list[float]:
    """Moments, in seconds from the start, at which people arrive who know nothing of each other.

    The gaps are exponential, so that some arrive all at once, as they do. The moments are fixed
    beforehand: a server that is slow does not make the next ones wait at home.

    >>> len(arrivals(rate=100, seconds=10, seed=1)) in range(900, 1100)
    True
    """
    chance, at, found = Random(seed), 0.0, []
    while (at := at + chance.expovariate(rate)) < seconds:
        found.append(at)
    return found


def percentile(times: Sequence[float], share: float) -> float:
    """The smallest time within which at least this share was done (nearest rank).

    >>> percentile([5, 1, 4, 2, 3], 0.5), percentile([5, 1, 4, 2, 3], 0.95)
    (3, 5)
    """
    if not times:
        return math.nan
    return sorted(times)[max(0, math.ceil(share * len(times)) - 1)]


@dataclass(frozen=True, kw_only=True)
class Times:
    """Times of one kind, in seconds."""

    what: str
    seconds: Sequence[float]

    @property
    def p95(self) -> float:
        """Within which 95 of 100 were done, in milliseconds."""
        return 1000 * percentile(self.seconds, 0.95)

    def __str__(self) -> str:
        told = "  ".join(
            f"p{100 * share:.0f} {1000 * percentile(self.seconds, share):8.2f}" for share in SHARES
        )
        most = 1000 * max(self.seconds, default=math.nan)
        return f"{self.what:42} {told}  most {most:8.2f} ms  n {len(self.seconds):,}"


def verdict(what: str, *, found: float, limit: float, unit: str) -> str:
    """A promise beside what was found.

    >>> verdict("check-in p95", found=31.2, limit=300, unit="ms")
    'kept      check-in p95: 31.2 ms (promised under 300 ms)'
    """
    word = "kept" if found < limit else "NOT KEPT"
    return f"{word:9} {what}: {found:.1f} {unit} (promised under {limit:g} {unit})"
