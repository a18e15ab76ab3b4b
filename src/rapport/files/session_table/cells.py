"""From cells as text to numbers, names, days and yes-or-no, with the faulty rows named."""

import re
from collections.abc import Callable, Mapping, Sequence
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
    """Trim text and turn what means missing into null; leave typed columns as they are.

    A categorical column becomes an Enum of its different trimmed texts, in order of appearance:
    millions of cells are then cleaned, and later parsed, by way of a few different ones.
    """
    if values.dtype in (pl.Categorical, pl.Enum):
        return _as_enum(values)
    if values.dtype != pl.String:
        return values
    trimmed = values.str.strip_chars()
    return trimmed.set(trimmed.is_in(MISSING), None)


def _as_enum(values: pl.Series) -> pl.Series:
    physical = values.to_physical()
    found = physical.unique(maintain_order=True).drop_nulls().to_numpy()
    texts = as_text(values.unique(maintain_order=True).drop_nulls().cast(pl.String))
    names = texts.drop_nulls().unique(maintain_order=True)
    kind = pl.Enum(names)
    # Room for code 0 even where every cell is null; null itself never reaches the lookup's values.
    lookup = np.zeros(int(found.max(initial=0)) + 1, dtype=np.uint32)
    lookup[found] = texts.cast(kind).to_physical().fill_null(len(names)).to_numpy()
    codes = pl.Series(values.name, lookup[physical.fill_null(0).to_numpy()])
    codes = codes.set((codes == len(names)) | physical.is_null(), None)
    return codes.cat.to(kind)


@dataclass(frozen=True, kw_only=True)
class Distinct:
    """The different texts of a column, and the way from them back to its rows."""

    texts: pl.Series
    codes: NDArray[np.int64] | None  # None: the texts are the rows

    def spread(self, values: NDArray[Any], *, missing: Any) -> NDArray[Any]:
        """Values of the different texts as values of the rows."""
        if self.codes is None:
            return values
        with_missing = np.append(values, np.array([missing], dtype=values.dtype))
        return np.asarray(with_missing[self.codes])


def distinct(values: pl.Series) -> Distinct | None:
    """The different texts of a column of text; None for any other column."""
    if values.dtype == pl.String:
        return Distinct(texts=values, codes=None)
    if not isinstance(values.dtype, pl.Enum):
        return None
    codes = values.to_physical().cast(pl.Int64).fill_null(-1).to_numpy()
    return Distinct(texts=values.dtype.categories, codes=codes)


def numbers(cells: Cells) -> NDArray[np.float64]:
    """Numbers with NaN where missing; text, "NaN" and "inf" are faults."""
    text = distinct(cells.values)
    if text is not None:
        return _numbers_from_text(cells, text)
    numeric = cells.values.dtype.is_numeric()
    parsed = cells.values.cast(pl.Float64) if numeric else _nothing(cells.values, pl.Float64)
    _note_no_numbers(
        cells,
        no_number=(parsed.is_null() & cells.values.is_not_null()).to_numpy(),
        endless=(~parsed.is_finite()).fill_null(False).to_numpy(),
    )
    return parsed.fill_null(np.nan).to_numpy().astype(np.float64, copy=False)


def _numbers_from_text(cells: Cells, text: Distinct) -> NDArray[np.float64]:
    parsed = _parsed(cells, text)
    no_number = (parsed.is_null() & text.texts.is_not_null()).to_numpy()
    endless = (~parsed.is_finite()).fill_null(False).to_numpy()
    if no_number.any() or endless.any():
        _note_no_numbers(
            cells,
            no_number=text.spread(no_number, missing=False),
            endless=text.spread(endless, missing=False),
        )
    return text.spread(parsed.fill_null(np.nan).to_numpy(), missing=np.nan)


def _note_no_numbers(
    cells: Cells, *, no_number: NDArray[np.bool_], endless: NDArray[np.bool_]
) -> None:
    cells.note(
        no_number,
        what=lambda i: f"{cells.shown(i)} is not a number",
        do=_number_advice(cells),
    )
    cells.note(endless, what=lambda i: f"{cells.shown(i)} is not a finite number", do=_MISSING_DO)


def _nothing(like: pl.Series, dtype: type[pl.DataType]) -> pl.Series:
    return pl.Series(values=[None] * len(like), dtype=dtype)


