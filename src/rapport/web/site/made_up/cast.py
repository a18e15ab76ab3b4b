"""The cast: nine invented cases whose every mark is told, moved to the weeks before today.

The marks stand in ``rapport/files/demo``; here stand the days, and what was done about the answers
that a person had to answer.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from itertools import groupby
from zoneinfo import ZoneInfo

from rapport.files.demo import CAST
from rapport.files.instruments import load_instrument
from rapport.web.site.made_up.courses import (
    AFTERWARDS,
    BEFOREHAND,
    MIRROR,
    Answered,
    Given,
    MadeUpCourse,
    MadeUpMeeting,
    answers_for,
)
from rapport.web.site.made_up.day import ZONE
from rapport.web.site.made_up.house import THERAPIST

Row = dict[str, str]
SAME_MORNING = timedelta(hours=2)


@dataclass(frozen=True, kw_only=True)
class When:
    """When a case of the cast met last, and meets next.

    Attributes:
        last, following: days from today; None: nothing is planned.
        hour: in the practice's time, with half hours as .5.
        with_whom: who holds the next session; "": the therapist of the case.
        before_today: days before today on which each member answered for a session today; None:
            not yet.
    """

    last: int
    following: int | None
    hour: float
    with_whom: str = ""
    before_today: tuple[float | None, ...] = ()


# Imani stands in for colleagues, so that whoever tries this sees all nine cases at one desk.
WHEN = {
    "Sarah Lindqvist": When(last=-7, following=0, hour=9, before_today=(0.6,)),
    "Marta and Dev": When(
        last=-7, following=0, hour=10.5, with_whom=THERAPIST, before_today=(0.7, None)
    ),
    "Rana, Erik and Yusuf": When(last=-3, following=25, hour=16),
    "Grace Campbell": When(last=-6, following=15, hour=11),
    "Callum Reid": When(last=-4, following=None, hour=18),
    "Anjali Pillai": When(last=-2, following=5, hour=11.5),
    "Oskar Wieland": When(last=-7, following=0, hour=15, before_today=(0.8,)),
    "Mei-Ling Tran": When(last=-1, following=6, hour=13),
    "Daniel Abebe": When(last=-7, following=1, hour=10),
}
GOALS = {
    "Marta and Dev": "We disagree without days of silence.",
    "Rana, Erik and Yusuf": "Dinners without doors slamming.",
}
BORN = {"Yusuf Haddad": 14}  # years old; the others' age is not kept


@dataclass(frozen=True, kw_only=True)
class Closing:
    """What was done about an answer, and written down the same day."""

    client: str
    session: int
    by: str
    after: timedelta
    note: str


CLOSINGS = (
    Closing(
        client="Daniel Abebe", session=3, by="Hanna Kowalczyk", after=timedelta(hours=6),
        note="I called within the hour. He was at home; his sister came and stayed. I asked what "
        "he thinks of when it is worst and what has kept him here. We met the same day and began "
        "his plan for hard hours. I call tomorrow at nine. Talked with Imani.",
    ),
    Closing(
        client="Daniel Abebe", session=4, by="Hanna Kowalczyk", after=timedelta(hours=4),
        note="Asked again. He slept at his sister's. The plan is finished, in his words; they made "
        "his home safer together. Next look in a week.",
    ),
    Closing(
        client="Daniel Abebe", session=5, by="Hanna Kowalczyk", after=timedelta(hours=4),
        note="Asked again. He used two and three of what is on his paper, and it worked until "
        "morning. We looked at the plan again. Consulted a colleague. Next look in a week.",
    ),
)  # fmt: skip


def cast(*, today: date) -> list[MadeUpCourse]:
    """The nine cases as seen from today."""
    rows = [row for place in CAST for row in _rows(place)]
    rows.sort(key=lambda row: _title(row))
    return [_course(title, list(of_case), today) for title, of_case in groupby(rows, key=_title)]


def _rows(place: object) -> Iterator[Row]:
    with open(str(place), encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _title(row: Row) -> str:
    return row["case"] or row["client"]


def _course(title: str, rows: list[Row], today: date) -> MadeUpCourse:
    when = WHEN[title]
    names = tuple(dict.fromkeys(row["client"] for row in rows))
    last = max(date.fromisoformat(row["date"]) for row in rows)
    shift = today + timedelta(days=when.last) - last
    rows.sort(key=lambda row: int(row["session"]))
    held = [
        _meeting(list(of), names, shift, when)
        for _, of in groupby(rows, key=lambda row: row["session"])
    ]
    own = rows[0]["therapist"]
    return MadeUpCourse(
        kind={1: "individual", 2: "couple"}.get(len(names), "family"),
        names=names,
        therapist=own,
        also=() if own == THERAPIST else (THERAPIST,),
        meetings=(*held, *_following(when, held[-1], names, today)),
        goal=GOALS.get(title, ""),
    )


def _at(day: date, hour: float) -> datetime:
    return datetime.combine(day, time(int(hour), int(hour % 1 * 60)), ZoneInfo(ZONE))


def _meeting(
    rows: list[Row], names: tuple[str, ...], shift: timedelta, when: When
) -> MadeUpMeeting:
    starts_at = _at(date.fromisoformat(rows[0]["date"]) + shift, when.hour)
    came = {row["client"] for row in rows if row["attended"] == "yes"}
    return MadeUpMeeting(
        starts_at=starts_at,
        state="held" if came else "missed",
        came=tuple(name in came for name in names),
        answered=tuple(
            one
            for member, name in enumerate(names)
            for one in _answered([r for r in rows if r["client"] == name], member, starts_at)
        ),
    )


def _answered(rows: list[Row], member: int, starts_at: datetime) -> Iterator[Answered]:
    """What one member answered about one session, and their therapist."""
    items = {row["item"]: int(row["answer"]) for row in rows if row.get("item")}
    harm = items.pop("q9", 0)
    scores = {(r["respondent"], r["scale"]): r for r in rows if r.get("scale") and r["score"]}
    for (who, scale), row in scores.items():
        total = int(row["score"])
        if who == "therapist":
            given = {MIRROR: _filled(MIRROR, total)}
            yield _one("therapist", member, "after", given, starts_at + AFTERWARDS)
        elif scale == "phq-9":
            early = SAME_MORNING if harm else BEFOREHAND
            yield _one("client", member, "before", {scale: _phq9(total, harm)}, starts_at - early)
        else:
            given = {"rapport-goals": {"goal_1": total}}
            yield _one("client", member, "before", given, starts_at - BEFOREHAND)
    if items:
        form = next(row["instrument"] for row in rows if row.get("item") in items)
        words = next((row["words"] for row in rows if row.get("words")), None)
        yield _one("client", member, "after", {form: dict(items)}, starts_at + AFTERWARDS, words)


def _one(
    writer: str,
    member: int,
    moment: str,
    answers: dict[str, Given],
    answered_at: datetime,
    words: str | None = None,
) -> Answered:
    return Answered(
        writer=writer,
        member=member,
        moment=moment,
        answers=answers,
        answered_at=answered_at,
        words=words,
    )


@cache
def _filled(form: str, total: int) -> Given:
    return answers_for(load_instrument(form), total=total)


def _phq9(total: int, harm: int) -> Given:
    return {**_filled("phq-9", total - harm), "q9": harm}


def _following(
    when: When, last: MadeUpMeeting, names: tuple[str, ...], today: date
) -> Iterator[MadeUpMeeting]:
    """The session that is planned, and what came in before it: as things stood last time."""
    if when.following is None:
        return
    starts_at = _at(today + timedelta(days=when.following), when.hour)
    before = {a.member: a.answers for a in last.answered if a.moment == "before"}
    yield MadeUpMeeting(
        starts_at=starts_at,
        state="planned",
        came=(False,) * len(names),
        with_whom=when.with_whom,
        answered=tuple(
            _one("client", member, "before", dict(before[member]), starts_at - timedelta(days=ago))
            for member, ago in enumerate(when.before_today)
            if ago is not None
        ),
    )
