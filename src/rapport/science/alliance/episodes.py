"""Rupture-repair episodes in session ratings: a descriptive count by one pinned rule."""

from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from rapport.science.alliance.spread import client_sds, pooled_within_sd
from rapport.science.alliance.walk import steps
from rapport.science.errors import BadInputError
from rapport.science.records.courses import Courses, FloatArray, IntArray
from rapport.science.records.result import Result
from rapport.science.records.scales import Scale

STATUSES: tuple[Literal["open", "repaired", "unrepaired"], ...] = ("open", "repaired", "unrepaired")
OPEN, REPAIRED, UNREPAIRED = range(3)

# A drop of exactly the criterion counts, whatever binary fractions make of it; ours.
_TIE = 1e-12

_PAPERS = (
    "Stiles et al. (2004), J Consult Clin Psychol 72:81: V-shaped drop of 2 SD, then return",
    "Strauss et al. (2006), J Consult Clin Psychol 74:337: 1 SD",
    "Gumz et al. (2012), BMC Med Res Methodol 12:10: show 1 and 2 SD, take the stricter SD",
)


@dataclass(frozen=True, kw_only=True)
class Episodes(Result):
    """Rupture-repair episodes, one entry each, by client and then by start.

    Attributes:
        client_index: position of the client in the courses, shape (n_episodes,).
        start: session of the rating that dropped.
        reference: the rating it dropped from.
        drop: points lost at the start, above zero whatever the scale's direction.
        nadir: session of the worst rating of the episode.
        nadir_score: that rating.
        status: position in ``STATUSES``: open, repaired, unrepaired.
        repair: session of the repair; NaN where there is none.
        full: whether the repair reached the reference again.
        reference_at_maximum: whether the reference was the best score the scale allows.
        pooled_sd: within-client SD over all clients, in points; NaN if nobody has two ratings.
        sd_used: per client the larger of pooled and own SD, shape (n_clients,).
    """

    client_index: IntArray
    start: FloatArray
    reference: FloatArray
    drop: FloatArray
    nadir: FloatArray
    nadir_score: FloatArray
    status: NDArray[np.int8]
    repair: FloatArray
    full: NDArray[np.bool_]
    reference_at_maximum: NDArray[np.bool_]
    pooled_sd: float
    sd_used: FloatArray

    def __len__(self) -> int:
        return len(self.start)

    @property
    def status_words(self) -> list[Literal["open", "repaired", "unrepaired"]]:
        """How each episode ended, in a word."""
        return [STATUSES[code] for code in self.status.tolist()]

    def to_text(self) -> str:
        """How many episodes, in how many courses, and how they ended."""
        counts = ", ".join(
            f"{int((self.status == code).sum())} {name}" for code, name in enumerate(STATUSES)
        )
        within = len(np.unique(self.client_index))
        lines = [
            self.method,
            f"  {len(self)} episodes in {within} of {len(self.sd_used)} courses: {counts}",
            f"  SD within clients {self.pooled_sd:.3g} points",
        ]
        return "\n".join([*lines, *(f"  note: {note}" for note in self.notes)])


def find_episodes(
    *,
    courses: Courses,
    pooled_sd: float | None = None,
    criterion: float = 1.0,
    window: int = 1,
    horizon: int = 3,
    repair_share: float = 0.5,
    scale: Scale | None = None,
) -> Episodes:
    """Find drops in the ratings and whether the relationship came back, by the pinned rule.

    Observed ratings only, in order. The reference is the best of the last ``window`` ratings. A
    rupture starts at a rating at least ``criterion`` SD worse, where SD is the larger of the
    pooled within-client SD and the client's own. Of up to ``horizon`` further ratings the first
    that has come ``repair_share`` of the way from the worst rating so far back to the reference
    is the repair; ``unrepaired`` if there was none among so many, ``open`` if fewer exist yet.
    Episodes never overlap.

    This describes; it is no alarm. With no rupture at all, 1 SD is met in nearly every course of
    twelve sessions: for alarms use the drop alarm, which has a budget for false ones.

    Args:
        courses: one scale by one kind of respondent.
        pooled_sd: pooled within-client SD in points, from elsewhere; None: of these courses.
        criterion: in SD; 1 (Strauss 2006) or 2 (Stiles 2004) are usual.
        window: ratings looked back for the reference, 1 or 3 are usual (ours).
        horizon: ratings allowed for the repair (ours).
        repair_share: 0.5 half-way back, 1 all the way (ours).
        scale: direction and best possible score; None: higher is better, no ceiling verdict.

    Raises:
        BadInputError: a setting out of its range.

    >>> from rapport.science.records.courses import courses_from_rows
    >>> ratings = [8, 8, 4, 8, 8, 7]
    >>> c = courses_from_rows(client=["Ann"] * 6, session=range(1, 7), score=ratings)
    >>> print(find_episodes(courses=c))
    Rupture-repair episodes: drop of 1 SD, half-way back within 3 ratings
      1 episodes in 1 of 1 courses: 0 open, 1 repaired, 0 unrepaired
      SD within clients 1.6 points
    """
    _check(criterion=criterion, window=window, horizon=horizon, repair_share=repair_share)
    seen = courses.observed()
    pooled = pooled_within_sd(seen) if pooled_sd is None else float(pooled_sd)
    sd = np.fmax(pooled, client_sds(seen))
    direction = -1.0 if scale is not None and scale.higher_is_better is False else 1.0
    walk = _Walk(
        courses=seen,
        up=direction * seen.score,
        needed=criterion * sd,
        window=window,
        horizon=horizon,
        repair_share=repair_share,
    )
    found = walk.run()
    return Episodes(
        method=_title(criterion, horizon, repair_share),
        settings={
            "criterion": criterion,
            "window": window,
            "horizon": horizon,
            "repair_share": repair_share,
            "pooled_sd": pooled,
        },
        papers=_PAPERS,
        notes=_notes(sd),
        pooled_sd=pooled,
        sd_used=sd,
        **_in_points(found, seen, direction, scale),
    )


