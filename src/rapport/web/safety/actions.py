"""Raise, acknowledge, hand on and close flags; say who answers in this practice."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from rapport.web.audit.actions import By, record_about
from rapport.web.core.errors import NotHere
from rapport.web.people.queries import Reader, staff_with
from rapport.web.people.reaching import cannot_sign_in
from rapport.web.people.roles import May
from rapport.web.safety.errors import (
    AbsenceUnclear,
    AlreadyClosed,
    NoteMissing,
    RiskQuestionsLocked,
)
from rapport.web.safety.models import STEPS, Away, Flag, Notice, ResponsePlan
from rapport.web.safety.queries import OpenFlag, flag_to_answer, missing_for_risk_questions

# Fear of somebody else in the case: the therapist is told, alone and at once.
FOR_THE_THERAPIST = ("safe-with-others",)
# Fear of the therapist: somebody else is told, and the therapist is not.
ABOUT_THE_THERAPIST = ("relationship-safety",)

TOLD_AGAIN = timedelta(hours=12)  # when nobody is left to be told (ours: twice a day until taken)


@dataclass(frozen=True, kw_only=True)
class RiskAnswer:
    """What was answered that a person must answer.

    Attributes:
        kind: "self-harm", "harm-to-others", "relationship-safety" or "safe-with-others".
        question, answer: as the client read and gave them.
    """

    kind: str
    question: str
    answer: str


@transaction.atomic
def set_response_plan(*, by: By, at: datetime, **told: object) -> None:
    """Say who answers, when and how; only what is given changes.

    Args:
        told: fields of the response plan: responder, backup, lead (ids of staff), outside, hours,
            minutes, emergency, help_text and consent_text (by language).
    """
    plan = ResponsePlan.objects.first() or ResponsePlan()
    for field, value in told.items():
        setattr(plan, f"{field}_id" if field in ("responder", "backup", "lead") else field, value)
    plan.save()
    record_about(plan, "response plan changed", by=by, at=at, fields=", ".join(sorted(told)))


def must_be_open() -> None:
    """Refuse to ask about risk while nobody is named to answer.

    Raises:
        RiskQuestionsLocked: says what is missing.
    """
    missing = missing_for_risk_questions()
    if missing:
        raise RiskQuestionsLocked(missing)


def raise_flag(
    *, membership: UUID, answers: UUID, therapist: UUID, risk: RiskAnswer, by: By, at: datetime
) -> UUID:
    """Raise a flag and the first notice, inside the transaction that keeps the answer.

    An answer that came although nobody is named (on paper, by file) is flagged all the same: then
    the therapist is told. Fear of the therapist goes to the next person named, or to whoever leads
    the practice; to the therapist only where nobody else works here, since an answer that nobody
    reads would be worse.
    """
    plan = ResponsePlan.objects.first()
    first = _first(plan, therapist, risk, at)
    flag = Flag(membership_id=membership, answers_id=answers, raised_at=at, owner_id=first)
    content = {
        "kind": risk.kind,
        "question": risk.question,
        "answer": risk.answer,
        "therapist": str(therapist),
    }
    flag.put("content", json.dumps(content))
    flag.save()
    _tell(flag, first, "first", at)
    if first != therapist and risk.kind not in ABOUT_THE_THERAPIST:
        _tell(flag, therapist, "first", at)
    record_about(flag, "flag raised", by=by, at=at, answers=str(answers), owner=str(first))
    return flag.pk


@transaction.atomic
def read_flag(*, flag: UUID, reader: Reader, at: datetime) -> OpenFlag:
    """Give a flag to somebody who was told of it, and keep that they read it."""
    found = flag_to_answer(flag, reader=reader)
    record_about(Flag.one(flag), "flag read", by=reader.by, at=at)
    return found


@transaction.atomic
def acknowledge(*, flag: UUID, reader: Reader, at: datetime) -> None:
    """Somebody has seen it and takes it on."""
    seen = _mine(flag, reader)
    if seen.acknowledged_at is None:
        seen.acknowledged_at, seen.acknowledged_by_id = at, reader.staff
        seen.owner_id = reader.staff
        seen.save()
        record_about(seen, "flag acknowledged", by=reader.by, at=at)


@transaction.atomic
def close(*, flag: UUID, note: str, reader: Reader, at: datetime) -> None:
    """Close a flag with what was asked, said and agreed.

    Raises:
        NoteMissing: nothing was written.
        AlreadyClosed: somebody closed it before.
    """
    closed = _mine(flag, reader)
    if not note.strip():
        raise NoteMissing
    if closed.closed_at is not None:
        raise AlreadyClosed
    closed.closed_at, closed.closed_by_id = at, reader.staff
    if closed.acknowledged_at is None:
        closed.acknowledged_at, closed.acknowledged_by_id = at, reader.staff
    closed.put("note", note.strip())
    closed.save()
    record_about(closed, "flag closed", by=reader.by, at=at)


def tell_the_next(*, at: datetime, by: By) -> list[UUID]:
    """Tell the next person of every flag that nobody acknowledged in time.

    At once where nobody of those told can read it: they left, their account is closed, they are
    away, or no message to them surely arrived. Each flag is a transaction of its own, so that a
    worker which ends half-way has told of those before.

    Returns:
        The flags of which somebody else was told.
    """
    plan = ResponsePlan.objects.first()
    if plan is None or not plan.minutes:
        return []
    flags = list(_open_flags())
    gone = _gone(flags, plan, at)
    late = [flag.pk for flag in flags if _has_to_go_on(flag, plan, gone, at)]
    return [flag for flag in late if _tell_the_next_of(flag, at=at, by=by)]


@transaction.atomic
def _tell_the_next_of(flag: UUID, *, at: datetime, by: By) -> bool:
    # The row is locked so that of two workers the second sees whom the first one told.
    plan = ResponsePlan.objects.select_for_update().first()
    still = _open_flags().filter(pk=flag).first()
    if plan is None or still is None:
        return False
    gone = _gone([still], plan, at)
    if not _has_to_go_on(still, plan, gone, at):
        return False
    _escalate(still, plan, gone, by=by, at=at)
    return True


def tell_again(*, at: datetime, by: By) -> list[UUID]:
    """Tell everybody again of flags that nobody took on and of which nobody is left to be told."""
    plan = ResponsePlan.objects.first()
    silent = [
        flag
        for flag in _open_flags().filter(acknowledged_at=None)
        if _silent_too_long(flag, at) and _next_person(flag, plan, set()) is None
    ]
    return [flag.pk for flag in silent if _tell_all_of(flag.pk, at=at, by=by)]


@transaction.atomic
def _tell_all_of(flag: UUID, *, at: datetime, by: By) -> bool:
    still = Flag.objects.select_for_update().filter(pk=flag, acknowledged_at=None).first()
    if still is None or not _silent_too_long(still, at):
        return False
    for notice in still.notices.all():
        notice.turn, notice.due_at, notice.sent_at = notice.turn + 1, at, None
        notice.unsure = False
        notice.save()
    record_about(still, "all told again", by=by, at=at)
    return True


@transaction.atomic
def notice_sent(*, notice: UUID, at: datetime, delivered: bool, unsure: bool = False) -> None:
    """Keep that a nudge went out, or that it did not: then it is tried again.

    Args:
        unsure: it was handed over as often as it may be and nobody knows whether it arrived.
    """
    told = Notice.one(notice)
    told.tries += 1
    told.unsure = unsure
    if delivered:
        told.sent_at = at
    told.save()


@transaction.atomic
def note_away(*, staff: UUID, since: datetime, until: datetime, by: By, at: datetime) -> None:
    """Note that somebody can't be reached for a while; an earlier note is replaced.

    Raises:
        AbsenceUnclear: it ends before it begins, or is over already.
    """
    if until <= since or until <= at:
        raise AbsenceUnclear
    Away.objects.filter(staff_id=staff, until__gt=at).delete()
    away = Away(staff_id=staff, since=since, until=until)
    away.save()
    record_about(away, "absence noted", by=by, at=at, staff=str(staff))


@transaction.atomic
def note_back(*, staff: UUID, by: By, at: datetime) -> None:
    """Somebody is back earlier, or does not go."""
    for away in Away.objects.filter(staff_id=staff, until__gt=at):
        record_about(away, "absence ended", by=by, at=at, staff=str(staff))
        away.delete()


def _first(plan: ResponsePlan | None, therapist: UUID, risk: RiskAnswer, at: datetime) -> UUID:
    if risk.kind in FOR_THE_THERAPIST:
        return therapist
    named = _in_order(plan)
    if risk.kind in ABOUT_THE_THERAPIST:
        named = [person for person in [*named, *staff_with("practice-lead")] if person != therapist]
    gone = _out_of_reach(named, at)
    # Somebody away is better than nobody.
    return [*(one for one in named if one not in gone), *named, therapist][0]


def _in_order(plan: ResponsePlan | None) -> list[UUID]:
    """Responder, back-up, lead, without anybody who has left."""
    people = (plan.responder, plan.backup, plan.lead) if plan else ()
    return [person.pk for person in people if person is not None and person.left_at is None]


def _out_of_reach(staff: Sequence[UUID], at: datetime) -> set[UUID]:
    """Those who would not read it now: they left, their account is closed, or they are away."""
    away = Away.objects.filter(staff_id__in=list(staff), since__lte=at, until__gt=at)
    return cannot_sign_in(staff) | set(away.values_list("staff_id", flat=True))


def _open_flags() -> QuerySet[Flag]:
    waiting = Flag.objects.filter(closed_at=None).select_related("membership")
    return waiting.prefetch_related("notices").order_by("raised_at", "pk")


def _gone(flags: Sequence[Flag], plan: ResponsePlan, at: datetime) -> set[UUID]:
    """Everybody who would not read it now, of those who were told, own a flag or are named."""
    told = [notice.to_id for flag in flags for notice in flag.notices.all()]
    owners = [flag.owner_id for flag in flags]
    return _out_of_reach([*told, *owners, *_in_order(plan)], at)


def _has_to_go_on(flag: Flag, plan: ResponsePlan, gone: set[UUID], at: datetime) -> bool:
    late = _late(flag, plan.minutes or 0, gone, at)
    return late and _next_person(flag, plan, gone) is not None


def _late(flag: Flag, minutes: int, gone: set[UUID], at: datetime) -> bool:
    if flag.acknowledged_at is not None:
        return flag.owner_id in gone and flag.owner_id in cannot_sign_in([flag.owner_id])
    notices = list(flag.notices.all())
    unread = all(notice.unsure or notice.to_id in gone for notice in notices)
    last = max(notice.due_at for notice in notices)
    return flag.owner_id in gone or unread or last + timedelta(minutes=minutes) <= at


def _silent_too_long(flag: Flag, at: datetime) -> bool:
    notices = list(flag.notices.all())
    nobody_sure = all(notice.unsure for notice in notices)
    return nobody_sure or max(notice.due_at for notice in notices) + TOLD_AGAIN <= at


def _next_person(flag: Flag, plan: ResponsePlan | None, gone: set[UUID]) -> UUID | None:
    """Who has not been told yet: first whoever can be reached, else whoever is named."""
    told = {notice.to_id for notice in flag.notices.all()}
    waiting = [person for person in _in_order(plan) if person not in told]
    if waiting:  # a flag is opened only where somebody is left who might have to be spared
        never = _never_told(flag)
        waiting = [person for person in waiting if person not in never]
    return next(iter([*(one for one in waiting if one not in gone), *waiting]), None)


def _escalate(flag: Flag, plan: ResponsePlan, gone: set[UUID], *, by: By, at: datetime) -> None:
    following = _next_person(flag, plan, gone)
    if following is None:
        return
    if flag.owner_id in gone:
        flag.owner_id = following
        flag.save()
    step = STEPS[1] if following == plan.backup_id else STEPS[2]
    _tell(flag, following, step, at)
    record_about(flag, "next person told", by=by, at=at, step=step, to=str(following))


def _never_told(flag: Flag) -> set[UUID]:
    """Whom a flag is about; also nobody who steps in later may be that person."""
    content = json.loads(flag.get("content") or "{}")
    return {UUID(content["therapist"])} if content["kind"] in ABOUT_THE_THERAPIST else set()


def _tell(flag: Flag, to: UUID, step: str, at: datetime) -> None:
    Notice(flag=flag, to_id=to, step=step, due_at=at).save()


def _mine(flag: UUID, reader: Reader) -> Flag:
    reader.must(May.ANSWER_FLAGS)
    if not Notice.objects.filter(flag_id=flag, to_id=reader.staff).exists():
        raise NotHere("flag")
    return Flag.one(flag)
