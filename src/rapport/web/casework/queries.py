"""The pages of a case's arrangement, each in one call."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from rapport.web.casework.errors import FeedEnded
from rapport.web.casework.models import Feed
from rapport.web.core.errors import NotHere
from rapport.web.measures.queries import (
    ONE_MEMBER,
    THERAPIST,
    Choosable,
    GoalSoFar,
    PlanLine,
    forms_to_choose,
    goals_of,
    plan_in_force,
    title_of,
)
from rapport.web.people.belonging.queries import (
    Arranged,
    MemberWhole,
    arranged,
    member_whole,
    therapists_outside,
)
from rapport.web.people.meetings.queries import (
    Appointment,
    Planned,
    appointments_of,
    meeting,
    meetings_of,
)
from rapport.web.people.queries import Reader, names_of
from rapport.web.people.roles import May
from rapport.web.people.secrets.queries import as_members_read_it, stated
from rapport.web.safety.queries import missing_for_risk_questions

BACK = timedelta(days=60)  # how far back a calendar goes (ours)
KINDS = ("individual", "couple", "family", "group")


@dataclass(frozen=True, kw_only=True)
class LineInWords:
    """One line of a plan as a sentence.

    Attributes:
        place, instrument: by which it is ended.
        title: of the form that was planned.
        when, who: in words.
        problem: why it is not asked, or what is asked instead; "": it is asked as planned.
    """

    place: int
    instrument: str
    title: str
    when: str
    who: str
    problem: str


@dataclass(frozen=True, kw_only=True)
class ArrangePage:
    """A case at a glance: names, times and states; no contact, no goal, no word of anybody.

    A screen in the room is read by everybody in it.
    """

    case: Arranged
    upcoming: tuple[Planned, ...]
    to_mark: tuple[Planned, ...]
    lines: tuple[LineInWords, ...]


@dataclass(frozen=True, kw_only=True)
class MemberPage:
    """One member alone."""

    case: Arranged
    whole: MemberWhole
    goals: tuple[GoalSoFar, ...]
    asks_policy: bool

    @property
    def goals_open(self) -> tuple[GoalSoFar, ...]:
        """Goals that are neither reached nor let go."""
        return tuple(goal for goal in self.goals if goal.ended_at is None)

    @property
    def goals_ended(self) -> tuple[GoalSoFar, ...]:
        """Goals that were reached or let go."""
        return tuple(goal for goal in self.goals if goal.ended_at is not None)


@dataclass(frozen=True, kw_only=True)
class TherapistsPage:
    """Who works in a case, and who could."""

    case: Arranged
    outside: tuple[tuple[UUID, str], ...]


@dataclass(frozen=True, kw_only=True)
class SessionsPage:
    """All sessions of a case."""

    case: Arranged
    sessions: tuple[Planned, ...]


@dataclass(frozen=True, kw_only=True)
class SessionPage:
    """One session."""

    case: Arranged
    session: Planned
    begun: bool


@dataclass(frozen=True, kw_only=True)
class AskedPage:
    """What is asked when, in one case or, without one, in all cases of a kind."""

    case: Arranged | None
    kind: str
    lines: tuple[LineInWords, ...]
    choosable: tuple[Choosable, ...]


@dataclass(frozen=True, kw_only=True)
class PolicyPage:
    """How secrets are handled in a case, as its members read it."""

    case: Arranged
    kind: str
    paragraphs: dict[str, tuple[str, ...]]


def arrange_page(case: UUID, *, reader: Reader, at: datetime) -> ArrangePage:
    """The arrangement of a case of the reader's."""
    found = arranged(case, reader=reader, at=at)
    planned = [m for m in meetings_of(case, reader=reader) if m.state == "planned"]
    planned.sort(key=lambda m: m.starts_at)
    return ArrangePage(
        case=found,
        upcoming=tuple(m for m in planned if m.starts_at > at),
        to_mark=tuple(m for m in planned if m.starts_at <= at),
        lines=_lines(case, found.kind, at),
    )


def member_page(case: UUID, membership: UUID, *, reader: Reader, at: datetime) -> MemberPage:
    """One member of a case of the reader's."""
    found = arranged(case, reader=reader, at=at)
    return MemberPage(
        case=found,
        whole=member_whole(case, membership, reader=reader, at=at),
        goals=goals_of(membership, ended_too=True),
        asks_policy=found.kind != "individual",
    )


def therapists_page(case: UUID, *, reader: Reader, at: datetime) -> TherapistsPage:
    """Who works in a case of the reader's."""
    return TherapistsPage(
        case=arranged(case, reader=reader, at=at),
        outside=therapists_outside(case, reader=reader),
    )


