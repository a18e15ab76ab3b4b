"""Which answers a person must answer, by the data of the form and by nothing else."""

from collections.abc import Mapping

import numpy as np

from rapport.web.measures.queries import FormToFill, Question
from rapport.web.safety.actions import RiskAnswer

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
