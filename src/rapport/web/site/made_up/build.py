"""Build the made-up practice in one go, and give the ways into it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction

from rapport.web.audit.actions import SYSTEM
from rapport.web.checkins.actions import invite
from rapport.web.checkins.errors import NothingDue
from rapport.web.core.access import inside
from rapport.web.core.keys import key_store
from rapport.web.people.actions import open_practice
from rapport.web.people.queries import (
    CaseSoFar,
    Reader,
    case_so_far,
    cases_of,
    must_be_made_up,
    reader_of,
    sessions_of,
    the_practice,
)
from rapport.web.people.roles import ROLES
from rapport.web.people.sign_in.actions import make_link
from rapport.web.people.sign_in.queries import staff_by_email
from rapport.web.reading.actions import learn_anew
from rapport.web.site.made_up import house
from rapport.web.site.made_up.around import AT_RISK, own_clients, simulated
from rapport.web.site.made_up.bulk import bring_in
from rapport.web.site.made_up.cast import BORN, CLOSINGS, cast
from rapport.web.site.made_up.courses import Answered, Given, MadeUpCourse
from rapport.web.site.made_up.day import ZONE, day_of
from rapport.web.site.made_up.story import Played, Step, answer, closing, play

SEED = 1  # of what is learnt: the same people teach the same
YEARS_AGO = timedelta(days=4 * 365)  # before the first closed course
A_MOMENT_AGO = timedelta(minutes=35)  # since when a flag waits, when the demo begins
SEVERAL_DAYS: Given = {**{f"q{n}": 2 for n in range(1, 9)}, "q9": 1}
SHOWN = (house.THERAPIST, house.SUPERVISOR, house.LEAD, house.DESK, house.ADMINISTRATOR)
ON_THE_PHONE = (("Sarah Lindqvist", "after"), ("Daniel Abebe", "before"))


@dataclass(frozen=True, kw_only=True)
class WayIn:
    """A link of the demo.

    Attributes:
        who: name.
        what: their role, or what the link opens.
        token: shown this one time.
        by_phone: a client's personal link; else the one-time sign-in of somebody who works there.
    """

    who: str
    what: str
    token: str
    by_phone: bool


@transaction.atomic
def build(*, at: datetime) -> UUID:
    """Open a made-up practice with everybody in it, all or nothing, and give its id."""
    key_store()
    began = at - YEARS_AGO
    practice = open_practice(
        name=house.NAME,
        zone=ZONE,
        language="en",
        consent_age=house.CONSENT_AGE,
        made_up=True,
        by=SYSTEM,
        at=began,
    )
    with inside(practice):
        staff = house.staff_up(at=began)
        house.decide(staff, at=began)
        _fill(staff, at=at)
        learn_anew(by=SYSTEM, at=at, seed=SEED)
    return practice


def _fill(staff: Mapping[str, UUID], *, at: datetime) -> None:
    today = day_of(at)
    played = cast(today=today)
    play(_steps(played, staff, today), until=at)
    bring_in(
        [*own_clients(today=today), *simulated(today=today)], therapists=staff, by=SYSTEM, at=at
    )
    _one_flag_waits(at=at - A_MOMENT_AGO)


def _steps(courses: list[MadeUpCourse], staff: Mapping[str, UUID], today: date) -> Iterator[Step]:
    born = {name: f"{today.year - age - 1}-12-31" for name, age in BORN.items()}
    for course in courses:
        yield from Played(course, staff=staff, zone=ZONE, born=born).steps()
        yield from _closings(course, staff)


def _closings(course: MadeUpCourse, staff: Mapping[str, UUID]) -> Iterator[Step]:
    for told in CLOSINGS:
        if told.client in course.names:
            meeting = course.meetings[told.session - 1]
            came = next(a.answered_at for a in meeting.answered if a.moment == "before")
            yield closing(
                client=told.client, note=told.note, staff=staff[told.by], at=came + told.after
            )


def _one_flag_waits(*, at: datetime) -> None:
    """An answer that came a moment ago, so that whoever opens the demo finds it first."""
    case = _case_of(AT_RISK)
    session = sessions_of(case.case, reader=_therapist())[0]
    one = Answered(
        writer="client", member=0, moment="before", answers={"phq-9": SEVERAL_DAYS}, answered_at=at
    )
    answer(session=session.session, membership=case.members[0].membership, one=one)


def ways_in(*, at: datetime) -> list[WayIn]:
    """Fresh links: one sign-in for each role, and clients' phones. Earlier sign-in links end.

    Raises:
        NotMadeUp: real people may be in this practice.
    """
    practice = the_practice()
    if practice is None:
        return []
    with inside(practice.practice):
        must_be_made_up()
        return [*_desks(at), *_phones(at)]


def _desks(at: datetime) -> Iterator[WayIn]:
    for name in SHOWN:
        staff = staff_by_email(house.address_of(name))
        if staff is not None:
            token = make_link(staff=staff, by=SYSTEM, at=at)
            role = ROLES[house.ROLES[name]].name.lower()
            yield WayIn(who=name, what=role, token=token, by_phone=False)


def _phones(at: datetime) -> Iterator[WayIn]:
    for name, moment in ON_THE_PHONE:
        case = _case_of(name)
        session = sessions_of(case.case, reader=_therapist())[0]
        member = next(m.membership for m in case.members if m.name == name)
        try:
            token = invite(
                session=session.session, membership=member, moment=moment, by=SYSTEM, at=at
            )
        except NothingDue:  # answered already
            continue
        what = f"{moment} session {session.number}"
        yield WayIn(who=name, what=what, token=token, by_phone=True)


def _case_of(name: str) -> CaseSoFar:
    reader = _therapist()
    found = (case_so_far(case, reader=reader) for case in cases_of(reader=reader))
    return next(case for case in found if name in [member.name for member in case.members])


def _therapist() -> Reader:
    staff = staff_by_email(house.address_of(house.THERAPIST))
    assert staff is not None
    return reader_of(staff)
