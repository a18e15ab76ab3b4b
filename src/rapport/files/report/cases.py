"""Cases with several members: who belongs together, and how far their answers lie apart."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from markupsafe import Markup

from rapport.files.report.findings import Finding, Table
from rapport.files.report.relationship import days_of, ends_of, short_name
from rapport.files.report.words import NOT_VALIDATED, cell, dates_of, names, scale_title, sentence
from rapport.pictures.course import course_chart
from rapport.pictures.multiples import small_multiples
from rapport.pictures.plot import Line, Role
from rapport.pictures.svg import number
from rapport.science.reading.model import ClientReading, Reading, Signal, Split
from rapport.science.reading.sentences import person

OTHERS: tuple[Role, ...] = ("partner", "third", "fourth")  # after the first member, in turn


@dataclass(frozen=True, kw_only=True)
class Group:
    """One client, or the members of one case, in the order of the reading."""

    members: list[ClientReading]
    split: Split | None = None
    key: str = ""
    signals: list[tuple[ClientReading, Signal]] = field(default_factory=list)  # current, by rank
    begins: bool = False  # the reader asked for this case to stand first

    @property
    def name(self) -> str:
        """How the case is called: by its members."""
        return names([person(member.client) for member in self.members])


def groups(reading: Reading, *, at_most: int) -> list[Group]:
    """Members of one case together; everybody else alone. The first member gives the place.

    Only so many clients are cut out of a large reading; a case is never cut in two.
    """
    splits = {split.case: split for split in reading.cases}
    found: dict[str, list[ClientReading]] = {}
    first = reading.settings.get("first", [])
    for client in _whole_cases(reading, at_most):
        key = f"case {client.case}" if client.case is not None else f"client {client.client}"
        found.setdefault(key, []).append(client)
    return [
        Group(
            members=members,
            split=splits.get(members[0].case or "") if len(members) > 1 else None,
            key=f"p{number}",
            signals=current(members),
            begins=any(member.client in first for member in members),
        )
        for number, members in enumerate(found.values(), start=1)
    ]


def _whole_cases(reading: Reading, at_most: int) -> list[ClientReading]:
    """The first clients of a reading, without those whose case goes on behind the cut."""
    if len(reading.clients) <= at_most:
        return list(reading.clients)
    *head, beyond = reading.clients[: at_most + 1]
    while head and beyond.case is not None and head[-1].case == beyond.case:
        head.pop()
    return head


def current(members: Sequence[ClientReading]) -> list[tuple[ClientReading, Signal]]:
    """Signals of now, most urgent first; one that two members share stands once."""
    once: dict[tuple[str, str], tuple[ClientReading, Signal]] = {}
    for member in members:
        for signal in (s for s in member.signals if s.current):
            once.setdefault((signal.kind, signal.sentence), (member, signal))
    return sorted(once.values(), key=lambda pair: pair[1].rank)


def member_lines(group: Group) -> list[Line]:
    """One line for each member with ratings of the relationship, each of its own kind.

    A fifth member looks like the second: names stand at the lines' ends.
    """
    rated = [member for member in group.members if member.alliance is not None]
    short = [short_name(member.client) for member in rated]
    unlike = len(set(short)) == len(short)
    return [
        Line(
            name=short[k] if unlike else member.client,
            role=OTHERS[(k - 1) % len(OTHERS)] if k else "client",
            sessions=member.alliance.series.sessions,
            scores=member.alliance.series.scores,
        )
        for k, member in enumerate(rated)
        if member.alliance is not None
    ]


def split_finding(group: Group, reading: Reading) -> Finding | None:
    """The members' ratings side by side; None for a case of one."""
    lines = member_lines(group)
    if len(lines) < 2:
        return None
    first = next(m.alliance for m in group.members if m.alliance is not None)
    scale = reading.scales.get(first.series.scale)
    flagged = group.split.flagged if group.split else []
    title = _title(group, flagged)
    wide, compact = _pictures(group, reading, lines, title)
    return Finding(
        title=title,
        measured=f"{scale_title(scale, first.series.scale)}: each member’s own ratings.",
        wide=wide,
        compact=compact,
        limit=NOT_VALIDATED if scale and not scale.validated else "",
        how=[sentence(group.split.rule)] if group.split else [],
        table=_table(group, lines),
    )


def _title(group: Group, flagged: Sequence[float]) -> str:
    if group.split is None:
        return f"{group.name}, session by session."
    if not flagged:
        return f"{group.name} answered without a gap that stands out."
    last = max((m.last_session or 0) for m in group.members)
    if flagged[-1] == last:
        return f"{group.name} answered apart, last at session {number(flagged[-1])}."
    return f"{group.name} answered apart up to session {number(flagged[-1])}, and closer since."


def _pictures(
    group: Group, reading: Reading, lines: list[Line], title: str
) -> tuple[Markup, Markup]:
    first = next(m.alliance for m in group.members if m.alliance is not None)
    ends = ends_of(reading.scales.get(first.series.scale))
    flagged = group.split.flagged if group.split else []
    if len(lines) > 2:
        wide, compact = (
            Markup("".join(small_multiples(id=f"{group.key}-{size}", lines=lines, ends=ends,
                                           flagged=flagged)))
            for size in ("mw", "ms")
        )  # fmt: skip
        return wide, compact
    wide, compact = (
        Markup(
            course_chart(
                id=f"{group.key}-{size}",
                title=title,
                description=_description(lines),
                lines=lines,
                ends=ends,
                apart=flagged,
                dates=dates_of(first.series),
                days=days_of(first.series),
                compact=size == "cs",
            )
        )
        for size in ("cw", "cs")
    )
    return wide, compact


def _description(lines: Sequence[Line]) -> str:
    said = []
    for line in lines:
        points = ", ".join(f"session {number(s)}: {number(x)}" for s, x in line.answered())
        said.append(f"{line.name}: {points or 'no answers yet'}.")
    return " ".join(said)


def _table(group: Group, lines: Sequence[Line]) -> Table:
    by_line = [dict(zip(line.sessions, line.scores, strict=True)) for line in lines]
    split = group.split
    apart = dict(zip(split.sessions, split.differences, strict=True)) if split else {}
    rows = [
        [number(s), *(cell(scores.get(s)) for scores in by_line),
         cell(apart[s]) if apart.get(s) is not None else ""]
        for s in sorted({s for scores in by_line for s in scores})
    ]  # fmt: skip
    return Table(
        caption="Each member’s ratings, session by session",
        head=["session", *(line.name for line in lines), "apart"],
        rows=rows,
    )
