"""Bring many made-up courses into a made-up practice within seconds.

Same rows as `people.actions` and `checkins.actions.receive_checkin` would write, and one line in
the log for all of them. For the demo and for measurements; a real practice refuses.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from rapport.web.audit.actions import By, record
from rapport.web.checkins.actions import Submission
from rapport.web.checkins.bulk import MadeUpCheckIn, keep_checkins
from rapport.web.checkins.tokens import new_token
from rapport.web.checkins.words import version_of, who_sees
from rapport.web.core.access import current_practice
from rapport.web.measures.actions import pin_form
from rapport.web.measures.bulk import MadeUpGoal, keep_goals
from rapport.web.people.bulk import KeptCase, MadeUpCase, MadeUpSession, keep_cases
from rapport.web.people.queries import must_be_made_up, the_practice
from rapport.web.site.made_up.courses import Answered, MadeUpCourse

AT_ONCE = 250  # courses in memory at a time
LANGUAGE = "en"


@dataclass(frozen=True, kw_only=True)
class BroughtIn:
    """What is there afterwards.

    Attributes:
        cases: ids, in the order of the courses.
        check_ins: how many came in.
    """

    cases: tuple[KeptCase, ...]
    check_ins: int


@transaction.atomic
def bring_in(
    courses: Sequence[MadeUpCourse], *, therapists: Mapping[str, UUID], by: By, at: datetime
) -> BroughtIn:
    """Bring made-up courses in, all of them or none.

    Args:
        courses: what happened; after ``at`` only planned sessions.
        therapists: ids of staff by the names that the courses use.

    Raises:
        NotMadeUp: real people may be in this practice; nothing was written.
        NotInBulk: an answer has to be answered by a person.
    """
    must_be_made_up()
    forms, zone = _pinned(courses, by=by, at=at), _zone()
    cases: list[KeptCase] = []
    check_ins = 0
    for first in range(0, len(courses), AT_ONCE):
        some = courses[first : first + AT_ONCE]
        kept = keep_cases([_case(course, therapists, zone) for course in some])
        keep_goals([goal for pair in zip(some, kept, strict=True) for goal in _goals(*pair)])
        came = [
            one
            for course, case in zip(some, kept, strict=True)
            for one in _check_ins(course, case, therapists, forms)
        ]
        keep_checkins(came)
        cases += kept
        check_ins += len(came)
    _tell(len(cases), check_ins, by=by, at=at)
    return BroughtIn(cases=tuple(cases), check_ins=check_ins)


def _pinned(courses: Sequence[MadeUpCourse], *, by: By, at: datetime) -> dict[str, str]:
    names = {name for c in courses for m in c.meetings for a in m.answered for name in a.answers}
    return {
        name: str(pin_form(instrument=name, language=LANGUAGE, by=by, at=at))
        for name in sorted(names)
    }


def _tell(cases: int, check_ins: int, *, by: By, at: datetime) -> None:
    practice = str(current_practice())
    record(
        deed="made-up courses brought in",
        thing="practice",
        thing_id=practice,
        by=by,
        at=at,
        cases=cases,
        check_ins=check_ins,
    )


def _zone() -> str:
    practice = the_practice()
    return practice.zone if practice else "UTC"


def _case(course: MadeUpCourse, therapists: Mapping[str, UUID], zone: str) -> MadeUpCase:
    return MadeUpCase(
        kind=course.kind,
        names=course.names,
        therapists=(therapists[course.therapist],),
        opened_at=course.opened_at,
        closed_at=course.last_at if course.ended else None,
        left_why=course.ended,
        sessions=tuple(
            MadeUpSession(starts_at=m.starts_at, state=m.state, came=m.came)
            for m in course.meetings
        ),
        zone=zone,
    )


def _goals(course: MadeUpCourse, kept: KeptCase) -> Iterator[MadeUpGoal]:
    if course.goal:
        for member in kept.members:
            yield MadeUpGoal(
                membership=member.membership,
                person=member.person,
                words=course.goal,
                set_at=course.opened_at,
            )


def _check_ins(
    course: MadeUpCourse,
    kept: KeptCase,
    therapists: Mapping[str, UUID],
    forms: Mapping[str, str],
) -> Iterator[MadeUpCheckIn]:
    told = version_of(who_sees(LANGUAGE))
    for session, meeting in zip(kept.sessions, course.meetings, strict=True):
        for one in meeting.answered:
            yield MadeUpCheckIn(
                session=session,
                starts_at=meeting.starts_at,
                membership=kept.members[one.member].membership,
                person=kept.members[one.member].person,
                writer=one.writer,
                about=therapists[course.therapist],
                moment=one.moment,
                submission=_submission(one, forms, told),
            )


def _submission(one: Answered, forms: Mapping[str, str], told: str) -> Submission:
    return Submission(
        key=new_token(),
        answers={forms[name]: given for name, given in one.answers.items()},
        words=one.words,
        route="link",
        language=LANGUAGE,
        who_sees=told,
        answered_at=one.answered_at,
    )
