"""A table of answers on its way in, and a table of scores on its way out."""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from rapport.files.faults import FaultLog
from rapport.files.session_table.cells import MISSING, Cells, as_text
from rapport.files.session_table.dialect import sniff
from rapport.files.session_table.raw import open_table
from rapport.files.session_table.source import kind_of
from rapport.files.whole import whole_file

LONG = ("client", "session", "instrument", "item", "answer")
FORM = ("client", "session", "respondent")  # what makes two forms of one instrument different


@dataclass(frozen=True, kw_only=True)
class AnswerTable:
    """A table of answers, and what is needed to name its faults.

    Attributes:
        frame: its columns; numbers may still be text where the file wasn't clean.
        name: of the file.
        rows: row of each line as a spreadsheet counts it; None: the lines follow the header.
        decimal_comma: whether a comma may be a decimal mark.
    """

    frame: pl.DataFrame
    name: str = "answers"
    rows: NDArray[np.int64] | None = None
    decimal_comma: bool = False

    def _rows(self) -> NDArray[np.int64]:
        return np.arange(2, self.frame.height + 2) if self.rows is None else self.rows

    @property
    def is_long(self) -> bool:
        """Whether it has the columns of a table with one row per answer."""
        return set(LONG) <= set(self.frame.columns)

    def cells(self, column: str, log: FaultLog, values: pl.Series | None = None) -> Cells:
        """One column as cells whose faults are named by row."""
        series = self.frame[column] if values is None else values
        return Cells(
            values=as_text(series),
            rows=self._rows(),
            column=column,
            decimal_comma=self.decimal_comma,
            log=log,
        )

    def only(self, kept: NDArray[np.bool_]) -> "AnswerTable":
        """The same with some of its lines."""
        return AnswerTable(
            frame=self.frame.filter(kept),
            name=self.name,
            rows=self._rows()[kept],
            decimal_comma=self.decimal_comma,
        )


def header_of(path: Path) -> tuple[str, ...]:
    """Names of a table's columns.

    Raises:
        TableFaults: no table that can be read.
    """
    log = FaultLog(file=str(path))
    if kind_of(path=path, log=log) == "parquet":
        return tuple(pl.read_parquet_schema(path))
    return sniff(path=path, log=log).columns


def read_answers(path: Path, *, numeric: Collection[str] = ("session", "answer")) -> AnswerTable:
    """Read a table of answers, CSV or Parquet, with missing cells as null.

    A clean file is read fast; one with something wrong is read once more, as text, so that each
    fault can be named by whoever scores it.

    Args:
        path: the file.
        numeric: columns that hold numbers.

    Raises:
        TableFaults: no table that can be read.
    """
    log = FaultLog(file=str(path))
    if kind_of(path=path, log=log) == "parquet":
        return AnswerTable(frame=pl.read_parquet(path), name=str(path))
    dialect = sniff(path=path, log=log)
    _refuse_names_twice(dialect.columns, log)
    try:
        frame = pl.read_csv(
            path,
            separator=dialect.separator,
            null_values=list(MISSING),
            schema={name: _type(name, numeric, dialect.columns) for name in dialect.columns},
        )
    except pl.exceptions.PolarsError:
        return _as_text(path)
    if not _is_clean(frame):
        return _as_text(path)
    return AnswerTable(frame=frame, name=str(path), decimal_comma=dialect.separator != ",")


def _refuse_names_twice(names: Collection[str], log: FaultLog) -> None:
    for name in sorted({name for name in names if list(names).count(name) > 1}):
        log.add(row=1, column=name, what="this name stands twice", do="rename or remove one column")
    log.stop_if_any()


def _is_clean(frame: pl.DataFrame) -> bool:
    """Whether there are rows, none of them blank, and no name with spaces around it."""
    names = [series for series in frame.get_columns() if series.name in (*FORM, "instrument")]
    if not frame.height or any(series.null_count() for series in names):
        return False
    return not any(_padded(series).any() for series in frame.get_columns())


def _padded(series: pl.Series) -> pl.Series:
    if series.dtype == pl.Categorical:
        series = series.unique().cast(pl.String)
    if series.dtype != pl.String:
        return pl.Series([False])
    return series.str.starts_with(" ") | series.str.ends_with(" ")


def _type(name: str, numeric: Collection[str], columns: Collection[str]) -> Any:
    if name in numeric:
        return pl.Float64
    repeated = name in ("instrument", "item") and set(LONG) <= set(columns)
    return pl.Categorical if repeated else pl.String


def _as_text(path: Path) -> AnswerTable:
    raw = open_table(path)
    cells = raw.read(range(len(raw.header)))
    return AnswerTable(
        frame=pl.DataFrame({raw.header[at]: cell.values for at, cell in cells.items()}),
        name=str(path),
        rows=cells[0].rows,
        decimal_comma=raw.decimal_comma,
    )


def write_scores(scores: pl.DataFrame, path: Path) -> None:
    """Write scores as Parquet (``.parquet``) or CSV; the file appears whole or not at all."""
    with whole_file(path) as file:
        if path.suffix == ".parquet":
            scores.write_parquet(file)
        else:
            scores.write_csv(file)
