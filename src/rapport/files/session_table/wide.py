"""A wide table: one row per client, one column per scale and session."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from rapport.files.faults import FaultLog, shown_name, shown_value
from rapport.files.session_table.cells import Cells, labels, numbers
from rapport.files.session_table.checks import (
    ScaleJudge,
    check_range,
    check_scales,
    formula_warning,
)
from rapport.files.session_table.mapping import Columns, must_have
from rapport.files.session_table.raw import RawTable
from rapport.science.records.scales import Scale
from rapport.science.records.session_table import RESPONDENTS, Labels, SessionTable

DEFAULT_PATTERN = r"(?P<scale>.+)_(?P<session>\d+(\.\d+)?)"
_ONLY_SESSION = 1.0  # a pattern without a session group: everybody was asked once
_PER_CLIENT = ("client", "therapist", "case")


@dataclass(frozen=True, kw_only=True, slots=True)
class ScoreColumn:
    """One column of scores: where it stands and what its name says."""

    position: int
    scale: str
    session: float
    respondent: int


def read_wide(
    *,
    raw: RawTable,
    columns: Columns,
    pattern: str | None,
    scales: Mapping[str, Scale],
    judge_scale: ScaleJudge | None,
) -> SessionTable:
    """Turn the columns of a wide file into a session table, client after client."""
    must_have(required=("client",), columns=columns, header=raw.header, log=raw.log)
    about = {part: columns.position[part] for part in _PER_CLIENT if part in columns}
    found = _score_columns(raw, set(about.values()), pattern or DEFAULT_PATTERN)
    scores = [column.position for column in found]
    cells = raw.read([*about.values(), *scores], repeated=scores)
    client = labels(cells[about["client"]], needed=True)
    _check_one_row_each(cells[about["client"]], client)
    scale_names = tuple(dict.fromkeys(column.scale for column in found))
    score = _scores(found, cells, scales, judge_scale)
    raw.log.stop_if_any()
    n_clients, width = score.shape
    return SessionTable(
        client=np.repeat(client.codes, width),
        client_ids=client.names,
        session=np.tile([column.session for column in found], n_clients),
        scale=np.tile([scale_names.index(column.scale) for column in found], n_clients),
        scale_names=scale_names,
        score=score.ravel(),
        respondent=np.tile(
            np.array([column.respondent for column in found], dtype=np.int8), n_clients
        ),
        therapist=_repeated("therapist", about, cells, width),
        case=_repeated("case", about, cells, width),
        warnings=(
            *formula_warning(client),
            *_ignored(raw.header, {*about.values(), *(column.position for column in found)}),
        ),
    )


def _score_columns(raw: RawTable, taken: set[int], pattern: str) -> list[ScoreColumn]:
    compiled = _compiled(pattern, raw.log)
    matches = [
        (at, compiled.fullmatch(name)) for at, name in enumerate(raw.header) if at not in taken
    ]
    found = [_score_column(at, match, raw) for at, match in matches if match is not None]
    kept = [column for column in found if column is not None]
    if not kept and not raw.log.total:
        names = ", ".join(shown_name(name)[:30] for name in raw.header[:8])
        raw.log.add(
            row=1,
            what=f"no column is named like {pattern}; the file has {names}",
            do="give the way they are named with --wide-pattern",
        )
    _check_columns_differ(kept, raw)
    raw.log.stop_if_any()
    return kept


def _compiled(pattern: str, log: FaultLog) -> "re.Pattern[str]":
    try:
        compiled = re.compile(pattern)
    except re.error as error:
        log.add(what=f"--wide-pattern can't be read ({error})", do="correct the pattern")
        log.stop_if_any()
        raise
    if "scale" not in compiled.groupindex:
        log.add(
            what="--wide-pattern doesn't say where the name of the scale stands",
            do=r"write for example (?P<scale>bdi)_s(?P<session>\d+)",
        )
        log.stop_if_any()
    return compiled


def _score_column(at: int, match: "re.Match[str]", raw: RawTable) -> ScoreColumn | None:
    groups = match.groupdict()
    session = _number(groups.get("session", "1") or "")
    respondent = (groups.get("respondent") or RESPONDENTS[0]).casefold()
    if session is None:
        raw.log.add(
            row=1,
            column=raw.header[at],
            what=f"session {shown_value(groups['session'])} is not a number",
            do=r"let --wide-pattern take numbers only: (?P<session>\d+)",
        )
    elif respondent not in RESPONDENTS:
        raw.log.add(
            row=1,
            column=raw.header[at],
            what=f"respondent {shown_value(respondent)} is not one of {', '.join(RESPONDENTS)}",
            do="rename the column",
        )
    else:
        return ScoreColumn(
            position=at,
            scale=groups["scale"] or "",
            session=session,
            respondent=RESPONDENTS.index(respondent),
        )
    return None


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if np.isfinite(value) else None


def _check_columns_differ(found: Sequence[ScoreColumn], raw: RawTable) -> None:
    first: dict[tuple[str, float, int], int] = {}
    for column in found:
        key = (column.scale, column.session, column.respondent)
        earlier = first.setdefault(key, column.position)
        if earlier != column.position:
            raw.log.add(
                row=1,
                column=raw.header[column.position],
                what=f"a second column for {shown_name(column.scale)}, session "
                f"{column.session:g} (the first is {shown_name(raw.header[earlier])}, "
                f"column {earlier + 1})",
                do="keep one",
            )


def _check_one_row_each(cells: Cells, client: Labels) -> None:
    key = pl.Series("", client.codes)
    again = ~key.is_first_distinct().to_numpy() & (client.codes >= 0)
    if again.any():
        cells.note(
            again,
            what=lambda i: f"a second row for client {shown_value(client.at(i))}",
            do="keep one row per client, or read the table as long",
        )


def _scores(
    found: Sequence[ScoreColumn],
    cells: Mapping[int, Cells],
    scales: Mapping[str, Scale],
    judge_scale: ScaleJudge | None,
) -> NDArray[np.float64]:
    """Scores, one client a row and one column of the file a column."""
    columns = []
    judged: set[str] = set()
    for column in found:
        held = cells[column.position]
        score = numbers(held)
        name = Labels(
            codes=np.zeros(len(score), dtype=np.int64), names=np.array([column.scale], dtype=object)
        )
        if column.scale not in judged:
            check_scales(held, name, judge_scale)
            judged.add(column.scale)
        check_range(held, score, name, scales)
        columns.append(score)
    return np.stack(columns, axis=1)


def _repeated(
    part: str, about: Mapping[str, int], cells: Mapping[int, Cells], width: int
) -> Labels | None:
    if part not in about:
        return None
    once = labels(cells[about[part]], needed=False)
    return Labels(codes=np.repeat(once.codes, width), names=once.names)


def _ignored(header: Sequence[str], used: set[int]) -> list[str]:
    names = [shown_name(name)[:30] for at, name in enumerate(header) if at not in used and name]
    if not names:
        return []
    more = f" and {len(names) - 6} more" if len(names) > 6 else ""
    return [f"columns not read: {', '.join(names[:6])}{more}"]
