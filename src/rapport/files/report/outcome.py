"""The section on how the person is: change, the expected course, gains, the forecast."""

from collections.abc import Callable
from functools import partial

from markupsafe import Markup

from rapport.files.report.findings import Finding, Table
from rapport.files.report.relationship import days_of, line_of, short_name
from rapport.files.report.words import (
    answered,
    cell,
    dates_of,
    scale_title,
    sentence,
    short_date,
    short_title,
)
from rapport.pictures.outcome import Band, Fan, Jump, outcome_chart
from rapport.pictures.svg import number
from rapport.science.reading.model import Change, ClientReading, OutcomeReading, Reading
from rapport.science.reading.sentences import person
from rapport.science.records.scales import Scale

ALIKE = "8 of 10 people who started alike"


def outcome(client: ClientReading, reading: Reading, *, id: str) -> Finding | None:
    """The finding on this client's outcome scale; None where there is none."""
    found = client.outcome
    if found is None:
        return None
    scale = reading.scales.get(found.series.scale)
    title = outcome_title(found, scale)
    drawn = _chart(client, found, scale, title)
    return Finding(
        title=title,
        measured=_measured(found, scale),
        wide=Markup(drawn(id=f"{id}-w", compact=False)),
        compact=Markup(drawn(id=f"{id}-s", compact=True)),
        limit=forecast_words(found),
        how=_how(found, scale),
        table=_table(found, scale),
    )


def outcome_title(found: OutcomeReading, scale: Scale | None) -> str:
    """The change in a sentence."""
    name = short_title(scale, found.series.scale)
    change = found.change
    if change.first is None or change.last is None:
        return sentence(f"{name}: {change.why or found.status}")
    moved = f"{name} went from {number(change.first)} to {number(change.last)}"
    if change.first == change.last:
        return f"{name} stands where it started, at {number(change.last)}."
    return f"{moved}{_verdict_words(change, scale)}."


def _verdict_words(change: Change, scale: Scale | None) -> str:
    if change.verdict == "no verdict":
        return f"; {change.why}" if change.why else ""
    if change.verdict == "no reliable change":
        return ", no more than measurement error alone could produce"
    better = change.verdict == "reliably improved"
    eased = "eased" if scale is not None and scale.higher_is_better is False else "better"
    side = eased if better else "worse"
    return f": {side}, by more than measurement error alone would produce"


def _measured(found: OutcomeReading, scale: Scale | None) -> str:
    parts = []
    if scale is not None and scale.higher_is_better is not None:
        parts.append("Higher is better." if scale.higher_is_better else "Lower is lighter.")
    change = found.change
    if change.threshold is not None and change.difference is not None:
        parts.append(
            f"A change of {number(change.threshold)} points or more is larger than measurement "
            f"error; this one is {number(abs(change.difference))}."
        )
    if change.clinical:
        parts.append(sentence(f"By the published cut-off: {change.clinical}"))
    if len(found.expected) > 1:
        parts.append(f"The band: where {ALIKE} stand.")
    return " ".join([f"{scale_title(scale, found.series.scale)}.", *parts])


def _chart(
    client: ClientReading,
    found: OutcomeReading,
    scale: Scale | None,
    title: str,
) -> Callable[..., str]:
    """The picture, to be drawn in each of its sizes."""
    rows = [(e.session, e.mean, e.lower, e.upper) for e in found.expected]
    cutoff = scale.clinical_cutoff if scale else None
    return partial(
        outcome_chart,
        title=title,
        description=_description(client, found),
        line=line_of(found.series, name=short_name(client.client)),
        low=scale.minimum if scale else None,
        high=scale.maximum if scale else None,
        band=Band(rows=rows, words=ALIKE) if rows else None,
        threshold=(cutoff, "usual line") if cutoff is not None else None,
        fan=_fan(found),
        jumps=[
            Jump(before=g.before, after=g.after, words=f"sudden {g.kind}")
            for g in found.sudden_gains
        ],
        dates=dates_of(found.series),
        days=days_of(found.series),
        measure=short_title(scale, found.series.scale),
    )


def _fan(found: OutcomeReading) -> Fan | None:
    f = found.forecast
    return Fan(session=f.session, mean=f.mean, lower=f.lower, upper=f.upper) if f else None


def _description(client: ClientReading, found: OutcomeReading) -> str:
    points = answered(found.series)
    if not points:
        return "No scores yet."
    start, now = points[0], points[-1]
    text = (
        f"{person(client.client)}: {len(points)} scores, {number(start[1])} at session "
        f"{number(start[0])}, {number(now[1])} at session {number(now[0])}."
    )
    return f"{text} {forecast_words(found)}".strip()


def forecast_words(found: OutcomeReading) -> str:
    """The forecast with its uncertainty in words, and how many fall outside."""
    f = found.forecast
    if f is None:
        return sentence(found.note) if found.note else ""
    outside = number(10 * (1 - f.level)) if f.level else "2"
    word = {"1": "one", "2": "two"}.get(outside, outside)
    return (
        f"At session {number(f.session)}: between {number(f.lower)} and {number(f.upper)}, most "
        f"likely {number(f.mean)}. {word.capitalize()} in ten fall outside."
    )


def _how(found: OutcomeReading, scale: Scale | None) -> list[str]:
    said = [sentence(found.change.method)]
    if scale is not None and scale.clinical_cutoff is not None:
        said.append(
            f"Usual line {number(scale.clinical_cutoff)}: the published score that separates "
            "people in care from people outside of it."
        )
    if scale is not None and scale.source:
        said.append(sentence(f"Source of the scale’s numbers: {scale.source}"))
    if found.sudden_gains:
        said.append("A sudden gain is large against this client’s own scores before and after it.")
    if found.note:
        said.append(sentence(found.note))
    return said


def _table(found: OutcomeReading, scale: Scale | None) -> Table:
    series = found.series
    days = dict(zip(series.sessions, series.dates, strict=False))
    expected = {e.session: e for e in found.expected}
    remarks = {g.after: f"sudden {g.kind} of {number(g.magnitude)}" for g in found.sudden_gains}
    rows = []
    for session, score in zip(series.sessions, series.scores, strict=True):
        e = expected.get(session)
        band = f"{number(e.lower)} to {number(e.upper)}, most likely {number(e.mean)}" if e else ""
        rows.append(
            [number(session), short_date(days.get(session)), cell(score), band,
             remarks.get(session, "")]
        )  # fmt: skip
    f = found.forecast
    if f is not None:
        likely = f"{number(f.lower)} to {number(f.upper)}, most likely {number(f.mean)}"
        rows.append([number(f.session), "", "forecast", likely, ""])
    return Table(
        caption=f"{scale_title(scale, series.scale)}, session by session",
        head=["session", "day", "score", "8 of 10 who started alike", "remark"],
        rows=rows,
    )
