"""What other parts ask of readings."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from rapport.science.reading.model import Reading
from rapport.web.people.course import OpenCase, names_of_staff
from rapport.web.people.queries import CaseSoFar, Reader
from rapport.web.reading.learning import forecasts_on, in_force, last_switch
from rapport.web.reading.readings import CaseReading, MemberReading, Who, read_case
from rapport.web.reading.standings import Asks, Course, Stands, standings_of
from rapport.web.reading.words import FORECASTS, FORECASTS_VERSION

__all__ = [
    "FORECASTS",
    "FORECASTS_VERSION",
    "Asks",
    "CaseReading",
    "Course",
    "MemberReading",
    "Reading",
    "Stands",
    "SwitchPage",
    "forecasts_on",
    "reading_of_case",
    "standings_for",
    "switch_page",
]


@dataclass(frozen=True, kw_only=True)
class SwitchPage:
    """Whether forecasts are on, who turned them so, and what they can and cannot do."""

    on: bool
    by: str
    at: datetime | None
    text: tuple[str, ...]


def switch_page() -> SwitchPage:
    """The switch as its page shows it."""
    last = last_switch()
    by = names_of_staff([last.by_id]).get(last.by_id, "") if last and last.by_id else ""
    return SwitchPage(
        on=last is not None and last.forecasts,
        by=by,
        at=last.at if last else None,
        text=FORECASTS,
    )


def reading_of_case(case: CaseSoFar, *, reader: Reader, at: datetime) -> CaseReading:
    """The reading of a case that the reader works in, of this very moment.

    Args:
        case: from ``people.queries.case_so_far``, which refused whoever may not see it.
    """
    who = [Who(membership=m.membership, name=m.name) for m in case.members]
    several = case.kind != "individual"
    return read_case(who, several=several, prefer=reader.staff, using=in_force(), at=at)


def standings_for(cases: list[OpenCase], *, reader: Reader, at: datetime) -> dict[UUID, Stands]:
    """What the readings of these cases of the reader say, by membership."""
    return standings_of(cases, staff=reader.staff, at=at)
