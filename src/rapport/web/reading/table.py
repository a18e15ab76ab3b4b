"""Answers of a practice as the table that the science reads. No database here, no clock."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy as np

from rapport.science.reading.chosen_scales import why_unknown
from rapport.science.reading.settings import ReadingSettings
from rapport.science.records.scales import Scale
from rapport.science.records.session_table import (
    RESPONDENTS,
    ItemAnswers,
    Labels,
    SessionTable,
)
from rapport.science.scoring.instrument import ROLES, Instrument, expanded
from rapport.web.checkins.course import Filled, Silent, Written

# Three forms, one set of eight questions: what a client answers alone, what a member answers, and
# the therapist's mirror. Their totals are one course (the first two) seen from two sides.
ALONE, MEMBER, MIRROR = (
    "rapport-checkin-client",
    "rapport-checkin-member",
    "rapport-checkin-therapist",
)
SAME = (ALONE, MEMBER, MIRROR)
# An answer about fear of the therapist is never in a table that the therapist's page is made from;
# other answers about safety have their own page, so a reading does not repeat them.
HIDDEN = "relationship-safety"


@dataclass(frozen=True, kw_only=True)
class Course:
    """One member's course with one therapist, as it is read.

    Attributes:
        name: how the member is called in sentences; unique within the table.
        case: of several members, what they are called together; None: a case of one.
        came: by session, its day and whether the member came; sessions not held are left out.
    """

    name: str
    case: str | None
    therapist: str | None
    filled: Sequence[Filled]
    silent: Sequence[Silent] = ()
    written: Sequence[Written] = ()
    came: Mapping[int, tuple[date, bool]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table with what is known of its scales and questionnaires."""

    sessions: SessionTable
    known: Mapping[str, Scale]
    instruments: Mapping[str, Instrument]


@dataclass(kw_only=True)
class _Rows:
    """Columns that grow row by row, and which rows are there already."""

    client: list[int] = field(default_factory=list)
    session: list[float] = field(default_factory=list)
    scale: list[str] = field(default_factory=list)
    score: list[float] = field(default_factory=list)
    respondent: list[int] = field(default_factory=list)
    day: list[date] = field(default_factory=list)
    attended: list[int] = field(default_factory=list)
    words: list[str | None] = field(default_factory=list)
    there: set[tuple[int, int, str, str]] = field(default_factory=set)

    def add(
        self,
        code: int,
        session: int,
        scale: str,
        value: float | None,
        writer: str,
        day: date,
        attended: int,
    ) -> None:
        """One score; the first of a session stays, where a form was asked twice."""
        key = (code, session, scale, writer)
        if key in self.there:
            return
        self.there.add(key)
        self.client.append(code)
        self.session.append(float(session))
        self.scale.append(scale)
        self.score.append(np.nan if value is None else float(value))
        self.respondent.append(RESPONDENTS.index(writer))
        self.day.append(day)
        self.attended.append(attended)
        self.words.append(None)


def scale_of(instrument: str, scale: str, *, several: bool) -> str:
    """The name under which a score is read: mirrors and members' forms join one course.

    >>> scale_of("rapport-checkin-therapist", "rapport-checkin-therapist", several=True)
    'rapport-checkin-member'
    """
    if instrument in SAME and scale == instrument:
        return MEMBER if several else ALONE
    return scale


def table_of(
    courses: Sequence[Course], *, forms: Mapping[UUID, Instrument], zone: ZoneInfo
) -> Table:
    """Everything that was answered, and what was asked for and was not.

    Args:
        courses: one per member and therapist.
        forms: the questionnaires by the id of the pinned form.
        zone: of the practice; the day of a session is the day there.
    """
    rows = _Rows()
    for code, course in enumerate(courses):
        _add_course(rows, code, course, forms, zone)
    known = _known(forms.values())
    names = _in_order({n for n in rows.scale if why_unknown_here(n, known) is None})
    return Table(
        sessions=_table(rows, courses, names, _items(courses, forms)),
        known=known,
        instruments=_instruments(forms.values()),
    )


def why_unknown_here(name: str, known: Mapping[str, Scale]) -> str | None:
    """Why a scale can't be read: neither its direction nor its role is known. None: it can."""
    return why_unknown(name=name, known=known, settings=ReadingSettings())


def _add_course(
    rows: _Rows, code: int, course: Course, forms: Mapping[UUID, Instrument], zone: ZoneInfo
) -> None:
    several = course.case is not None
    first = len(rows.client)
    revealing = {id: _revealing(form) for id, form in forms.items()}
    for one in sorted(course.filled, key=lambda one: (one.session, one.moment != "before")):
        day, form = one.day.astimezone(zone).date(), forms[one.form]
        for scale, value in one.scores.items():
            if scale not in revealing[one.form]:
                name = scale_of(form.id, scale, several=several)
                came = _came(course, one.session)
                rows.add(code, one.session, name, value, one.writer, day, came)
    for missing in course.silent:
        _add_silent(rows, code, missing, course, forms, zone)
    _add_missed(rows, code, course, first)
    _add_words(rows, course, first)


def _add_silent(
    rows: _Rows,
    code: int,
    missing: Silent,
    course: Course,
    forms: Mapping[UUID, Instrument],
    zone: ZoneInfo,
) -> None:
    day, several = missing.day.astimezone(zone).date(), course.case is not None
    for asked in (forms[form] for form in missing.forms if form in forms):
        for rule in expanded(asked):
            scale = asked.scale_name(rule)
            if rule.method != "none" and scale not in _revealing(asked):
                name = scale_of(asked.id, scale, several=several)
                came = _came(course, missing.session)
                rows.add(code, missing.session, name, None, "client", day, came)


