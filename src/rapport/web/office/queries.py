"""What the pages of the office show; each reader their own part."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings

from rapport.web.people.desk.queries import Appointment, appointment, appointments
from rapport.web.people.meetings.times import which_of_two
from rapport.web.people.queries import Reader, language_here, session_of, the_practice
from rapport.web.people.roles import ROLES, May, Role, allowed
from rapport.web.people.staff.queries import (
    WorksHere,
    away_now,
    cases_without_therapist,
    everybody,
    names_of_staff,
    one_of_staff,
    roles_filled,
    staff_who_may,
)
from rapport.web.safety.queries import NEEDED, missing_for_risk_questions, waiting_flags
from rapport.web.safety.response.queries import PlanSoFar, plan_so_far

__all__ = ["one_of_staff"]

LANGUAGES = {"en": "English", "es": "Spanish", "de": "German"}


@dataclass(frozen=True, kw_only=True)
class StaffPage:
    """Everybody who works here, and those who have left.

    Attributes:
        missing: what keeps questions about risk closed.
    """

    here: tuple[WorksHere, ...]
    gone: tuple[WorksHere, ...]
    missing: tuple[str, ...]


def staff_page(*, reader: Reader, at: datetime) -> StaffPage:
    """Staff, for whoever manages it."""
    found = everybody(reader=reader, at=at)
    return StaffPage(
        here=tuple(one for one in found if one.left_at is None),
        gone=tuple(one for one in found if one.left_at is not None),
        missing=tuple(missing_for_risk_questions(at=at)),
    )


def stored_staff(one: WorksHere) -> dict[str, object]:
    """Somebody as the form shows them."""
    return {
        "name": one.name,
        "email": one.email,
        "roles": [role for role in ROLES if role in one.roles],
        "version": one.version,
    }


@dataclass(frozen=True, kw_only=True)
class Need:
    """One of the things a response plan needs."""

    name: str
    there: bool


@dataclass(frozen=True, kw_only=True)
class Texts:
    """What clients of one language read.

    Attributes:
        help_instead: language of the text they get where none was written in theirs.
    """

    code: str
    language: str
    help: str
    help_instead: str
    consent: str


@dataclass(frozen=True, kw_only=True)
class RiskPage:
    """The response plan.

    Attributes:
        needs: everything it needs, and which of it is there.
        can_answer: id and name of everybody who could be named.
        texts: by language.
    """

    plan: PlanSoFar
    needs: tuple[Need, ...]
    can_answer: tuple[tuple[UUID, str], ...]
    texts: tuple[Texts, ...]


def risk_page(*, reader: Reader, at: datetime) -> RiskPage:
    """The response plan, for whoever may change it."""
    plan = plan_so_far(reader=reader, at=at)
    return RiskPage(
        plan=plan,
        needs=tuple(Need(name=need, there=need not in plan.missing) for need in NEEDED),
        can_answer=tuple(staff_who_may(May.ANSWER_FLAGS)),
        texts=tuple(_texts(plan, code) for code in LANGUAGES),
    )


def _texts(plan: PlanSoFar, code: str) -> Texts:
    wanted = (language_here(), *plan.help_text)
    instead = next((one for one in wanted if plan.help_text.get(one)), "")
    return Texts(
        code=code,
        language=LANGUAGES[code],
        help=plan.help_text.get(code, ""),
        help_instead=LANGUAGES.get(instead, ""),
        consent=plan.consent_text.get(code, ""),
    )


def stored_plan(plan: PlanSoFar) -> dict[str, object]:
    """The plan as the form shows it."""
    people = {"responder": plan.responder, "backup": plan.backup, "lead": plan.lead}
    return {
        **{role: str(one) if one else "" for role, one in people.items()},
        **{f"help_{code}": text for code, text in plan.help_text.items()},
        **{f"consent_{code}": text for code, text in plan.consent_text.items()},
        "outside": plan.outside,
        "hours": plan.hours,
        "minutes": plan.minutes,
        "emergency": plan.emergency,
        "version": plan.version,
    }


@dataclass(frozen=True, kw_only=True)
class RolesPage:
    """Who may do what.

    Attributes:
        rows: each permission in words, and for each role whether it has it.
        from_practice: the reader came from the page of the practice.
    """

    roles: tuple[Role, ...]
    rows: tuple[tuple[str, tuple[bool, ...]], ...]
    from_practice: bool


def roles_page(*, reader: Reader) -> RolesPage:
    """Roles and permissions, from the data that the doors ask."""
    roles = tuple(ROLES.values())
    rows = tuple((may.value, tuple(may in role.may for role in roles)) for may in May)
    leads_back = allowed(reader.roles, May.MANAGE_SETTINGS)
    return RolesPage(roles=roles, rows=rows, from_practice=leads_back)


def staff_of_log(*, reader: Reader) -> list[tuple[UUID, str]]:
    """Whose deeds can be looked for: everybody here who may do anything at all."""
    reader.must(May.READ_AUDIT)
    found = {staff: name for may in May for staff, name in staff_who_may(may)}
    return sorted(found.items(), key=lambda one: one[1])


@dataclass(frozen=True, kw_only=True)
class DeskPage:
    """One day as the front desk sees it."""

    day: date
    before: date
    after: date
    today: date
    appointments: tuple[Appointment, ...]


def desk_page(day: date | None, *, zone: str, reader: Reader, at: datetime) -> DeskPage:
    """Who comes on a day, in the practice's zone; without a day: today."""
    today = at.astimezone(ZoneInfo(zone)).date()
    shown = day or today
    start, end = (_midnight(one, zone) for one in (shown, shown + timedelta(days=1)))
    found = appointments(day_start=start, day_end=end, reader=reader, at=at)
    return DeskPage(
        day=shown,
        before=shown - timedelta(days=1),
        after=shown + timedelta(days=1),
        today=today,
        appointments=tuple(found),
    )


