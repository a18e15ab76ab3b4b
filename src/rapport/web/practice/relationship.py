"""The page of one case: one member's words, what changed, the relationship, the outcome, goals."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from markupsafe import Markup

from rapport.files.report.client import ClientPage, client_page
from rapport.files.report.items import answer
from rapport.pictures.svg import number
from rapport.pictures.ticks import change_ticks
from rapport.science.reading.model import ClientReading, Item, Reading, Series
from rapport.web.audit.actions import record_seen
from rapport.web.checkins.by_staff.queries import own_side_given
from rapport.web.core.errors import NotHere
from rapport.web.measures.queries import GoalSoFar, goals_of
from rapport.web.messages.queries import Messages, messages_to
from rapport.web.people.course import attendance_of, names_of_staff, upcoming_of
from rapport.web.people.queries import (
    CaseSoFar,
    Member,
    Reader,
    SessionOf,
    case_so_far,
    sessions_of,
)
from rapport.web.reading.queries import MemberReading, forecasts_on, reading_of_case
from rapport.web.safety.queries import OpenFlag, flags_of_member, joint_display_allowed

GOALS = "rapport-goals."
EARLIER_WORDS = 3


@dataclass(frozen=True, kw_only=True)
class GoalLine:
    """A goal in the client's own words, and how near it is: now, last time, the first time."""

    words: str
    ended: str
    picture: Markup
    told: str


@dataclass(frozen=True, kw_only=True)
class Quoted:
    """Own words, and when they were written."""

    text: str
    when: str


@dataclass(frozen=True, kw_only=True)
class MemberPage:
    """What one member's part of a page holds.

    Attributes:
        read: the reading in words and pictures; None: nothing was answered or asked for yet.
        leading, earlier, all_words: own words, the latest first.
        attended: in a sentence; "": no session was held yet.
        about: whose work the ratings are about, where the member rated others too.
        tuned: whether the alarm knows this practice's own courses yet.
        flags: answers that a person had to answer and of which the reader was told, with notes.
    """

    member: Member
    read: ClientPage | None
    leading: Quoted | None
    earlier: tuple[Quoted, ...]
    all_words: tuple[Quoted, ...]
    goals: tuple[GoalLine, ...]
    attended: str
    about: str
    tuned: bool
    flags: tuple[OpenFlag, ...]


@dataclass(frozen=True, kw_only=True)
class CasePage:
    """A case as its therapist opens it.

    Attributes:
        shown: the one member whose answers are on the page: of several never two at once, since
            a screen in the room is read by everybody in it; None: nobody was chosen yet.
        next: number and time of the next session; None: none is planned.
        reached: by member, how a link can be sent.
        own_side: about whom the therapist has answered, by session and membership.
    """

    case: CaseSoFar
    sessions: tuple[SessionOf, ...]
    shown: MemberPage | None
    next: tuple[int, datetime] | None
    forecasts: bool
    reached: Mapping[UUID, Messages]
    own_side: frozenset[tuple[UUID, UUID]]

    @property
    def several(self) -> bool:
        """Whether more than one person belongs to the case."""
        return self.case.kind != "individual"

    @property
    def name(self) -> str:
        """How the case is called: by its members."""
        return ", ".join(member.name for member in self.case.members)

    @property
    def since(self) -> datetime:
        """When it was opened."""
        return self.case.opened_at


def case_page(
    case: UUID, *, reader: Reader, at: datetime, membership: UUID | None = None
) -> CasePage:
    """A case with its sessions, and the reading of one member as it stands at this moment.

    Args:
        membership: which member; None: the only one, of several nobody.

    Raises:
        NotAllowed, NotHere: it is not the reader's to see.
    """
    found = case_so_far(case, reader=reader)
    chosen = _chosen(found, membership)
    sessions = sessions_of(case, reader=reader)
    return CasePage(
        case=found,
        sessions=tuple(sessions),
        own_side=own_side_given([one.session for one in sessions]),
        shown=_member_page(found, chosen, reader, at) if chosen else None,
        next=upcoming_of(case, after=at),
        forecasts=forecasts_on(),
        reached={
            m.membership: messages_to(m.membership, reader=reader)
            for m in ([chosen] if chosen else found.members)
        },
    )


