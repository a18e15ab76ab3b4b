"""A form as somebody fills it in: questions, allowed answers, and scores by the science."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID

import numpy as np

from rapport.science.scoring.instrument import Instrument, expanded
from rapport.science.scoring.parts import AnswerSet, Item, ScoreRule
from rapport.science.scoring.score import Scores, score_matrix
from rapport.web.measures.errors import BadAnswers

# A question with numbers gets one button each up to here; a longer range is typed in (ours).
MOST_BUTTONS = 11


@dataclass(frozen=True, kw_only=True)
class Option:
    """One answer to choose: the number kept and the words shown."""

    value: int
    label: str


@dataclass(frozen=True, kw_only=True)
class Question:
    """One question as it is asked.

    Attributes:
        id: of the item; answers are kept under it.
        text: the question; of a pair of poles both, with a bar between.
        kind: "choice" (one of the options), "number" (typed in) or "words" (own words, unscored).
        options: of a choice, in the order of the form.
        minimum, maximum: of a number; None: no such limit.
        safety: what kind of risk the question asks about; None: none.
        scored: whether a score is made from it. Left open, that score may be missing.
        hint: when the question is meant.
        asked_after: asked only where one of these was answered above its lowest; none: always.
    """

    id: str
    text: str
    kind: Literal["choice", "number", "words"]
    options: tuple[Option, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    safety: str | None = None
    scored: bool = True
    hint: str | None = None
    asked_after: tuple[str, ...] = ()

    @property
    def skippable(self) -> bool:
        """Nobody is made to answer: every question may be left open, those on risk included."""
        return True


@dataclass(frozen=True, kw_only=True)
class NamedScore:
    """One score of one filled-in form.

    Attributes:
        id: "total", "between_us", of goals the goal's item.
        scale: the name a reading uses: "phq-9", "rapport-checkin-member.between_us".
        value: None where there is none; ``why_none`` then says why. Never 0 for missing.
    """

    id: str
    scale: str
    title: str
    value: float | None
    minimum: float | None
    maximum: float | None
    higher_is_better: bool | None
    why_none: str | None = None


@dataclass(frozen=True, kw_only=True)
class FormToFill:
    """One form, as it was pinned.

    Attributes:
        id: of the pinned form.
        instrument, version, language: which text it is.
        wanted_language: asked for, where there is no text in it; None: it is in that language.
        notice: what every reader of the form and of its scores has to see: not validated, not yet
            read by a native speaker, not there in the wanted language. None: nothing.
    """

    id: UUID
    instrument: str
    version: str
    language: str
    wanted_language: str | None
    title: str
    instruction: str | None
    recall: str
    notice: str | None
    attribution: str
    informant: str
    questions: tuple[Question, ...]
    content: Instrument = field(repr=False)

    def out_of_range(self, answers: Mapping[str, object]) -> tuple[str, ...]:
        """What is wrong with these answers, each by its place; empty: nothing.

        A missing answer (None or not there) is never wrong. No fault repeats what was written.
        """
        return tuple(
            fault
            for place, (name, value) in enumerate(answers.items(), 1)
            if (fault := self._fault(place, name, value)) is not None
        )

    def _fault(self, place: int, name: str, value: object) -> str | None:
        question = next((q for q in self.questions if q.id == name), None)
        if question is None:
            return f"Answer {place} is to a question that this form does not have."
        if value is None or _allowed(self.content, name, value):
            return None
        if question.kind == "words":
            return f"Question {name} is answered in words, not with a number."
        allowed = self.content.answers_of(self.content.item(name))
        words = allowed.in_words() if allowed else "nothing"
        return f"Question {name}: the answer is not one that the form offers ({words})."

    def scores(
        self, answers: Mapping[str, int | None], *, judged: bool = False
    ) -> tuple[NamedScore, ...]:
        """Every score of the form, by the science; missing answers stay missing.

        Args:
            judged: `out_of_range` was asked about them and found nothing.

        Raises:
            BadAnswers: some are not answers to this form.
        """
        faults = () if judged else self.out_of_range(answers)
        if faults:
            raise BadAnswers(faults)
        given = [answers.get(item.id) for item in self.content.items]
        row = [np.nan if value is None else float(value) for value in given]
        scored = score_matrix(instrument=self.content, answers=[row], judged=True)
        rules = expanded(self.content)
        return tuple(_named(self.content, rule, scored) for rule in rules)

    def scores_of_many(
        self, many: Sequence[Mapping[str, int | None]]
    ) -> list[dict[str, float | None]]:
        """The scores of many filled-in forms by their names, as `scores` gives them one by one.

        Raises:
            BadInputError: an answer to a scored question is not one of the form's.
        """
        names = [item.id for item in self.content.items]
        rows = [[np.nan if (v := given.get(name)) is None else v for name in names]
                for given in many]  # fmt: skip
        scored = score_matrix(instrument=self.content, answers=rows)
        nothing: dict[str, float | None] = {
            self.content.scale_name(rule): None for rule in expanded(self.content)
        }
        return [
            nothing | {n: None if v != v else v for n, v in zip(scored.scales, row, strict=True)}
            for row in scored.values.tolist()
        ]


def form_to_fill(
    *, id: UUID, instrument: Instrument, wanted_language: str | None = None
) -> FormToFill:
    """A form from the instrument that was pinned.

    Args:
        wanted_language: of whoever fills it in; where it is another one the form says so.
    """
    fell_back = wanted_language if wanted_language != instrument.language else None
    told = (instrument.notice, _only_in(instrument.language, fell_back))
    intro = (instrument.instruction, instrument.stem)
    return FormToFill(
        id=id,
        instrument=instrument.id,
        version=instrument.version,
        language=instrument.language,
        wanted_language=fell_back,
        title=instrument.title,
        instruction=" ".join(text for text in intro if text) or None,
        recall=instrument.recall,
        notice=" ".join(text for text in told if text) or None,
        attribution=instrument.licence.attribution,
        informant=instrument.informant,
        questions=tuple(_questions(instrument)),
        content=instrument,
    )


# Said in the language that was wanted; what is missing there is said in English.
_ONLY_IN = {
    "es": "Este cuestionario no está disponible en español; aquí está en su idioma original.",
    "de": "Diesen Fragebogen gibt es nicht auf Deutsch; hier steht er in der Originalsprache.",
}


def _only_in(language: str, wanted: str | None) -> str | None:
    if wanted is None:
        return None
    return _ONLY_IN.get(wanted, f"There is no text in {wanted!r}; this one is in {language!r}.")


def _questions(instrument: Instrument) -> list[Question]:
    scored = {name for rule in expanded(instrument) for name in rule.items}
    every = (*instrument.items, *instrument.extra_items)
    return [_question(instrument, item, scored=item.id in scored) for item in every]


def _question(instrument: Instrument, item: Item, *, scored: bool) -> Question:
    allowed = instrument.answers_of(item) or AnswerSet(kind="text")
    poles = f"{item.left} | {item.right}"
    options = _options(allowed)
    return Question(
        id=item.id,
        text=item.text or poles,
        kind="words" if allowed.kind == "text" else "choice" if options else "number",
        options=options,
        minimum=allowed.minimum,
        maximum=allowed.maximum,
        safety=item.safety.kind if item.safety else None,
        scored=scored,
        hint=item.explanation,
        asked_after=item.asked_after,
    )


def _options(allowed: AnswerSet) -> tuple[Option, ...]:
    if allowed.kind == "choice":
        return tuple(Option(value=int(o.value), label=o.label) for o in allowed.options)
    low, high = allowed.minimum, allowed.maximum
    few = low is not None and high is not None and high - low < MOST_BUTTONS
    if low is None or high is None or not few or allowed.step != 1:
        return ()
    return tuple(Option(value=n, label=str(n)) for n in range(int(low), int(high) + 1))


def _allowed(instrument: Instrument, name: str, value: object) -> bool:
    """A whole number that the form offers; ``True`` and ``"1"`` and 1.0 are none."""
    allowed = instrument.answers_of(instrument.item(name))
    whole = isinstance(value, int) and not isinstance(value, bool)
    return whole and allowed is not None and allowed.allows(float(str(value)))


def _named(instrument: Instrument, rule: ScoreRule, scored: Scores) -> NamedScore:
    scale = instrument.scale_name(rule)
    value, why = _value(rule, scale, scored)
    return NamedScore(
        id=rule.id,
        scale=scale,
        title=rule.title or (instrument.title if rule.id == "total" else rule.id),
        value=value,
        minimum=rule.minimum,
        maximum=rule.maximum,
        higher_is_better=rule.higher_is_better,
        why_none=why,
    )


def _value(rule: ScoreRule, scale: str, scored: Scores) -> tuple[float | None, str | None]:
    if rule.method == "none":
        return None, rule.why
    column = scored.scales.index(scale)
    value = float(scored.values[0, column])
    if not np.isnan(value):
        return value, None
    answered, items = scored.answered[0, column], scored.items[column]
    return None, f"{answered} of {items} answered, {scored.needed[column]} needed"
