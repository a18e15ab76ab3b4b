"""A made-up practice to measure on: many courses in bulk, then check-ins opened one by one."""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import cycle, islice
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any
from uuid import UUID

if TYPE_CHECKING:
    from rapport.web.site.made_up.courses import Answered, MadeUpCourse, MadeUpMeeting

FORMS = {"before": "gad-7", "after": "rapport-checkin-client"}
SESSIONS = 7  # held ones of each client: with 15 answers each, 10,000 clients pass a million
LONG = 31  # sessions of the client whose page is measured
OWN_CASES = 500  # open ones of the therapist whose caseload is measured
COLLEAGUES = 19
BATCH = 500
WEEK = timedelta(days=7)


@dataclass(frozen=True, kw_only=True)
class Practice:
    """What the measurements need to know.

    Attributes:
        therapist: whose caseload is measured; token lets them in, once.
        long_case: the case with the long course.
        cases: all of them; the first ones are the therapist's.
        answers: single answers that were kept.
    """

    practice: UUID
    therapist: UUID
    token: str
    long_case: UUID
    cases: "Sequence[Any]"
    answers: int


def prepared(home: Path) -> None:
    """Load the application for an empty folder, as `rapport init` does."""
    for name in [name for name in os.environ if name.startswith("RAPPORT_")]:
        del os.environ[name]
    os.environ["RAPPORT_HOME"] = str(home)
    os.environ["DJANGO_SETTINGS_MODULE"] = "rapport.web.site.settings"
    from rapport.web.site.new_keys import make_keys

    make_keys(home)
    import django

    django.setup()
    from rapport.web.site.beginning import update_database

    update_database()


def made(*, clients: int, at: datetime) -> Practice:
    """Open a practice and bring in courses of that many clients; more than half of them ended."""
    from rapport.web.audit.actions import SYSTEM
    from rapport.web.core.access import inside
    from rapport.web.people.actions import add_staff, open_practice
    from rapport.web.people.sign_in.actions import make_link
    from rapport.web.site.made_up.bulk import bring_in

    told: dict[str, Any] = {"by": SYSTEM, "at": at}
    practice = open_practice(
        name="A made-up practice", zone="Europe/Berlin", language="en", consent_age=16,
        made_up=True, **told,
    )  # fmt: skip
    with inside(practice):
        staff = {
            f"Therapist {n}": add_staff(
                name=f"Therapist {n}", email=f"t{n}@example.org", roles=["therapist"], **told
            )
            for n in range(COLLEAGUES + 1)
        }
        courses = list(_courses(clients, at))
        there = bring_in(courses, therapists=staff, **told)
        therapist = staff["Therapist 0"]
        return Practice(
            practice=practice,
            therapist=therapist,
            token=make_link(staff=therapist, **told),
            long_case=there.cases[0].case,
            cases=there.cases,
            answers=_answers_in(courses),
        )


def learnt(practice: Practice) -> Iterator[tuple[str, Callable[[], object]]]:
    """What the worker does by night, step by step."""
    from rapport.web.audit.actions import SYSTEM
    from rapport.web.core.access import inside
    from rapport.web.core.clock import now
    from rapport.web.reading import actions

    with inside(practice.practice):
        yield "learning", lambda: actions.learn_anew(by=SYSTEM, at=now(), seed=1)
        yield "readings for every caseload", lambda: actions.refresh_standings(at=now())


def opened(practice: Practice, *, check_ins: int, at: datetime) -> dict[str, UUID]:
    """Open check-ins before and after the sessions that are planned; links by token."""
    from django.db import transaction

    from rapport.web.audit.actions import SYSTEM
    from rapport.web.core.access import inside
    from rapport.web.measures.actions import pin_form

    links: dict[str, UUID] = {}
    with inside(practice.practice):
        forms = {
            moment: pin_form(instrument=name, language="en", by=SYSTEM, at=at)
            for moment, name in FORMS.items()
        }
        waiting = islice(_waiting(practice), check_ins)
        while some := list(islice(waiting, BATCH)):
            with transaction.atomic():
                for case, session, moment in some:
                    links |= _opened(case, session, moment, forms[moment], at)
    if len(links) < check_ins:
        raise ValueError(f"{check_ins} check-ins need more clients: there is room for {len(links)}")
    return links


