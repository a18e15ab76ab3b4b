"""Score answers: missing stays missing, too few is no total, the impossible is refused."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rapport.science.errors import BadInputError, TooFewAnswersError
from rapport.science.records.result import Result
from rapport.science.scoring.instrument import Instrument, expanded
from rapport.science.scoring.parts import AnswerRule, AnswerSet, ScoreRule

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]
REMEDY = "correct it, or leave it empty if it was not answered"


@dataclass(frozen=True, kw_only=True)
class Scores(Result):
    """The scores of n forms.

    Attributes:
        scales: name of each score (``phq-9``, ``core-om.risk``), k of them.
        values: shape (n, k); NaN where too few items were answered: no total, never 0.
        answered: items answered, shape (n, k).
        needed: items the prorating rule asks for, shape (k,).
        items: items that enter each score, shape (k,).
    """

    scales: tuple[str, ...]
    values: FloatArray
    answered: IntArray
    needed: IntArray
    items: IntArray

    def of(self, scale: str) -> FloatArray:
        """The scores on one scale, shape (n,)."""
        if scale not in self.scales:
            raise BadInputError(f"no score {scale!r}; there are {', '.join(self.scales) or 'none'}")
        return self.values[:, self.scales.index(scale)]

    @property
    def prorated(self) -> BoolArray:
        """Where a score stands although an answer is missing, shape (n, k)."""
        return ~np.isnan(self.values) & (self.answered < self.items)


def score_matrix(*, instrument: Instrument, answers: ArrayLike, judged: bool = False) -> Scores:
    """Score many forms at once.

    Args:
        instrument: its items give the columns, in their order.
        answers: raw values, shape (n, n_items); NaN where not answered.
        judged: the caller has asked `impossible` about every answer already.

    Returns:
        Every score of the instrument. Reversed items count minimum + maximum - value. A score
        with fewer answers than its rule asks for is NaN; one within the rule is prorated: a sum
        becomes sum * items / answered, a mean is the mean of what was answered.

    Raises:
        BadInputError: wrong shape, or an answer that the form doesn't offer; says row and item.

    When not to use it: for one person in front of you, where a missing total must not pass
    unnoticed; `score_answers` raises there.

    >>> from rapport.science.scoring.examples import MOOD
    >>> score_matrix(instrument=MOOD, answers=[[0, 3], [1, np.nan]]).of("mood")
    array([ 0., nan])
    """
    matrix = _as_matrix(instrument, answers)
    if not judged:
        refuse_impossible(instrument=instrument, answers=matrix)
    filled = _follow_skips(instrument, matrix)
    rules = expanded(instrument)
    columns: dict[str, tuple[FloatArray, IntArray]] = {}
    for rule in rules:
        if rule.method != "none":
            columns[rule.id] = _score(instrument, rule, filled, columns)
    return _gather(instrument, rules, columns, len(matrix))


def _as_matrix(instrument: Instrument, answers: ArrayLike) -> FloatArray:
    matrix = np.asarray(answers, dtype=np.float64)
    if matrix.ndim != 2 or matrix.shape[1] != len(instrument.items):
        raise BadInputError(
            f"{instrument.id}: answers have shape {matrix.shape}; give one row per form and one "
            f"column for each of its {len(instrument.items)} items"
        )
    return matrix


def refuse_impossible(*, instrument: Instrument, answers: FloatArray) -> None:
    """Raise at the first answer that the form doesn't offer, naming row (from 1) and item."""
    for column, item in enumerate(instrument.items):
        allowed = instrument.answers_of(item)
        wrong = impossible(allowed=allowed, values=answers[:, column])
        if wrong.any():
            row = int(np.argmax(wrong))
            what = what_is_wrong(allowed=allowed, value=float(answers[row, column]))
            raise BadInputError(f"{instrument.id}, row {row + 1}, item {item.id}: {what}; {REMEDY}")


