"""Which answers a person must answer, by the data of the form and by nothing else."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime

import numpy as np

from rapport.web.audit.actions import By
from rapport.web.checkins.models import Draft, Occasion
from rapport.web.checkins.seen import FEAR
from rapport.web.measures.queries import FormToFill, Question
from rapport.web.safety.actions import RiskAnswer, note_changed, raise_flag

FLAGGED = ("self-harm", "harm-to-others", "relationship-safety", "safe-with-others")


def meets(filled: FormToFill, question: Question, value: int | None) -> bool:
    """Whether an answer meets the form's own rule; what was not answered meets none."""
    rule = filled.content.item(question.id).safety
    if rule is None or rule.kind not in FLAGGED or value is None:
        return False
    return bool(rule.met_by(np.array([float(value)]))[0])


def risks_in(filled: FormToFill, given: Mapping[str, int | None]) -> list[RiskAnswer]:
    """Every such answer of one form, in the words of the form."""
    return [
        RiskAnswer(
            kind=question.safety or "", question=question.text, answer=_in_words(question, value)
        )
        for question in filled.questions
        if meets(filled, question, value := given.get(question.id))
    ]


def _in_words(question: Question, value: int | None) -> str:
    chosen = [option.label for option in question.options if option.value == value]
    return chosen[0] if chosen else str(value)


def flag_on_the_way(
    of: Occasion, draft: Draft, filled: FormToFill, question: str, value: int | None, at: datetime
) -> None:
    """Flag an answer that is not sent yet, once; of fear of the therapist only what is sent."""
    flagged = flagged_on_the_way(draft)
    values = flagged.setdefault(str(filled.id), {}).setdefault(question, [])
    asks_fear = filled.content.item(question).safety
    by = By(kind=of.writer, id=str(of.membership_id))
    if values and value not in values:
        _note_later(of, filled, question, value, by=by, at=at)
    if value in values or (asks_fear is not None and asks_fear.kind == FEAR):
        return
    if raise_flags(of, filled, {question: value}, by=by, at=at):
        values.append(value)
        draft.put("flagged", json.dumps(flagged))


def note_later_answers(
    of: Occasion,
    filled: FormToFill,
    answers: Mapping[str, int | None],
    flagged: Mapping[str, Sequence[int | None]],
    *,
    by: By,
    at: datetime,
) -> None:
    """Keep beside the flags of answers that were kept on the way what was sent in the end."""
    for question, values in flagged.items():
        if values and answers.get(question) not in values:
            _note_later(of, filled, question, answers.get(question), by=by, at=at)


def _note_later(
    of: Occasion, filled: FormToFill, question: str, value: int | None, *, by: By, at: datetime
) -> None:
    asked = next(q for q in filled.questions if q.id == question)
    said = "not answered" if value is None else _in_words(asked, value)
    note_changed(answers=of.pk, question=asked.text, later=said, by=by, at=at)


def flagged_on_the_way(draft: Draft | None) -> dict[str, dict[str, list[int | None]]]:
    """By form and question, the values that were flagged before they were sent."""
    kept: dict[str, dict[str, list[int | None]]] = json.loads(
        (draft and draft.get("flagged")) or "{}"
    )
    return kept


def not_flagged_yet(
    answers: Mapping[str, int | None], flagged: Mapping[str, Sequence[int | None]]
) -> dict[str, int | None]:
    """Answers without those that were flagged on the way."""
    return {q: value for q, value in answers.items() if value not in flagged.get(q, ())}


def raise_flags(
    of: Occasion,
    filled: FormToFill,
    given: Mapping[str, int | None],
    *,
    by: By,
    at: datetime,
    wish: str = "",
) -> int:
    """Raise a flag for every answer of a form that a person must answer; gives how many."""
    risks = risks_in(filled, given)
    for risk in risks:
        raise_flag(
            membership=of.membership_id,
            answers=of.pk,
            therapist=of.about_id,
            risk=risk,
            by=by,
            at=at,
            wish=wish,
        )
    return len(risks)
