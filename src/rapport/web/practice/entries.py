"""Whom to think about, and why: the caseload's entries, from what the readings said."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from markupsafe import Markup

from rapport.files.report.relationship import short_name
from rapport.files.report.words import sentence, short_title
from rapport.pictures.plot import Line, Role
from rapport.pictures.sparkline import sparkline
from rapport.pictures.svg import number
from rapport.science.alliance.split import Splits, find_splits
from rapport.science.reading import sentences
from rapport.science.records.courses import courses_from_rows
from rapport.science.records.scales import Scale
from rapport.web.people.course import MemberHere, OpenCase
from rapport.web.reading.queries import Asks, Course, Stands

SPLIT = 5  # as in the science: after what somebody said themselves, before what is only inferred
REASONS = 2  # sentences of one entry; the page of the case has all
OUTCOME = ("worse", "stalled", "off the expected course")
ROLES: tuple[Role, ...] = ("client", "partner", "third", "fourth")


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One case of the caseload.

    Attributes:
        rank: the weightiest reason; 99 where nothing asks for a thought.
        reasons: in sentences; where nothing asks, what there is to see.
        quotes: latest own words, with whose they are where several might have said them.
        spark, caption: the line behind the first reason, and what it is.
    """

    case: UUID
    name: str
    rank: int
    reasons: tuple[str, ...]
    more: int
    quotes: tuple[tuple[str, str], ...]
    spark: Markup | None
    caption: str

    @property
    def asks(self) -> bool:
        """Whether something in the answers asks for a thought."""
        return self.rank < 99


def reasons_by_case(
    cases: Sequence[OpenCase], stands: Mapping[UUID, Stands], *, may_join: set[UUID]
) -> dict[UUID, list[tuple[str, Asks]]]:
    """For each case what asks for a thought, weightiest first, with the member it is about.

    Args:
        may_join: cases whose members' answers may be shown side by side.
    """
    splits = _splits(cases, stands, may_join)
    found = {}
    for case in cases:
        told = [(m.name, asks) for m in case.members for asks in _asks(stands, m)]
        told += [(case.name, split) for split in splits.get(case.case, [])]
        found[case.case] = sorted(told, key=lambda one: (one[1].rank, -one[1].session))
    return found


def _asks(stands: Mapping[UUID, Stands], member: MemberHere) -> Sequence[Asks]:
    stand = stands.get(member.membership)
    return () if stand is None else stand.asks


def entry(
    case: OpenCase,
    reasons: Sequence[tuple[str, Asks]],
    stands: Mapping[UUID, Stands],
    *,
    may_join: bool,
) -> Entry:
    """The entry of one case."""
    told = [_reason(case, who, asks) for who, asks in reasons] or _told(case, stands)
    spark, caption = _spark(case, reasons, stands, may_join=may_join)
    return Entry(
        case=case.case,
        name=case.name,
        rank=reasons[0][1].rank if reasons else 99,
        reasons=tuple(told[:REASONS]),
        more=max(len(told) - REASONS, 0),
        quotes=_quotes(case, reasons, stands),
        spark=spark,
        caption=caption,
    )


def first_words(
    case: OpenCase, reasons: Sequence[tuple[str, Asks]], stands: Mapping[UUID, Stands]
) -> str:
    """The weightiest reason in a sentence, or what there is to see."""
    told = [_reason(case, who, asks) for who, asks in reasons] or _told(case, stands)
    return told[0] if told else "No answers yet."


def _reason(case: OpenCase, who: str, asks: Asks) -> str:
    said = sentence(asks.said)
    return said if not case.several or who in said else f"{who}: {said}"


def _told(case: OpenCase, stands: Mapping[UUID, Stands]) -> list[str]:
    found = [(m, stands[m.membership].told) for m in case.members if m.membership in stands]
    if not case.several:
        return [sentence(told) for _, told in found if told]
    return [f"{short_name(m.name)}: {told}" for m, told in found if told]


def _quotes(
    case: OpenCase, reasons: Sequence[tuple[str, Asks]], stands: Mapping[UUID, Stands]
) -> tuple[tuple[str, str], ...]:
    """Own words of whom the first reason is about; of a split nobody is quoted before the other."""
    about = reasons[0][0] if reasons else None
    quoted = []
    for member in case.members:
        stand = stands.get(member.membership)
        if stand is None or stand.words is None or about not in (None, member.name):
            continue
        quoted.append((member.name if case.several else "", stand.words[0]))
    return tuple(quoted[:1])


