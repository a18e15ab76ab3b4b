"""A questionnaire, and the scales a reading follows that come from its scores."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise

from rapport.science.errors import BadInputError
from rapport.science.records.scales import Role, Scale
from rapport.science.scoring.parts import (
    AnswerSet,
    Band,
    Cutoff,
    Item,
    Licence,
    Norm,
    ReliableChangeSource,
    ScoreRule,
    ScoringNotes,
    Skip,
    Verification,
)

# Which families a reading may follow as the relationship or as the outcome (ours).
ROLES: Mapping[str, Role] = {
    "alliance": "alliance",
    "session-relationship": "alliance",
    "outcome": "outcome",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Instrument:
    """One questionnaire, as its TOML file says it; see the module's docstring."""

    id: str
    title: str
    version: str
    family: str
    informant: str
    recall: str
    language: str
    licence: Licence
    verification: Verification
    scoring: ScoringNotes
    items: tuple[Item, ...]
    scores: tuple[ScoreRule, ...]
    answers: Mapping[str, AnswerSet] = field(default_factory=dict)
    extra_items: tuple[Item, ...] = ()
    languages_available: str | None = None
    minutes: float | None = None
    minutes_source: str | None = None
    instruction: str | None = None
    stem: str | None = None
    validated: bool = True
    notice: str | None = None
    skips: tuple[Skip, ...] = ()
    bands: tuple[Band, ...] = ()
    cutoffs: tuple[Cutoff, ...] = ()
    reliable_change: ReliableChangeSource = field(default_factory=ReliableChangeSource)
    norms: tuple[Norm, ...] = ()
    codes: Mapping[str, str] = field(default_factory=dict)
    sources: tuple[str, ...] = ()
    unverified: tuple[str, ...] = ()
    own_text: bool = False  # the practice's own wording, under its own signed statement

    def item(self, item_id: str) -> Item:
        """The item of this id, scored or not."""
        for item in (*self.items, *self.extra_items):
            if item.id == item_id:
                return item
        known = ", ".join(item.id for item in (*self.items, *self.extra_items))
        raise BadInputError(f"{self.id}: no item {item_id!r}; its items are {known}")

    def answers_of(self, item: Item) -> AnswerSet | None:
        """The answers this item allows; None where the format was not read."""
        return None if item.answers is None else self.answers.get(item.answers)

    def in_words(self, item_id: str) -> bool:
        """Whether this item is answered in words, not with a number."""
        answers = self.answers_of(self.item(item_id))
        return answers is not None and answers.kind == "text"

    def scale_name(self, rule: ScoreRule) -> str:
        """``phq-9`` for the total, ``core-om.risk`` for another score."""
        return self.id if rule.id == "total" else f"{self.id}.{rule.id}"

    def text_may_show(self, *, noncommercial: bool = False) -> bool:
        """The loader's rule: who may see the wording.

        Ours to ship, checked against the official form, and either free for all (A1) or free
        for non-commercial use (A2) where the practice has declared that its use is.
        """
        ours = self.licence.class_ == "ship-text" and self.verification.status == "ready"
        tiers = {"A1", "A2"} if noncommercial else {"A1"}
        return self.own_text or (ours and self.licence.tier in tiers)

    def without_text(self) -> "Instrument":
        """The skeleton: structure and scoring, no wording."""
        bare = {"text": None, "left": None, "right": None, "explanation": None, "sic": None}
        return replace(
            self,
            instruction=None,
            stem=None,
            items=tuple(replace(item, **bare) for item in self.items),  # type: ignore[arg-type]
            extra_items=tuple(
                replace(item, **bare)  # type: ignore[arg-type]
                for item in self.extra_items
            ),
        )

    def to_scales(self) -> tuple[Scale, ...]:
        """One `Scale` per computed score; a profile gives one per item."""
        return tuple(_scale(self, rule) for rule in expanded(self) if rule.method != "none")

    def to_scale(self, score: str | None = None) -> Scale:
        """The scale of one score, the total unless named.

        Raises:
            BadInputError: no such score, or no total and none named.
        """
        scales = {scale.name: scale for scale in self.to_scales()}
        name = self.id if score in (None, "total") else f"{self.id}.{score}"
        if name not in scales:
            raise BadInputError(
                f"{self.id}: no score {score or 'total'!r}; name one of {', '.join(scales) or '-'}"
            )
        return scales[name]


def expanded(instrument: Instrument) -> tuple[ScoreRule, ...]:
    """The score rules with every profile written out as one score per item."""
    rules: list[ScoreRule] = []
    for rule in instrument.scores:
        rules += _one_per_item(instrument, rule) if rule.method == "profile" else [rule]
    return tuple(rules)


def _one_per_item(instrument: Instrument, rule: ScoreRule) -> list[ScoreRule]:
    made = []
    for item_id in rule.items:
        answers = instrument.answers_of(instrument.item(item_id)) or AnswerSet(kind="number")
        made.append(
            ScoreRule(
                id=item_id,
                method="sum",
                items=(item_id,),
                minimum=answers.minimum,
                maximum=answers.maximum,
                higher_is_better=rule.higher_is_better,
            )
        )
    return made


def _scale(instrument: Instrument, rule: ScoreRule) -> Scale:
    total = rule.id == "total"
    change = instrument.reliable_change if total else None
    cutoff = next((c for c in instrument.cutoffs if c.score == rule.id), None)
    low, high = _end_labels(instrument, rule)
    return Scale(
        name=instrument.scale_name(rule),
        title=instrument.title if total else f"{instrument.title}: {rule.title or rule.id}",
        role=ROLES.get(instrument.family),
        higher_is_better=rule.higher_is_better,
        minimum=rule.minimum,
        maximum=rule.maximum,
        step=step_of(instrument, rule),
        reliability=change.reliability if change else None,
        sd=change.sd if change else None,
        clinical_cutoff=cutoff.value if cutoff else None,
        reliable_change_points=change.points if change else None,
        low_label=low,
        high_label=high,
        source="; ".join(
            text for text in (cutoff and cutoff.source, change and change.source) if text
        )
        or None,
        validated=instrument.validated,
    )


def step_of(instrument: Instrument, rule: ScoreRule) -> float | None:
    """Distance between neighbouring possible scores of a complete form; None: continuous.

    The items' own step, times the factor, divided by the number of items for a mean.
    """
    if rule.method == "subscales" or rule.conversion or not rule.items:
        return None
    found = [instrument.answers_of(instrument.item(item)) for item in rule.items]
    steps = [_item_step(answers) for answers in found if answers is not None]
    if len(steps) < len(rule.items) or None in steps:
        return None
    step = float(math.gcd(*(round(s * 2) for s in steps if s))) / 2
    divided = len(rule.items) if rule.method in ("mean", "scaled mean") else 1
    return step * rule.factor / divided


def _item_step(answers: AnswerSet) -> float | None:
    if answers.kind == "number":
        return answers.step
    values = sorted(option.value for option in answers.options)
    gaps = [b - a for a, b in pairwise(values)]
    return float(math.gcd(*(round(gap) for gap in gaps))) if gaps else None


def _end_labels(instrument: Instrument, rule: ScoreRule) -> tuple[str | None, str | None]:
    names = {instrument.item(item).answers for item in rule.items}
    if len(names) != 1 or None in names:
        return None, None
    options = sorted(instrument.answers[str(names.pop())].options, key=lambda o: o.value)
    return (options[0].label, options[-1].label) if options else (None, None)
