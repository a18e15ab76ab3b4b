"""Write many made-up goals at once; only for a practice in which nobody exists."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from rapport.web.measures.models import Goal
from rapport.web.people.queries import must_be_made_up


@dataclass(frozen=True, kw_only=True)
class MadeUpGoal:
    """The first goal of a member; ``person`` is whose key seals it."""

    membership: UUID
    person: UUID
    words: str
    set_at: datetime


def keep_goals(goals: Sequence[MadeUpGoal]) -> None:
    """Keep the first goal of each member.

    Raises:
        NotMadeUp: real people may be in this practice.
    """
    must_be_made_up()
    Goal.keep_many([_row(goal) for goal in goals])


def _row(goal: MadeUpGoal) -> Goal:
    membership: Any = Goal._meta.get_field("membership").related_model
    of = membership(pk=goal.membership, person_id=goal.person)  # as much as sealing needs
    row = Goal(membership=of, number=1, set_at=goal.set_at)
    row.put("words", goal.words)
    return row