def _check(*, criterion: float, window: int, horizon: int, repair_share: float) -> None:
    if not criterion > 0:
        raise BadInputError(f"criterion is {criterion:g}; give a number of SD above 0")
    if window < 1 or horizon < 1:
        raise BadInputError(f"window is {window}, horizon {horizon}; give at least 1 of each")
    if not 0 < repair_share <= 1:
        raise BadInputError(f"repair_share is {repair_share:g}; give a share above 0, up to 1")


def _title(criterion: float, horizon: int, repair_share: float) -> str:
    back = {0.5: "half-way back", 1.0: "all the way back"}.get(
        repair_share, f"{repair_share:.0%} of the way back"
    )
    return f"Rupture-repair episodes: drop of {criterion:g} SD, {back} within {horizon} ratings"


def _notes(sd: FloatArray) -> tuple[str, ...]:
    unknown = int(np.isnan(sd).sum())
    return (f"{unknown} courses without a known SD were not looked at",) if unknown else ()


@dataclass(kw_only=True)
class _Walk:
    """All clients abreast, each either watching for a drop or inside an episode."""

    courses: Courses
    up: FloatArray  # ratings turned so that higher is better
    needed: FloatArray  # points that make a rupture, per client
    window: int
    horizon: int
    repair_share: float
    closed: list[tuple[Any, ...]] = field(default_factory=list)

    def run(self) -> dict[str, Any]:
        n = self.courses.n_clients
        self.looked = np.full(n, -1)  # ratings looked at since the drop; -1: watching
        self.reference, self.lowest = np.zeros(n), np.zeros(n)
        self.first_row, self.lowest_row = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64)
        for position, clients, rows in steps(self.courses):
            inside = self.looked[clients] >= 0
            if inside.any():
                self._follow(clients[inside], rows[inside])
            if position and not inside.all():
                self._watch(clients[~inside], rows[~inside], position)
        still = np.flatnonzero(self.looked >= 0)
        self._close(still, OPEN, np.full(len(still), -1), np.zeros(len(still), dtype=bool))
        return self._sorted()

    def _watch(self, clients: IntArray, rows: IntArray, position: int) -> None:
        best = self.up[rows - 1]
        for back in range(2, min(self.window, position) + 1):
            best = np.maximum(best, self.up[rows - back])
        drop = best - self.up[rows]
        ruptured = (drop >= self.needed[clients] - _TIE) & (drop > _TIE)
        who, where = clients[ruptured], rows[ruptured]
        self.looked[who] = 0
        self.reference[who], self.lowest[who] = best[ruptured], self.up[where]
        self.first_row[who] = self.lowest_row[who] = where

    def _follow(self, clients: IntArray, rows: IntArray) -> None:
        now, low, reference = self.up[rows], self.lowest[clients], self.reference[clients]
        back = now >= low + self.repair_share * (reference - low) - _TIE
        self._close(clients[back], REPAIRED, rows[back], (now >= reference - _TIE)[back])
        self._go_on(clients[~back], rows[~back])

    def _go_on(self, clients: IntArray, rows: IntArray) -> None:
        lower = self.up[rows] < self.lowest[clients]
        self.lowest[clients[lower]] = self.up[rows[lower]]
        self.lowest_row[clients[lower]] = rows[lower]
        self.looked[clients] += 1
        over = clients[self.looked[clients] >= self.horizon]
        self._close(over, UNREPAIRED, np.full(len(over), -1), np.zeros(len(over), dtype=bool))

    def _close(
        self, clients: IntArray, status: int, repair_row: IntArray, full: NDArray[np.bool_]
    ) -> None:
        codes = np.full(len(clients), status, dtype=np.int8)
        first, lowest = self.first_row[clients], self.lowest_row[clients]
        reference = self.reference[clients]
        self.closed.append((clients, first, lowest, reference, codes, repair_row, full))
        self.looked[clients] = -1

    def _sorted(self) -> dict[str, Any]:
        names = ("client", "first", "lowest", "reference", "status", "repair", "full")
        columns = [np.concatenate(parts) for parts in zip(*self.closed, strict=True)]
        order = np.lexsort((columns[1], columns[0]))
        return {name: column[order] for name, column in zip(names, columns, strict=True)}


def _in_points(
    found: dict[str, Any], seen: Courses, direction: float, scale: Scale | None
) -> dict[str, Any]:
    repair = np.full(len(found["repair"]), np.nan)
    repaired = found["repair"] >= 0
    repair[repaired] = seen.session[found["repair"][repaired]]
    best = None if scale is None else (scale.maximum if direction > 0 else scale.minimum)
    reference = direction * found["reference"]
    return {
        "client_index": found["client"],
        "start": seen.session[found["first"]],
        "reference": reference,
        "drop": direction * (reference - seen.score[found["first"]]),
        "nadir": seen.session[found["lowest"]],
        "nadir_score": seen.score[found["lowest"]],
        "status": found["status"],
        "repair": repair,
        "full": found["full"],
        "reference_at_maximum": np.zeros(len(reference), dtype=bool)
        if best is None
        else np.isclose(reference, best),
    }
