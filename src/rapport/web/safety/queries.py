"""Whether risk questions may be asked, which flags are open, and what a client in need is shown."""

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db.models import UUIDField

from rapport.web.audit.actions import record_seen
from rapport.web.core.asked_often import AskedOften
from rapport.web.core.errors import NotHere
from rapport.web.people.queries import Reader, language_here, names_of, staff_names
from rapport.web.people.roles import May
from rapport.web.safety.models import Flag, Notice, ResponsePlan
from rapport.web.safety.response.rules import NEEDED, missing
from rapport.web.safety.telling import MayBeTold, fear_may_be_asked, plan_now, who_may_be_told
from rapport.web.safety.turns import ABOUT_THE_THERAPIST, FOR_THE_THERAPIST, goes_on

__all__ = ["ABOUT_THE_THERAPIST", "NEEDED", "MayBeTold", "fear_may_be_asked", "who_may_be_told"]


@dataclass(frozen=True, kw_only=True)
class Help:
    """What a client who may be in danger sees first.

    Attributes:
        emergency: the number to call.
        text: crisis lines and places, in the client's language; None: none was written.
        hours: when the practice reads answers, in words.
        who: the role that reads this answer.
        minutes: within which somebody of the practice will have read it, in its hours.
        outside: somebody outside the practice, for what nobody in it can be told.
        consent: how answers about risk are read, as the practice wrote it for its clients.
    """

    emergency: str
    text: str | None
    hours: str
    who: str
    minutes: int | None
    outside: str = ""
    consent: str | None = None


@dataclass(frozen=True, kw_only=True)
class OpenFlag:
    """A flag as the person sees it who has to answer. No level: the answer itself.

    Attributes:
        then: who is told next, and when, unless somebody takes it on; None: nobody is left, or
            somebody did.
        later: what was answered to the same question afterwards; "": nothing else.
        closed_at, closed_by, note: of one that was answered; it stays in the record.
    """

    flag: UUID
    membership: UUID
    person: UUID
    name: str
    kind: str
    question: str
    answer: str
    raised_at: datetime
    acknowledged_at: datetime | None
    owner: UUID | None
    then: tuple[str, datetime] | None = None
    later: str = ""
    closed_at: datetime | None = None
    closed_by: str = ""
    note: str = ""

    @property
    def stands_on_lists(self) -> bool:
        """Whether the answer may stand where somebody in the room could read it.

        Not that somebody fears another member of the case, or their therapist: on its own page.
        """
        return self.kind not in (*ABOUT_THE_THERAPIST, *FOR_THE_THERAPIST)


@dataclass(frozen=True, kw_only=True)
class WaitingFlag:
    """A flag as the practice lead sees it: that it waits and for whom; nothing of the answer."""

    flag: UUID
    owner: UUID | None
    raised_at: datetime
    acknowledged_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Nudge:
    """A notice that has not gone out yet; nothing of the flag but that somebody waits for it."""

    notice: UUID
    turn: int
    to: UUID
    due_at: datetime


def nudges_due(*, at: datetime) -> list[Nudge]:
    """Who still has to be told that something waits for them, the oldest first."""
    waiting = Notice.objects.filter(
        sent_at=None, unsure=False, due_at__lte=at, flag__closed_at=None, flag__acknowledged_at=None
    )
    return [
        Nudge(notice=n.pk, turn=n.turn, to=n.to_id, due_at=n.due_at)
        for n in waiting.order_by("due_at", "pk")
    ]


def nudge_waits(notice: UUID, *, turn: int) -> UUID | None:
    """Whom to nudge; None: somebody took the flag on, or this turn is over."""
    found = Notice.objects.select_related("flag").filter(pk=notice, turn=turn, sent_at=None).first()
    taken = found is None or found.flag.closed_at or found.flag.acknowledged_at
    return None if taken or found is None else found.to_id


def missing_for_risk_questions(*, at: datetime) -> list[str]:
    """What the practice still has to say before anybody is asked about risk; empty: nothing."""
    return missing(plan_now(), at, language=language_here())


def help_for(language: str) -> Help:
    """What is shown at once on a risk answer; what is not known is left out, never made up."""
    plan = _RESPONDER.first()
    if plan is None:
        return Help(emergency="", text=None, hours="", who="", minutes=None)
    return Help(
        emergency=plan.emergency,
        text=_in_language(plan.help_text, language),
        hours=plan.hours,
        who=plan.responder.name if plan.responder else "",
        minutes=plan.minutes,
        outside=plan.outside,
        consent=_in_language(plan.consent_text, language),
    )


def flags_shown(*, reader: Reader, at: datetime) -> list[OpenFlag]:
    """Open flags the reader was told of, with the answers, for a page; that stands in the log."""
    found = flags_to_answer(reader=reader)
    clients = {one.person for one in found}
    record_seen("flagged answers seen", clients=clients, by=reader.by, at=at)
    return found


def flags_to_answer(*, reader: Reader) -> list[OpenFlag]:
    """Open flags the reader owns or was told of, the oldest first."""
    reader.must(May.ANSWER_FLAGS)
    told = Notice.objects.filter(to_id=reader.staff).values("flag_id")
    mine = Flag.objects.filter(closed_at=None, pk__in=told).select_related("membership")
    found = list(mine.prefetch_related("notices").order_by("raised_at"))
    plan = plan_now() if found else None
    return [replace(_open(flag), then=_then(flag, plan)) for flag in found]


def flag_to_answer(flag: UUID, *, reader: Reader) -> OpenFlag:
    """One flag, for somebody who was told of it.

    Raises:
        NotHere: there is none, or the reader was never told of it.
    """
    reader.must(May.ANSWER_FLAGS)
    if not Notice.objects.filter(flag_id=flag, to_id=reader.staff).exists():
        raise NotHere("flag")
    return _open(Flag.one(flag))


