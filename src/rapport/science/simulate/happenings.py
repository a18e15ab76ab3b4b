"""What happens in made-up courses: ruptures, repairs, sudden gains, leaving."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rapport.science.records.courses import FloatArray, IntArray
from rapport.science.simulate.world import World

FIRST_RUPTURE = 3  # position of the fourth session (ours: a usual level must exist before)
SHALLOWEST = 1.5  # own SDs (ours: below it a rupture drowns in everyday change)
REPAIR_WITHIN = 3  # sessions; the episode rule looks as far (methods, section 4)


@dataclass(frozen=True, kw_only=True)
class Ruptures:
    """Ruptures as rows, and how deep each client stands in one at each session.

    Attributes:
        client, start: position of client and of the first session of the rupture.
        repaired: position of the first session at the usual level again, -1: never.
        depth: own within SDs.
        depth_at: shape (n_clients, n_sessions), 0 where there is none.
    """

    client: IntArray
    start: IntArray
    repaired: IntArray
    depth: FloatArray
    depth_at: FloatArray


def draw_ruptures(
    *, clients: int, sessions: int, world: World, rng: np.random.Generator
) -> Ruptures:
    """Start ruptures session by session in clients who are in none, and repair most of them."""
    depth_at = np.zeros((clients, sessions))
    busy_until = np.zeros(clients, dtype=np.int64)
    found: list[tuple[IntArray, IntArray, IntArray, FloatArray]] = []
    for session in range(FIRST_RUPTURE, sessions):
        free = np.flatnonzero(busy_until <= session)
        who = free[rng.random(len(free)) < world.rupture_rate]
        depth = SHALLOWEST + rng.exponential(max(world.rupture_depth - SHALLOWEST, 0.0), len(who))
        end = session + rng.integers(1, REPAIR_WITHIN + 1, len(who))
        end[rng.random(len(who)) >= world.repair_rate] = sessions
        lasts = (np.arange(session, sessions) < end[:, None]) * depth[:, None]
        depth_at[who, session:] += lasts
        # After a repair one calm session: neighbouring ruptures could not be told apart.
        busy_until[who] = end + 1
        repaired = np.where(end < sessions, end, -1)
        found.append((who, np.full(len(who), session), repaired, depth))
    return _as_rows(found, depth_at)


def _as_rows(
    found: list[tuple[IntArray, IntArray, IntArray, FloatArray]], depth_at: FloatArray
) -> Ruptures:
    none = np.zeros(0, dtype=np.int64)
    client, start, repaired, depth = (
        np.concatenate([none.astype(np.float64 if at == 3 else np.int64), *(f[at] for f in found)])
        for at in range(4)
    )
    order = np.lexsort((start, client))
    return Ruptures(
        client=client[order].astype(np.int64),
        start=start[order].astype(np.int64),
        repaired=repaired[order].astype(np.int64),
        depth=depth[order],
        depth_at=depth_at,
    )


@dataclass(frozen=True, kw_only=True)
class Gains:
    """Sudden gains, at most one a client.

    Attributes:
        after: position of the first session after the gain, -1 where there is none.
        size: as a share of the outcome's range, 0 where there is none.
        at: shape (n_clients, n_sessions), the gain so far.
    """

    after: IntArray
    size: FloatArray
    at: FloatArray


def draw_gains(*, clients: int, sessions: int, world: World, rng: np.random.Generator) -> Gains:
    """Give a share of the clients one lasting step for the better, between sessions 3 and last."""
    possible = sessions >= 5  # the classic criteria need two values on either side and one more
    has = (rng.random(clients) < world.gain_rate) & possible
    after = np.where(has, rng.integers(3, max(sessions - 1, 4), clients), -1)
    half = world.gain_size / 2
    size = np.where(has, half + rng.exponential(half, clients), 0.0)
    reached = np.arange(sessions) >= np.where(has, after, sessions)[:, None]
    return Gains(after=after, size=size, at=np.where(reached, size[:, None], 0.0))


def draw_last_session(
    *, unrepaired: NDArray[np.bool_], case: IntArray, world: World, rng: np.random.Generator
) -> IntArray:
    """Position of each case's last session, by a hazard that knows the past only.

    The odds of leaving after a session are multiplied while a rupture of any member is open.
    """
    n_sessions = unrepaired.shape[1]
    n_cases = int(case.max()) + 1
    last = np.full(n_cases, n_sessions - 1)
    if n_sessions == 1:
        return last[case]
    hazard = 1 - (1 - world.dropout) ** (1 / (n_sessions - 1))
    odds = hazard / (1 - hazard) if hazard < 1 else np.inf
    still = np.ones(n_cases, dtype=np.bool_)
    for session in range(n_sessions - 1):
        torn = np.zeros(n_cases, dtype=np.bool_)
        np.logical_or.at(torn, case, unrepaired[:, session])
        factor = np.where(torn, world.rupture_dropout, 1.0)
        chance = 1 - 1 / (1 + odds * factor)
        leaves = still & (rng.random(n_cases) < chance)
        last[leaves] = session
        still &= ~leaves
    return last[case]