def sessions_page(case: UUID, *, reader: Reader, at: datetime) -> SessionsPage:
    """All sessions of a case of the reader's."""
    return SessionsPage(
        case=arranged(case, reader=reader, at=at), sessions=meetings_of(case, reader=reader)
    )


def session_page(case: UUID, session: UUID, *, reader: Reader, at: datetime) -> SessionPage:
    """One session of a case of the reader's."""
    found = meeting(case, session, reader=reader)
    return SessionPage(
        case=arranged(case, reader=reader, at=at),
        session=found,
        begun=found.starts_at <= at + timedelta(hours=1),
    )


def asked_page(case: UUID, *, reader: Reader, at: datetime) -> AskedPage:
    """What is asked in a case of the reader's."""
    found = arranged(case, reader=reader, at=at)
    return AskedPage(
        case=found,
        kind=found.kind,
        lines=_lines(case, found.kind, at),
        choosable=forms_to_choose(risk_open=risk_open(at=at)),
    )


def default_page(kind: str, *, reader: Reader, at: datetime) -> AskedPage:
    """What is asked in all cases of a kind that have no plan of their own.

    Raises:
        NotAllowed: the role does not change settings.
        NotHere: there is no such kind.
    """
    reader.must(May.MANAGE_SETTINGS)
    if kind not in KINDS:
        raise NotHere("kind of case")
    return AskedPage(
        case=None,
        kind=kind,
        lines=_lines(None, kind, at),
        choosable=forms_to_choose(risk_open=risk_open(at=at)),
    )


def policy_page(case: UUID, *, reader: Reader, at: datetime, language: str) -> PolicyPage:
    """How secrets are handled in a case of the reader's, and how else they could be."""
    found = arranged(case, reader=reader, at=at)
    names = [one.name for one in found.working]
    texts = {
        kind: as_members_read_it(kind, language=language, therapists=names)
        for kind in ("no-secrets", "limited")
    }
    return PolicyPage(case=found, kind=stated(found.policy), paragraphs=texts)


def feed_made_at(*, reader: Reader) -> datetime | None:
    """When the reader's own calendar address was made; None: there is none."""
    reader.must(May.SEE_OWN_CASES)
    feeds = Feed.objects.filter(staff_id=reader.staff, ended_at=None)
    return feeds.values_list("made_at", flat=True).first()


def appointments_at(token: str, *, at: datetime) -> tuple[UUID, tuple[Appointment, ...]]:
    """The calendar behind a secret address: its id and its sessions.

    Raises:
        FeedEnded: there is none, or it was ended.
    """
    feed = Feed.objects.filter(token=hashed(token), ended_at=None).first()
    if feed is None:
        raise FeedEnded
    return feed.pk, appointments_of(feed.staff_id, since=at - BACK)


def hashed(token: str) -> str:
    """What is stored of a secret address."""
    return sha256(token.encode()).hexdigest()


def risk_open(*, at: datetime) -> bool:
    """Whether questions about risk may be asked: somebody is named who answers."""
    return not missing_for_risk_questions(at=at)


def _lines(case: UUID | None, kind: str, at: datetime) -> tuple[LineInWords, ...]:
    lines = plan_in_force(case=case, kind=kind, risk_open=risk_open(at=at))
    names = names_of(line.asks.membership for line in lines if line.asks.membership)
    return tuple(_in_words(place, line, names) for place, line in enumerate(lines))


def _in_words(place: int, line: PlanLine, names: dict[UUID, str]) -> LineInWords:
    asks = line.asks
    who = names.get(asks.membership, "") if asks.membership else asks.who
    return LineInWords(
        place=place,
        instrument=asks.instrument,
        title=title_of(asks.instrument),
        when=_when(line),
        who=_who(asks.who, who),
        problem=_problem(line),
    )


def _who(kind: str, name: str) -> str:
    if kind == ONE_MEMBER:
        return name
    return "the therapist" if kind == THERAPIST else "each member"


def _when(line: PlanLine) -> str:
    asks = line.asks
    every = "every session" if asks.every == 1 else f"every {_nth(asks.every)} session"
    told = f"{asks.moment} {every}"
    if asks.first_session > 1:
        told += f", from session {asks.first_session}"
    if asks.last_session is not None:
        told += f", up to session {asks.last_session}"
    return told


def _nth(n: int) -> str:
    """Say a number of order.

    >>> _nth(2), _nth(3), _nth(4), _nth(11), _nth(22)
    ('2nd', '3rd', '4th', '11th', '22nd')
    """
    ending = "th" if 10 <= n % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")
    return f"{n}{ending}"


def _problem(line: PlanLine) -> str:
    if line.problem is None:
        return ""
    if line.asked_instead is None:
        return f"Locked for now. {line.problem}"
    return (
        f"Locked for now. {line.problem} Until then this is asked: {title_of(line.asked_instead)}"
    )
