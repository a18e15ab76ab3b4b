"""Score a table with one row per answer."""

from collections.abc import Callable

import numpy as np
import polars as pl
from numpy.typing import NDArray

from rapport.files.answers.table import FORM, LONG, AnswerTable
from rapport.files.faults import FaultLog
from rapport.files.instruments import load_instrument
from rapport.files.session_table.cells import numbers
from rapport.science.errors import BadInputError
from rapport.science.scoring.instrument import Instrument
from rapport.science.scoring.parts import Item
from rapport.science.scoring.score import REMEDY, impossible, score_matrix, what_is_wrong

CARRIED = ("respondent", "date", "therapist", "case", "attended")  # as in a session table

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]
Loader = Callable[[str], Instrument]


def score_long(
    table: pl.DataFrame | AnswerTable, *, load: Loader = load_instrument
) -> pl.DataFrame:
    """Score one row per answer.

    Args:
        table: columns client, session, instrument, item, answer; where there are respondent,
            date, therapist, case, attended they are carried along, others are left out.
        load: finds an instrument by name.

    Returns:
        client, session, scale, score and the carried columns; one row per form and scale, by
        instrument, client (in order of appearance) and session. The score is null where too few
        items were answered. Instruments of which nothing is computed give no rows.

    Raises:
        TableFaults: unknown instruments or items, answers the form doesn't offer, two answers to
            one question; each with its row (the header is row 1).
    """
    given = table if isinstance(table, AnswerTable) else AnswerTable(frame=table)
    absent = [column for column in LONG if column not in given.frame.columns]
    if absent:
        raise BadInputError(f"{given.name}: no column {', '.join(absent)}; add it")
    log = FaultLog(file=given.name)
    _refuse_empty_keys(given, log)
    made = [_scores_of(part, name, load, log) for name, part in _by_instrument(given)]
    log.stop_if_any()
    carried = [c for c in CARRIED if c in given.frame.columns]
    return pl.concat([_empty(given.frame, carried), *made]).rechunk()


def _empty(frame: pl.DataFrame, carried: list[str]) -> pl.DataFrame:
    kept = frame.select("client", *carried).clear()
    return kept.with_columns(
        session=pl.lit(None, pl.Float64),
        scale=pl.lit(None, pl.String),
        score=pl.lit(None, pl.Float64),
    ).select("client", "session", "scale", "score", *carried)


def _refuse_empty_keys(table: AnswerTable, log: FaultLog) -> None:
    for column in ("client", "session", "instrument", "item"):
        if table.frame[column].null_count():
            cells = table.cells(column, log)
            cells.note(
                cells.missing(), what=lambda _: "is empty", do="fill it in, or delete the row"
            )
    log.stop_if_any()


def _by_instrument(table: AnswerTable) -> list[tuple[str, AnswerTable]]:
    column = table.frame["instrument"]
    names = column.unique(maintain_order=True).cast(pl.String).to_list()
    if len(names) == 1:
        return [(names[0], table)]
    return [(name, table.only((column == name).to_numpy())) for name in names]


def _scores_of(table: AnswerTable, name: str, load: Loader, log: FaultLog) -> pl.DataFrame:
    carried = [c for c in CARRIED if c in table.frame.columns]
    nothing = _empty(table.frame, carried)
    try:
        instrument = load(name.strip())
    except BadInputError as fault:
        log.add(column="instrument", what=str(fault), do="then read the table again")
        return nothing
    if all(rule.method == "none" for rule in instrument.scores):
        return nothing
    before = log.total
    session = numbers(table.cells("session", log))
    form, first = _forms(table, session)
    matrix = _matrix(table, instrument, (form, len(first)), log)
    if log.total > before:
        return nothing
    scored = score_matrix(instrument=instrument, answers=matrix, judged=True)
    heads = table.frame.select("client", *carried)[first.astype(np.uint32)]
    heads = heads.with_columns(session=session[first])
    return _stack(heads, scored.scales, scored.values, nothing.columns)


def _stack(
    heads: pl.DataFrame, scales: tuple[str, ...], values: FloatArray, order: list[str]
) -> pl.DataFrame:
    parts = [
        heads.with_columns(
            scale=pl.lit(scale), score=pl.Series(values[:, at]).fill_nan(None)
        ).select(order)
        for at, scale in enumerate(scales)
    ]
    return pl.concat(parts)


