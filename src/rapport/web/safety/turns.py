"""Whose turn it is: who is told of a flag, in which order, and who is told next."""

import json
from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from rapport.web.safety.models import Flag, ResponsePlan
from rapport.web.safety.response.rules import can_answer

# Fear of somebody else in the case: the therapist is told, alone and at once.
FOR_THE_THERAPIST = ("safe-with-others",)
# Fear of the therapist: the client chooses who is told, and the therapist never is.
ABOUT_THE_THERAPIST = ("relationship-safety",)


def in_turn(plan: ResponsePlan | None) -> list[UUID]:
    """Responder, back-up, lead: whoever works here and may read an answer, away or not."""
    named = (plan.responder, plan.backup, plan.lead) if plan else ()
    return list(dict.fromkeys(one.pk for one in named if one is not None and can_answer(one)))


def next_person(flag: Flag, plan: ResponsePlan | None, gone: Collection[UUID] = ()) -> UUID | None:
    """Who has not been told yet: first whoever can be reached, else whoever is named."""
    told = {notice.to_id for notice in flag.notices.all()}
    waiting = [person for person in in_turn(plan) if person not in told]
    if waiting:  # a flag is opened only where somebody is left who might have to be spared
        never = never_told(flag)
        waiting = [person for person in waiting if person not in never]
    return next(iter([*(one for one in waiting if one not in gone), *waiting]), None)


def goes_on(flag: Flag, plan: ResponsePlan | None) -> tuple[UUID, datetime] | None:
    """Who is told next and when, unless somebody takes the flag on; None: nobody is."""
    following = next_person(flag, plan)
    if plan is None or not plan.minutes or following is None or flag.acknowledged_at is not None:
        return None
    last = max(notice.due_at for notice in flag.notices.all())
    return following, last + timedelta(minutes=plan.minutes)


def never_told(flag: Flag) -> set[UUID]:
    """Whom a flag is about; also nobody who steps in later may be that person."""
    content = json.loads(flag.get("content") or "{}")
    return {UUID(content["therapist"])} if content["kind"] in ABOUT_THE_THERAPIST else set()
