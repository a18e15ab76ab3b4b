"""The world a made-up caseload lives in: how often things happen, and how large they are."""

import math
from collections.abc import Callable
from dataclasses import MISSING, dataclass, field, fields
from typing import Any, Literal

from rapport.science.errors import BadInputError
from rapport.science.records.scales import Scale

ALLIANCE = Scale(
    name="wai-sr-client", role="alliance", higher_is_better=True, minimum=12, maximum=60, step=1
)
OUTCOME = Scale(name="phq-9", role="outcome", higher_is_better=False, minimum=0, maximum=27, step=1)

# Shares and probabilities, which must lie between 0 and 1.
_SHARES = (
    "therapist_share", "ceiling", "rupture_rate", "repair_rate", "gain_rate", "dropout",
    "missed", "missing", "in_cases", "therapist_missing",
)  # fmt: skip
_NOT_NEGATIVE = ("between_sd", "within_sd", "sd_spread", "rupture_depth", "gain_size", "noise_sd")


@dataclass(frozen=True, kw_only=True)
class World:
    """Settings of a made-up caseload. Sizes are shares of a scale's range, so any scale will do.

    The defaults give a plausible clinic; they are ours unless a paper is named, and no evidence
    about therapy. ``steady()`` gives the same world with nothing happening in it.

    Attributes:
        alliance, outcome: the scales; both need ``minimum`` and ``maximum``.
        level, between_sd: mean and SD over clients of the usual alliance.
        within_sd: SD of a client's ratings around the usual level (typical client).
        sd_spread: SD of the logarithm of that SD over clients; 0: the same for all.
        autocorrelation: of neighbouring sessions' deviations, -1 to 1.
        noise: shape of the deviations, scaled to the same SD: "normal" or "t4" (heavy tails).
        trend: rise of the alliance per session.
        therapist_share: share of the between variance that belongs to therapists (5 % in
            Baldwin & Imel 2013, Bergin & Garfield's Handbook, 6th ed., chapter 8, for outcome).
        ceiling: share of clients who live at the top of the alliance scale.
        rupture_rate: chance per session, from the fourth on, that a rupture starts.
        rupture_depth: mean depth in the client's own within SDs; depths are 1.5 and more.
        repair_rate: share of ruptures that are repaired, after 1, 2 or 3 sessions.
        start, start_sd: outcome at start as distance from the healthy end.
        improvement, improvement_sd: mean and SD of the improvement over the whole course,
            along the logarithm of the session number.
        noise_sd: SD of the outcome around its course.
        gain_rate: share of clients with one sudden gain (39 %: Tang & DeRubeis 1999, JCCP 67:894).
        gain_size: mean size of it; sizes are half of this and more.
        alliance_effect: points of the outcome scale, for the better, per within SD by which the
            alliance stood above the client's usual level at the session before.
        dropout: share that leaves before the last session, ruptures apart (19.7 %: Swift &
            Greenberg 2012, JCCP 80:547, 669 studies).
        rupture_dropout: factor on the odds of leaving while a rupture is not repaired.
        missed: share of sessions not held. missing: share of forms of a held session not answered.
        therapist_ratings: whether therapists rate the alliance too.
        therapist_bias, therapist_missing: how they differ, as a share of the range, and their share
            of forms not answered.
        members: members of a case. in_cases: share of clients who come as such a case.
        clients_per_therapist: size of a therapist's caseload.
    """

    alliance: Scale = field(default_factory=lambda: ALLIANCE)
    outcome: Scale = field(default_factory=lambda: OUTCOME)
    level: float = 0.72
    between_sd: float = 0.12
    within_sd: float = 0.08
    sd_spread: float = 0.3
    autocorrelation: float = 0.2
    noise: Literal["normal", "t4"] = "normal"
    trend: float = 0.004
    therapist_share: float = 0.05
    ceiling: float = 0.1
    rupture_rate: float = 0.04
    rupture_depth: float = 2.5
    repair_rate: float = 0.7
    start: float = 0.58
    start_sd: float = 0.16
    improvement: float = 0.22
    improvement_sd: float = 0.18
    noise_sd: float = 0.07
    gain_rate: float = 0.39
    gain_size: float = 0.2
    alliance_effect: float = 0.4
    dropout: float = 0.2
    rupture_dropout: float = 3.0
    missed: float = 0.06
    missing: float = 0.08
    therapist_ratings: bool = True
    therapist_bias: float = -0.05
    therapist_missing: float = 0.15
    members: int = 2
    in_cases: float = 0.1
    clients_per_therapist: int = 25

    def __post_init__(self) -> None:
        for name in _SHARES:
            if not 0 <= getattr(self, name) <= 1:
                raise BadInputError(f"{name} = {getattr(self, name)}: give a share from 0 to 1")
        for name in _NOT_NEGATIVE:
            if not getattr(self, name) >= 0:
                raise BadInputError(f"{name} = {getattr(self, name)}: give 0 or more")
        _check_scales(self.alliance, self.outcome)
        _check_rest(self)

    def to_dict(self) -> dict[str, Any]:
        """The settings as plain values, the scales by name."""
        values = {f.name: getattr(self, f.name) for f in fields(self)}
        return values | {"alliance": self.alliance.name, "outcome": self.outcome.name}