def _matrix(
    table: AnswerTable, instrument: Instrument, forms: tuple[IntArray, int], log: FaultLog
) -> FloatArray:
    """Answers as one row per form and one column per item; impossible ones are noted."""
    form, n_forms = forms
    items = (*instrument.items, *instrument.extra_items)
    column = _item_columns(table, instrument, log)
    answers = _answers(table, instrument, items, column, log)
    given = np.isfinite(answers) & (column >= 0)  # the others are missing, or noted as faults
    _note_twice(table, form * len(items) + column, given, log)
    matrix = np.full((n_forms, len(items)), np.nan)
    matrix[form[given], column[given]] = answers[given]
    wrong = np.column_stack(
        [
            impossible(allowed=instrument.answers_of(item), values=matrix[:, at])
            for at, item in enumerate(items)
        ]
    )
    if wrong.any():
        _note_impossible(table, instrument, (items, column), wrong[form, column] & given, log)
    return matrix[:, : len(instrument.items)]


def _item_columns(table: AnswerTable, instrument: Instrument, log: FaultLog) -> IntArray:
    """Position of each line's item among the instrument's items; -1 where it is none."""
    known = [item.id for item in (*instrument.items, *instrument.extra_items)]
    codes, names = _codes(table.frame["item"])
    position = np.array([_position(str(name), known) for name in names], dtype=np.int64)
    column = position[codes]
    unknown = column < 0
    if unknown.any():
        cells = table.cells("item", log)
        cells.note(
            unknown,
            what=lambda at: f"{cells.shown(at)} is no item of {instrument.id}",
            do=f"use one of {', '.join(known)}",
        )
    return column


def _position(name: str, known: list[str]) -> int:
    return known.index(name.strip()) if name.strip() in known else -1


def _codes(values: pl.Series) -> tuple[IntArray, list[object]]:
    """Position of each value in the list of different values."""
    names = values.unique(maintain_order=True)
    if values.dtype in (pl.String, pl.Categorical):
        kind = pl.Enum(names.cast(pl.String))
        codes = values.cast(kind).to_physical().cast(pl.Int64).to_numpy()
        return codes, names.to_list()
    ordered = names.sort()
    return np.searchsorted(ordered.to_numpy(), values.to_numpy()), ordered.to_list()


def _answers(
    table: AnswerTable,
    instrument: Instrument,
    items: tuple[Item, ...],
    column: IntArray,
    log: FaultLog,
) -> FloatArray:
    """Answers as numbers, NaN where missing; what was answered in words is left aside."""
    values = table.frame["answer"]
    in_words = np.array([instrument.in_words(item.id) for item in items])
    if in_words.any():
        values = values.set(pl.Series(in_words[column]), None)
    return numbers(table.cells("answer", log, values))


def _note_impossible(
    table: AnswerTable,
    instrument: Instrument,
    where: tuple[tuple[Item, ...], IntArray],
    wrong: BoolArray,
    log: FaultLog,
) -> None:
    items, column = where
    cells = table.cells("answer", log)

    def what(at: int) -> str:
        item = items[column[at]]
        allowed = instrument.answers_of(item)
        wrong_here = what_is_wrong(allowed=allowed, value=float(cells.values[at]))
        return f"{instrument.id} {item.id}: {wrong_here}"

    cells.note(wrong, what=what, do=REMEDY)


def _note_twice(table: AnswerTable, place: IntArray, given: BoolArray, log: FaultLog) -> None:
    """Two answers of one person to one question in one session."""
    seen = np.zeros(int(place.max(initial=-1)) + 1, dtype=np.bool_)
    seen[place[given]] = True
    if seen.sum() == given.sum():
        return
    again = np.ones(int(given.sum()), dtype=np.bool_)
    again[np.unique(place[given], return_index=True)[1]] = False
    lines = np.zeros(len(given), dtype=np.bool_)
    lines[np.flatnonzero(given)[again]] = True
    table.cells("answer", log).note(
        lines,
        what=lambda _: "a second answer of this client to this item in this session",
        do="keep one",
    )


def _forms(table: AnswerTable, session: FloatArray) -> tuple[IntArray, IntArray]:
    """Number of each line's form, and the first line of each form."""
    key = _codes(table.frame["client"])[0]
    columns = [pl.Series(session), *(table.frame[c] for c in FORM[2:] if c in table.frame.columns)]
    for values in columns:
        codes, names = _codes(values.fill_null("client") if values.dtype == pl.String else values)
        key = key * len(names) + codes
    return _dense(key)


def _dense(key: IntArray) -> tuple[IntArray, IntArray]:
    """Renumber keys without gaps; a table of flags is quicker than sorting while it is small."""
    room = int(key.max(initial=-1)) + 1
    if room > 8 * len(key):  # ours: beyond this the flags take more memory than the lines
        _, first, form = np.unique(key, return_index=True, return_inverse=True)
        return form, first
    first = np.full(room, -1, dtype=np.int64)
    first[key[::-1]] = np.arange(len(key) - 1, -1, -1)
    present = first >= 0
    return (np.cumsum(present) - 1)[key], first[present]
