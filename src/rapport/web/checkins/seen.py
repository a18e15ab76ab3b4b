"""What of a check-in is shown to those who work here: all but fear of the therapist.

That answer reaches whom the client chose, by its flag, and nobody by a page of answers: not the
therapist, and no colleague who was not chosen. It is left out whether it was given or not, and so
is every score made with it, so that nothing can be told from what is missing.
"""

from collections.abc import Mapping
from typing import TypeVar

from rapport.science.scoring.instrument import expanded
from rapport.web.measures.queries import FormToFill

V = TypeVar("V")
FEAR = "relationship-safety"


def hidden_in(filled: FormToFill) -> frozenset[str]:
    """The questions of a form whose answers no page shows."""
    return frozenset(question.id for question in filled.questions if question.safety == FEAR)


def answers_seen(filled: FormToFill, answers: Mapping[str, V]) -> dict[str, V]:
    """Answers without those that no page shows."""
    hidden = hidden_in(filled)
    return {question: value for question, value in answers.items() if question not in hidden}


def scores_seen(filled: FormToFill, scores: Mapping[str, V]) -> dict[str, V]:
    """Scores without those that would betray an answer that no page shows."""
    hidden = hidden_in(filled)
    if not hidden:
        return dict(scores)
    betraying = {
        filled.content.scale_name(rule)
        for rule in expanded(filled.content)
        if hidden & set(rule.items)
    }
    return {scale: value for scale, value in scores.items() if scale not in betraying}