def _came(course: Course, session: int) -> int:
    """1 came, 0 did not, -1 nothing is known."""
    known = course.came.get(session)
    return -1 if known is None else int(known[1])


def _add_missed(rows: _Rows, code: int, course: Course, first: int) -> None:
    """A session nobody came to has no form: its row is empty on a scale that is there already."""
    own = [k for k in range(first, len(rows.client)) if rows.respondent[k] == 0]
    there = {rows.session[k] for k in own}
    scale = next((rows.scale[k] for k in own if rows.scale[k] not in SAME), None)
    scale = scale or next((rows.scale[k] for k in own), None)
    for session, (day, came) in course.came.items():
        if not came and float(session) not in there and scale is not None:
            rows.add(code, session, scale, None, "client", day, 0)


def _add_words(rows: _Rows, course: Course, first: int) -> None:
    """Words after a session stand with its first row; words before one are the page's to show."""
    said = {float(w.session): w.text for w in reversed(course.written) if w.moment == "after"}
    for k in range(first, len(rows.client)):
        if rows.respondent[k] == 0 and rows.session[k] in said:
            rows.words[k] = said.pop(rows.session[k])


def _table(
    rows: _Rows, courses: Sequence[Course], names: tuple[str, ...], items: ItemAnswers | None
) -> SessionTable:
    place = {name: k for k, name in enumerate(names)}
    kept = [k for k, name in enumerate(rows.scale) if name in place]
    client = np.array(rows.client, dtype=np.int64)[kept]
    return SessionTable(
        client=client,
        client_ids=np.array([course.name for course in courses], dtype=object),
        session=np.array(rows.session, dtype=np.float64)[kept],
        scale=np.array([place[rows.scale[k]] for k in kept], dtype=np.int64),
        scale_names=names,
        score=np.array(rows.score, dtype=np.float64)[kept],
        respondent=np.array(rows.respondent, dtype=np.int8)[kept],
        date=np.array([rows.day[k] for k in kept], dtype="datetime64[D]"),
        therapist=_labels([courses[c].therapist for c in client.tolist()]),
        case=_labels([courses[c].case for c in client.tolist()]),
        attended=np.array(rows.attended, dtype=np.int8)[kept],
        words=np.array([rows.words[k] for k in kept], dtype=object),
        items=items,
    )


def _labels(names: Sequence[str | None]) -> Labels:
    position: dict[str, int] = {}
    codes = [-1 if n is None else position.setdefault(n, len(position)) for n in names]
    return Labels(
        codes=np.array(codes, dtype=np.int64), names=np.array(list(position), dtype=object)
    )


def _items(courses: Sequence[Course], forms: Mapping[UUID, Instrument]) -> ItemAnswers | None:
    """Single answers about the work together; answers about safety are not among them."""
    found: list[tuple[int, float, str, str, float]] = []
    asked = {
        pinned: _questions(form)
        for pinned, form in forms.items()
        if ROLES.get(form.family) == "alliance"
    }
    for code, course in enumerate(courses):
        for one in sorted(course.filled, key=lambda one: one.session):
            if one.writer == "client" and one.form in asked:
                id = forms[one.form].id
                name = scale_of(id, id, several=course.case is not None)
                found += _answers(code, one, name, asked[one.form])
    if not found:
        return None
    client, session, instrument, item, answer = zip(*found, strict=True)
    return ItemAnswers(
        client=np.array(client, dtype=np.int64),
        session=np.array(session),
        instrument=_labels(instrument),
        item=_labels(item),
        answer=np.array(answer),
        respondent=np.zeros(len(found), dtype=np.int8),
    )


def _answers(
    code: int, one: Filled, name: str, questions: Iterable[str]
) -> list[tuple[int, float, str, str, float]]:
    given = [(question, one.answers.get(question)) for question in questions]
    return [
        (code, float(one.session), name, question, np.nan if value is None else float(value))
        for question, value in given
    ]


def _questions(form: Instrument) -> list[str]:
    """Ids of the questions that are answered with a number and are not about safety."""
    shown = [item.id for item in (*form.items, *form.extra_items) if item.safety is None]
    return [item for item in shown if not form.in_words(item)]


def _revealing(form: Instrument) -> frozenset[str]:
    """Scores from which the answer about fear of the therapist could be read."""
    items = (*form.items, *form.extra_items)
    hidden = {i.id for i in items if i.safety is not None and i.safety.kind == HIDDEN}
    rules = expanded(form) if hidden else ()
    return frozenset(form.scale_name(rule) for rule in rules if hidden & set(rule.items))


def _known(forms: Iterable[Instrument]) -> dict[str, Scale]:
    known: dict[str, Scale] = {}
    for form in forms:
        if form.id != MIRROR:
            known |= {scale.name: scale for scale in form.to_scales()}
    for one, other in ((ALONE, MEMBER), (MEMBER, ALONE)):
        if one not in known and other in known:
            known[one] = replace(known[other], name=one)
    return known


def _instruments(forms: Iterable[Instrument]) -> dict[str, Instrument]:
    named = {one.id: one for one in forms}
    for one, other in ((ALONE, MEMBER), (MEMBER, ALONE)):
        if one not in named and other in named:
            named[one] = named[other]
    return named


def _in_order(names: set[str]) -> tuple[str, ...]:
    """Our own check-in first, then by name: the first of a role is read first."""
    return tuple(sorted(names, key=lambda name: (name not in SAME, name)))
