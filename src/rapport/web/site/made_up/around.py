"""The made-up people around the cast: Imani's other clients, and hundreds from a simulation."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from rapport.files.instruments import load_instrument
from rapport.science.records.scales import Scale
from rapport.science.simulate.caseload import simulate_caseload
from rapport.science.simulate.world import World
from rapport.web.site.made_up.courses import (
    AFTERWARDS,
    BEFOREHAND,
    MIRROR,
    Answered,
    Given,
    MadeUpCourse,
    MadeUpMeeting,
    answers_for,
    courses_in,
    moved,
)
from rapport.web.site.made_up.day import ZONE
from rapport.web.site.made_up.house import OF_THE_CAST, OTHERS, THERAPIST
from rapport.web.site.made_up.names import invented_names

SEED = 7
ALONE, IN_COUPLES = 260, 40  # clients; with the cast a practice of middling size (ours)
SESSIONS = 14
OPEN_EVERY = 4  # of four courses one is still going on (ours)
CLOSED_APART = timedelta(days=5)  # so that the closed ones reach back almost three years (ours)
A_WEEK = timedelta(days=7)
CHECKIN = "rapport-checkin-client"


@dataclass(frozen=True, kw_only=True)
class Told:
    """A client of Imani's, session by session; None: the form was not answered.

    Attributes:
        last, following: days from today of the last and of the next session.
        last_marks: the marks of the last check-in where the total does not say enough.
        answered_before: whether the questions before the next session are answered.
    """

    name: str
    hour: float
    last: int
    following: int
    checkin: tuple[int | None, ...] = ()
    phq9: tuple[int | None, ...] = ()
    words: str | None = None
    last_marks: Given | None = None
    answered_before: int | None = None


KEPT_BACK: Given = {
    "myself": 3, "taken_in": 2, "clear_goal": 2, "topics_count": 3, "made_sense": 2,
    "enough_say": 2, "kept_back": 4, "tension": 1,
}  # fmt: skip
OWN = (
    Told(name="Amir Nazari", hour=12, last=0, following=0, answered_before=15),
    Told(
        name="Mira Castellan", hour=14, last=-7, following=0, answered_before=12,
        checkin=(25, 26, 26, 25, 26, 26, 25, 26, 17), last_marks=KEPT_BACK,
        phq9=(14, 14, 13, 13, 12, 12, 12, 11, 12), words="I did not know how to say it.",
    ),
    Told(
        name="Leyla Aydin", hour=17.5, last=-7, following=0, answered_before=8,
        checkin=(22, 24, 25, 25, 26), phq9=(13, 12, 12, 10, 9), words="I liked that we planned.",
    ),
    Told(
        name="Peter Novak", hour=11, last=-6, following=1,
        checkin=(22, 23, 22, 23, 23, 22, 23), phq9=(12, 12, 13, 14, 15, 16, 17),
        words="Same as last week.",
    ),
    Told(
        name="Grete Holm", hour=9, last=-5, following=2,
        checkin=(24, 25, 25, 24, None, None), phq9=(11, 11, 10, 10, None, None),
    ),
)  # fmt: skip
AT_RISK = "Peter Novak"  # whose answer waits for somebody when the demo begins


def own_clients(*, today: date) -> list[MadeUpCourse]:
    """Imani's clients beside the cast."""
    return [_told(one, today) for one in OWN]


