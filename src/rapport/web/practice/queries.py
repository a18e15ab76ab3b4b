"""The first page, for whoever looks: each role its own part; and the page of a case."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from rapport.web.office.queries import MyPart, my_part
from rapport.web.people.queries import Reader, the_practice
from rapport.web.people.roles import May, allowed
from rapport.web.practice.caseload import AllCases, Caseload, all_cases, caseload
from rapport.web.practice.relationship import CasePage, MemberPage, case_page
from rapport.web.safety.queries import OpenFlag, flags_shown

__all__ = [
    "AllCases",
    "CasePage",
    "Caseload",
    "MemberPage",
    "Today",
    "all_cases",
    "case_page",
    "today",
]


@dataclass(frozen=True, kw_only=True)
class Today:
    """What the first page shows.

    Attributes:
        flags: answers that wait for a reader who has no cases of their own, the oldest first.
        part: what the reader's other roles ask for.
        caseload: of a therapist; it holds flags too. None: the role sees no cases.
    """

    day: datetime
    flags: tuple[OpenFlag, ...]
    part: MyPart
    caseload: Caseload | None

    @property
    def headline(self) -> str:
        """The one sentence that matters. It never reassures."""
        if self.caseload is not None:
            return self.caseload.headline
        if self.flags:
            n = len(self.flags)
            return "One answer waits for you." if n == 1 else f"{n} answers wait for you."
        if self.part.waiting:
            n = len(self.part.waiting)
            return "One flag is open." if n == 1 else f"{n} flags are open."
        asks = sum(matter.asks for matter in self.part.matters)
        return "Something is missing." if asks else "Nothing waits for you here."


def today(*, reader: Reader, at: datetime) -> Today:
    """The day of one reader."""
    practice = the_practice()
    zone = ZoneInfo(practice.zone if practice else "UTC")
    sees, answers = (allowed(reader.roles, m) for m in (May.SEE_OWN_CASES, May.ANSWER_FLAGS))
    return Today(
        day=at.astimezone(zone),
        flags=tuple(flags_shown(reader=reader, at=at)) if answers and not sees else (),
        part=my_part(reader=reader, at=at),
        caseload=caseload(reader=reader, zone=zone, at=at) if sees else None,
    )