_TOLD_OF = AskedOften(
    lambda membership, staff: (
        Flag.objects.filter(
            membership_id=membership,
            pk__in=Notice.objects.filter(to_id=staff).values("flag_id"),
        )
        .select_related("membership")
        .order_by("-raised_at")
    ),
    membership=UUIDField(),
    staff=UUIDField(),
)


def flags_of_member(membership: UUID, *, reader: Reader) -> list[OpenFlag]:
    """Every flag of one member that the reader was told of, answered ones too, the latest first."""
    return [_open(flag) for flag in _TOLD_OF.all(membership=membership, staff=reader.staff)]


def waiting_flags(*, reader: Reader) -> list[WaitingFlag]:
    """All open flags of the practice without what was answered.

    Not those that a client keeps back, and none that is about the reader as a therapist.
    """
    reader.must(May.SEE_ALL_FLAGS)
    told = Flag.objects.filter(closed_at=None, owner__isnull=False).select_related("membership")
    return [
        WaitingFlag(
            flag=flag.pk,
            owner=flag.owner_id,
            raised_at=flag.raised_at,
            acknowledged_at=flag.acknowledged_at,
        )
        for flag in told.order_by("raised_at")
        if not is_about(flag, reader.staff)
    ]


_FLAGS_OF = AskedOften(
    lambda membership: Flag.objects.filter(membership_id=membership).select_related("membership"),
    membership=UUIDField(),
)


def joint_display_allowed(memberships: list[UUID]) -> bool:
    """Whether members' answers may ever be shown side by side.

    Not while, and not after, one of them said that they do not feel safe with somebody in the case:
    closing the flag ends the waiting, not the danger. The reason is told to nobody.
    """
    return not any(_are_apart(_FLAGS_OF.all(membership=one)) for one in memberships)


def kept_apart(memberships: Collection[UUID]) -> set[UUID]:
    """Those of these members who said so: nothing of their case is ever shown jointly."""
    flags = Flag.objects.filter(membership_id__in=memberships).select_related("membership")
    return _are_apart(flags)


def _are_apart(flags: Iterable[Flag]) -> set[UUID]:
    return {f.membership_id for f in flags if _content(f)["kind"] == "safe-with-others"}


_RESPONDER = AskedOften(lambda: ResponsePlan.objects.select_related("responder").order_by("pk")[:1])
_RAISED = AskedOften(
    lambda answers: (
        Flag.objects.filter(answers_id=answers)
        .select_related("membership", "owner")
        .order_by("raised_at", "pk")
    ),
    answers=UUIDField(),
)


def is_about(flag: Flag, staff: UUID) -> bool:
    """Whether a flag says that a client is afraid of this member of staff."""
    content = _content(flag)
    return content["kind"] in ABOUT_THE_THERAPIST and content["therapist"] == str(staff)


def _in_language(texts: dict[str, str], language: str) -> str | None:
    """In the client's language, else in the practice's, else in any: better than nothing."""
    wanted = (texts.get(language), texts.get(language_here()), *texts.values())
    return next((text for text in wanted if text), None)


def _content(flag: Flag) -> dict[str, str]:
    content: dict[str, str] = json.loads(flag.get("content") or "{}")
    return content


def _open(flag: Flag) -> OpenFlag:
    content = _content(flag)
    return OpenFlag(
        flag=flag.pk,
        membership=flag.membership_id,
        person=flag.membership.person_id,
        name=names_of([flag.membership_id])[flag.membership_id],
        kind=content["kind"],
        question=content["question"],
        answer=content["answer"],
        raised_at=flag.raised_at,
        acknowledged_at=flag.acknowledged_at,
        owner=flag.owner_id,
        later=content.get("later", ""),
        closed_at=flag.closed_at,
        closed_by=flag.closed_by.name if flag.closed_by else "",
        note=flag.get("note") or "",
    )


def _then(flag: Flag, plan: ResponsePlan | None) -> tuple[str, datetime] | None:
    following = goes_on(flag, plan)
    if following is None:
        return None
    staff, at = following
    return staff_names([staff])[staff], at


def flags_of(memberships: Iterable[str]) -> list[str]:
    """Ids of all flags of these members, for finding them in the log."""
    found = Flag.objects.filter(membership_id__in=list(memberships))
    return [str(pk) for pk in found.values_list("pk", flat=True)]


def kept_back(answers: UUID) -> tuple[UUID, ...]:
    """Flags of a check-in that nobody was told of, because the client wished so."""
    return tuple(raised.flag for raised in raised_with(answers) if raised.kept_back)


@dataclass(frozen=True, kw_only=True)
class Raised:
    """One flag of a check-in, for the reply to whoever wrote it.

    Attributes:
        told: name of who was told first; "": nobody.
        kept_back: nobody was told of it, because the client wished so.
        question, answer: as the client read and gave them.
    """

    flag: UUID
    kind: str
    question: str
    answer: str
    told: str
    kept_back: bool


def raised_with(answers: UUID) -> tuple[Raised, ...]:
    """The flags that came with this check-in."""
    return tuple(_raised(flag) for flag in _RAISED.all(answers=answers))


def _raised(flag: Flag) -> Raised:
    content = _content(flag)
    return Raised(
        flag=flag.pk,
        kind=content["kind"],
        question=content["question"],
        answer=content["answer"],
        told=flag.owner.name if flag.owner else "",
        kept_back=(
            flag.owner_id is None
            and flag.closed_at is None
            and content.get("kept_back") == "client"
        ),
    )
