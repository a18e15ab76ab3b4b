"""A made-up caseload whose truth is known: for tests, the demo, benchmarks and teaching."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rapport.science.errors import BadInputError
from rapport.science.records.courses import FloatArray, IntArray
from rapport.science.records.scales import Scale
from rapport.science.records.session_table import Labels, SessionTable
from rapport.science.simulate.happenings import (
    Gains,
    Ruptures,
    draw_gains,
    draw_last_session,
    draw_ruptures,
)
from rapport.science.simulate.world import World

FIRST_DAY = np.datetime64("2025-01-06")  # a Monday (ours); clients start within half a year of it
_MOST_CELLS = 200_000_000  # clients x sessions (ours): beyond it memory runs out before patience


@dataclass(frozen=True, kw_only=True)
class CaseloadTruth:
    """What really happened. Sessions are numbered from 1; arrays run over clients or ruptures.

    Attributes:
        rupture_client, rupture_start: position of the client, first session of the rupture.
        rupture_repaired: first session at the usual level again, NaN: never within the course.
        rupture_depth: depth in the client's own within SDs.
        gain_after: first session after the sudden gain, NaN: none. gain_size: points.
        last_session: last session of the course. dropped_out: whether it ended early.
        at_ceiling: whether the client lives at the top of the alliance scale.
        level, within_sd: usual alliance and SD around it in points, before the scale's ends.
        alliance, outcome: latent values in points, shape (n_clients, n_sessions), before the
            scale's ends, rounding, missing forms and drop-out.
        deviation: alliance minus usual level in own SDs, same shape: what the outcome follows.
    """

    rupture_client: IntArray
    rupture_start: IntArray
    rupture_repaired: FloatArray
    rupture_depth: FloatArray
    gain_after: FloatArray
    gain_size: FloatArray
    last_session: IntArray
    dropped_out: NDArray[np.bool_]
    at_ceiling: NDArray[np.bool_]
    level: FloatArray
    within_sd: FloatArray
    alliance: FloatArray
    outcome: FloatArray
    deviation: FloatArray


@dataclass(frozen=True, kw_only=True)
class SimulatedCaseload:
    """A session table and what is true of it."""

    table: SessionTable
    truth: CaseloadTruth
    world: World


def simulate_caseload(
    *, clients: int, sessions: int, rng: np.random.Generator, world: World | None = None
) -> SimulatedCaseload:
    """Make up a caseload with ruptures, repairs, gains, drop-out, ceiling and missing forms.

    Each client has a usual level of alliance, with therapist and case in it, and deviates from it
    from session to session; a rupture lowers it, a repair restores it. The outcome improves along
    the logarithm of the session number, with a sudden gain in some, and follows the alliance of
    the session before. Then forms are rounded, cut at the scale's ends, and some stay empty.

    Not evidence about therapy: the world's settings are assumptions, and every number it yields
    follows from them.

    Args:
        clients: number of clients, 1 or more.
        sessions: planned sessions of each, 1 or more.
        rng: chance; the same generator state gives the same caseload.
        world: how often things happen and how large they are.

    Returns:
        The session table, one row per form, and the truth.

    Raises:
        BadInputError: no clients, no sessions, or more of both than memory holds.

    >>> made = simulate_caseload(clients=40, sessions=12, rng=np.random.default_rng(1))
    >>> made.table.n_clients, made.table.scale_names
    (40, ('wai-sr-client', 'phq-9'))
    >>> bool(made.truth.dropped_out.any())
    True
    """
    if clients < 1 or sessions < 1 or clients * sessions > _MOST_CELLS:
        raise BadInputError(
            f"{clients} clients with {sessions} sessions: give at least 1 of each and at most "
            f"{_MOST_CELLS:,} sessions altogether"
        )
    world = world or World()
    people = _draw_people(clients, world, rng)
    ruptures = draw_ruptures(clients=clients, sessions=sessions, world=world, rng=rng)
    gains = draw_gains(clients=clients, sessions=sessions, world=world, rng=rng)
    last = draw_last_session(
        unrepaired=ruptures.depth_at > 0, case=people.case, world=world, rng=rng
    )
    deviation = _noise((clients, sessions), world, rng) - ruptures.depth_at
    truth = _truth(people, ruptures, gains, last, deviation, world, rng)
    return SimulatedCaseload(table=_forms(people, truth, world, rng), truth=truth, world=world)


@dataclass(frozen=True, kw_only=True)
class _People:
    """Who they are: positions of case and therapist, usual level and SD as shares of the range."""

    case: IntArray
    case_size: IntArray
    therapist: IntArray
    level: FloatArray
    within_sd: FloatArray
    at_ceiling: NDArray[np.bool_]


def _draw_people(clients: int, world: World, rng: np.random.Generator) -> _People:
    in_cases = int(world.in_cases * clients) // world.members * world.members
    together = np.repeat(np.arange(in_cases // world.members), world.members)
    alone = in_cases // world.members + np.arange(clients - in_cases)
    case = np.concatenate([together, alone]).astype(np.int64)
    n_cases = int(case[-1]) + 1
    n_therapists = max(1, round(clients / world.clients_per_therapist))
    therapist = rng.integers(0, n_therapists, n_cases)[case]
    # Members of one case share half of what is not the therapist's (ours).
    shares = world.therapist_share, (1 - world.therapist_share) / 2
    z = (
        np.sqrt(shares[0]) * rng.standard_normal(n_therapists)[therapist]
        + np.sqrt(shares[1]) * rng.standard_normal(n_cases)[case]
        + np.sqrt(shares[1]) * rng.standard_normal(clients)
    )
    within_sd = world.within_sd * np.exp(world.sd_spread * rng.standard_normal(clients))
    at_ceiling = rng.random(clients) < world.ceiling
    # Two own SDs above the top (ours): almost every everyday rating is a perfect one.
    level = np.where(at_ceiling, 1 + 2 * within_sd, world.level + world.between_sd * z)
    return _People(
        case=case,
        case_size=np.bincount(case)[case],
        therapist=therapist,
        level=level,
        within_sd=within_sd,
        at_ceiling=at_ceiling,
    )


def _noise(shape: tuple[int, int], world: World, rng: np.random.Generator) -> FloatArray:
    """Stationary AR(1) deviations with SD 1."""
    noise: FloatArray
    if world.noise == "t4":
        noise = rng.standard_t(4, shape) / np.sqrt(2)  # variance of t4 is 4 / (4 - 2)
    else:
        noise = rng.standard_normal(shape)
    rho = world.autocorrelation
    if rho:
        noise[:, 1:] *= np.sqrt(1 - rho**2)
        for session in range(1, shape[1]):
            noise[:, session] += rho * noise[:, session - 1]
    return noise


def _truth(
    people: _People,
    ruptures: Ruptures,
    gains: Gains,
    last: IntArray,
    deviation: FloatArray,
    world: World,
    rng: np.random.Generator,
) -> CaseloadTruth:
    n_sessions = deviation.shape[1]
    rise = world.trend * np.arange(n_sessions)
    alliance = people.level[:, None] + rise + people.within_sd[:, None] * deviation
    illness = _illness(gains, deviation, world, rng)
    return CaseloadTruth(
        rupture_client=ruptures.client,
        rupture_start=ruptures.start + 1,
        rupture_repaired=_numbered(ruptures.repaired),
        rupture_depth=ruptures.depth,
        gain_after=_numbered(gains.after),
        gain_size=gains.size * _range(world.outcome),
        last_session=last + 1,
        dropped_out=last < n_sessions - 1,
        at_ceiling=people.at_ceiling,
        level=_points(people.level, world.alliance, good=True),
        within_sd=people.within_sd * _range(world.alliance),
        alliance=_points(alliance, world.alliance, good=True),
        outcome=_points(illness, world.outcome, good=False),
        deviation=deviation,
    )


def _illness(
    gains: Gains, deviation: FloatArray, world: World, rng: np.random.Generator
) -> FloatArray:
    """Latent outcome as distance from the healthy end, in shares of the range."""
    n_clients, n_sessions = deviation.shape
    start = world.start + world.start_sd * rng.standard_normal((n_clients, 1))
    total = world.improvement + world.improvement_sd * rng.standard_normal((n_clients, 1))
    time = np.log1p(np.arange(n_sessions)) / np.log1p(max(n_sessions - 1, 1))
    before: FloatArray = np.pad(deviation[:, :-1], ((0, 0), (1, 0)))
    effect = world.alliance_effect / _range(world.outcome)
    course = start - total * time - gains.at - effect * before
    return np.asarray(course + world.noise_sd * rng.standard_normal(deviation.shape))


def _forms(
    people: _People, truth: CaseloadTruth, world: World, rng: np.random.Generator
) -> SessionTable:
    """The forms that were handed in: rounded, cut at the ends, some empty; one row each."""
    shape = truth.alliance.shape
    attended = rng.random(shape) >= world.missed
    attended[:, 0] = True  # who never came is no client
    views = [(truth.alliance, world.alliance, 0, world.missing)]
    if world.therapist_ratings:
        views.append((_therapist_view(people, truth, world, rng), world.alliance, 1,
                      world.therapist_missing))  # fmt: skip
    views.append((truth.outcome, world.outcome, 0, world.missing))
    columns = [_handed_in(latent, scale, attended, missing, rng)
               for latent, scale, _, missing in views]  # fmt: skip
    names = (world.alliance.name, world.outcome.name)
    happened = np.arange(shape[1]) < truth.last_session[:, None]
    held = np.repeat(happened[:, :, None], len(views), axis=2)
    return _table(
        people,
        held=held,
        score=np.stack(columns, axis=2)[held],
        scale=np.array([names.index(scale.name) for _, scale, _, _ in views]),
        respondent=np.array([who for _, _, who, _ in views], dtype=np.int8),
        scale_names=names,
        attended=attended,
        first_week=rng.integers(0, 26, int(people.case[-1]) + 1)[people.case],
    )


def _therapist_view(
    people: _People, truth: CaseloadTruth, world: World, rng: np.random.Generator
) -> FloatArray:
    """The therapist sees half of each deviation and the rest through a lens of their own (ours)."""
    level = truth.level + world.therapist_bias * _range(world.alliance)
    own = 0.5 * truth.deviation + np.sqrt(0.75) * rng.standard_normal(truth.deviation.shape)
    scale = (people.within_sd * _range(world.alliance))[:, None]
    return np.asarray(level[:, None] + scale * own)


def _handed_in(
    latent: FloatArray,
    scale: Scale,
    attended: NDArray[np.bool_],
    missing: float,
    rng: np.random.Generator,
) -> FloatArray:
    step = scale.step or 0.0
    lowest = float(scale.minimum or 0.0)
    score = lowest + np.round((latent - lowest) / step) * step if step else latent.copy()
    score = np.clip(score, scale.minimum, scale.maximum)
    score[~attended | (rng.random(latent.shape) < missing)] = np.nan
    return np.asarray(score)


def _table(
    people: _People,
    *,
    held: NDArray[np.bool_],
    score: FloatArray,
    scale: IntArray,
    respondent: NDArray[np.int8],
    scale_names: tuple[str, ...],
    attended: NDArray[np.bool_],
    first_week: IntArray,
) -> SessionTable:
    client, session, form = np.nonzero(held)
    in_case = people.case_size > 1
    weeks = (first_week[client] + session) * np.timedelta64(7, "D")
    n_therapists = int(people.therapist.max()) + 1
    n_cases = int(people.case[in_case].max(initial=-1)) + 1
    return SessionTable(
        client=client,
        client_ids=_names("client", len(people.case)),
        session=(session + 1).astype(np.float64),
        scale=scale[form],
        scale_names=scale_names,
        score=score,
        respondent=respondent[form],
        date=(FIRST_DAY + weeks).astype("datetime64[D]"),
        therapist=Labels(codes=people.therapist[client], names=_names("therapist", n_therapists)),
        case=Labels(
            codes=np.where(in_case, people.case, -1)[client], names=_names("case", n_cases)
        ),
        attended=attended[client, session].astype(np.int8),
    )


def _names(word: str, number: int) -> NDArray[Any]:
    width = len(str(number))
    return np.array([f"{word}-{i:0{width}d}" for i in range(1, number + 1)], dtype=object)


def _points(share: FloatArray, scale: Scale, *, good: bool) -> FloatArray:
    """From a share of the range, counted from the bad (good) end, to points of the scale."""
    low, width = float(scale.minimum or 0.0), _range(scale)
    upward = scale.direction > 0 if good else scale.direction < 0
    return low + width * share if upward else low + width - width * share


def _range(scale: Scale) -> float:
    return float(scale.maximum or 0.0) - float(scale.minimum or 0.0)


def _numbered(position: IntArray) -> FloatArray:
    return np.where(position < 0, np.nan, position + 1.0)