def _spark(
    case: OpenCase,
    reasons: Sequence[tuple[str, Asks]],
    stands: Mapping[UUID, Stands],
    *,
    may_join: bool,
) -> tuple[Markup | None, str]:
    kind = reasons[0][1].kind if reasons else ""
    if kind == "split" and may_join:
        return _members_spark(case, stands)
    about = next((m for m in case.members if reasons and m.name == reasons[0][0]), case.members[0])
    stand = stands.get(about.membership)
    if stand is None:
        return None, "No answers yet"
    if kind in OUTCOME or stand.relationship is None:
        return _line(case, about, stand.outcome, shaded="8 of 10 who started alike")
    return _line(case, about, stand.relationship, shaded="their usual range")


def _line(
    case: OpenCase, who: MemberHere, line: Course | None, *, shaded: str
) -> tuple[Markup | None, str]:
    if line is None:
        return None, "No answers yet"
    caption = _caption(line, shaded)
    drawn = _draw(
        case, [Line(name=who.name, sessions=line.sessions, scores=line.scores)], line, caption
    )
    return drawn, caption


def _caption(line: Course, shaded: str) -> str:
    scores = sum(score is not None for score in line.scores)
    scale = Scale(name=line.scale, title=line.title)
    word = short_title(scale, line.scale)
    band = f"; shaded: {shaded}" if len(line.band) > 1 else ""
    times = "answer" if scores == 1 else "answers"
    told = f"{word}, {scores} {times}{band}"
    return told[:1].upper() + told[1:]


def _members_spark(case: OpenCase, stands: Mapping[UUID, Stands]) -> tuple[Markup | None, str]:
    found = [(m, course) for m in case.members if (course := _relationship(stands, m)) is not None]
    lines = [
        Line(
            name=short_name(m.name),
            role=ROLES[k % len(ROLES)],
            sessions=course.sessions,
            scores=course.scores,
        )
        for k, (m, course) in enumerate(found)
    ]
    caption = "Each member's own answers"
    return _draw(case, lines, found[0][1], caption, named=True), caption


def _relationship(stands: Mapping[UUID, Stands], member: MemberHere) -> Course | None:
    stand = stands.get(member.membership)
    return None if stand is None else stand.relationship


def _draw(
    case: OpenCase, lines: list[Line], line: Course, caption: str, *, named: bool = False
) -> Markup | None:
    scores = [s for one in lines for _, s in one.answered()]
    if not scores:
        return None
    ends = "; ".join(
        f"{one.name}: last {number(one.answered()[-1][1])}" for one in lines if one.answered()
    )
    drawn = sparkline(
        id=f"s{case.case.hex[:12]}",
        title=f"{case.name}, {caption}",
        description=ends,
        lines=lines,
        low=min(scores) if line.low is None else line.low,
        high=max(scores) if line.high is None else line.high,
        band=[] if named else [tuple(row) for row in line.band],  # type: ignore[misc]
        named=named,
    )
    return Markup(drawn)


def _splits(
    cases: Sequence[OpenCase], stands: Mapping[UUID, Stands], may_join: set[UUID]
) -> dict[UUID, list[Asks]]:
    """Members who answered apart at their latest session; computed here and kept nowhere."""
    several = [case for case in cases if case.several and case.case in may_join]
    by_scale: dict[str, list[tuple[int, str, Course]]] = {}
    for number_, case in enumerate(several):
        for m in case.members:
            course = _relationship(stands, m)
            if course is not None:
                rows = by_scale.setdefault(course.scale, [])
                rows.append((number_, str(m.membership), course))
    found: dict[UUID, list[Asks]] = {}
    for rows in by_scale.values():
        for number_, asks in _found(rows, several):
            found.setdefault(several[number_].case, []).append(asks)
    return found


def _found(
    rows: Sequence[tuple[int, str, Course]], several: Sequence[OpenCase]
) -> list[tuple[int, Asks]]:
    first = rows[0][2]
    scale = Scale(
        name=first.scale, title=first.title, minimum=first.low, maximum=first.high,
        higher_is_better=True,
    )  # fmt: skip
    points = [
        (who, session, np.nan if score is None else score)
        for _, who, course in rows
        for session, score in zip(course.sessions, course.scores, strict=True)
    ]
    if not points:
        return []
    who, session, score = zip(*points, strict=True)
    courses = courses_from_rows(client=list(who), session=session, score=score)
    number_of = {name: number_ for number_, name, _ in rows}
    splits = find_splits(
        courses=courses, case=[number_of[str(one)] for one in courses.clients], scale=scale
    )
    return _latest(splits, several, scale)


def _latest(splits: Splits, several: Sequence[OpenCase], scale: Scale) -> list[tuple[int, Asks]]:
    """A split counts where it was met at the last session that several members answered."""
    last: dict[int, int] = {case: row for row, case in enumerate(splits.case.tolist())}
    return [
        (
            case,
            Asks(
                kind="split",
                session=float(splits.session[row]),
                said=sentences.split(several[case].name, float(splits.difference[row]), scale),
                rank=SPLIT,
            ),
        )
        for case, row in last.items()
        if splits.signal[row]
    ]
