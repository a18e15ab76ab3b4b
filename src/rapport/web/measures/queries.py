"""Read forms as they were used, what is planned and due, and goals."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from django.db.models import UUIDField

from rapport.web.core.access import current_practice
from rapport.web.core.asked_often import AskedOften
from rapport.web.measures.catalogue import (
    GOALS,
    all_names,
    definition_of,
    has_risk_item,
    may_be_asked,
    read,
)
from rapport.web.measures.filling import (
    FormToFill,
    NamedScore,
    Option,
    Question,
    form_to_fill,
)
from rapport.web.measures.models import Form, Goal, Plan, PlanItem
from rapport.web.measures.planning import (
    EACH_MEMBER,
    ONE_MEMBER,
    THERAPIST,
    PlannedForm,
    asked_instead,
    default_plan,
)

__all__ = [
    "EACH_MEMBER",
    "ONE_MEMBER",
    "THERAPIST",
    "DueForm",
    "FormToFill",
    "GoalSoFar",
    "NamedScore",
    "Option",
    "PlanLine",
    "PlannedForm",
    "Question",
    "due_forms",
    "form",
    "goals_of",
    "has_risk_item",
    "lines_in_force",
    "plan_of",
    "with_goals",
]


@dataclass(frozen=True, kw_only=True)
class DueForm:
    """A form that is due; pin it (`actions.pin_form`) when the check-in is made.

    Attributes:
        instrument, title: which form.
        language: of its text.
        fell_back: there is no text in the wanted language; the form itself says so.
    """

    instrument: str
    title: str
    language: str
    fell_back: bool


@dataclass(frozen=True, kw_only=True)
class PlanLine:
    """A line of the plan in force, as a therapist sees it.

    Attributes:
        item: its id, by which it can be ended; None: of the default that comes along.
        asks: the line.
        asked_instead: the form that is asked in its place for now; None: none is.
        problem: why not the planned form; None: nothing stands in the way.
    """

    item: UUID | None
    asks: PlannedForm
    asked_instead: str | None
    problem: str | None


@dataclass(frozen=True, kw_only=True)
class GoalSoFar:
    """A goal in a client's own words; its ratings are the answers to ``item`` of the goals form."""

    id: UUID
    item: str
    words: str
    set_at: datetime
    ended_at: datetime | None
    ended_why: str


def form(form_id: UUID, *, wanted_language: str | None = None) -> FormToFill:
    """A form as it was pinned, whatever became of its file since.

    Args:
        wanted_language: of whoever fills it in; where the text is in another one the notice says
            so.

    Raises:
        NotHere: there is no such form in this practice.
    """
    return _form(current_practice(), form_id, wanted_language)


@lru_cache(maxsize=1024)  # a pinned form is never changed
def _form(practice: UUID, form_id: UUID, wanted_language: str | None) -> FormToFill:  # noqa: ARG001
    kept = Form.one(form_id)
    return form_to_fill(
        id=kept.pk, instrument=read(kept.definition), wanted_language=wanted_language
    )


def due_forms(
    *,
    case: UUID,
    kind: str,
    membership: UUID | None,
    session_number: int,
    moment: str,
    language: str,
    risk_open: bool,
) -> tuple[DueForm, ...]:
    """What one writer is asked at one session, in the order it is asked.

    Args:
        case, kind: the case, and what kind of case it is.
        membership: who writes; None: the therapist.
        moment: "before" or "after".
        language: of who writes.
        risk_open: questions about risk may be asked. While not, a form with such a question is
            left out, whatever was planned; our members' check-in is replaced by the client's.
    """
    lines = lines_in_force(case=case, kind=kind, risk_open=risk_open)
    due = [
        line.instrument
        for line in lines
        if line.moment == moment
        and line.is_for(membership=membership)
        and line.is_due(session_number=session_number)
    ]
    return tuple(
        _due(instrument, language)
        for instrument in dict.fromkeys(due)
        if instrument != GOALS or (membership is not None and goals_of(membership))
    )


def lines_in_force(*, case: UUID, kind: str, risk_open: bool) -> tuple[PlannedForm, ...]:
    """What is really asked in a case: planned, not ended, with a text, and open."""
    return tuple(
        replace(line.asks, instrument=line.asked_instead)
        for line in plan_of(case=case, kind=kind, risk_open=risk_open)
        if line.asked_instead is not None
    )


def plan_of(*, case: UUID, kind: str, risk_open: bool) -> tuple[PlanLine, ...]:
    """The plan in force: the case's own, else the practice's for its kind, else the default."""
    return plan_in_force(case=case, kind=kind, risk_open=risk_open)


