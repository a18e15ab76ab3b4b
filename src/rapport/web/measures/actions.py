"""Pin forms, plan what is asked when, and keep goals; each with its audit line."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from rapport.web.audit.actions import By, record_about
from rapport.web.core.errors import NotHere, Stale
from rapport.web.core.models import Stored
from rapport.web.measures.catalogue import content_hash, definition_of, has_risk_item, read
from rapport.web.measures.errors import GoalsFull, PlanUnclear, RiskQuestionsLocked
from rapport.web.measures.models import Form, Goal, Plan, PlanItem
from rapport.web.measures.planning import PlannedForm
from rapport.web.measures.queries import plan_in_force

# As many goals as are rated in half a minute; the form has twelve places in all (both ours).
GOALS_AT_A_TIME = 3
GOALS_IN_ALL = 12
GOAL_LETTERS = 300
GOAL_ENDS = ("reached", "let go")


@transaction.atomic
def pin_form(*, instrument: str, language: str, by: By, at: datetime) -> UUID:
    """Keep a form as it is now, and give its id; the same form is kept once.

    Where there is no text in ``language`` the form's own is taken; `queries.form` says so.

    Raises:
        NoText: no such form, or its wording may not be shown.
    """
    definition = definition_of(instrument, wanted=language)
    told = {
        "instrument": instrument,
        "language": read(definition).language,
        "definition": definition,
        "pinned_at": at,
    }
    form, is_new = Form.objects.get_or_create(content_hash=content_hash(definition), defaults=told)
    if is_new:
        record_about(form, "form pinned", by=by, at=at, form=instrument, language=form.language)
    return form.pk


@transaction.atomic
def set_plan(
    *,
    items: Sequence[PlannedForm],
    risk_open: bool,
    by: By,
    at: datetime,
    case: UUID | None = None,
    kind: str = "",
) -> UUID:
    """Replace the whole plan of a case, or the practice's default for a kind of case.

    Args:
        items: the lines, in the order they are asked; none: nothing is asked.
        risk_open: questions about risk may be asked, because somebody answers them.
        case: whose plan; None: the practice's default.
        kind: of a default, for which cases; "": for all kinds without a default of their own.

    Raises:
        RiskQuestionsLocked: a form asks about risk, and that is not open.
        NoText: a form has no text that may be shown.
        PlanUnclear: a line contradicts itself.
    """
    for item in items:
        _check(item, case=case, risk_open=risk_open)
    plan = _plan(case, kind)
    plan.items.filter(ended_at=None).update(ended_at=at)
    for position, item in enumerate(items):
        _item(plan, item, position=position, at=at)
    record_about(plan, "plan set", by=by, at=at, forms=len(items))
    return plan.pk


@transaction.atomic
def add_to_plan(
    *, case: UUID | None, kind: str, item: PlannedForm, risk_open: bool, by: By, at: datetime
) -> UUID:
    """Add a line to a plan and give its id; what was asked so far stays.

    Args:
        case: whose plan; None: the practice's default for cases of this kind.

    Raises:
        RiskQuestionsLocked, NoText, PlanUnclear: as in `set_plan`.
    """
    _check(item, case=case, risk_open=risk_open)
    plan = own_plan(case=case, kind=kind, risk_open=risk_open, at=at)
    added = _item(plan, item, position=plan.items.count(), at=at)
    record_about(added, "form planned", by=by, at=at, form=item.instrument, plan=str(plan.pk))
    return added.pk


@transaction.atomic
def own_plan(*, case: UUID | None, kind: str, risk_open: bool, at: datetime) -> Plan:
    """The plan of a case, or the default of a kind; where there is none, a copy of what is asked.

    A form that is locked stays planned, and locked.
    """
    so_far = plan_in_force(case=case, kind=kind, risk_open=risk_open)
    there = Plan.objects.filter(case_id=case) if case else Plan.objects.filter(case=None, kind=kind)
    if there.exists():
        return there.get()
    plan = _plan(case, "" if case else kind)
    for position, line in enumerate(so_far):
        _item(plan, line.asks, position=position, at=at)
    return plan


@transaction.atomic
def end_line(
    *, case: UUID | None, kind: str, place: int, asks: str, risk_open: bool, by: By, at: datetime
) -> None:
    """End the line at a place of the plan in force; ``asks`` is the form that stood there.

    A line of the default gets an end only in this case: its plan becomes its own.

    Raises:
        Stale: another form stands there by now.
    """
    plan = own_plan(case=case, kind=kind, risk_open=risk_open, at=at)
    items = list(plan.items.filter(ended_at=None).order_by("position", "since", "pk"))
    if not 0 <= place < len(items) or items[place].instrument != asks:
        raise Stale("plan")
    end_plan_item(item=items[place].pk, by=by, at=at)


@transaction.atomic
def end_plan_item(*, item: UUID, by: By, at: datetime) -> None:
    """Ask a line of a plan no more; that it was asked stays known."""
    ended = PlanItem.one(item)
    if ended.ended_at is not None:
        raise NotHere("line of a plan")
    ended.ended_at = at
    ended.save()
    record_about(ended, "form no longer planned", by=by, at=at, form=ended.instrument)


@transaction.atomic
def set_goal(*, membership: UUID, words: str, by: By, at: datetime) -> UUID:
    """Keep a goal in a client's own words. Other words are another goal: its ratings start anew.

    Raises:
        GoalsFull: three are open, or twelve were set in all.
    """
    _there(Goal, "membership", membership)
    if not words.strip() or len(words) > GOAL_LETTERS:
        raise PlanUnclear(f"Write the goal in 1 to {GOAL_LETTERS} letters.")
    goals = Goal.objects.filter(membership_id=membership)
    if goals.filter(ended_at=None).count() >= GOALS_AT_A_TIME:
        raise GoalsFull(GOALS_AT_A_TIME, "at a time")
    if goals.count() >= GOALS_IN_ALL:
        raise GoalsFull(GOALS_IN_ALL, "in all")
    goal = Goal(membership_id=membership, number=goals.count() + 1, set_at=at)
    goal.put("words", words.strip())
    goal.save()
    record_about(goal, "goal set", by=by, at=at, membership=str(membership))
    return goal.pk


@transaction.atomic
def end_goal(*, goal: UUID, why: str, by: By, at: datetime) -> None:
    """A goal was reached or let go; its words and ratings stay."""
    ended = Goal.one(goal)
    if why not in GOAL_ENDS:
        raise PlanUnclear(f"Say how the goal ended: {' or '.join(GOAL_ENDS)}.")
    if ended.ended_at is not None:
        raise NotHere("goal")
    ended.ended_at, ended.ended_why = at, why
    ended.save()
    record_about(ended, "goal ended", by=by, at=at, why=why)


def _check(item: PlannedForm, *, case: UUID | None, risk_open: bool) -> None:
    item.check()
    if has_risk_item(item.instrument) and not risk_open:
        raise RiskQuestionsLocked(item.instrument)
    if item.membership is None:
        return
    member = _there(PlanItem, "membership", item.membership)
    if member.case_id != case:
        raise NotHere("member of this case")


def _plan(case: UUID | None, kind: str) -> Plan:
    if case is None:
        return Plan.objects.get_or_create(case=None, kind=kind)[0]
    _there(Plan, "case", case)
    return Plan.objects.get_or_create(case_id=case)[0]


def _there(model: type[Stored], field: str, id: UUID) -> Any:
    """The row of another part that a foreign key names; it has to be in this practice."""
    other: Any = model._meta.get_field(field).related_model
    return other.one(id)


def _item(plan: Plan, item: PlannedForm, *, position: int, at: datetime) -> PlanItem:
    line = PlanItem(
        plan=plan,
        position=position,
        instrument=item.instrument,
        moment=item.moment,
        who=item.who,
        membership_id=item.membership,
        every=item.every,
        first_session=item.first_session,
        last_session=item.last_session,
        since=at,
    )
    line.save()
    return line
