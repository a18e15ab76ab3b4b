"""What a reading holds. Everything a terminal, a JSON file or a page shows is in here.

The names are those of the stable JSON interface (docs/reference/json.md): keys may be added,
never renamed. Session numbers are floats because a table may count weeks or months; None is
"not known" or "not answered", never zero. Records are meant to be read, not changed; ``frozen``
is left off because making a frozen one takes four times as long, and a large table has millions.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from rapport.science.records.scales import Scale

Verdict = Literal["reliably improved", "reliably deteriorated", "no reliable change", "no verdict"]
EpisodeStatus = Literal["repaired", "unrepaired", "open"]


@dataclass(kw_only=True, slots=True)
class Alarm:
    """A rating well below what this client's own earlier ratings led to expect."""

    session: float
    score: float
    expected: float
    rule: str  # "one session", "two sessions", "three sessions": the window that fell
    first_session: float  # where that window starts


@dataclass(kw_only=True, slots=True)
class Episode:
    """A stretch from rupture to repair by the pinned rule (methods section 4)."""

    start: float
    nadir: float
    end: float | None
    status: EpisodeStatus
    reference: float
    nadir_score: float
    full: bool  # came back to the reference altogether


@dataclass(kw_only=True, slots=True)
class Series:
    """One line of a picture: the ratings of one person on one scale."""

    scale: str
    respondent: str  # client, therapist, observer
    sessions: list[float]
    scores: list[float | None]
    dates: list[str | None] = field(default_factory=list)


@dataclass(kw_only=True, slots=True)
class Item:
    """One question's answers: now, last time and the first time."""

    id: str
    text: str
    minimum: float
    maximum: float
    now: float | None
    last: float | None
    first: float | None
    reverse: bool  # more is worse for this sentence
    labels: tuple[str, ...] = ()  # the answers' words, lowest first


@dataclass(kw_only=True, slots=True)
class AllianceReading:
    """The working relationship over time, in the client's own ratings."""

    series: Series
    therapist: Series | None
    alarms: list[Alarm]
    episodes: list[Episode]
    usual: list[tuple[float, float, float]]  # session, lower, upper of this client's own range
    status: str  # "too early", "read", "nothing about change can be said"
    steady_maximum: int  # how many ratings in a row stand at the top; 0 where none
    note: str | None = None


@dataclass(kw_only=True, slots=True)
class Change:
    """First against last rating, with what measurement error alone would produce."""

    method: str
    verdict: Verdict
    first: float | None
    last: float | None
    difference: float | None
    threshold: float | None  # points needed for a reliable change
    clinical: str | None = None  # "recovered", "improved", ... (methods section 1)
    why: str | None = None  # why there is no verdict


@dataclass(kw_only=True, slots=True)
class Expected:
    """Where people who started alike stand at this session: most likely, and 8 of 10."""

    session: float
    mean: float
    lower: float
    upper: float


@dataclass(kw_only=True, slots=True)
class Forecast:
    """Where this client is likely to stand at a later session."""

    session: float
    mean: float
    lower: float
    upper: float
    level: float
    lower95: float
    upper95: float
    p_deterioration: float | None


@dataclass(kw_only=True, slots=True)
class SuddenChange:
    """A sudden gain or loss between two neighbouring sessions."""

    kind: Literal["gain", "loss"]
    before: float  # session before
    after: float  # session after
    magnitude: float
    reversed: bool


@dataclass(kw_only=True, slots=True)
class OutcomeReading:
    """How the person is, by the outcome scale."""

    series: Series
    change: Change
    expected: list[Expected]
    sudden_gains: list[SuddenChange]
    forecast: Forecast | None
    status: str
    note: str | None = None


@dataclass(kw_only=True, slots=True)
class Signal:
    """Anything that asks for attention, with its reason in words.

    Kinds: "risk answer", "direct answer", "drop", "not recovered", "worse", "split",
    "two views apart", "stalled", "off the expected course", "disengaging", "steady maximum".
    """

    kind: str
    session: float
    sentence: str
    rank: int  # smaller stands first
    current: bool  # about the latest session; False: history
    rule: str  # the rule and its threshold, in words


@dataclass(kw_only=True, slots=True)
class Words:
    """What the client wrote, as written."""

    session: float
    text: str
    respondent: str = "client"


@dataclass(kw_only=True, slots=True)
class ClientReading:
    """The reading of one client (or one member of a case)."""

    client: str
    headline: str  # the one sentence that matters
    alliance: AllianceReading | None
    outcome: OutcomeReading | None
    signals: list[Signal]
    case: str | None = None
    therapist: str | None = None
    last_session: float | None = None
    last_date: str | None = None
    items: list[Item] = field(default_factory=list)
    words: list[Words] = field(default_factory=list)
    others: list[Series] = field(default_factory=list)  # further scales, shown not judged


@dataclass(kw_only=True, slots=True)
class Split:
    """How far members of one case answered apart, session by session."""

    case: str
    members: list[str]
    sessions: list[float]
    differences: list[float | None]
    threshold: float
    flagged: list[float]  # sessions where the rule is met
    rule: str


@dataclass(frozen=True, kw_only=True)
class Reading:
    """The reading of a whole table."""

    rapport: str
    settings: Mapping[str, Any]
    clients: Sequence[ClientReading]  # those who need attention first; may be cut as asked for
    cases: list[Split]
    scales: Mapping[str, Scale]
    summary: Mapping[str, Any]  # sample sizes, model fits, detector's sensitivity, comparisons
    warnings: list[str]
    methods: Sequence[Mapping[str, Any]]  # name, paper, settings: the sources at the end
