"""The scan: how far the last one, two or three ratings lie below the client's own earlier ones."""

from dataclasses import dataclass

import numpy as np

from rapport.science.alliance.drop_alarm.model import FloatArray

WINDOWS = (1, 2, 3)
# Ours: what a window has to exceed beyond the first. Of the choices tried on 400,000 courses
# this one finds 23 % of one-session 2 SD drops and 37 % of lasting 1.5 SD drops at a budget of
# .05; a summed likelihood ratio over the windows finds half a point more but names no window.
OFFSETS = (0.0, 0.3, 0.1)
# Ours: a drop over two or three ratings counts only while the last rating still lies this many
# SDs low, so that a client who has come back is not flagged for the time before (costs nothing).
STILL_LOW = 0.5
EARLIER = 2  # ratings a window is compared with, at least (methods: alarms from the third)


@dataclass(frozen=True, kw_only=True)
class Baseline:
    """What is known of a client before the first rating, in points as they are rated.

    Attributes:
        mean, between_sd: of the clients' means.
        within_sd: pooled SD of a client's ratings.
        own_sd_weight: how many ratings the pooled SD is worth against the client's own.
    """

    mean: float
    between_sd: float
    within_sd: float
    own_sd_weight: float


@dataclass(frozen=True, kw_only=True)
class Scan:
    """Scan of many courses; all arrays have shape (n_courses, n_sessions).

    ``z`` is the largest standardised drop over the windows, -inf before the third rating;
    ``window`` is the one it was found in; ``expected`` and ``spread`` are the mean and SD
    expected for a single new rating from the earlier ratings alone; ``before`` is the mean
    expected for the window that was found.
    """

    z: FloatArray
    window: FloatArray
    before: FloatArray
    expected: FloatArray
    spread: FloatArray


def scan(*, ratings: FloatArray, baseline: Baseline) -> Scan:
    """Scan observed ratings, NaN only after a client's last one, shape (clients, sessions)."""
    total, square = _running_sums(ratings - baseline.mean)
    shape = ratings.shape
    z, window = np.full(shape, -np.inf), np.ones(shape)
    before, expected, spread = (np.full(shape, np.nan) for _ in range(3))
    for size, offset in zip(WINDOWS, OFFSETS, strict=True):
        at = slice(size + EARLIER - 1, None)
        level, sd, share = _earlier(total, square, size, baseline)
        drop = level - (total[:, size + EARLIER :] - total[:, EARLIER:-size]) / size
        score = drop / (sd * np.sqrt(1 / size + share)) - offset
        if size > 1:
            last = ratings[:, at] - baseline.mean
            score = np.where(level - last >= STILL_LOW * sd, score, -np.inf)
        _keep_larger(z[:, at], window[:, at], before[:, at], score, level, size)
        if size == 1:
            expected[:, at], spread[:, at] = level, sd * np.sqrt(1 + share)
    return Scan(
        z=z,
        window=window,
        before=before + baseline.mean,
        expected=expected + baseline.mean,
        spread=spread,
    )


def _running_sums(centred: FloatArray) -> tuple[FloatArray, FloatArray]:
    start = np.zeros((len(centred), 1))
    total = np.concatenate([start, np.cumsum(centred, axis=1)], axis=1)
    return total, np.concatenate([start, np.cumsum(centred**2, axis=1)], axis=1)


def _earlier(
    total: FloatArray, square: FloatArray, size: int, baseline: Baseline
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Level, SD and the level's variance (in within-client variances) before each window."""
    count = np.arange(EARLIER, total.shape[1] - size, dtype=float)
    sums, squares = total[:, EARLIER:-size], square[:, EARLIER:-size]
    share = 1 / (count + (baseline.within_sd / max(baseline.between_sd, 1e-9)) ** 2)
    if np.isinf(baseline.own_sd_weight):
        return sums * share, np.full_like(sums, baseline.within_sd), share
    weight = baseline.own_sd_weight
    own = np.maximum(squares - sums**2 / count, 0)
    variance = (weight * baseline.within_sd**2 + own) / (weight + count - 1)
    return sums * share, np.sqrt(variance), share


def _keep_larger(
    z: FloatArray,
    window: FloatArray,
    before: FloatArray,
    score: FloatArray,
    level: FloatArray,
    size: int,
) -> None:
    larger = score > z
    z[larger], window[larger], before[larger] = score[larger], size, level[larger]