def impossible(*, allowed: AnswerSet | None, values: FloatArray) -> BoolArray:
    """Where a value isn't one of the allowed answers, shape (n,); NaN is missing, not wrong."""
    if allowed is None or allowed.kind == "text":
        return ~np.isnan(values)
    low = -np.inf if allowed.minimum is None else allowed.minimum
    high = np.inf if allowed.maximum is None else allowed.maximum
    wrong: BoolArray = (values < low) | (values > high) | np.isinf(values)
    if allowed.options and not allowed.without_gaps:
        return wrong | _not_an_option(allowed, values)
    if allowed.step is not None:
        steps = values if allowed.step == 1 else (values - (allowed.minimum or 0.0)) / allowed.step
        with np.errstate(invalid="ignore"):  # infinities are wrong already
            wrong |= np.abs(steps - np.rint(steps)) > 1e-9  # .1 has no exact binary form
    return wrong


def _not_an_option(allowed: AnswerSet, values: FloatArray) -> BoolArray:
    wrong = ~np.isnan(values)
    for option in allowed.options:
        wrong &= values != option.value
    return wrong


def what_is_wrong(*, allowed: AnswerSet | None, value: float) -> str:
    """What is wrong with an answer that isn't allowed, in words."""
    if allowed is None:
        return f"{value:g} can't be judged, the form's answers are not known (add your own text)"
    if allowed.kind == "text":
        return f"{value:g} is a number, but this question is answered in words"
    return f"{value:g} is not an answer; allowed: {allowed.in_words()}"


def _follow_skips(instrument: Instrument, matrix: FloatArray) -> FloatArray:
    position = {item.id: n for n, item in enumerate(instrument.items)}
    filled = matrix.copy() if instrument.skips else matrix
    for skip in instrument.skips:
        holds = matrix[:, [position[i] for i in skip.sum_of]].sum(axis=1) == skip.equals
        for column in (position[i] for i in skip.items):
            filled[holds & np.isnan(filled[:, column]), column] = skip.counts_as
    return filled


def _score(
    instrument: Instrument,
    rule: ScoreRule,
    matrix: FloatArray,
    made: Mapping[str, tuple[FloatArray, IntArray]],
) -> tuple[FloatArray, IntArray]:
    if rule.method == "subscales":
        return _combine(rule, made)
    total, answered = _add_up(instrument, rule, matrix)
    enough = answered >= rule.needed
    divided_by = np.maximum(answered, 1)
    if rule.method.endswith("mean"):
        values = rule.factor * total / divided_by
    else:
        values = rule.factor * total * (len(rule.items) / divided_by)
    values[~enough] = np.nan
    return _convert(rule, values), answered


def _add_up(
    instrument: Instrument, rule: ScoreRule, matrix: FloatArray
) -> tuple[FloatArray, IntArray]:
    position = {item.id: n for n, item in enumerate(instrument.items)}
    total = np.zeros(len(matrix))
    answered = np.zeros(len(matrix), dtype=np.int64)
    for item_id in rule.items:
        values = matrix[:, position[item_id]]
        known = ~np.isnan(values)
        np.add(total, _turned(instrument, item_id, values), out=total, where=known)
        answered += known
    return total, answered


def _turned(instrument: Instrument, item_id: str, values: FloatArray) -> FloatArray:
    item = instrument.item(item_id)
    answers = instrument.answers_of(item)
    if not item.reverse or answers is None:
        return values
    return (answers.minimum or 0.0) + (answers.maximum or 0.0) - values


def _combine(
    rule: ScoreRule, made: Mapping[str, tuple[FloatArray, IntArray]]
) -> tuple[FloatArray, IntArray]:
    total = np.sum([made[part][0] for part in rule.parts], axis=0)
    answered = np.sum([made[part][1] for part in rule.parts], axis=0)
    return (total / len(rule.parts) if rule.combine == "mean" else total), answered


def _convert(rule: ScoreRule, values: FloatArray) -> FloatArray:
    if not rule.conversion:
        return values
    raw, converted = np.array(sorted(rule.conversion)).T
    found = np.clip(np.searchsorted(raw, values), 0, len(raw) - 1)
    return np.where(raw[found] == values, converted[found], np.nan)


def _gather(
    instrument: Instrument,
    rules: tuple[ScoreRule, ...],
    columns: Mapping[str, tuple[FloatArray, IntArray]],
    rows: int,
) -> Scores:
    kept = [rule for rule in rules if rule.id in columns]
    by_id = {rule.id: rule for rule in rules}
    none = np.empty((rows, 0))
    return Scores(
        method=f"{instrument.title}: {instrument.scoring.described}",
        settings={"version": instrument.version, "missing": instrument.scoring.missing},
        papers=instrument.sources,
        notes=_notes(instrument),
        scales=tuple(instrument.scale_name(rule) for rule in kept),
        values=np.column_stack([columns[r.id][0] for r in kept]) if kept else none,
        answered=np.column_stack([columns[r.id][1] for r in kept])
        if kept
        else none.astype(np.int64),
        needed=np.array([_count(r, by_id, needed=True) for r in kept], dtype=np.int64),
        items=np.array([_count(r, by_id, needed=False) for r in kept], dtype=np.int64),
    )