def _chosen(case: CaseSoFar, membership: UUID | None) -> Member | None:
    if membership is None:
        return case.members[0] if case.kind == "individual" else None
    for member in case.members:
        if member.membership == membership:
            return member
    raise NotHere("member of this case")


def _member_page(case: CaseSoFar, member: Member, reader: Reader, at: datetime) -> MemberPage:
    record_seen("answers seen", clients={member.person}, by=reader.by, at=at)
    read = reading_of_case(case, reader=reader, at=at)
    own = read.members[member.membership]
    words = [Quoted(text=w.text, when=f"{w.moment} session {w.session}") for w in own.words]
    goals = goals_of(member.membership, ended_too=True)
    return MemberPage(
        member=member,
        read=_page(case, own, read.reading),
        leading=words[0] if words else None,
        earlier=tuple(words[1 : 1 + EARLIER_WORDS]),
        all_words=tuple(words),
        goals=tuple(_goal(goal, own.found) for goal in goals),
        attended=_attended(attendance_of([member.membership]).get(member.membership, {})),
        about=_about(own),
        tuned=_tuned(read.reading),
        flags=tuple(flags_of_member(member.membership, reader=reader)),
    )


def _page(case: CaseSoFar, own: MemberReading, reading: Reading) -> ClientPage | None:
    if own.found is None:
        return None
    joint = joint_display_allowed([m.membership for m in case.members])
    shown = replace(
        own.found,
        signals=[s for s in own.found.signals if joint or s.kind != "split"],
        others=[s for s in own.found.others if not s.scale.startswith(GOALS)],
        words=[w for w in own.found.words if w.respondent == "client"],
    )
    shown = replace(shown, headline=_headline(shown, own.found))
    return client_page(shown, reading, id="m")


def _headline(shown: ClientReading, found: ClientReading) -> str:
    """The weightiest of what is shown; where a split may not be named, the next reason."""
    now = [signal for signal in shown.signals if signal.current]
    return now[0].sentence if now else found.headline


def _about(own: MemberReading) -> str:
    if not own.others:
        return ""
    name = names_of_staff([own.about]).get(own.about, "")
    return (
        f"About the work with {name}. Ratings about {', '.join(own.others)} are not in these lines."
    )


def _tuned(reading: Reading) -> bool:
    about: Mapping[str, Mapping[str, object]] = reading.summary.get("alliance", {})
    return all(bool(one.get("tuned", False)) for one in about.values())


def _attended(came: Mapping[int, tuple[object, bool]]) -> str:
    if not came:
        return ""
    there = sum(1 for _, yes in came.values() if yes)
    missed = [n for n, (_, yes) in sorted(came.items()) if not yes]
    told = f"Came to {there} of {len(came)} sessions."
    if missed:
        which = ", ".join(str(n) for n in missed)
        told += f" Did not come to session{'' if len(missed) == 1 else 's'} {which}."
    return told


def _goal(goal: GoalSoFar, found: ClientReading | None) -> GoalLine:
    series = next(
        (s for s in (found.others if found else []) if s.scale == f"{GOALS}{goal.item}"), None
    )
    item = _as_item(goal, series)
    picture = change_ticks(
        id=f"g-{goal.item}",
        title=goal.words,
        description=_told(item),
        low=item.minimum,
        high=item.maximum,
        now=item.now,
        last=item.last,
        first=item.first,
    )
    return GoalLine(
        words=goal.words, ended=goal.ended_why, picture=Markup(picture), told=_told(item)
    )


def _as_item(goal: GoalSoFar, series: Series | None) -> Item:
    given = [score for score in (series.scores if series else []) if score is not None]
    return Item(
        id=goal.item,
        text=goal.words,
        minimum=0,
        maximum=10,
        now=given[-1] if given else None,
        last=given[-2] if len(given) > 1 else None,
        first=given[0] if given else None,
        reverse=False,
    )


def _told(item: Item) -> str:
    if item.now is None or item.first is None:
        return "not rated yet"
    if item.last is None:
        return f"{answer(item, item.now)} of {number(item.maximum)}, rated once"
    return f"{number(item.first)} at first, {number(item.now)} of {number(item.maximum)} now"
