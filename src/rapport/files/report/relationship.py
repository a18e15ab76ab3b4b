"""The section on the working relationship over time."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from markupsafe import Markup

from rapport.files.report.findings import Finding, Table
from rapport.files.report.words import (
    NOT_VALIDATED,
    about,
    answered,
    cell,
    count,
    dates_of,
    long_date,
    scale_title,
    sentence,
    short_date,
)
from rapport.pictures.course import Ends, Fall, Quote, Stretch, course_chart
from rapport.pictures.plot import Line
from rapport.pictures.svg import number
from rapport.science.reading.model import (
    Alarm,
    AllianceReading,
    ClientReading,
    Episode,
    Reading,
    Series,
)
from rapport.science.reading.sentences import person
from rapport.science.records.scales import Scale

LONG_NAME = 12  # characters; a longer name at a line's end becomes "client"


def relationship(client: ClientReading, reading: Reading, *, id: str) -> Finding | None:
    """The finding on this client's ratings of the relationship; None where there are none."""
    alliance = client.alliance
    if alliance is None:
        return None
    scale = reading.scales.get(alliance.series.scale)
    title = course_title(alliance, scale)
    drawn = _chart(client, alliance, scale, title)
    return Finding(
        title=title,
        measured=_measured(client, alliance, scale),
        wide=Markup(drawn(id=f"{id}-w", compact=False)),
        compact=Markup(drawn(id=f"{id}-s", compact=True)),
        limit=NOT_VALIDATED if scale and not scale.validated else sentence(alliance.note or ""),
        how=how_it_is_read(alliance, reading.settings),
        table=_table(client, alliance, scale),
    )


def course_title(alliance: AllianceReading, scale: Scale | None) -> str:
    """The finding in a sentence, without blame and without a band."""
    points = answered(alliance.series)
    if alliance.status != "read":
        return sentence(alliance.status)
    if alliance.alarms and alliance.alarms[-1].session == points[-1][0]:
        return _alarm_title(alliance.alarms[-1], scale)
    if alliance.steady_maximum > 2:
        return (
            f"The last {alliance.steady_maximum} ratings stand at the top. The scale can't go "
            "higher, so a steady maximum tells little."
        )
    if alliance.episodes:
        return _episode_title(alliance.episodes[-1])
    return (
        f"{count(len(points), 'rating')}, from {number(points[0][1])} to {number(points[-1][1])}; "
        "none lies lower than the earlier ones led to expect."
    )


def _alarm_title(alarm: Alarm, scale: Scale | None) -> str:
    now, usual = number(alarm.score), about(alarm.expected, scale)
    if alarm.first_session < alarm.session:
        return (
            f"Since session {number(alarm.first_session)} the ratings lie lower than earlier ones "
            f"led to expect: {now} now, where about {usual} was usual."
        )
    return (
        f"At session {number(alarm.session)} the rating was {now}; earlier ones led to expect "
        f"about {usual}."
    )


def _episode_title(episode: Episode) -> str:
    start = f"The ratings fell at session {number(episode.start)}"
    if episode.status == "repaired" and episode.end is not None:
        back = "were back" if episode.full else "were more than half-way back"
        return f"{start} and {back} by session {number(episode.end)}."
    if episode.status == "open":
        return f"{start}; whether they come back is still open."
    return f"{start} and have not come back since."


def _measured(client: ClientReading, alliance: AllianceReading, scale: Scale | None) -> str:
    who = f"{person(client.client)}’s ratings"
    if answered(alliance.therapist):
        who += " and the therapist’s on the same form (dashed)"
    told = f"{scale_title(scale, alliance.series.scale)}: {who}."
    if len(alliance.usual) < 2:
        return told
    return f"{told} The band: where a single rating of this client usually lies."


def _chart(
    client: ClientReading,
    alliance: AllianceReading,
    scale: Scale | None,
    title: str,
) -> Callable[..., str]:
    """The picture, to be drawn in each of its sizes."""
    return partial(
        course_chart,
        title=title,
        description=_description(client, alliance),
        lines=lines_of(client, alliance),
        ends=ends_of(scale),
        stretches=stretches_of(alliance),
        falls=[
            Fall(session=a.session, score=a.score, expected=a.expected) for a in alliance.alarms
        ],
        usual=alliance.usual,
        quote=_quote(client, alliance),
        dates=dates_of(alliance.series),
        days=days_of(alliance.series),
    )


def lines_of(client: ClientReading, alliance: AllianceReading) -> list[Line]:
    """The client's line and, where there is one, the therapist's."""
    lines = [line_of(alliance.series, name=short_name(client.client))]
    if alliance.therapist is not None and answered(alliance.therapist):
        lines.append(
            Line(
                name="therapist",
                role="therapist",
                sessions=alliance.therapist.sessions,
                scores=alliance.therapist.scores,
            )
        )
    return lines


def line_of(series: Series, *, name: str) -> Line:
    """A client's series as a line."""
    return Line(name=name, sessions=series.sessions, scores=series.scores)


def days_of(series: Series) -> dict[float, str]:
    """Session to day and month in words, where dates are known."""
    pairs = zip(series.sessions, series.dates, strict=False)
    return {s: long_date(iso).rpartition(" ")[0] for s, iso in pairs if short_date(iso)}


