"""Raise, acknowledge, hand on and close flags; say who answers in this practice."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from rapport.web.audit.actions import By, record_about
from rapport.web.core.errors import NotHere
from rapport.web.people.queries import Reader
from rapport.web.people.reaching import out_of_reach
from rapport.web.people.roles import May
from rapport.web.safety.errors import AlreadyClosed, NoteMissing, RiskQuestionsLocked
from rapport.web.safety.models import STEPS, Flag, Notice, ResponsePlan
from rapport.web.safety.queries import OpenFlag, flag_to_answer, missing_for_risk_questions
from rapport.web.safety.response.queries import told_of_fear
from rapport.web.safety.response.rules import can_answer

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
    plan = ResponsePlan.objects.first() or ResponsePlan(version=0)
    plan.version += 1
    for field, value in told.items():
        setattr(plan, f"{field}_id" if field in ("responder", "backup", "lead") else field, value)
    plan.save()
    record_about(plan, "response plan changed", by=by, at=at, fields=", ".join(sorted(told)))


def must_be_open(*, at: datetime) -> None:
    """Refuse to ask about risk while nobody is named to answer.

    Raises:
        RiskQuestionsLocked: says what is missing.
    """
    missing = missing_for_risk_questions(at=at)
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


@transaction.atomic
def tell_the_next(*, at: datetime, by: By) -> list[UUID]:
    """Tell the next person of every flag that nobody acknowledged in time.

    At once where nobody of those told can read it: they left, their account is closed, they are
    away, or no message to them surely arrived.

    Returns:
        The flags of which somebody else was told.
    """
    # The row is locked so that of two workers the second sees whom the first one told.
    plan = ResponsePlan.objects.select_for_update().first()
    if plan is None or not plan.minutes:
        return []
    late = [flag for flag in _open_flags() if _late(flag, plan.minutes, at)]
    return [flag.pk for flag in late if _escalate(flag, plan, by=by, at=at)]


@transaction.atomic
def tell_again(*, at: datetime, by: By) -> list[UUID]:
    """Tell everybody again of flags that nobody took on and of which nobody is left to be told."""
    plan = ResponsePlan.objects.select_for_update().first()
    ending = [
        flag
        for flag in _open_flags().filter(acknowledged_at=None)
        if _next_person(flag, plan, at) is None and _silent_too_long(flag, at)
    ]
    for flag in ending:
        for notice in flag.notices.all():
            notice.turn, notice.due_at, notice.sent_at = notice.turn + 1, at, None
            notice.unsure = False
            notice.save()
        record_about(flag, "all told again", by=by, at=at)
    return [flag.pk for flag in ending]


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
def drop_flags_of(*, person: UUID) -> None:
    """Delete flags of somebody who was forgotten already: their key is gone, nobody reads them."""
    Flag.objects.filter(membership__person_id=person).delete()


def _first(plan: ResponsePlan | None, therapist: UUID, risk: RiskAnswer, at: datetime) -> UUID:
    if risk.kind in FOR_THE_THERAPIST:
        return therapist
    named = _in_order(plan)
    gone = out_of_reach(named, at)
    # Somebody away is better than nobody.
    ordered = [*(one for one in named if one not in gone), *named]
    if risk.kind in ABOUT_THE_THERAPIST:
        return told_of_fear(therapist, named=ordered) or therapist
    return [*ordered, therapist][0]


def _in_order(plan: ResponsePlan | None) -> list[UUID]:
    """Responder, back-up, lead: whoever works here and may read an answer, away or not."""
    named = (plan.responder, plan.backup, plan.lead) if plan else ()
    return list(dict.fromkeys(one.pk for one in named if one is not None and can_answer(one)))


def _open_flags() -> QuerySet[Flag]:
    return Flag.objects.filter(closed_at=None).prefetch_related("notices")


def _late(flag: Flag, minutes: int, at: datetime) -> bool:
    if flag.acknowledged_at is not None:
        return flag.owner_id in out_of_reach([flag.owner_id], at)
    notices = list(flag.notices.all())
    told = [notice.to_id for notice in notices]
    gone = out_of_reach([*told, flag.owner_id], at)
    unread = all(notice.unsure or notice.to_id in gone for notice in notices)
    last = max(notice.due_at for notice in notices)
    return flag.owner_id in gone or unread or last + timedelta(minutes=minutes) <= at


def _silent_too_long(flag: Flag, at: datetime) -> bool:
    notices = list(flag.notices.all())
    nobody_sure = all(notice.unsure for notice in notices)
    return nobody_sure or max(notice.due_at for notice in notices) + TOLD_AGAIN <= at


def _next_person(flag: Flag, plan: ResponsePlan | None, at: datetime) -> UUID | None:
    """Who has not been told yet: first whoever can be reached, else whoever is named."""
    told = {notice.to_id for notice in flag.notices.all()} | _never_told(flag)
    waiting = [person for person in _in_order(plan) if person not in told]
    gone = out_of_reach(waiting, at)
    return next(iter([*(one for one in waiting if one not in gone), *waiting]), None)


def _escalate(flag: Flag, plan: ResponsePlan, *, by: By, at: datetime) -> bool:
    following = _next_person(flag, plan, at)
    if following is None:
        return False
    if flag.owner_id in out_of_reach([flag.owner_id], at):
        flag.owner_id = following
        flag.save()
    step = STEPS[1] if following == plan.backup_id else STEPS[2]
    _tell(flag, following, step, at)
    record_about(flag, "next person told", by=by, at=at, step=step, to=str(following))
    return True


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
