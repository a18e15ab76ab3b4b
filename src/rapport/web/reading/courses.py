"""From stored answers to courses: of one case for a page, of everybody for learning."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from rapport.science.scoring.instrument import Instrument
from rapport.web.checkins.course import (
    Filled,
    Silent,
    Written,
    filled_forms,
    silent_check_ins,
    written_words,
)
from rapport.web.measures.queries import form
from rapport.web.people.course import MemberOf, attendance_of, everybody
from rapport.web.people.queries import the_practice
from rapport.web.reading.table import Course, Table, table_of

Row = TypeVar("Row", Filled, Silent, Written)


@dataclass(frozen=True, kw_only=True)
class Material:
    """Everything that is known of some members' courses, opened."""

    filled: dict[UUID, list[Filled]]
    silent: dict[UUID, list[Silent]]
    written: dict[UUID, list[Written]]
    came: dict[UUID, dict[int, tuple[date, bool]]]
    forms: dict[UUID, Instrument]
    zone: ZoneInfo


def material_of(memberships: Collection[UUID], *, at: datetime) -> Material:
    """Open what these members and their therapists answered."""
    filled = by_member(filled_forms(memberships))
    silent = by_member(silent_check_ins(memberships, at=at))
    zone = _zone()
    return Material(
        filled=filled,
        silent=silent,
        written=by_member(written_words(memberships)),
        came=_days(attendance_of(memberships), zone),
        forms=_forms(filled, silent),
        zone=zone,
    )


def all_courses(*, at: datetime) -> Table:
    """Every course of the practice, each member with each therapist by itself, without names."""
    filled = by_member(filled_forms(None))
    silent = by_member(silent_check_ins(None, at=at))
    members = {member.membership: member for member in everybody()}
    courses = [
        course
        for membership, forms in filled.items()
        if membership in members
        for course in _nameless(members[membership], forms, silent.get(membership, []))
    ]
    return table_of(courses, forms=_forms(filled, silent), zone=_zone())


def about_whom(filled: Iterable[Filled], silent: Iterable[Silent], *, prefer: UUID) -> UUID:
    """Which therapist a reading of the relationship is about: the reader, else the latest one."""
    said = [(one.session, one.about) for one in filled]
    said += [(one.session, one.about) for one in silent]
    abouts = {about for _, about in said}
    if prefer in abouts or not said:
        return prefer
    return max(said, key=lambda one: one[0])[1]


def only_about(
    filled: Iterable[Filled], forms: dict[UUID, Instrument], about: UUID
) -> list[Filled]:
    """Answers on the work with one therapist; how the person is belongs to every course."""
    return [
        one
        for one in filled
        if one.about == about or forms[one.form].family in ("outcome", "goals")
    ]


def by_member(rows: Iterable[Row]) -> dict[UUID, list[Row]]:
    """Rows by membership."""
    found: dict[UUID, list[Row]] = defaultdict(list)
    for row in rows:
        found[row.membership].append(row)
    return dict(found)


def _nameless(member: MemberOf, filled: list[Filled], silent: list[Silent]) -> list[Course]:
    """One course for each therapist, under an id."""
    return [
        Course(
            name=f"{member.membership}:{about}",
            case=str(member.case) if member.several else None,
            therapist=None,
            filled=[one for one in filled if one.about == about],
            silent=[one for one in silent if one.about == about],
        )
        for about in sorted({one.about for one in filled})
    ]


def _forms(
    filled: dict[UUID, list[Filled]], silent: dict[UUID, list[Silent]]
) -> dict[UUID, Instrument]:
    ids = {one.form for rows in filled.values() for one in rows}
    ids |= {asked for rows in silent.values() for one in rows for asked in one.forms}
    return {id: form(id).content for id in ids}


def _days(
    came: dict[UUID, dict[int, tuple[datetime, bool]]], zone: ZoneInfo
) -> dict[UUID, dict[int, tuple[date, bool]]]:
    return {
        member: {n: (day.astimezone(zone).date(), there) for n, (day, there) in of.items()}
        for member, of in came.items()
    }


def _zone() -> ZoneInfo:
    practice = the_practice()
    return ZoneInfo(practice.zone if practice else "UTC")
