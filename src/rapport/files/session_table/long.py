"""A long table: one row per score."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from rapport.files.session_table.cells import (
    Cells,
    days,
    free_text,
    labels,
    numbers,
    one_of,
    required,
    yes_or_no,
)
from rapport.files.session_table.checks import (
    ScaleJudge,
    check_range,
    check_scales,
    check_twice,
    formula_warning,
)
from rapport.files.session_table.mapping import REQUIRED_LONG, Columns, must_have
from rapport.files.session_table.raw import RawTable
from rapport.science.records.scales import Scale
from rapport.science.records.session_table import RESPONDENTS, Labels, SessionTable


def read_long(
    *,
    raw: RawTable,
    columns: Columns,
    scales: Mapping[str, Scale],
    default_scale: str | None,
    judge_scale: ScaleJudge | None,
) -> SessionTable:
    """Turn the columns of a long file into a session table."""
    only_scale = default_scale or _scale_from_score_column(columns)
    needed = [part for part in REQUIRED_LONG if part != "scale" or only_scale is None]
    must_have(required=needed, columns=columns, header=raw.header, log=raw.log)
    parts = raw.parts(columns.position)
    client = labels(parts["client"], needed=True)
    session = session_numbers(parts["session"])
    score = numbers(parts["score"])
    scale = _scales(parts, only_scale)
    respondent = respondents(parts, len(session))
    check_scales(parts.get("scale", parts["score"]), scale, judge_scale)
    check_range(parts["score"], score, scale, scales)
    check_twice(parts["session"], client, session, scale, respondent, score)
    table = SessionTable(
        client=client.codes,
        client_ids=client.names,
        session=session,
        scale=scale.codes,
        scale_names=tuple(str(name) for name in scale.names),
        score=score,
        respondent=respondent,
        date=days(parts["date"]) if "date" in parts else None,
        therapist=labels(parts["therapist"], needed=False) if "therapist" in parts else None,
        case=labels(parts["case"], needed=False) if "case" in parts else None,
        attended=yes_or_no(parts["attended"]) if "attended" in parts else None,
        words=free_text(parts["words"]) if "words" in parts else None,
        warnings=tuple(formula_warning(client)),
    )
    raw.log.stop_if_any()
    return table


def session_numbers(cells: Cells) -> NDArray[np.float64]:
    """Session numbers: every row needs one."""
    required(cells, cells.missing())
    return numbers(cells)


def respondents(parts: Mapping[str, Cells], n_rows: int) -> NDArray[np.int8]:
    """Who answered; the client where the table doesn't say."""
    if "respondent" not in parts:
        return np.zeros(n_rows, dtype=np.int8)
    return one_of(parts["respondent"], allowed=RESPONDENTS, default=0)


def _scales(parts: Mapping[str, Cells], only_scale: str | None) -> Labels:
    if "scale" in parts:
        return labels(parts["scale"], needed=True)
    n_rows = len(parts["score"].values)
    names = np.array([only_scale], dtype=object)
    return Labels(codes=np.zeros(n_rows, dtype=np.int64), names=names)


def _scale_from_score_column(columns: Columns) -> str | None:
    """A table of one scale may carry its name as the name of the score column."""
    name = columns.name.get("score")
    return None if name is None or name.casefold() == "score" else name
