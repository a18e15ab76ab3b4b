"""The reading of one case: its members' courses, read by the science with what was learnt."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import numpy as np

import rapport
from rapport.science.reading.assemble import read_sessions
from rapport.science.reading.model import ClientReading, Reading
from rapport.science.reading.settings import ReadingSettings
from rapport.web.checkins.course import Filled, Written
from rapport.web.people.course import names_of_staff
from rapport.web.reading.courses import Material, about_whom, material_of, only_about
from rapport.web.reading.learning import InForce
from rapport.web.reading.table import Course, table_of

# No chance is left in a reading once everything was learnt; the science asks for a source anyway.
SEED = 1


@dataclass(frozen=True, kw_only=True)
class Who:
    """A member to be read: the membership and the name used in sentences."""

    membership: UUID
    name: str


@dataclass(frozen=True, kw_only=True)
class MemberReading:
    """What one member's answers say.

    Attributes:
        about: the therapist whose work together with the member the ratings are about.
        others: names of further therapists that ratings of this course are about.
        found: the science's reading; None: nothing was answered or asked for yet.
        words: in the member's own words, the latest first.
        filled: every form as it came in, oldest first.
    """

    who: Who
    about: UUID
    others: tuple[str, ...]
    found: ClientReading | None
    words: tuple[Written, ...]
    filled: tuple[Filled, ...]


@dataclass(frozen=True, kw_only=True)
class CaseReading:
    """A case as it was read: the whole for its rules and scales, and each member."""

    reading: Reading
    members: Mapping[UUID, MemberReading]


def read_case(
    who: Sequence[Who], *, several: bool, prefer: UUID, using: InForce, at: datetime
) -> CaseReading:
    """Read the members of one case together: they share the budget of false alarms.

    Args:
        who: all members of the case, each with a name.
        prefer: the therapist whose own work is read where the members rated several.
        using: what was learnt, and whether anything is forecast.
    """
    material = material_of([one.membership for one in who], at=at)
    about = {one.membership: _about(one, material, prefer) for one in who}
    names = unlike([one.name for one in who])
    courses = [
        _course(one, name, material, about[one.membership], names if several else None)
        for one, name in zip(who, names, strict=True)
    ]
    table = table_of(courses, forms=material.forms, zone=material.zone)
    reading = read_sessions(
        table=table.sessions,
        known=table.known,
        instruments=table.instruments,
        settings=ReadingSettings(false_alarms=using.learnt.false_alarms, forecasts=using.forecasts),
        learnt=using.learnt,
        rng=np.random.default_rng(SEED),
        version=rapport.__version__,
    )
    found = {client.client: client for client in reading.clients}
    return CaseReading(
        reading=reading,
        members={
            one.membership: _member(one, found.get(name), material, about[one.membership])
            for one, name in zip(who, names, strict=True)
        },
    )


def unlike(names: Sequence[str]) -> list[str]:
    """Names that can be told apart within a case.

    >>> unlike(["Anna", "Ben", "Anna"])
    ['Anna', 'Ben', 'Anna (2)']
    """
    seen: dict[str, int] = {}
    told = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        told.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return told


def _about(one: Who, material: Material, prefer: UUID) -> UUID:
    filled = [f for f in material.filled.get(one.membership, []) if f.writer == "client"]
    return about_whom(filled, material.silent.get(one.membership, []), prefer=prefer)


def _course(
    one: Who, name: str, material: Material, about: UUID, names: list[str] | None
) -> Course:
    filled = material.filled.get(one.membership, [])
    return Course(
        name=name,
        case=" and ".join(names) if names else None,
        therapist=None,
        filled=only_about(filled, material.forms, about),
        silent=[s for s in material.silent.get(one.membership, []) if s.about == about],
        written=material.written.get(one.membership, []),
        came=material.came.get(one.membership, {}),
    )


def _member(
    one: Who, found: ClientReading | None, material: Material, about: UUID
) -> MemberReading:
    filled = material.filled.get(one.membership, [])
    others = {f.about for f in filled if f.about != about}
    return MemberReading(
        who=one,
        about=about,
        others=tuple(sorted(names_of_staff(others).values())) if others else (),
        found=found,
        words=tuple(material.written.get(one.membership, [])),
        filled=tuple(sorted(filled, key=lambda f: (f.session, f.moment != "before"))),
    )