def _count(rule: ScoreRule, by_id: Mapping[str, ScoreRule], *, needed: bool) -> int:
    if rule.method == "subscales":
        return sum(_count(by_id[part], by_id, needed=needed) for part in rule.parts)
    return rule.needed if needed else len(rule.items)


def _notes(instrument: Instrument) -> tuple[str, ...]:
    reasons = [f"{r.id}: not computed: {r.why}" for r in instrument.scores if r.method == "none"]
    return (*([instrument.notice] if instrument.notice else []), *reasons)


def score_answers(
    *, instrument: Instrument, answers: Mapping[str, float | None], score: str = "total"
) -> float:
    """One score of one person's form.

    Args:
        instrument: the questionnaire.
        answers: raw value by item id; None or absent where not answered.
        score: id of the score.

    Raises:
        TooFewAnswersError: there is no total; says how many answers there are and are needed.
        BadInputError: an unknown item or score, or an answer the form doesn't offer.

    >>> from rapport.science.scoring.examples import MOOD
    >>> score_answers(instrument=MOOD, answers={"low": 1, "well": None})
    Traceback (most recent call last):
    rapport.science.errors.TooFewAnswersError: mood: 1 of 2 answered, 2 needed: no total; ...
    """
    for item_id in answers:
        instrument.item(item_id)
    scored = score_matrix(instrument=instrument, answers=_one_row(instrument, answers))
    scale = instrument.to_scale(score).name
    column = scored.scales.index(scale)
    value = float(scored.values[0, column])
    if np.isnan(value):
        raise TooFewAnswersError(
            f"{scale}: {scored.answered[0, column]} of {scored.items[column]} answered, "
            f"{scored.needed[column]} needed: no total; ask for the missing ones or leave it out"
        )
    return value


def _one_row(instrument: Instrument, answers: Mapping[str, float | None]) -> FloatArray:
    row = [answers.get(item.id) for item in instrument.items]
    return np.array([[np.nan if value is None else value for value in row]], dtype=np.float64)


@dataclass(frozen=True, kw_only=True)
class AnswersToTalkAbout(Result):
    """Which safety and direct-answer rules were met.

    Attributes:
        items: id of each item with a rule, k of them.
        kinds: what each rule is about.
        met: shape (n, k); False where the rule is not met *or the item was not answered*.
        answered: shape (n, k); where False, nothing is known: silence is not reassurance.
    """

    items: tuple[str, ...]
    kinds: tuple[str, ...]
    met: BoolArray
    answered: BoolArray


def answers_to_talk_about(*, instrument: Instrument, answers: ArrayLike) -> AnswersToTalkAbout:
    """Find risk answers and direct answers, by the raw value.

    Every threshold is product policy: no source sets one. Not a risk assessment: a person must
    read the answer and respond to it.

    Args:
        instrument: the questionnaire.
        answers: raw values, shape (n, n_items); NaN where not answered.
    """
    matrix = _as_matrix(instrument, answers)
    refuse_impossible(instrument=instrument, answers=matrix)
    rules: list[tuple[int, AnswerRule]] = [
        (column, rule)
        for column, item in enumerate(instrument.items)
        for rule in (item.safety, item.direct_answer)
        if rule is not None
    ]
    columns = [column for column, _ in rules]
    return AnswersToTalkAbout(
        method="Answers that ask for a conversation (thresholds are product policy)",
        settings={instrument.items[c].id: f"{r.compare} {r.threshold:g}" for c, r in rules},
        items=tuple(instrument.items[column].id for column in columns),
        kinds=tuple(rule.kind for _, rule in rules),
        met=np.array([rule.met_by(matrix[:, c]) for c, rule in rules], dtype=bool)
        .reshape(len(rules), len(matrix))
        .T,
        answered=~np.isnan(matrix[:, columns]),
    )
