"""What must hold of a table before it is believed: known scales, possible scores, one row each."""

from collections.abc import Callable, Mapping

import numpy as np
import polars as pl
from numpy.typing import NDArray

from rapport.files.faults import shown_value
from rapport.files.session_table.cells import Cells, runs_as_formula
from rapport.science.records.scales import Scale
from rapport.science.records.session_table import RESPONDENTS, Labels

# Asked once per scale: None where it can be read, else what to do.
ScaleJudge = Callable[[str], str | None]


def formula_warning(client: Labels) -> list[str]:
    """A warning where ids look like spreadsheet formulas."""
    names = pl.Series("", client.names, dtype=pl.String)
    risky = names.filter(runs_as_formula(names)).to_list()
    if not risky:
        return []
    number = f"{len(risky)} client ids look" if len(risky) > 1 else "1 client id looks"
    return [
        f"{number} like a spreadsheet formula, for example {shown_value(risky[0])}: read as plain "
        "text; tables that Rapport writes mark it so that no spreadsheet runs it"
    ]


def check_scales(cells: Cells, scale: Labels, judge_scale: ScaleJudge | None) -> None:
    """Ask the caller about each scale; a refused one is one fault, where it first stands."""
    for code, name in enumerate(scale.names if judge_scale else ()):
        reason = judge_scale(str(name)) if judge_scale else None
        if reason is not None:
            _note_unknown(cells, str(name), int(np.argmax(scale.codes == code)), reason)


def _note_unknown(cells: Cells, name: str, at: int, reason: str) -> None:
    first = np.zeros(len(cells.rows), dtype=np.bool_)
    first[at] = True
    cells.note(first, what=lambda _: f"unknown scale {shown_value(name)}", do=reason)


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
        ends = _ends(low[held[at]], high[held[at]])
        return f"{cells.shown(at)} is outside the scale {scale.at(at)} ({ends})"

    if outside.any():
        cells.note(outside, what=what, do="correct the score, or the scale's range")


def _ends(low: float, high: float) -> str:
    if np.isinf(low):
        return f"at most {high:g}"
    return f"at least {low:g}" if np.isinf(high) else f"{low:g} to {high:g}"


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
    # Missing names have code -1: one is added so that no two keys run into each other.
    key = (client.codes + 1) * (len(scale.names) + 1) + scale.codes + 1
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
