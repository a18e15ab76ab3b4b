"""From cells as text to numbers, names, days and yes-or-no, with the faulty rows named."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from rapport.files.faults import FaultLog, first_rows, shown_value
from rapport.science.records.session_table import Labels

MISSING = ("", "NA", "null")  # product rule: these and nothing else mean "not answered"
_MISSING_DO = "leave the cell empty if it is missing"
_YES, _NO = ("true", "yes", "1"), ("false", "no", "0")
_ISO = r"^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}.*)?$"
_FORMULA = r"^[=+\-@\t\r]"  # OWASP, CSV injection: characters that start a formula in a spreadsheet
_LONGEST_NAME = 200  # characters of an id or name (ours; longer ones are pasted text)


@dataclass(frozen=True, kw_only=True)
class Cells:
    """One column of the file on its way into the table.

    Attributes:
        values: the cells; text with missing as null, or the type a Parquet file gave them.
        rows: row of each cell as a spreadsheet counts it.
        column: name of the column in the file.
        decimal_comma: whether a comma may be a decimal mark.
        log: where faults are noted.
    """

    values: pl.Series
    rows: NDArray[np.int64]
    column: str
    decimal_comma: bool
    log: FaultLog

    def note(
        self, mask: NDArray[np.bool_], *, what: Callable[[int], str], do: str | Callable[[int], str]
    ) -> None:
        """Note the faulty cells: the first few in words, the others as a count."""
        positions, more = first_rows(mask)
        for at in positions:
            self.log.add(
                row=int(self.rows[at]),
                column=self.column,
                what=what(at),
                do=do if isinstance(do, str) else do(at),
            )
        self.log.count_only(more)

    def shown(self, at: int) -> str:
        """The cell as an error line repeats it."""
        return shown_value(self.values[at])

    def missing(self) -> NDArray[np.bool_]:
        """Which cells are empty, NA or null."""
        return self.values.is_null().to_numpy()


def as_text(values: pl.Series) -> pl.Series:
    """Trim text and turn what means missing into null; leave typed columns as they are."""
    if values.dtype in (pl.Categorical, pl.Enum):
        values = values.cast(pl.String)
    if values.dtype != pl.String:
        return values
    trimmed = values.str.strip_chars()
    return trimmed.set(trimmed.is_in(MISSING), None)


def numbers(cells: Cells) -> NDArray[np.float64]:
    """Numbers with NaN where missing; text, "NaN" and "inf" are faults."""
    if cells.values.dtype == pl.String:
        parsed = _parsed(cells)
    elif cells.values.dtype.is_numeric():
        parsed = cells.values.cast(pl.Float64)
    else:
        parsed = pl.Series(values=[None] * len(cells.values), dtype=pl.Float64)
    bad = (parsed.is_null() & cells.values.is_not_null()).to_numpy()
    endless = (~parsed.is_finite()).fill_null(False).to_numpy()
    if bad.any():
        cells.note(
            bad, what=lambda i: f"{cells.shown(i)} is not a number", do=_number_advice(cells)
        )
    if endless.any():
        cells.note(
            endless, what=lambda i: f"{cells.shown(i)} is not a finite number", do=_MISSING_DO
        )
    return parsed.fill_null(np.nan).to_numpy().astype(np.float64, copy=False)


def _parsed(cells: Cells) -> pl.Series:
    text = cells.values
    if not cells.decimal_comma:
        return text.cast(pl.Float64, strict=False)
    comma = text.str.contains(",", literal=True).fill_null(False)
    if not comma.any():
        return text.cast(pl.Float64, strict=False)
    point = text.str.contains(".", literal=True).fill_null(False)
    cells.note(
        (point & ~comma).to_numpy(),
        what=lambda i: f"{cells.shown(i)} has a decimal point where others have a decimal comma",
        do="write all numbers in one way",
    )
    swapped = text.set(point & comma, "two marks").str.replace(",", ".", literal=True)
    return swapped.cast(pl.Float64, strict=False)


def _number_advice(cells: Cells) -> Callable[[int], str]:
    def advise(at: int) -> str:
        value = str(cells.values[at])
        if re.fullmatch(r"[-+]?\d+,\d+", value):
            return f"write {value.replace(',', '.')}"
        return f"write a number, or {_MISSING_DO}"

    return advise


def required(cells: Cells, values: NDArray[np.bool_]) -> None:
    """Note the cells that are missing where a value is needed."""
    if values.any():
        cells.note(values, what=lambda _: "is empty", do="fill it in, or delete the row")


def labels(cells: Cells, *, needed: bool) -> Labels:
    """Names as positions in the list of different names, -1 where missing."""
    text = cells.values if cells.values.dtype == pl.String else cells.values.cast(pl.String)
    if needed:
        required(cells, text.is_null().to_numpy())
    names = text.drop_nulls().unique(maintain_order=True)
    _note_long_names(cells, text, names)
    codes = text.cast(pl.Enum(names)).to_physical().cast(pl.Int64).fill_null(-1).to_numpy()
    return Labels(codes=codes, names=names.to_numpy().astype(object))


def _note_long_names(cells: Cells, text: pl.Series, names: pl.Series) -> None:
    if (names.str.len_chars() > _LONGEST_NAME).any():
        cells.note(
            (text.str.len_chars() > _LONGEST_NAME).fill_null(False).to_numpy(),
            what=lambda i: f"{cells.shown(i)} is too long for a name",
            do=f"use at most {_LONGEST_NAME} characters",
        )


def formula_like(names: NDArray[Any]) -> list[str]:
    """Names a spreadsheet would run as a formula; plain numbers with a sign are none.

    >>> formula_like(np.array(["=cmd()", "-5", "Amir"], dtype=object))
    ['=cmd()']
    """
    text = pl.Series("", names, dtype=pl.String)
    risky = text.str.contains(_FORMULA) & text.cast(pl.Float64, strict=False).is_null()
    return text.filter(risky).to_list()


def one_of(cells: Cells, *, allowed: Sequence[str], default: int) -> NDArray[np.int8]:
    """Positions in a short list of words, in any case."""
    if cells.values.dtype != pl.String:
        given = pl.Series(values=[None] * len(cells.values), dtype=pl.Int8)
    else:
        lower = cells.values.str.to_lowercase()
        given = lower.replace_strict(
            list(allowed), range(len(allowed)), default=None, return_dtype=pl.Int8
        )
    bad = (given.is_null() & cells.values.is_not_null()).to_numpy()
    if bad.any():
        cells.note(
            bad,
            what=lambda i: f"{cells.shown(i)} is not one of {', '.join(allowed)}",
            do="use one of these words, or leave the cell empty",
        )
    return given.fill_null(default).to_numpy().astype(np.int8, copy=False)


def days(cells: Cells) -> NDArray[np.datetime64]:
    """Days in ISO form (2026-01-31, a time after it is left away); anything else is a fault."""
    if cells.values.dtype == pl.String:
        iso = cells.values.str.contains(_ISO)
        day = cells.values.str.slice(0, 10).set(~iso, None).str.to_date("%Y-%m-%d", strict=False)
    elif cells.values.dtype.is_temporal():
        day = cells.values.cast(pl.Date, strict=False)
    else:
        day = pl.Series(values=[None] * len(cells.values), dtype=pl.Date)
    bad = (day.is_null() & cells.values.is_not_null()).to_numpy()
    if bad.any():
        cells.note(
            bad,
            what=lambda i: f"{cells.shown(i)} is not a day written as 2026-01-31",
            do="write every date as year-month-day",
        )
    return day.to_numpy().astype("datetime64[D]")


def yes_or_no(cells: Cells) -> NDArray[np.int8]:
    """1 yes, 0 no, -1 not said."""
    if cells.values.dtype == pl.Boolean:
        return cells.values.cast(pl.Int8).fill_null(-1).to_numpy()
    words = cells.values.cast(pl.String).str.to_lowercase()
    given = words.replace_strict(
        [*_YES, *_NO], [1] * len(_YES) + [0] * len(_NO), default=None, return_dtype=pl.Int8
    )
    bad = (given.is_null() & cells.values.is_not_null()).to_numpy()
    if bad.any():
        cells.note(
            bad,
            what=lambda i: f"{cells.shown(i)} is neither yes nor no",
            do="write true or false, or leave the cell empty",
        )
    return given.fill_null(-1).to_numpy().astype(np.int8, copy=False)


def free_text(cells: Cells) -> NDArray[Any]:
    """What was written, None where nothing."""
    return cells.values.cast(pl.String).to_numpy().astype(object)