def simulated(*, today: date) -> list[MadeUpCourse]:
    """Courses from the simulation: the newest still going on, the others closed in past years."""
    names, found = invented_names(), []
    therapists = (*OTHERS, *OF_THE_CAST[1:])
    for number, course in enumerate(_from_simulation()):
        people = tuple(next(names) for _ in course.names)
        place, still_open = divmod(number, OPEN_EVERY)
        who = therapists[(place + place // 7 + still_open) % len(therapists)]
        named = replace(course, names=people, therapist=who)
        going_on = still_open == 0 and len(course.meetings) > 2
        found.append(_going_on(named, place, today) if going_on else _closed(named, number, today))
    return found


def _from_simulation() -> Iterator[MadeUpCourse]:
    rng = np.random.default_rng(SEED)
    own, member, phq9 = (
        load_instrument(name).to_scale() for name in (CHECKIN, "rapport-checkin-member", "phq-9")
    )
    goal = Scale(name="shared-goal", higher_is_better=True, minimum=0, maximum=10, step=1)
    worlds = (
        (ALONE, World(alliance=own, outcome=phq9, in_cases=0.0)),
        (IN_COUPLES, World(alliance=member, outcome=goal, in_cases=1.0)),
    )
    for clients, world in worlds:
        made = simulate_caseload(clients=clients, sessions=SESSIONS, rng=rng, world=world)
        yield from courses_in(made.table, instruments=load_instrument)


def _going_on(course: MadeUpCourse, place: int, today: date) -> MadeUpCourse:
    """The course so far, its last session this week and the next one planned."""
    so_far = replace(course, meetings=course.meetings[: 2 + place % 9])
    last_at = _local(today - timedelta(days=1 + place % 7), 8 + place // 7 % 10)
    shifted = moved(so_far, by=last_at - so_far.last_at)
    following = MadeUpMeeting(
        starts_at=last_at + A_WEEK, state="planned", came=(False,) * len(course.names)
    )
    return replace(shifted, meetings=(*shifted.meetings, following))


def _closed(course: MadeUpCourse, number: int, today: date) -> MadeUpCourse:
    last_at = _local(today - timedelta(days=21), 8 + number % 10) - number * CLOSED_APART
    whole = len(course.meetings) == SESSIONS
    shifted = moved(course, by=last_at - course.last_at)
    return replace(shifted, ended="discharged" if whole else "left")


def _local(day: date, hour: float) -> datetime:
    return datetime.combine(day, time(int(hour), int(hour % 1 * 60)), ZoneInfo(ZONE))


def _told(one: Told, today: date) -> MadeUpCourse:
    last_at = _local(today + timedelta(days=one.last), one.hour)
    held = [
        _meeting(one, number, last_at - (len(one.checkin) - 1 - number) * A_WEEK)
        for number in range(len(one.checkin))
    ]
    return MadeUpCourse(
        kind="individual",
        names=(one.name,),
        therapist=THERAPIST,
        meetings=(*held, _planned(one, today)),
    )


def _meeting(one: Told, number: int, starts_at: datetime) -> MadeUpMeeting:
    is_last = number == len(one.checkin) - 1
    answered = []
    if (total := one.phq9[number]) is not None:
        answered.append(_answered("before", {"phq-9": _filled("phq-9", total)}, starts_at))
    if (total := one.checkin[number]) is not None:
        marks = (one.last_marks if is_last else None) or _filled(CHECKIN, total)
        words = one.words if is_last else None
        answered.append(replace(_answered("after", {CHECKIN: marks}, starts_at), words=words))
        seen = {MIRROR: _filled(MIRROR, 23 + number % 3)}
        answered.append(replace(_answered("after", seen, starts_at), writer="therapist"))
    return MadeUpMeeting(starts_at=starts_at, state="held", came=(True,), answered=tuple(answered))


def _planned(one: Told, today: date) -> MadeUpMeeting:
    starts_at = _local(today + timedelta(days=one.following), one.hour)
    before: tuple[Answered, ...] = ()
    if one.answered_before is not None:
        given = {"phq-9": _filled("phq-9", one.answered_before)}
        before = (_answered("before", given, starts_at - timedelta(hours=9)),)
    return MadeUpMeeting(starts_at=starts_at, state="planned", came=(False,), answered=before)


def _answered(moment: str, answers: dict[str, Given], starts_at: datetime) -> Answered:
    at = starts_at + AFTERWARDS if moment == "after" else starts_at - BEFOREHAND
    return Answered(writer="client", member=0, moment=moment, answers=answers, answered_at=at)


def _filled(form: str, total: int) -> Given:
    return answers_for(load_instrument(form), total=total)