def steady(**changes: Any) -> World:
    """A world in which nothing happens: no rupture, gain, drop-out, trend or missing form.

    >>> steady(missing=0.3).missing
    0.3
    """
    calm = {
        "trend": 0.0, "sd_spread": 0.0, "autocorrelation": 0.0, "ceiling": 0.0,
        "rupture_rate": 0.0, "gain_rate": 0.0, "dropout": 0.0, "missed": 0.0, "missing": 0.0,
        "therapist_missing": 0.0, "in_cases": 0.0, "alliance_effect": 0.0,
    }  # fmt: skip
    return World(**(calm | changes))


def world_from_text(text: str, *, calm: bool = False) -> World:
    """A world from settings as a command line has them; ``calm`` starts from the steady one.

    >>> world_from_text("rupture_rate=0.1, noise=t4").noise
    't4'

    Raises:
        BadInputError: an unknown setting, or a value that isn't one of its kind.
    """
    changes = dict(_setting(part) for part in text.split(",") if part.strip())
    return steady(**changes) if calm else World(**changes)


def _setting(part: str) -> tuple[str, Any]:
    name, _, value = (word.strip() for word in part.partition("="))
    kinds = {f.name: type(f.default) for f in fields(World) if f.default is not MISSING}
    if name not in kinds:
        raise BadInputError(f"{name}: no such setting; use {', '.join(kinds)}")
    try:
        return name, _PARSERS[kinds[name]](value)
    except (ValueError, KeyError):
        wanted = {bool: "true or false", int: "a whole number"}.get(kinds[name], "a number")
        raise BadInputError(f"{name}={value}: write {wanted}") from None


_PARSERS: dict[type, Callable[[str], Any]] = {
    bool: {"true": True, "false": False}.__getitem__,
    int: int,
    float: float,
    str: str,
}


def _check_scales(alliance: Scale, outcome: Scale) -> None:
    for scale in (alliance, outcome):
        if scale.minimum is None or scale.maximum is None:
            raise BadInputError(f"scale {scale.name}: its range is needed; give both ends")
    if alliance.name == outcome.name:
        raise BadInputError(f"scale {alliance.name} can't be alliance and outcome; name two")


def _check_rest(world: World) -> None:
    for f in fields(world):
        value = getattr(world, f.name)
        if isinstance(value, float) and not math.isfinite(value):
            raise BadInputError(f"{f.name} = {value}: give a finite number")
    if not -1 < world.autocorrelation < 1:
        raise BadInputError(f"autocorrelation = {world.autocorrelation}: it lies between -1 and 1")
    if world.noise not in ("normal", "t4"):
        raise BadInputError(f"noise = {world.noise!r}: use 'normal' or 't4'")
    if world.members < 2 or world.clients_per_therapist < 1:
        raise BadInputError("members: at least 2; clients_per_therapist: at least 1")
    if world.rupture_dropout <= 0:
        raise BadInputError(f"rupture_dropout = {world.rupture_dropout}: a factor above 0")
