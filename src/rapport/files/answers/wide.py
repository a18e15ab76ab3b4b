"""Score a table with one row per form and one column per item."""

import numpy as np
import polars as pl

from rapport.files.answers.table import FORM, AnswerTable
from rapport.files.faults import FaultLog
from rapport.files.session_table.cells import numbers
from rapport.science.scoring.columns import match_columns
from rapport.science.scoring.instrument import Instrument
from rapport.science.scoring.score import REMEDY, impossible, score_matrix, what_is_wrong


def score_wide(table: pl.DataFrame | AnswerTable, *, instrument: Instrument) -> pl.DataFrame:
    """Score one row per form.

    Args:
        table: a column for each item (``phq-9_q1`` or ``q1``; see
            `rapport.science.scoring.columns.match_columns`), and any others.
        instrument: the questionnaire.

    Returns:
        The other columns as they were and one column per score, null where too few items were
        answered; rows in their order.

    Raises:
        TableFaults: answers the form doesn't offer, a form given twice; each with its row.
        BadInputError: an item without a column, or with two.
    """
    given = table if isinstance(table, AnswerTable) else AnswerTable(frame=table)
    columns = match_columns(instrument=instrument, names=given.frame.columns)
    log = FaultLog(file=given.name)
    _note_forms_twice(given, log)
    answers = [
        _item_answers(given, instrument, item, column, log) for item, column in columns.items()
    ]
    log.stop_if_any()
    matrix = np.column_stack(answers[: len(instrument.items)])
    scored = score_matrix(instrument=instrument, answers=matrix)
    return given.frame.drop(columns.values()).with_columns(
        pl.Series(scale, scored.values[:, at]).fill_nan(None)
        for at, scale in enumerate(scored.scales)
    )


def _item_answers(
    table: AnswerTable, instrument: Instrument, item: str, column: str, log: FaultLog
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    if instrument.in_words(item):
        return np.full(table.frame.height, np.nan)
    allowed = instrument.answers_of(instrument.item(item))
    cells = table.cells(column, log)
    values = numbers(cells)
    wrong = impossible(allowed=allowed, values=values) & np.isfinite(values)
    if wrong.any():
        cells.note(
            wrong,
            what=lambda at: what_is_wrong(allowed=allowed, value=float(values[at])),
            do=REMEDY,
        )
    return values


def _note_forms_twice(table: AnswerTable, log: FaultLog) -> None:
    keys = [name for name in FORM if name in table.frame.columns]
    if not {"client", "session"} <= set(keys):
        return
    again = ~table.frame.select(pl.struct(keys).is_first_distinct()).to_series().to_numpy()
    if again.any():
        table.cells("client", log).note(
            again,
            what=lambda _: "a second form of this client in this session",
            do="keep one row per form",
        )