@dataclass(frozen=True, kw_only=True)
class DeskOne:
    """One appointment with what its forms begin with.

    Attributes:
        day: on which it is, in the practice's zone.
        now_stored: when and where it is, with its version.
        a_week_later: the same place at the same local time, a week on.
    """

    appointment: Appointment
    day: date
    now_stored: dict[str, Any]
    a_week_later: dict[str, Any]


def desk_one(session: UUID, *, zone: str, reader: Reader, at: datetime) -> DeskOne:
    """One appointment, to move, to call off, or to plan the next one."""
    found = appointment(session, reader=reader, at=at)
    local = found.starts_at.astimezone(ZoneInfo(zone))
    where = {"place": found.place}
    week = (local + timedelta(weeks=1)).replace(tzinfo=None)
    return DeskOne(
        appointment=found,
        day=local.date(),
        now_stored={
            **where,
            "starts_at": local.replace(tzinfo=None),
            "which": which_of_two(local),
            "version": found.version,
        },
        a_week_later={**where, "starts_at": week},
    )


def day_of(session: UUID, *, zone: str, reader: Reader) -> date:
    """On which day a session is, in the practice's zone."""
    reader.must(May.PLAN_SESSIONS)
    return session_of(session).starts_at.astimezone(ZoneInfo(zone)).date()


@dataclass(frozen=True, kw_only=True)
class Matter:
    """Something to know or to do, in a sentence, with where to go.

    Attributes:
        asks: it asks for thought.
        place: name of an address; "": nowhere to go.
    """

    text: str
    asks: bool = False
    place: str = ""
    link: str = ""


@dataclass(frozen=True, kw_only=True)
class WaitingFor:
    """An open flag as the lead sees it: since when, and for whom; nothing of the answer."""

    since: datetime
    who: str
    taken_on: bool


