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
from rapport.web.people.queries import Reader
from rapport.web.people.reaching import cannot_sign_in, out_of_reach
from rapport.web.people.roles import May
from rapport.web.safety.errors import AlreadyClosed, NoteMissing, RiskQuestionsLocked
from rapport.web.safety.models import STEPS, Flag, Notice, ResponsePlan
from rapport.web.safety.queries import (
    OpenFlag,
    flag_to_answer,
    missing_for_risk_questions,
    who_may_be_told,
)
from rapport.web.safety.turns import (
    ABOUT_THE_THERAPIST,
    FOR_THE_THERAPIST,
    in_turn,
    never_told,
    next_person,
)

NOBODY = "nobody"  # a client's wish: nobody is told yet

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
    *,
    membership: UUID,
    answers: UUID,
    therapist: UUID,
    risk: RiskAnswer,
    by: By,
    at: datetime,
    wish: str = "",
) -> UUID:
    """Raise a flag and the first notice, inside the transaction that keeps the answer.

    An answer that came although nobody is named (on paper, by file) is flagged all the same: then
    the therapist is told. Of fear of the therapist the one is told whom the client chose, else the
    next person named, else whoever leads the practice; never the therapist. Where the client wishes
    so, or nobody else is here, the flag is kept and nobody is told of it yet.

    Args:
        wish: of a client who fears the therapist: id of who is told, "nobody", or "" for no choice.
    """
    plan = ResponsePlan.objects.first()
    first = _first(plan, therapist, risk, wish, at)
    flag = Flag(membership_id=membership, answers_id=answers, raised_at=at, owner_id=first)
    content = {
        "kind": risk.kind,
        "question": risk.question,
        "answer": risk.answer,
        "therapist": str(therapist),
        "kept_back": "" if first else "client" if wish == NOBODY else "nobody here",
    }
    flag.put("content", json.dumps(content))
    flag.save()
    _tell_first(flag, first, therapist, at)
    owner = str(first) if first else NOBODY
    record_about(flag, "flag raised", by=by, at=at, answers=str(answers), owner=owner)
    return flag.pk


def _tell_first(flag: Flag, first: UUID | None, therapist: UUID, at: datetime) -> None:
    """Whoever answers, and the therapist unless the answer is about them."""
    if first is not None:
        _tell(flag, first, "first", at)
    if first != therapist and therapist not in never_told(flag):
        _tell(flag, therapist, "first", at)


@transaction.atomic
def note_changed(*, answers: UUID, question: str, later: str, by: By, at: datetime) -> None:
    """Keep beside a flag what was answered afterwards; it stays open all the same.

    Args:
        answers: the check-in.
        question, later: in the words of the form; "not answered" where it was taken back.
    """
    for flag in Flag.objects.filter(answers_id=answers).select_related("membership"):
        content = json.loads(flag.get("content") or "{}")
        if content["question"] == question and content.get("later") != later:
            flag.put("content", json.dumps(content | {"later": later}))
            flag.save()
            record_about(flag, "answer changed afterwards", by=by, at=at)


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
    _tell_whoever_came(at=at, by=by)
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
        if _silent_too_long(flag, at) and next_person(flag, plan, set()) is None
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
def drop_flags_of(*, person: UUID) -> None:
    """Delete flags of somebody who was forgotten already: their key is gone, nobody reads them."""
    Flag.objects.filter(membership__person_id=person).delete()


@transaction.atomic
def tell_now(*, flag: UUID, staff: UUID, by: By, at: datetime) -> None:
    """Tell somebody of a flag that was kept back; of one that was told already nothing changes."""
    kept = Flag.one(flag)
    if kept.owner_id is not None or kept.closed_at is not None:
        return
    kept.owner_id = staff
    kept.save()
    _tell(kept, staff, "first", at)
    record_about(kept, "flag told", by=by, at=at, owner=str(staff))


def _tell_whoever_came(*, at: datetime, by: By) -> None:
    """Flags that nobody could be told of, as soon as somebody is there; a client's wish stays."""
    for flag in Flag.objects.filter(closed_at=None, owner=None).select_related("membership"):
        content = json.loads(flag.get("content") or "{}")
        there = who_may_be_told(therapist=UUID(content["therapist"]))
        if there and content["kept_back"] != "client":
            tell_now(flag=flag.pk, staff=there[0].staff, by=by, at=at)


def _first(
    plan: ResponsePlan | None, therapist: UUID, risk: RiskAnswer, wish: str, at: datetime
) -> UUID | None:
    if risk.kind in FOR_THE_THERAPIST:
        return therapist
    if risk.kind in ABOUT_THE_THERAPIST:
        there = [person.staff for person in who_may_be_told(therapist=therapist)]
        return _as_wished(wish, _reachable_first(there, at))
    return [*_reachable_first(in_turn(plan), at), therapist][0]


def _as_wished(wish: str, there: list[UUID]) -> UUID | None:
    """Whom the client chose; who can't be chosen is no choice, and then the first is told."""
    if wish == NOBODY or not there:
        return None
    return next((person for person in there if str(person) == wish), there[0])


def _reachable_first(staff: Sequence[UUID], at: datetime) -> list[UUID]:
    """In their order, but those who would read nothing now last: better than nobody."""
    gone = out_of_reach(staff, at)
    return sorted(staff, key=lambda one: one in gone)


def _open_flags() -> QuerySet[Flag]:
    """Those that somebody was told of; one that was kept back waits for a wish, not for time."""
    told = Flag.objects.filter(closed_at=None, owner__isnull=False).select_related("membership")
    return told.prefetch_related("notices").order_by("raised_at", "pk")


def _gone(flags: Sequence[Flag], plan: ResponsePlan, at: datetime) -> set[UUID]:
    """Everybody who would not read it now, of those who were told, own a flag or are named."""
    told = [notice.to_id for flag in flags for notice in flag.notices.all()]
    owners = [flag.owner_id for flag in flags]
    return out_of_reach([*told, *owners, *in_turn(plan)], at)


def _has_to_go_on(flag: Flag, plan: ResponsePlan, gone: set[UUID], at: datetime) -> bool:
    late = _late(flag, plan.minutes or 0, gone, at)
    return late and next_person(flag, plan, gone) is not None


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


def _escalate(flag: Flag, plan: ResponsePlan, gone: set[UUID], *, by: By, at: datetime) -> None:
    following = next_person(flag, plan, gone)
    if following is None:
        return
    if flag.owner_id in gone:
        flag.owner_id = following
        flag.save()
    step = STEPS[1] if following == plan.backup_id else STEPS[2]
    _tell(flag, following, step, at)
    record_about(flag, "next person told", by=by, at=at, step=step, to=str(following))


def _tell(flag: Flag, to: UUID, step: str, at: datetime) -> None:
    Notice(flag=flag, to_id=to, step=step, due_at=at).save()


def _mine(flag: UUID, reader: Reader) -> Flag:
    reader.must(May.ANSWER_FLAGS)
    if not Notice.objects.filter(flag_id=flag, to_id=reader.staff).exists():
        raise NotHere("flag")
    return Flag.one(flag)
