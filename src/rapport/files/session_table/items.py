"""An item-level table: one row per answer, scored on the way in."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl

from rapport.files.faults import TableFaults
from rapport.files.session_table.cells import (
    Cells,
    days,
    distinct,
    free_text,
    labels,
    required,
    yes_or_no,
)
from rapport.files.session_table.checks import formula_warning
from rapport.files.session_table.long import respondents, session_numbers
from rapport.files.session_table.mapping import REQUIRED_ITEMS, Columns, must_have
from rapport.files.session_table.raw import RawTable
from rapport.science.errors import BadInputError
from rapport.science.records.session_table import ItemAnswers, Labels, SessionTable

_KEYS = ("client", "session", "instrument", "item", "answer", "respondent")
_NAMED = ("therapist", "case")


# Scores one row per answer, or raises TableFaults whose rows count the frame's lines from 2 (the
# header is row 1). Takes client, session, instrument, item, answer, respondent and, where there
# are, therapist, case, date, attended; gives client, session, scale, score (null: too few
# answers), respondent and the carried rest. Names come as numbers that stand for them.
ItemScorer = Callable[[pl.DataFrame], pl.DataFrame]


def read_items(*, raw: RawTable, columns: Columns, score_items: ItemScorer | None) -> SessionTable:
    """Turn the columns of an item-level file into a session table with its answers."""
    must_have(required=REQUIRED_ITEMS, columns=columns, header=raw.header, log=raw.log)
    if score_items is None:
        raise BadInputError(
            f"{raw.log.file}: a table of single answers; score it first (rapport instruments score)"
        )
    parts = raw.parts(columns.position)
    client = labels(parts["client"], needed=True)
    named = {part: labels(parts[part], needed=False) for part in _NAMED if part in parts}
    frame = _frame(parts, client, named)
    raw.log.stop_if_any()
    try:
        scored = score_items(frame)
    except TableFaults as found:
        raise _placed(found, raw.log.file, parts) from None
    return _table(
        scored,
        client,
        named,
        items=_answers(frame, parts),
        warnings=tuple(formula_warning(client)),
    )


def _placed(found: TableFaults, file: str, parts: Mapping[str, Cells]) -> TableFaults:
    """The scorer's faults with the file's own name, rows and columns."""
    rows = parts["client"].rows
    names = {part: cells.column for part, cells in parts.items()}
    faults = [
        replace(
            fault,
            file=file,
            row=None if fault.row is None else int(rows[fault.row - 2]),
            column=names.get(fault.column or "", fault.column),
        )
        for fault in found.faults
    ]
    return TableFaults(faults, found.total)


def _frame(parts: Mapping[str, Cells], client: Labels, named: Mapping[str, Labels]) -> pl.DataFrame:
    session = session_numbers(parts["session"])
    columns: dict[str, Any] = {
        "client": client.codes,
        "session": session,
        "instrument": parts["instrument"].values.cast(pl.Categorical),
        "item": parts["item"].values.cast(pl.Categorical),
        "answer": _answer_column(parts["answer"]),
        "respondent": respondents(parts, len(session)),
    }
    columns |= {part: labelled.codes for part, labelled in named.items()}
    if "date" in parts:
        columns["date"] = days(parts["date"])
    if "attended" in parts:
        columns["attended"] = yes_or_no(parts["attended"])
    for part in ("instrument", "item"):
        required(parts[part], parts[part].missing())
    return pl.DataFrame(columns)


def _answer_column(answer: Cells) -> pl.Series:
    """Numbers where every answer is one; else texts as written, with decimal points."""
    text = distinct(answer.values)
    if text is None:
        return answer.values
    pointed = text.texts
    if answer.decimal_comma:
        pointed = pointed.str.replace(r"^([-+]?\d+),(\d+)$", "$1.$2")
    number = pointed.cast(pl.Float64, strict=False)
    if (number.is_finite() | pointed.is_null()).all(ignore_nulls=False):
        values = text.spread(number.fill_null(np.nan).to_numpy(), missing=np.nan)
        return pl.Series("answer", values).fill_nan(None)
    if text.codes is None:
        return pointed
    codes = pl.Series("answer", text.codes)
    return pointed.gather(codes.set(codes < 0, None))


def _answers(frame: pl.DataFrame, parts: Mapping[str, Cells]) -> ItemAnswers:
    """The single answers; what is no number is an answer in words (the scorer let it pass)."""
    text = frame["answer"].cast(pl.String)
    number = text.cast(pl.Float64, strict=False)
    in_words = text.set(number.is_not_null(), None)
    if "words" in parts:
        in_words = in_words.fill_null(pl.Series(free_text(parts["words"]), dtype=pl.String))
    return ItemAnswers(
        client=frame["client"].to_numpy(),
        session=frame["session"].to_numpy(),
        instrument=labels(parts["instrument"], needed=False),
        item=labels(parts["item"], needed=False),
        answer=number.fill_null(np.nan).to_numpy(),
        respondent=frame["respondent"].to_numpy(),
        words=in_words.to_numpy().astype(object) if in_words.null_count() < len(text) else None,
    )


def _table(
    scored: pl.DataFrame,
    client: Labels,
    named: Mapping[str, Labels],
    *,
    items: ItemAnswers,
    warnings: tuple[str, ...],
) -> SessionTable:
    scale_names = scored["scale"].unique(maintain_order=True)
    scale = scored["scale"].cast(pl.Enum(scale_names)).to_physical().cast(pl.Int64)
    carried = {
        part: Labels(codes=scored[part].to_numpy(), names=labelled.names)
        for part, labelled in named.items()
    }
    return SessionTable(
        client=scored["client"].to_numpy(),
        client_ids=client.names,
        session=scored["session"].to_numpy(),
        scale=scale.to_numpy(),
        scale_names=tuple(scale_names.to_list()),
        score=scored["score"].cast(pl.Float64).fill_null(np.nan).to_numpy(),
        respondent=scored["respondent"].cast(pl.Int8).to_numpy(),
        date=scored["date"].to_numpy().astype("datetime64[D]") if "date" in scored else None,
        therapist=carried.get("therapist"),
        case=carried.get("case"),
        attended=scored["attended"].cast(pl.Int8).to_numpy() if "attended" in scored else None,
        items=items,
        warnings=warnings,
    )
