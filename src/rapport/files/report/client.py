"""The page of one client: own words, what changed, the relationship, the outcome, limits."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from rapport.files.report.findings import Finding
from rapport.files.report.headline import headline
from rapport.files.report.items import Changes, changes
from rapport.files.report.outcome import outcome
from rapport.files.report.relationship import budget, line_of, relationship
from rapport.files.report.words import answered, cell, count, names, scale_title, sentence, span
from rapport.pictures.sparkline import sparkline
from rapport.pictures.svg import number
from rapport.science.reading.model import ClientReading, Reading, Series, Signal, Words
from rapport.science.reading.sentences import person

EARLIER_WORDS = 3
EARLIER_SIGNALS = 4


@dataclass(frozen=True, kw_only=True)
class Reason:
    """A signal on the page: when, what, and by which rule."""

    when: str
    said: str
    rule: str


@dataclass(frozen=True, kw_only=True)
class Other:
    """A further scale: shown, not judged."""

    title: str
    picture: Markup
    words: str


@dataclass(frozen=True, kw_only=True)
class ClientPage:
    """Everything the page of one client holds, in its order."""

    id: str
    name: str
    span: str
    headline: str
    lead_rule: str | None  # of the signal that is the headline
    leading: tuple[str, str] | None  # words, when
    earlier: list[tuple[str, str]]
    now: list[Reason]
    history: list[tuple[str, str]]  # what, at which sessions
    changes: Changes | None
    relationship: Finding | None
    outcome: Finding | None
    others: list[Other]
    limits: list[str]


def client_page(client: ClientReading, reading: Reading, *, id: str) -> ClientPage:
    """Prepare the page of one client."""
    words = sorted(client.words, key=lambda w: w.session, reverse=True)
    current = sorted((s for s in client.signals if s.current), key=lambda s: (s.rank, -s.session))
    now = [_reason(s, reading) for s in current]
    lead = headline(client, reading)
    return ClientPage(
        id=id,
        name=person(client.client),
        span=span(client),
        headline=lead,
        lead_rule=next((r.rule for r in now if r.said == lead), None),
        leading=_quoted(words[0]) if words else None,
        earlier=[_quoted(w) for w in words[1 : 1 + EARLIER_WORDS]],
        now=[reason for reason in now if reason.said != lead],
        history=_history([s for s in client.signals if not s.current]),
        changes=changes(client, id=f"{id}-i"),
        relationship=relationship(client, reading, id=f"{id}-r"),
        outcome=outcome(client, reading, id=f"{id}-o"),
        others=[_other(s, reading, id=f"{id}-x{k}") for k, s in enumerate(client.others)],
        limits=limits(client),
    )


def _quoted(words: Words) -> tuple[str, str]:
    who = "" if words.respondent == "client" else f"{words.respondent}, "
    return words.text, f"{who}after session {number(words.session)}"


def _history(signals: Sequence[Signal]) -> list[tuple[str, str]]:
    """Earlier signals, those that said the same in one line, the latest first."""
    found: dict[str, list[float]] = {}
    for signal in sorted(signals, key=lambda s: (-s.session, s.rank)):
        found.setdefault(sentence(signal.sentence), []).append(signal.session)
    told = [(said, _sessions(sessions)) for said, sessions in found.items()]
    left = len(told) - EARLIER_SIGNALS
    more = [(f"{left} more, in the table and the JSON file.", "")] if left > 0 else []
    return told[:EARLIER_SIGNALS] + more


def _sessions(sessions: Sequence[float]) -> str:
    told = names([number(session) for session in sorted(set(sessions))])
    return f"session {told}" if len(set(sessions)) == 1 else f"sessions {told}"


def _reason(signal: Signal, reading: Reading) -> Reason:
    rule = sentence(signal.rule)
    return Reason(
        when=f"session {number(signal.session)}",
        said=sentence(signal.sentence),
        rule=f"{rule} {budget(reading.settings)}" if signal.kind == "drop" else rule,
    )


def _other(series: Series, reading: Reading, *, id: str) -> Other:
    scale = reading.scales.get(series.scale)
    scores = [x for _, x in answered(series)]
    title = scale_title(scale, series.scale)
    if series.respondent != "client":
        title += f" ({series.respondent})"
    low, high = min(scores, default=0.0), max(scores, default=1.0)
    if scale is not None and scale.minimum is not None and scale.maximum is not None:
        low, high = scale.minimum, scale.maximum
    told = f"{cell(scores[0])} at first, {cell(scores[-1])} now" if scores else "no answers yet"
    picture = sparkline(
        id=id,
        title=title,
        description=f"{count(len(scores), 'answer')}: {told}.",
        lines=[line_of(series, name=title)],
        low=low,
        high=high,
    )
    return Other(title=title, picture=Markup(picture), words=told)


def limits(client: ClientReading) -> list[str]:
    """What the page does not mean, in words that blame nobody."""
    said = [
        f"It does not say that {person(client.client)} is well or unwell, or what made the "
        "difference: a low answer often rises by itself.",
        "One answer is one moment. It takes about four ratings together to lean on "
        "(Crits-Christoph 2011).",
    ]
    alliance = client.alliance
    if alliance is not None and alliance.alarms:
        said.append("A lower mark can be good news: the first honest one.")
    if client.outcome is not None and client.outcome.forecast is not None:
        said.append("The forecast is where people with such scores often stand, not where to be.")
    if not any(s.current for s in client.signals):
        said.append("That nothing asks for attention is not the same as nothing being there.")
    return [*said, "People are kind in their answers. Ask."]
