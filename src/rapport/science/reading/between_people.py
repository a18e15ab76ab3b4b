"""What lies between people: members who answer apart, sessions missed, check-ins unanswered."""

import numpy as np

from rapport.science.alliance.disengaging import (
    Disengaging,
    missed_sessions,
    unanswered_check_ins,
)
from rapport.science.alliance.split import Splits, find_splits
from rapport.science.alliance.views_apart import views_apart
from rapport.science.reading import sentences
from rapport.science.reading.attention import Attention
from rapport.science.reading.model import Split
from rapport.science.reading.relationship import Relationship
from rapport.science.reading.tracks import none_for_nan
from rapport.science.records.courses import Courses, IntArray
from rapport.science.records.session_table import SessionTable


def members_of(table: SessionTable) -> dict[str, IntArray]:
    """Client codes of each case that has several members."""
    if table.case is None:
        return {}
    pairs = np.unique(np.column_stack([table.case.codes, table.client]), axis=0)
    pairs = pairs[pairs[:, 0] >= 0]
    if not len(pairs):
        return {}
    cases, starts = np.unique(pairs[:, 0], return_index=True)
    groups = np.split(pairs[:, 1], starts[1:])
    return {
        str(table.case.names[case]): members
        for case, members in zip(cases.tolist(), groups, strict=True)
        if len(members) > 1
    }


def notice_splits(
    *, attention: Attention, table: SessionTable, reads: list[Relationship]
) -> list[Split]:
    """Signals and series of cases whose members answered apart."""
    members = members_of(table)
    if not members:
        return []
    made = [_splits_on(read, members, attention) for read in reads]
    return [split for splits in made for split in splits]


def _splits_on(
    read: Relationship, members: dict[str, IntArray], attention: Attention
) -> list[Split]:
    case = np.full(read.track.courses.n_clients, -1, dtype=np.int64)
    for number, codes in enumerate(members.values()):
        positions = read.track.position[codes]
        case[positions[positions >= 0]] = number
    if not (np.bincount(case[case >= 0]) > 1).any():
        return []
    found = find_splits(courses=read.track.courses, case=case, scale=read.track.scale)
    return [
        _split(found, number, name, codes, read, attention)
        for number, (name, codes) in enumerate(members.items())
        if (found.case == number).any()
    ]


def _split(
    found: Splits,
    number: int,
    name: str,
    codes: IntArray,
    read: Relationship,
    attention: Attention,
) -> Split:
    rows = found.case == number
    for row in np.flatnonzero(rows & found.signal).tolist():
        for code in codes.tolist():
            attention.add(
                code=code,
                kind="split",
                session=float(found.session[row]),
                sentence=sentences.split(name, float(found.difference[row]), read.track.scale),
                rule=found.method,
            )
    return Split(
        case=name,
        members=[attention.names[code] for code in codes.tolist()],
        sessions=found.session[rows].tolist(),
        differences=none_for_nan(found.difference[rows]),
        threshold=found.threshold,
        flagged=found.session[rows & found.signal].tolist(),
        rule=found.method,
    )


def notice_views_apart(
    *, attention: Attention, read: Relationship, rng: np.random.Generator
) -> None:
    """Therapist and client further apart than this pair usually is."""
    rule = read.learnt.views
    if read.therapist is None or (rule is None and read.learnt.before):
        return
    found = views_apart(
        client=read.track.courses,
        therapist=read.therapist.courses,
        rng=rng,
        rule=rule,
    )
    for row in np.flatnonzero(found.apart).tolist():
        code = int(read.track.codes[found.client_index[row]])
        attention.add(
            code=code,
            kind="two views apart",
            session=float(found.session[row]),
            sentence=sentences.views_apart(
                attention.names[code], read.track.scale, float(found.difference[row])
            ),
            rule=found.method,
        )


def notice_disengaging(
    *, attention: Attention, table: SessionTable, reads: list[Relationship]
) -> None:
    """Missed sessions by the table's attendance, and check-ins left unanswered."""
    if table.attended is not None:
        attendance, codes = _attendance(table)
        _tell_disengaging(attention, missed_sessions(attendance=attendance), codes)
    for read in reads:
        found = unanswered_check_ins(check_ins=read.track.courses)
        _tell_disengaging(attention, found, read.track.codes)


def _tell_disengaging(attention: Attention, found: Disengaging, codes: IntArray) -> None:
    for row in np.flatnonzero(found.signal).tolist():
        code = int(codes[found.client_index[row]])
        attention.add(
            code=code,
            kind="disengaging",
            session=float(found.session[row]),
            sentence=sentences.disengaging(attention.names[code], found.method),
            rule=found.method,
        )


def _attendance(table: SessionTable) -> tuple[Courses, IntArray]:
    """One row per client and session: held where any row of it says so."""
    assert table.attended is not None
    order = np.lexsort((table.session, table.client))
    client, session = table.client[order], table.session[order]
    new = (np.diff(client, prepend=-1) != 0) | (np.diff(session, prepend=np.nan) != 0)
    said = np.maximum.reduceat(table.attended[order], np.flatnonzero(new))
    codes = np.unique(client)
    counts = np.bincount(client[new], minlength=table.n_clients)[codes]
    courses = Courses(
        clients=table.client_ids[codes],
        starts=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        session=session[new],
        score=np.where(said < 0, np.nan, said.astype(float)),
    )
    return courses, codes.astype(np.int64)