def _waiting(practice: Practice) -> Iterator[tuple[Any, UUID, str]]:
    """Places for a check-in, one of each client by turns: two sessions are planned for each."""
    for session in (-2, -1):
        for moment in FORMS:
            for case in practice.cases:
                if len(case.sessions) > SESSIONS:
                    yield case, case.sessions[session], moment


def _opened(case: Any, session: UUID, moment: str, form: UUID, at: datetime) -> dict[str, UUID]:
    from rapport.web.audit.actions import SYSTEM
    from rapport.web.checkins import actions
    from rapport.web.people.queries import session_of

    occasion = actions.open_occasion(
        session=session, membership=case.members[0].membership, writer="client",
        about=session_of(session).staff, moment=moment, forms=[form], opens_at=at,
        closes_at=at + WEEK, by=SYSTEM, at=at,
    )  # fmt: skip
    return {actions.make_link(occasion=occasion, by=SYSTEM, at=at): occasion}


def _courses(clients: int, at: datetime) -> Iterator["MadeUpCourse"]:
    from rapport.web.site.made_up.courses import MadeUpCourse

    chance, fills = Random(1), _fills()
    others = cycle(range(1, COLLEAGUES + 1))
    for number in range(clients):
        own = number < OWN_CASES
        open_still = own or number % 2 == 0
        held = LONG if number == 0 else SESSIONS
        yield MadeUpCourse(
            kind="individual",
            names=(f"Client {number}",),
            therapist="Therapist 0" if own else f"Therapist {next(others)}",
            meetings=tuple(_meetings(held, fills, chance, at, planned=2 if open_still else 0)),
            ended="" if open_still else "discharged",
        )


def _meetings(
    held: int,
    fills: dict[str, Callable[[Random], dict[str, int | None]]],
    chance: Random,
    at: datetime,
    *,
    planned: int,
) -> Iterator["MadeUpMeeting"]:
    from rapport.web.site.made_up.courses import MadeUpMeeting

    last = at - timedelta(hours=chance.randrange(1, 150))
    for number in range(held + planned):
        starts_at = last + WEEK * (number - held + 1)
        if number < held:
            answered = tuple(_answered(moment, fills, chance, starts_at) for moment in FORMS)
            yield MadeUpMeeting(starts_at=starts_at, state="held", came=(True,), answered=answered)
        else:
            yield MadeUpMeeting(starts_at=starts_at, state="planned", came=(False,))


def _answered(
    moment: str,
    fills: dict[str, Callable[[Random], dict[str, int | None]]],
    chance: Random,
    starts_at: datetime,
) -> "Answered":
    from rapport.web.site.made_up.courses import AFTERWARDS, BEFOREHAND, Answered

    form = FORMS[moment]
    return Answered(
        writer="client",
        member=0,
        moment=moment,
        answers={form: fills[form](chance)},
        answered_at=starts_at + AFTERWARDS if moment == "after" else starts_at - BEFOREHAND,
        words="It helped to say it aloud." if chance.random() < 0.1 else None,
    )


def _fills() -> dict[str, Callable[[Random], dict[str, int | None]]]:
    """For each form a way to fill it in by chance: all that enters a score."""
    from rapport.files.instruments import load_instrument

    def fill(name: str) -> Callable[[Random], dict[str, int | None]]:
        found = load_instrument(name)
        offered = {
            item.id: [int(option.value) for option in allowed.options]
            for item in found.items
            if (allowed := found.answers_of(item)) and allowed.options
        }
        return lambda chance: {name: chance.choice(values) for name, values in offered.items()}

    return {name: fill(name) for name in FORMS.values()}


def _answers_in(courses: Sequence["MadeUpCourse"]) -> int:
    return sum(
        len(given)
        for course in courses
        for meeting in course.meetings
        for one in meeting.answered
        for given in one.answers.values()
    )