def short_name(name: str) -> str:
    """A name that fits at a line's end: its first word, the whole, else what it is.

    >>> short_name("Sarah Lindqvist"), short_name("P-017"), short_name("participant_000123")
    ('Sarah', 'P-017', 'client')
    """
    if person(name) != name:
        return "client"  # a bare number beside a value could not be told from it
    first = name.partition(" ")[0]
    if first.isalpha() and len(first) <= LONG_NAME:
        return first
    return name if len(name) <= LONG_NAME else "client"


def ends_of(scale: Scale | None) -> Ends:
    """The ends of a scale for its picture."""
    if scale is None:
        return Ends()
    return Ends(
        low=scale.minimum,
        high=scale.maximum,
        low_words=scale.low_label,
        high_words=scale.high_label,
    )


def stretches_of(alliance: AllianceReading) -> list[Stretch]:
    """Episodes as shaded stretches; an unfinished one ends with the data or its last test."""
    points = answered(alliance.series)
    return [_stretch(episode, [s for s, _ in points]) for episode in alliance.episodes]


def _stretch(episode: Episode, sessions: Sequence[float]) -> Stretch:
    words = [(episode.start, "rupture")]
    if episode.end is not None:
        return Stretch(
            start=episode.start, end=episode.end, words=[*words, (episode.end, "recovered")]
        )
    after = [s for s in sessions if s > episode.start][:3]  # the rule looks three ratings ahead
    end = after[-1] if after else episode.start
    if end > episode.start:
        words.append((end, "still open" if episode.status == "open" else "not back yet"))
    return Stretch(start=episode.start, end=end, words=words)


def _quote(client: ClientReading, alliance: AllianceReading) -> Quote | None:
    """What the client wrote when it fell; the latest words already stand at the top."""
    moments = [a.session for a in alliance.alarms[-1:]] + [e.start for e in alliance.episodes[-1:]]
    scores = dict(answered(alliance.series))
    for session in moments:
        for words in client.words:
            if words.session == session != client.last_session and session in scores:
                return Quote(session=session, score=scores[session], words=words.text)
    return None


def _description(client: ClientReading, alliance: AllianceReading) -> str:
    points = answered(alliance.series)
    if not points:
        return "No ratings yet."
    text = (
        f"{person(client.client)}: {count(len(points), 'rating')}, from {number(points[0][1])} at "
        f"session {number(points[0][0])} to {number(points[-1][1])} at session "
        f"{number(points[-1][0])}; lowest {number(min(x for _, x in points))}, "
        f"highest {number(max(x for _, x in points))}."
    )
    falls = [f"session {number(a.session)}" for a in alliance.alarms]
    return text + (f" Lower than expected at {', '.join(falls)}." if falls else "")


def how_it_is_read(alliance: AllianceReading, settings: Mapping[str, Any]) -> list[str]:
    """The rules behind the picture, in words, with the false-alarm budget."""
    said = [
        "A fall asks for attention where one rating, or the mean of the last two or three, lies "
        "lower than this client’s own earlier ratings led to expect. " + budget(settings)
    ]
    if alliance.episodes:
        said.append(
            "A stretch from rupture to recovery is a description, not a test: it starts at a "
            f"rating at least {number(settings.get('episode_criterion', 1.0))} SD under the one "
            "before (SD: the larger of the practice’s and the client’s own) and has recovered at "
            "the first of three further ratings that is half-way back."
        )
    if alliance.note:
        said.append(sentence(alliance.note))
    return said


def budget(settings: Mapping[str, Any]) -> str:
    """The false-alarm budget in words."""
    share = settings.get("false_alarms")
    if not isinstance(share, float | int):
        return "Some such falls are chance."
    return (
        f"Of 100 steady courses of 12 rated sessions, about {number(100 * share)} or fewer show "
        "such a fall by chance."
    )


def _table(client: ClientReading, alliance: AllianceReading, scale: Scale | None) -> Table:
    series, therapist = alliance.series, alliance.therapist
    other = dict(zip(therapist.sessions, therapist.scores, strict=True)) if therapist else {}
    own = dict(zip(series.sessions, series.scores, strict=True))
    days = dict(zip(series.sessions, series.dates, strict=False))
    usual = {s: f"{number(a)} to {number(b)}" for s, a, b in alliance.usual}
    head = ["session", "day", person(client.client)]
    head += (["therapist"] if other else []) + (["usual range"] if usual else []) + ["remark"]
    remarks = remarks_of(alliance)
    rows = []
    for session in sorted({*own, *other}):
        row = [number(session), short_date(days.get(session)), cell(own.get(session))]
        row += [cell(other.get(session))] if other else []
        row += [usual.get(session, "")] if usual else []
        rows.append([*row, remarks.get(session, "")])
    return Table(caption=f"{scale_title(scale, series.scale)}, session by session",
                 head=head, rows=rows)  # fmt: skip


def remarks_of(alliance: AllianceReading) -> dict[float, str]:
    """What happened at which session, in words."""
    found: dict[float, list[str]] = {}
    for stretch in stretches_of(alliance):
        for session, word in stretch.words:
            found.setdefault(session, []).append(word)
    for alarm in alliance.alarms:
        found.setdefault(alarm.session, []).append(
            f"lower than expected ({number(alarm.expected)}), {alarm.rule}"
        )
    return {session: "; ".join(words) for session, words in found.items()}