def _parsed(cells: Cells, text: Distinct) -> pl.Series:
    texts = text.texts
    if not cells.decimal_comma:
        return texts.cast(pl.Float64, strict=False)
    comma = texts.str.contains(",", literal=True).fill_null(False)
    if not comma.any():
        return texts.cast(pl.Float64, strict=False)
    point = texts.str.contains(".", literal=True).fill_null(False)
    cells.note(
        text.spread((point & ~comma).to_numpy(), missing=False),
        what=lambda i: f"{cells.shown(i)} has a decimal point where others have a decimal comma",
        do="write all numbers in one way",
    )
    swapped = texts.set(point & comma, "two marks").str.replace(",", ".", literal=True)
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
    if needed:
        required(cells, cells.missing())
    values = cells.values
    if values.dtype != pl.Enum:
        values = _as_enum(values.cast(pl.String).cast(pl.Categorical))
    text = distinct(values)
    assert text is not None
    assert text.codes is not None
    too_long = (text.texts.str.len_chars() > _LONGEST_NAME).to_numpy()
    if too_long.any():
        cells.note(
            text.spread(too_long, missing=False),
            what=lambda i: f"{cells.shown(i)} is too long for a name",
            do=f"use at most {_LONGEST_NAME} characters",
        )
    return Labels(codes=text.codes, names=text.texts.to_numpy().astype(object))


def runs_as_formula(text: pl.Series) -> pl.Series:
    """Which texts a spreadsheet would run as a formula; plain numbers with a sign are none.

    >>> runs_as_formula(pl.Series(["=cmd()", "-5", "Amir", None])).to_list()
    [True, False, False, False]
    """
    risky = text.str.contains(_FORMULA) & text.cast(pl.Float64, strict=False).is_null()
    return risky.fill_null(False)


def one_of(cells: Cells, *, allowed: Sequence[str], default: int) -> NDArray[np.int8]:
    """Positions in a short list of words, in any case."""
    meant = {word: at for at, word in enumerate(allowed)}
    return _words(
        cells,
        meant=meant,
        missing=default,
        what=f"is not one of {', '.join(allowed)}",
        do="use one of these words, or leave the cell empty",
    )


def yes_or_no(cells: Cells) -> NDArray[np.int8]:
    """1 yes, 0 no, -1 not said."""
    return _words(
        cells,
        meant=dict.fromkeys(_YES, 1) | dict.fromkeys(_NO, 0),
        missing=-1,
        what="is neither yes nor no",
        do="write true or false, or leave the cell empty",
    )


def _words(
    cells: Cells, *, meant: Mapping[str, int], missing: int, what: str, do: str
) -> NDArray[np.int8]:
    """What each cell's word stands for; other words are faults."""
    values = cells.values
    text = distinct(values) or Distinct(texts=values.cast(pl.String), codes=None)
    given = text.texts.str.to_lowercase().replace_strict(meant, default=None, return_dtype=pl.Int8)
    bad = (given.is_null() & text.texts.is_not_null()).to_numpy()
    if bad.any():
        cells.note(
            text.spread(bad, missing=False), what=lambda i: f"{cells.shown(i)} {what}", do=do
        )
    found = given.fill_null(missing).to_numpy().astype(np.int8, copy=False)
    return text.spread(found, missing=missing)


def days(cells: Cells) -> NDArray[np.datetime64]:
    """Days in ISO form (2026-01-31, a time after it is left away); anything else is a fault."""
    text = distinct(cells.values)
    if text is None:
        temporal = cells.values.dtype in (pl.Date, pl.Datetime)
        day = cells.values.cast(pl.Date) if temporal else _nothing(cells.values, pl.Date)
        bad = (day.is_null() & cells.values.is_not_null()).to_numpy()
        found = day.to_numpy().astype("datetime64[D]")
    else:
        iso = text.texts.str.contains(_ISO)
        day = text.texts.str.slice(0, 10).set(~iso, None).str.to_date("%Y-%m-%d", strict=False)
        bad = text.spread((day.is_null() & text.texts.is_not_null()).to_numpy(), missing=False)
        nowhen = np.datetime64("NaT", "D")
        found = text.spread(day.to_numpy().astype("datetime64[D]"), missing=nowhen)
    cells.note(
        bad,
        what=lambda i: f"{cells.shown(i)} is not a day written as 2026-01-31",
        do="write every date as year-month-day",
    )
    return found


def free_text(cells: Cells) -> NDArray[Any]:
    """What was written, None where nothing."""
    return cells.values.cast(pl.String).to_numpy().astype(object)