@dataclass(frozen=True, kw_only=True)
class MyPart:
    """What the first page says to a role that sees no cases of its own.

    Attributes:
        waiting: open flags; for whoever leads the practice.
        matters: what asks for thought first.
    """

    waiting: tuple[WaitingFor, ...]
    matters: tuple[Matter, ...]


def my_part(*, reader: Reader, at: datetime) -> MyPart:
    """The part of the first page that a reader's roles ask for; of a therapist alone: nothing."""
    matters = list(_matters(reader, at))
    return MyPart(
        waiting=tuple(_waiting(reader)),
        matters=tuple(sorted(matters, key=lambda matter: not matter.asks)),
    )


def _waiting(reader: Reader) -> Iterator[WaitingFor]:
    if not allowed(reader.roles, May.SEE_ALL_FLAGS):
        return
    owners = {flag: flag.owner for flag in waiting_flags(reader=reader) if flag.owner}
    names = names_of_staff(owners.values())
    for flag, owner in owners.items():
        yield WaitingFor(
            since=flag.raised_at,
            who=names[str(owner)],
            taken_on=flag.acknowledged_at is not None,
        )


def _matters(reader: Reader, at: datetime) -> Iterator[Matter]:
    if allowed(reader.roles, May.MANAGE_SETTINGS):
        yield from _at_risk(at)
    if allowed(reader.roles, May.MANAGE_STAFF):
        yield from _people(reader, at)
    if allowed(reader.roles, May.PLAN_SESSIONS) and not allowed(reader.roles, May.SEE_OWN_CASES):
        yield Matter(text="Who comes when, and who has arrived.", place="desk", link="The day")
    if allowed(reader.roles, May.SEE_SHARED_CASES):
        yield Matter(text="Here will stand what therapists bring to supervision.")


def _at_risk(at: datetime) -> Iterator[Matter]:
    missing = missing_for_risk_questions(at=at)
    if missing:
        yield Matter(
            text=f"Questions about risk are closed. Still missing: {', '.join(missing)}.",
            asks=True,
            place="risk-plan",
            link="Say who answers",
        )


def _people(reader: Reader, at: datetime) -> Iterator[Matter]:
    orphaned = cases_without_therapist()
    if orphaned:
        cases = "One open case has" if orphaned == 1 else f"{orphaned} open cases have"
        text = f"{cases} no therapist who works here. {UNREAD}"
        yield Matter(text=text, asks=True, place="staff", link="Hand them over")
    for name, until in away_now(at=at):
        yield Matter(text=f"{name} is away until {until:%-d %B}.", place="staff", link="Staff")
    outside = _not_in_yet(reader, at)
    if outside:
        text = f"{_who_have(outside)} not signed in yet."
        yield Matter(text=text, place="staff", link="Give a sign-in link")
    if roles_filled().managers == 1:
        yield Matter(text=ONE_MANAGER, place="staff", link="Staff")


UNREAD = "Nobody reads what those clients write."
NAMED = 3  # more names in a sentence are a wall; the staff page has them all
ONE_MANAGER = "Only one person can let others in. A second one would help if a device is lost."


def _who_have(names: list[str]) -> str:
    """Up to three names with their verb; of more, how many.

    >>> _who_have(["A"]), _who_have(["A", "B", "C"]), _who_have(["A", "B", "C", "D"])
    ('A has', 'A, B and C have', '4 people have')
    """
    *first, last = names
    if len(names) > NAMED:
        return f"{len(names)} people have"
    return f"{', '.join(first)} and {last} have" if first else f"{last} has"


def _not_in_yet(reader: Reader, at: datetime) -> list[str]:
    """Names of the others who have not come in; of nobody where the practice is only tried out."""
    practice = the_practice()
    if settings.DEMO and practice is not None and practice.made_up:
        return []
    here = [one for one in everybody(reader=reader, at=at) if one.left_at is None]
    return [one.name for one in here if not one.comes_in and one.staff != reader.staff]


def _midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)
