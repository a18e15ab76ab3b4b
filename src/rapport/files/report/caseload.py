"""The first page: whom first, and why."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from rapport.files.report.cases import Group, member_lines
from rapport.files.report.headline import headline
from rapport.files.report.outcome import ALIKE
from rapport.files.report.relationship import line_of, short_name
from rapport.files.report.words import answered, count, names, sentence, short_title
from rapport.pictures.plot import Line
from rapport.pictures.sparkline import sparkline
from rapport.pictures.svg import number
from rapport.science.reading.model import ClientReading, Reading, Series, Signal, Words
from rapport.science.reading.sentences import person

REASONS = 3  # sentences on the first page; the page of the client has all
NO_CHANGE = "One rating per person: nothing about change can be said."
OUTCOME_KINDS = {"worse", "stalled", "off the expected course"}


@dataclass(frozen=True, kw_only=True)
class Case:
    """One entry of the caseload: who, why in words, own words, a line, the way to the page."""

    name: str
    link: str | None
    when: str
    reasons: list[str]
    more: int
    quotes: list[tuple[str, str]]  # who, words
    spark: Markup | None
    caption: str
    answer_first: bool  # a risk answer: a person must answer


Extent = dict[str, tuple[float, float]]


def case(group: Group, reading: Reading, extent: Extent, *, link: str | None) -> Case:
    """The entry of one case."""
    reasons = [_reason(group, member, signal) for member, signal in group.signals]
    told = reasons or [_told(group, member, reading) for member in group.members]
    spark, caption = spark_of(group, reading, extent)
    last = max((m.last_session for m in group.members if m.last_session is not None), default=None)
    return Case(
        name=group.name,
        link=link,
        when="" if last is None else f"session {number(last)}",
        reasons=told[:REASONS],
        more=max(len(told) - REASONS, 0),
        quotes=_latest_words(group),
        spark=spark,
        caption=caption[:1].upper() + caption[1:],
        answer_first=any(signal.kind == "risk answer" for _, signal in group.signals),
    )


def _told(group: Group, member: ClientReading, reading: Reading) -> str:
    said = headline(member, reading)
    return said if len(group.members) == 1 else f"{short_name(member.client)}: {said}"


def _reason(group: Group, member: ClientReading, signal: Signal) -> str:
    said = sentence(signal.sentence)
    alone = len(group.members) == 1 or signal.kind == "split" or member.client in said
    return said if alone else f"{member.client}: {said}"


def _latest_words(group: Group) -> list[tuple[str, str]]:
    found = []
    for member in group.members:
        words = sorted(member.words, key=lambda w: w.session)[-1:]
        found += [(_who(group, member, w), w.text) for w in words]
    return found


def _who(group: Group, member: ClientReading, words: Words) -> str:
    """Whose words, where several might have said them; when, where it was not last time."""
    parts = [person(member.client)] if len(group.members) > 1 else []
    if words.session != member.last_session:
        parts.append(f"after session {number(words.session)}")
    return ", ".join(parts)


def whom_first(
    found: Sequence[Group],
    asking: int,
    *,
    everyone: int,
    begin: Sequence[Group] = (),
    one_each: bool = False,
) -> str:
    """The headline: an answer to "whom first?".

    Args:
        found: cases that ask for attention, in order; of very many only the first.
        asking: how many there are.
        everyone: how many cases were read.
        begin: cases that were asked to stand before all others.
        one_each: nobody was rated twice.
    """
    if not everyone:
        return "No course has been read yet."
    if begin:
        return f"Begin with {names([g.name for g in begin])}. {_then(found, asking)}"
    if not found:
        return NO_CHANGE if one_each else "Nothing in the latest answers asks for attention."
    first = found[0].name
    if asking == 1:
        return f"{first} first. Nothing in the other answers asks for attention."
    if asking <= 3:
        return f"{first} first. Then {', then '.join(g.name for g in found[1:])}."
    return f"{first} first. Then {asking - 1:,} more are worth a thought."


def _then(found: Sequence[Group], asking: int) -> str:
    if not found:
        return "Nothing in the latest answers asks for attention."
    if asking == 1:
        return f"Then {found[0].name} is worth a thought."
    return f"Then {found[0].name} and {asking - 1:,} more are worth a thought."


def the_rest(n: int, *, of: int) -> str:
    """What is said of everyone else: nothing that reassures."""
    if not n:
        return ""
    if n == of:
        return "That is not the same as nothing being there."
    where = "In the other case" if n == 1 else f"In the other {n:,} cases"
    return (
        f"{where} nothing in the answers asks for attention. "
        "That is not the same as nothing being there."
    )


def extents(shown: Sequence[Group], reading: Reading) -> Extent:
    """One extent for each scale, shared by all its sparklines."""
    found: Extent = {}
    for client in (member for group in shown for member in group.members):
        for part in (client.alliance, client.outcome):
            scores = [x for _, x in answered(part.series)] if part else []
            if part and scores:
                low, high = found.get(part.series.scale, (scores[0], scores[0]))
                found[part.series.scale] = (min(low, *scores), max(high, *scores))
    for name, scale in reading.scales.items():
        if name in found and scale.minimum is not None and scale.maximum is not None:
            found[name] = (scale.minimum, scale.maximum)
    return found


def spark_of(group: Group, reading: Reading, extent: Extent) -> tuple[Markup | None, str]:
    """The line behind the first reason, and what it is."""
    lines = member_lines(group)
    if len(lines) > 1:
        first = next(m.alliance for m in group.members if m.alliance is not None)
        return _spark(group, lines, first.series, extent, [], reading, named=True)
    client = group.members[0]
    about_outcome = bool(group.signals) and group.signals[0][1].kind in OUTCOME_KINDS
    if client.outcome and answered(client.outcome.series) and (about_outcome or not lines):
        band = [(e.session, e.lower, e.upper) for e in client.outcome.expected]
        line = line_of(client.outcome.series, name=client.client)
        return _spark(group, [line], client.outcome.series, extent, band, reading)
    if client.alliance and answered(client.alliance.series):
        return _spark(group, lines, client.alliance.series, extent, client.alliance.usual, reading)
    return None, "no answers yet"


def _spark(
    group: Group,
    lines: list[Line],
    series: Series,
    extent: Extent,
    band: Sequence[tuple[float, float, float]],
    reading: Reading,
    *,
    named: bool = False,
) -> tuple[Markup, str]:
    low, high = extent.get(series.scale, (0.0, 1.0))
    caption = _caption(series, lines, band, reading)
    drawn = sparkline(
        id=f"{group.key}-spark",
        title=f"{group.name}, {caption}",
        description="; ".join(_ends(line) for line in lines),
        lines=lines,
        low=low,
        high=high,
        band=band,
        named=named,
    )
    return Markup(drawn), caption


def _ends(line: Line) -> str:
    points = line.answered()
    if not points:
        return f"{line.name}: no answers yet"
    return f"{line.name}: first {number(points[0][1])}, last {number(points[-1][1])}"


def _caption(
    series: Series,
    lines: Sequence[Line],
    band: Sequence[tuple[float, float, float]],
    reading: Reading,
) -> str:
    scale = reading.scales.get(series.scale)
    n = max(len(line.answered()) for line in lines)
    each = " each" if len(lines) > 1 else ""
    text = f"{short_title(scale, series.scale)}, {count(n, 'answer')}{each}"
    if len(band) < 2:
        return text
    outcome = scale is not None and scale.role == "outcome"
    return f"{text}; shaded: {ALIKE if outcome else 'own usual range'}"


def silent(found: Sequence[Group]) -> list[str]:
    """Who left the last form unanswered. Silence says nothing by itself."""
    said = []
    for member in (m for group in found for m in group.members):
        series = _main_series(member)
        if series and series.scores and series.scores[-1] is None:
            said.append(f"{person(member.client)}, session {number(series.sessions[-1])}")
    return said


def _main_series(member: ClientReading) -> Series | None:
    part = member.alliance or member.outcome
    return part.series if part else None
