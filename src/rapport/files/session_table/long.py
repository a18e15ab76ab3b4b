"""A long table: one row per score."""

from collections.abc import Callable, Mapping

import numpy as np
import polars as pl
from numpy.typing import NDArray

from rapport.files.faults import shown_value
from rapport.files.session_table.cells import (
    Cells,
    days,
    formula_like,
    free_text,
    labels,
    numbers,
    one_of,
    required,
    yes_or_no,
)
from rapport.files.session_table.mapping import REQUIRED_LONG, Columns, must_have
from rapport.files.session_table.raw import RawTable
from rapport.science.records.scales import Scale
from rapport.science.records.session_table import RESPONDENTS, Labels, SessionTable

ScaleJudge = Callable[[str], str | None]


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
    check_scales(parts, scale, judge_scale)
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


def formula_warning(client: Labels) -> list[str]:
    """A warning where ids look like spreadsheet formulas."""
    risky = formula_like(client.names)
    if not risky:
        return []
    number = f"{len(risky)} client ids look" if len(risky) > 1 else "1 client id looks"
    return [
        f"{number} like a spreadsheet formula, for example {shown_value(risky[0])}: read as plain "
        "text; tables that Rapport writes mark it so that no spreadsheet runs it"
    ]


def check_scales(parts: Mapping[str, Cells], scale: Labels, judge_scale: ScaleJudge | None) -> None:
    """Ask the caller about each scale; a refused one is one fault, where it first stands."""
    for code, name in enumerate(scale.names if judge_scale else ()):
        reason = judge_scale(str(name)) if judge_scale else None
        if reason is not None:
            cells = parts.get("scale", parts["score"])
            first = np.zeros(len(scale.codes), dtype=np.bool_)
            first[int(np.argmax(scale.codes == code))] = True
            cells.note(
                first,
                what=lambda _, name=name: f"unknown scale {shown_value(str(name))}",  # type: ignore[misc]
                do=reason,
            )


def check_range(
    cells: Cells, score: NDArray[np.float64], scale: Labels, scales: Mapping[str, Scale]
) -> None:
    """Note scores outside the ends of their scale."""
    known = [_known(str(name), scales) for name in scale.names]
    low = np.array([-np.inf if s is None or s.minimum is None else s.minimum for s in known])
    high = np.array([np.inf if s is None or s.maximum is None else s.maximum for s in known])
    if not (np.isfinite(low).any() or np.isfinite(high).any()):
        return
    held = np.maximum(scale.codes, 0)
    with np.errstate(invalid="ignore"):
        outside = (score < low[held]) | (score > high[held])
    outside &= np.isfinite(score) & (scale.codes >= 0)

    def what(at: int) -> str:
        name, ends = scale.at(at), f"{low[held[at]]:g} to {high[held[at]]:g}"
        return f"{cells.shown(at)} is outside the scale {name} ({ends})"

    if outside.any():
        cells.note(outside, what=what, do="correct the score, or the scale's range")


def check_twice(
    cells: Cells,
    client: Labels,
    session: NDArray[np.float64],
    scale: Labels,
    respondent: NDArray[np.int8],
    score: NDArray[np.float64],
) -> None:
    """Note second rows for one client, session, scale and respondent."""
    key = _row_key(client, session, scale, respondent)
    if key.n_unique() == len(key):
        return
    twice = key.is_duplicated().to_numpy() & ~key.is_first_distinct().to_numpy()
    twice &= (client.codes >= 0) & np.isfinite(session) & (scale.codes >= 0)
    first_row = dict(_first_rows(key, twice))

    def what(at: int) -> str:
        first = first_row[key[at]]
        same = score[first] == score[at] or (np.isnan(score[first]) and np.isnan(score[at]))
        kind = "the same row again" if same else "a second, different score"
        return (
            f"{kind} for client {shown_value(client.at(at))}, session {session[at]:g}, "
            f"{scale.at(at)} (first in row {cells.rows[first]})"
        )

    cells.note(twice, what=what, do="keep one, or number the sessions anew")


def _row_key(
    client: Labels, session: NDArray[np.float64], scale: Labels, respondent: NDArray[np.int8]
) -> pl.Series:
    """One whole number per client, session, scale and respondent."""
    sessions = np.unique(session)
    code = np.searchsorted(sessions, session)
    key = client.codes * (len(scale.names) + 1) + scale.codes
    key = (key * len(RESPONDENTS) + respondent) * (len(sessions) + 1) + code
    return pl.Series("", key)


def _first_rows(key: pl.Series, twice: NDArray[np.bool_]) -> list[tuple[int, int]]:
    wanted = key.filter(pl.Series(twice)).unique()
    firsts = np.flatnonzero((key.is_first_distinct() & key.is_in(wanted.implode())).to_numpy())
    return [(int(key[at]), at) for at in firsts.tolist()]


def _known(name: str, scales: Mapping[str, Scale]) -> Scale | None:
    if name in scales:
        return scales[name]
    folded = {key.casefold(): scale for key, scale in scales.items()}
    return folded.get(name.casefold())


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
