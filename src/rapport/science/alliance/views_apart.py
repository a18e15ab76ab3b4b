"""Two views apart: has the gap between therapist's and client's rating moved, or stayed wide?"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rapport.science.alliance.pairs import paired
from rapport.science.alliance.spread import Spread, spread_of
from rapport.science.alliance.walk import lasting
from rapport.science.errors import BadInputError
from rapport.science.records.courses import Courses, FloatArray, IntArray
from rapport.science.records.result import Result

BUDGET = 0.05  # share of steady courses of twelve pairs with a false "moved"; ours
WIDE = 1.5  # SD between clients that make a wide gap; ours
LONGEST_WINDOW = 3
# A window of two, of which there are many overlapping ones, is asked a little more; ours.
OFFSETS = (0.0, 0.3, 0.0)
# What the practice's spread weighs against a pair's own, in ratings; ours.
_SPREAD_RATINGS = 4
_STEADY_PAIRS = 12
_SIMULATED = 20_000
# Where one practice can't tell how pairs differ: within SD 1, between SD 1.5; ours.
_BETWEEN_PER_WITHIN = 1.5**2

_ZILCHA = "Zilcha-Mano et al. (2016), J Consult Clin Psychol 84:484-496: agreement is no predictor"


@dataclass(frozen=True, kw_only=True)
class ViewsRule:
    """What a practice's pairs taught: how their differences vary, and how far is too far.

    Attributes:
        spread: of the differences, therapist minus client.
        threshold: distance beyond which a pair has moved.
        wide_from: points that make a wide gap; NaN if not known.
        budget, wide: as they were chosen.
        notes: limits of what was learnt.
    """

    spread: Spread
    threshold: float
    wide_from: float
    budget: float
    wide: float
    notes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ViewsApart(Result):
    """Sessions both rated, with what stands out; rows by client, then session.

    Attributes:
        client_index: position of the client in the client's courses, shape (n_pairs,).
        session: the session both rated.
        difference: therapist minus client, in points.
        expected: the difference this pair's own earlier ones led to expect; NaN for the first two.
        distance: largest standardised distance from that over windows of one to three sessions.
        window: how many sessions that window has; 0 where nothing can be said yet.
        moved: whether ``distance`` lies beyond ``threshold``, in either direction.
        closer: whether it moved towards agreement: good news.
        wide: whether the gap is beyond ``wide_from`` twice running, on the same side.
        apart: moved further apart, or wide: what is worth a talk.
        threshold: found by simulating steady pairs (white noise), for the budget in the settings.
        wide_from: points that make a wide gap; NaN if not known.
        within_sd, between_sd: of the differences, in points: of one pair, and between pairs.
    """

    client_index: IntArray
    session: FloatArray
    difference: FloatArray
    expected: FloatArray
    distance: FloatArray
    window: IntArray
    moved: NDArray[np.bool_]
    closer: NDArray[np.bool_]
    wide: NDArray[np.bool_]
    apart: NDArray[np.bool_]
    threshold: float
    wide_from: float
    within_sd: float
    between_sd: float


def views_apart(
    *,
    client: Courses,
    therapist: Courses,
    rng: np.random.Generator | None = None,
    budget: float = BUDGET,
    wide: float = WIDE,
    rule: ViewsRule | None = None,
) -> ViewsApart:
    """Find sessions where client and therapist see it further apart than they usually do.

    ``moved``: the mean difference of the last one to three sessions against the pair's own
    earlier differences (two at least), shrunken to the practice; both directions. ``wide``: the
    raw difference beyond ``wide`` SD between the clients' levels on this form, twice running.

    A talking point, never a predictor. When not to use it: on two different forms; to make marks
    alike. The threshold knows white noise only. Measured at .05 over 20,000 steady pairs of twelve
    sessions: 4.9 % flagged in white noise, 6.4 % where SDs vary between pairs (log-normal .5),
    10 % with autocorrelation .3, 13 % with t4 noise. Found where 5 % of pairs change: 13 % of gaps
    of 2 SD in one session, 36 % of 3 SD, 23 % of lasting 1.5 SD and 43 % of 2 SD within three.

    Args:
        client: clients' ratings.
        therapist: therapists' ratings of the same form, under the client's id.
        rng: for the simulated threshold; needed where no rule is given.
        budget: share of steady pairs with a false ``moved`` in twelve sessions.
        wide: in SD between clients.
        rule: learnt before by ``views_rule``; None: it is learnt from these very pairs.

    Raises:
        BadInputError: a budget that is no share, ``wide`` not above zero, neither rule nor rng.

    >>> from rapport.science.records.courses import courses_from_rows
    >>> who, when = np.repeat(["Oskar", "Ann", "Bo"], 7), np.tile(np.arange(1, 8), 3)
    >>> own = courses_from_rows(
    ...     client=who, session=when, score=[8, 7, 8, 8, 7, 3, 3, *[8, 7, 8, 8, 7, 8, 7] * 2])
    >>> theirs = courses_from_rows(
    ...     client=who, session=when, score=[8, 8, 7, 8, 8, 9, 9, *[7, 7, 7, 8, 7, 7, 7] * 2])
    >>> found = views_apart(client=own, therapist=theirs, rng=np.random.default_rng(1))
    >>> found.client_index[found.moved].tolist(), found.session[found.moved].tolist()
    ([0, 0], [6.0, 7.0])
    """
    if rule is None:
        rule = views_rule(client=client, therapist=therapist, rng=rng, budget=budget, wide=wide)
    pairs = paired(client=client, therapist=therapist)
    gaps = pairs.differences(client)
    scan = _scan(gaps, rule.spread)
    moved, wide_gap = scan.distance > rule.threshold, _twice_running(gaps, rule.wide_from)
    closer = moved & (np.abs(scan.recent) < np.abs(scan.expected))
    return ViewsApart(
        method="Two views apart: therapist minus client against the pair's own earlier differences",
        settings={"budget": rule.budget, "wide": rule.wide, "offsets": OFFSETS},
        papers=(_ZILCHA,),
        notes=rule.notes,
        client_index=pairs.client_index,
        session=pairs.session,
        difference=gaps.score,
        expected=scan.expected,
        distance=scan.distance,
        window=scan.window,
        moved=moved,
        closer=closer,
        wide=wide_gap,
        apart=(moved & ~closer) | wide_gap,
        threshold=rule.threshold,
        wide_from=rule.wide_from,
        within_sd=float(np.sqrt(rule.spread.within)),
        between_sd=float(np.sqrt(rule.spread.between)),
    )


def views_rule(
    *,
    client: Courses,
    therapist: Courses,
    rng: np.random.Generator | None,
    budget: float = BUDGET,
    wide: float = WIDE,
) -> ViewsRule:
    """Learn from many pairs what ``views_apart`` needs to read one.

    Args:
        client, therapist, budget, wide: as in ``views_apart``.
        rng: source of chance for the simulated threshold.

    Raises:
        BadInputError: a budget that is no share, ``wide`` not above zero, no source of chance.
    """
    if not 0 < budget < 1 or not wide > 0:
        raise BadInputError(f"budget {budget:g}, wide {wide:g}: give a share, and a number above 0")
    if rng is None:
        raise BadInputError("views_apart: give a rule learnt before, or a source of chance")
    gaps = paired(client=client, therapist=therapist).differences(client)
    spread, notes = _known_spread(spread_of(gaps))
    wide_from = wide * float(np.sqrt(spread_of(client).between))
    return ViewsRule(
        spread=spread,
        threshold=_threshold(spread, budget, rng),
        wide_from=wide_from,
        budget=budget,
        wide=wide,
        notes=(*notes, *_notes(wide_from)),
    )


def _twice_running(gaps: Courses, wide_from: float) -> NDArray[np.bool_]:
    above = lasting(gaps.score > wide_from, gaps.starts)
    below = lasting(gaps.score < -wide_from, gaps.starts)
    return np.asarray(np.maximum(above, below) >= 2)


def _known_spread(spread: Spread) -> tuple[Spread, list[str]]:
    if not spread.within > 0:
        unknown = Spread(mean=spread.mean, within=float("nan"), between=float("nan"))
        return unknown, ["no pair's differences vary: nothing can be said about change"]
    if np.isnan(spread.between):
        between = _BETWEEN_PER_WITHIN * spread.within
        lent = Spread(mean=spread.mean, within=spread.within, between=between)
        return lent, ["one pair only: how pairs differ is assumed (between SD 1.5 x within SD)"]
    return spread, []


def _notes(wide_from: float) -> list[str]:
    unknown = not wide_from > 0
    return ["how clients differ is not known: no wide gap can be named"] if unknown else []


@dataclass(kw_only=True)
class _Scan:
    """The most distant window so far of each row."""

    distance: FloatArray
    expected: FloatArray
    recent: FloatArray  # mean difference of that window
    window: IntArray


def _scan(gaps: Courses, spread: Spread) -> _Scan:
    """Standardised distance of the last 1, 2, 3 from the shrunken mean of the ones before."""
    n = gaps.n_rows
    distance, expected_all, recent_all = np.full((3, n), np.nan)
    found = _Scan(
        distance=distance,
        expected=expected_all,
        recent=recent_all,
        window=np.zeros(n, dtype=np.int64),
    )
    away = gaps.score - spread.mean
    count = np.arange(n) - gaps.starts[gaps.client_index] + 1
    sums, squares = _running(away, gaps.starts), _running(away**2, gaps.starts)
    for window in range(1, LONGEST_WINDOW + 1):
        rows = np.flatnonzero(count >= window + 2)
        earlier = rows - window
        expected, error = _forecast(sums[earlier], squares[earlier], count[earlier], spread, window)
        recent = (sums[rows] - sums[earlier]) / window
        distance = np.abs(recent - expected) / error - OFFSETS[window - 1]
        better = ~(distance <= found.distance[rows])
        at = rows[better]
        found.distance[at], found.window[at] = distance[better], window
        found.expected[at] = expected[better] + spread.mean
        found.recent[at] = recent[better] + spread.mean
    return found


def _forecast(
    sums: FloatArray, squares: FloatArray, count: IntArray, spread: Spread, window: int
) -> tuple[FloatArray, FloatArray]:
    """Mean and standard error of the next ``window`` differences given the earlier ones."""
    worth = count + spread.within / spread.between
    freedom = _SPREAD_RATINGS + count - 1
    around = np.maximum(squares - sums**2 / count, 0.0)
    variance = (_SPREAD_RATINGS * spread.within + around) / freedom
    return sums / worth, np.sqrt(variance * (1 / window + 1 / worth))


def _running(values: FloatArray, starts: IntArray) -> FloatArray:
    """Running sum within each course."""
    total = np.concatenate([[0.0], np.cumsum(values)])
    return np.asarray(total[1:] - np.repeat(total[starts[:-1]], np.diff(starts)))


def _threshold(spread: Spread, budget: float, rng: np.random.Generator) -> float:
    """The distance that this share of steady pairs exceeds at least once in twelve sessions."""
    if not spread.within > 0:
        return float("inf")
    shape = (_SIMULATED, _STEADY_PAIRS)
    levels = rng.normal(0, np.sqrt(spread.between), (_SIMULATED, 1))
    steady = levels + rng.normal(0, np.sqrt(spread.within), shape)
    made_up = Courses(
        clients=np.arange(_SIMULATED),
        starts=np.arange(_SIMULATED + 1) * _STEADY_PAIRS,
        session=np.tile(np.arange(_STEADY_PAIRS, dtype=np.float64), _SIMULATED),
        score=steady.ravel(),
    )
    centred = Spread(mean=0.0, within=spread.within, between=spread.between)
    largest = np.nanmax(_scan(made_up, centred).distance.reshape(shape), axis=1)
    return float(np.quantile(largest, 1 - budget))