def plan_in_force(*, case: UUID | None, kind: str, risk_open: bool) -> tuple[PlanLine, ...]:
    """The same; without a case the practice's default for cases of a kind."""
    plan = _plan_in_force(case, kind)
    if plan is None:
        return tuple(_line(None, asks, risk_open=risk_open) for asks in default_plan(kind=kind))
    items = plan.items.filter(ended_at=None).order_by("position", "since", "pk")
    return tuple(_line(item.pk, _asks(item), risk_open=risk_open) for item in items)


@dataclass(frozen=True, kw_only=True)
class Choosable:
    """A form that can be planned: its text may be shown, and it is not locked.

    Attributes:
        informant: who fills it in, "client" or "therapist".
    """

    instrument: str
    title: str
    informant: str


def forms_to_choose(*, risk_open: bool) -> tuple[Choosable, ...]:
    """All forms that can be planned now, by title."""
    found = (read(definition_of(name, wanted="en")) for name in all_names() if may_be_asked(name))
    every = (
        Choosable(instrument=one.id, title=one.title, informant=one.informant)
        for one in found
        if risk_open or not has_risk_item(one.id)
    )
    return tuple(sorted(every, key=lambda one: one.title.casefold()))


def title_of(instrument: str) -> str:
    """What a form is called; its id where its text is not here any more."""
    if not may_be_asked(instrument):
        return instrument
    return read(definition_of(instrument, wanted="en")).title


_GOALS = AskedOften(
    lambda membership: (
        Goal.objects.filter(membership_id=membership)
        .select_related("membership")
        .order_by("number")
    ),
    membership=UUIDField(),
)


def goals_of(membership: UUID, *, ended_too: bool = False) -> tuple[GoalSoFar, ...]:
    """The goals of one member, in the order they were set."""
    goals = _GOALS.all(membership=membership)
    return tuple(
        GoalSoFar(
            id=goal.pk,
            item=f"goal_{goal.number}",
            words=goal.get("words") or "",
            set_at=goal.set_at,
            ended_at=goal.ended_at,
            ended_why=goal.ended_why,
        )
        for goal in goals
        if ended_too or goal.ended_at is None
    )


def with_goals(form: FormToFill, *, goals: Sequence[GoalSoFar]) -> FormToFill:
    """The goals form with the words of these goals in it, and no other place.

    Scores and faults of answers are then those of these goals alone. Any other form stays as it is.
    """
    if form.instrument != GOALS:
        return form
    words = {goal.item: goal.words for goal in goals}
    asked = tuple(
        replace(question, text=f"{words[question.id]}\n{question.text}")
        for question in form.questions
        if question.id in words
    )
    kept = form.content
    profile = tuple(
        replace(rule, items=tuple(item for item in rule.items if item in words))
        for rule in kept.scores
    )
    items = tuple(item for item in kept.items if item.id in words)
    return replace(form, questions=asked, content=replace(kept, items=items, scores=profile))


def _plan_in_force(case: UUID | None, kind: str) -> Plan | None:
    own = Plan.objects.filter(case_id=case).first() if case else None
    if own is not None:
        return own
    defaults = {plan.kind: plan for plan in Plan.objects.filter(case=None, kind__in=[kind, ""])}
    return defaults.get(kind) or defaults.get("")


def _asks(item: PlanItem) -> PlannedForm:
    return PlannedForm(
        instrument=item.instrument,
        moment=item.moment,
        who=item.who,
        every=item.every,
        first_session=item.first_session,
        last_session=item.last_session,
        membership=item.membership_id,
    )


def _line(item: UUID | None, asks: PlannedForm, *, risk_open: bool) -> PlanLine:
    instead, problem = _asked(asks.instrument, risk_open=risk_open)
    return PlanLine(item=item, asks=asks, asked_instead=instead, problem=problem)


def _asked(instrument: str, *, risk_open: bool) -> tuple[str | None, str | None]:
    if not may_be_asked(instrument):
        return None, "There is no text here that may be shown."
    instead = asked_instead(instrument, risk_open=risk_open)
    if instead == instrument:
        return instead, None
    return instead, "It asks about safety, and nobody is named yet who answers."


def _due(instrument: str, language: str) -> DueForm:
    found = read(definition_of(instrument, wanted=language))
    return DueForm(
        instrument=instrument,
        title=found.title,
        language=found.language,
        fell_back=found.language != language,
    )
