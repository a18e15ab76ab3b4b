"""What an instrument is made of: answers, questions, score rules, limits, rights. Data only.

An instrument is a file, not a program: each field below is a key of its TOML file, and the scores
use one of the seven published methods in `METHODS` (docs/reference/scoring-methods.md).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

Method = Literal["sum", "mean", "scaled sum", "scaled mean", "subscales", "profile", "none"]
METHODS: tuple[str, ...] = get_args(Method)
Comparison = Literal[">=", "<=", "<", ">"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Option:
    """One possible answer: the number stored and the words shown."""

    value: float
    label: str


@dataclass(frozen=True, kw_only=True, slots=True)
class AnswerSet:
    """The answers an item allows.

    Attributes:
        kind: "choice" (listed options), "number" (a range) or "text" (own words, never scored).
        options: of a choice, in the order of the form.
        minimum, maximum: of a number; for a choice the ends of its options. None: no such limit.
        step: distance between allowed numbers; None: any number in the range (a drawn line).
        unscored: answers of the form that carry no number ("Don't know"): leave the cell empty.
        described: the answer format in words, where the form prints no plain list.
    """

    kind: Literal["choice", "number", "text"] = "choice"
    options: tuple[Option, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    step: float | None = 1.0
    unscored: tuple[str, ...] = ()
    described: str | None = None

    def allows(self, value: float) -> bool:
        """Whether this number is one of the answers."""
        if self.kind == "choice":
            return any(value == option.value for option in self.options)
        low = -float("inf") if self.minimum is None else self.minimum
        high = float("inf") if self.maximum is None else self.maximum
        on_step = self.step is None or float((value - (self.minimum or 0)) / self.step).is_integer()
        return self.kind == "number" and low <= value <= high and on_step

    @property
    def without_gaps(self) -> bool:
        """Whether the options are all the whole numbers between their ends."""
        values = sorted(option.value for option in self.options)
        return bool(values) and values == [values[0] + n for n in range(len(values))]

    def in_words(self) -> str:
        """The allowed numbers as a person would say them: ``0, 1, 2, 3`` or ``0 to 10``.

        >>> AnswerSet(kind="number", minimum=0, maximum=10, step=None).in_words()
        'any number from 0 to 10'
        """
        if self.kind == "choice":
            return ", ".join(f"{value:g}" for value in sorted(o.value for o in self.options))
        kind = "any number" if self.step is None else "a whole number"
        if self.step not in (None, 1):
            kind = f"a number in steps of {self.step:g}"
        ends = (self.minimum, self.maximum)
        words = [w for w, end in zip(("from", "to"), ends, strict=True) if end is not None]
        return " ".join([kind, *(f"{w} {e:g}" for w, e in zip(words, _known(ends), strict=True))])


def _known(values: tuple[float | None, ...]) -> list[float]:
    return [value for value in values if value is not None]


@dataclass(frozen=True, kw_only=True, slots=True)
class AnswerRule:
    """An answer that asks for something: met by the raw value, before any reversal.

    Attributes:
        kind: of a safety rule "self-harm", "harm-to-others", "relationship-safety",
            "safe-with-others" or "risk-taking"; of a direct answer "direct-answer".
        action: what is to be done.
        note: whose threshold it is; all of ours are product policy, no source sets them.
    """

    threshold: float
    compare: Comparison
    kind: str
    action: str
    note: str | None = None

    def met_by(self, values: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Where raw answers meet the rule; a missing answer (NaN) never does."""
        return compare(values=values, sign=self.compare, threshold=self.threshold)


def compare(
    *, values: NDArray[np.float64], sign: Comparison, threshold: float
) -> NDArray[np.bool_]:
    """``values sign threshold``; False for NaN.

    >>> compare(values=np.array([3.0, np.nan]), sign=">=", threshold=3.0)
    array([ True, False])
    """
    made: NDArray[np.bool_] = _COMPARE[sign](values, threshold)
    return made


