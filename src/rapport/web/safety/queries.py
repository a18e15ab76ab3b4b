"""Whether risk questions may be asked, which flags are open, and what a client in need is shown."""

import json
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from rapport.web.core.errors import NotHere
from rapport.web.people.queries import Reader, names_of, staff_names, staff_with
from rapport.web.people.roles import May, allowed
from rapport.web.safety.models import Flag, Notice, ResponsePlan

# Fear of the therapist: the client chooses who is told, and the therapist never is.
ABOUT_THE_THERAPIST = ("relationship-safety",)


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
    """

    emergency: str
    text: str | None
    hours: str
    who: str
    minutes: int | None
    outside: str = ""


@dataclass(frozen=True, kw_only=True)
class OpenFlag:
    """A flag as the person sees it who has to answer. No level: the answer itself."""

    flag: UUID
    membership: UUID
    name: str
    kind: str
    question: str
    answer: str
    raised_at: datetime
    acknowledged_at: datetime | None
    owner: UUID | None


@dataclass(frozen=True, kw_only=True)
class WaitingFlag:
    """A flag as the practice lead sees it: that it waits and for whom; nothing of the answer."""

    flag: UUID
    owner: UUID | None
    raised_at: datetime
    acknowledged_at: datetime | None


def missing_for_risk_questions() -> list[str]:
    """What the practice still has to say before anybody is asked about risk; empty: nothing."""
    plan = _plan()
    if plan is None:
        return list(NEEDED)
    there = {
        "who answers": _works_here(plan.responder),
        "who steps in": _works_here(plan.backup) or bool(plan.outside),
        "the hours": bool(plan.hours),
        "the time within which somebody answers": bool(plan.minutes),
        "help lines in each language": bool(plan.emergency) and bool(plan.help_text),
        "the consent wording": bool(plan.consent_text),
    }
    return [need for need in NEEDED if not there[need]]


NEEDED = (
    "who answers",
    "who steps in",
    "the hours",
    "the time within which somebody answers",
    "help lines in each language",
    "the consent wording",
)


def help_for(language: str) -> Help:
    """What is shown at once on a risk answer; what is not known is left out, never made up."""
    plan = _plan()
    if plan is None:
        return Help(emergency="", text=None, hours="", who="", minutes=None)
    return Help(
        emergency=plan.emergency,
        text=plan.help_text.get(language) or plan.help_text.get("en"),
        hours=plan.hours,
        who=plan.responder.name if plan.responder else "",
        minutes=plan.minutes,
        outside=plan.outside,
    )


@dataclass(frozen=True, kw_only=True)
class MayBeTold:
    """Somebody of the practice whom a client may choose to tell."""

    staff: UUID
    name: str


def who_may_be_told(*, therapist: UUID) -> tuple[MayBeTold, ...]:
    """The named people of the practice, in their order, without this therapist."""
    plan = _plan()
    people = (plan.responder, plan.backup, plan.lead) if plan else ()
    here = [p for p in people if p is not None and p.left_at is None]
    named = [p.pk for p in here if allowed(p.roles, May.ANSWER_FLAGS)]
    told = [p for p in dict.fromkeys([*named, *staff_with("practice-lead")]) if p != therapist]
    names = staff_names(told)
    return tuple(MayBeTold(staff=person, name=names[person]) for person in told)


def fear_may_be_asked(*, therapist: UUID) -> bool:
    """Whether a client may be asked about fear of this therapist.

    Only where somebody else can be told: somebody of the practice, or somebody outside it.
    """
    plan = _plan()
    return bool(who_may_be_told(therapist=therapist)) or bool(plan and plan.outside.strip())


def flags_to_answer(*, reader: Reader) -> list[OpenFlag]:
    """Open flags the reader owns or was told of, the oldest first."""
    reader.must(May.ANSWER_FLAGS)
    told = Notice.objects.filter(to_id=reader.staff).values("flag_id")
    mine = Flag.objects.filter(closed_at=None, pk__in=told).select_related("membership")
    return [_open(flag) for flag in mine.order_by("raised_at")]


def flag_to_answer(flag: UUID, *, reader: Reader) -> OpenFlag:
    """One flag, for somebody who was told of it.

    Raises:
        NotHere: there is none, or the reader was never told of it.
    """
    reader.must(May.ANSWER_FLAGS)
    if not Notice.objects.filter(flag_id=flag, to_id=reader.staff).exists():
        raise NotHere("flag")
    return _open(Flag.one(flag))


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


def joint_display_allowed(memberships: list[UUID]) -> bool:
    """Whether members' answers may ever be shown side by side.

    Not while, and not after, one of them said that they do not feel safe with somebody in the case:
    closing the flag ends the waiting, not the danger. The reason is told to nobody.
    """
    flags = Flag.objects.filter(membership_id__in=memberships).select_related("membership")
    return not any(_content(flag)["kind"] == "safe-with-others" for flag in flags)


def is_about(flag: Flag, staff: UUID) -> bool:
    """Whether a flag says that a client is afraid of this member of staff."""
    content = _content(flag)
    return content["kind"] in ABOUT_THE_THERAPIST and content["therapist"] == str(staff)


def _plan() -> ResponsePlan | None:
    return ResponsePlan.objects.select_related("responder", "backup", "lead").first()


def _works_here(staff: object) -> bool:
    return staff is not None and getattr(staff, "left_at", None) is None


def _content(flag: Flag) -> dict[str, str]:
    content: dict[str, str] = json.loads(flag.get("content") or "{}")
    return content


def _open(flag: Flag) -> OpenFlag:
    content = _content(flag)
    return OpenFlag(
        flag=flag.pk,
        membership=flag.membership_id,
        name=names_of([flag.membership_id])[flag.membership_id],
        kind=content["kind"],
        question=content["question"],
        answer=content["answer"],
        raised_at=flag.raised_at,
        acknowledged_at=flag.acknowledged_at,
        owner=flag.owner_id,
    )


def kept_back(answers: UUID) -> tuple[UUID, ...]:
    """Flags of a check-in that nobody was told of, because the client wished so."""
    found = Flag.objects.filter(answers_id=answers, owner=None, closed_at=None)
    flags = found.select_related("membership")
    return tuple(flag.pk for flag in flags if _content(flag).get("kept_back") == "client")


@dataclass(frozen=True, kw_only=True)
class Raised:
    """One flag of a check-in, for the reply to whoever wrote it.

    Attributes:
        told: name of who was told first; "": nobody.
        question, answer: as the client read and gave them.
    """

    flag: UUID
    kind: str
    question: str
    answer: str
    told: str


def raised_with(answers: UUID) -> tuple[Raised, ...]:
    """The flags that came with this check-in."""
    found = Flag.objects.filter(answers_id=answers).select_related("membership", "owner")
    return tuple(_raised(flag) for flag in found.order_by("raised_at", "pk"))


def _raised(flag: Flag) -> Raised:
    content = _content(flag)
    return Raised(
        flag=flag.pk,
        kind=content["kind"],
        question=content["question"],
        answer=content["answer"],
        told=flag.owner.name if flag.owner else "",
    )