_COMPARE: Mapping[str, Callable[..., Any]] = {
    ">=": np.greater_equal,
    "<=": np.less_equal,
    "<": np.less,
    ">": np.greater,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Item:
    """One question.

    Attributes:
        text: None where the wording may not be shown or is not shipped.
        left, right: the poles of a bipolar item.
        answers: name of its `AnswerSet`; None: the format was not read.
        reverse: scored as minimum + maximum - value.
        subscales: the groups it belongs to, as the source names them.
        safety: a risk answer that a person must answer.
        direct_answer: an answer about the relationship that asks to be talked about.
        asked_after: asked only where one of these questions was answered above its lowest answer;
            none: always asked.
        sic: an error of the published wording, kept.
    """

    id: str
    number: int | None = None
    text: str | None = None
    left: str | None = None
    right: str | None = None
    answers: str | None = None
    reverse: bool = False
    optional: bool = False
    subscales: tuple[str, ...] = ()
    safety: AnswerRule | None = None
    direct_answer: AnswerRule | None = None
    loinc: str | None = None
    free_text_label: str | None = None
    explanation: str | None = None
    asked_after: tuple[str, ...] = ()
    note: str | None = None
    sic: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ScoreRule:
    """How one score is made; ``method`` is one of `METHODS`.

    Attributes:
        items: ids that enter, reversals applied.
        minimum_answered: prorating rule; None: no rule was read, all items are needed.
        factor: of a scaled sum or mean.
        parts, combine: of "subscales": which scores are put together, by "sum" or "mean".
        conversion: pairs (raw, converted) applied at the end.
        why: for "none", why nothing is computed and what would change that.
    """

    id: str
    method: Method
    title: str | None = None
    items: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    higher_is_better: bool | None = None
    minimum_answered: int | None = None
    factor: float = 1.0
    parts: tuple[str, ...] = ()
    combine: Literal["sum", "mean"] | None = None
    conversion: tuple[tuple[float, float], ...] = ()
    loinc: str | None = None
    why: str | None = None

    @property
    def needed(self) -> int:
        """How many of its items must be answered."""
        return len(self.items) if self.minimum_answered is None else self.minimum_answered


@dataclass(frozen=True, kw_only=True, slots=True)
class Skip:
    """Questions the form itself passes over, and the value it gives them.

    Where the answers to ``sum_of`` add up to ``equals``, unanswered ``items`` count ``counts_as``.
    """

    sum_of: tuple[str, ...]
    equals: float
    items: tuple[str, ...]
    counts_as: float
    source: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Band:
    """A named stretch of a score, with its source."""

    score: str
    label: str
    minimum: float
    maximum: float
    source: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Cutoff:
    """A published cut-off; the score is on the clinical side where ``compare`` holds."""

    score: str
    value: float
    compare: Comparison
    label: str
    source: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ReliableChangeSource:
    """What was read about reliable change; ``points`` None: no verdict from points."""

    points: float | None = None
    confidence: float | None = None
    reliability: float | None = None
    reliability_text: str | None = None
    sd: float | None = None
    source: str | None = None
    note: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Norm:
    """Mean and SD of a named sample."""

    sample: str
    source: str
    mean: float | None = None
    sd: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Licence:
    """The rights in the text; its licence is not the licence of the software."""

    class_: Literal["ship-text", "structure-only"]
    tier: str
    spdx: str
    statement: str
    attribution: str
    commercial_use: bool | None = None
    modification: str | None = None
    source: tuple[str, ...] = ()
    rights: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Verification:
    """How far the text was checked; only ``status = "ready"`` may be shown."""

    status: str
    text: str
    warning: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ScoringNotes:
    """The scoring as its sources describe it, beside the rules that are computed."""

    described: str
    direction: str
    missing: str
    prorate: bool | None = None
    notes: Mapping[str, str] = field(default_factory=dict)
