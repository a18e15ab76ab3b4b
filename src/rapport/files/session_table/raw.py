"""A file opened: its header, and any of its columns as cells."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from rapport.files.faults import FaultLog, TableFaults, shown_value
from rapport.files.session_table.cells import Cells, as_text
from rapport.files.session_table.dialect import sniff
from rapport.files.session_table.source import kind_of
from rapport.files.session_table.structure import scan

_FREE_TEXT = ("words",)


@dataclass(frozen=True, kw_only=True)
class RawTable:
    """Header of a file, and the way to its columns.

    Attributes:
        header: names of the columns.
        decimal_comma: whether a comma may be a decimal mark.
        log: where faults are noted.
    """

    header: tuple[str, ...]
    decimal_comma: bool
    log: FaultLog
    _load: Callable[[list[int], Collection[int]], pl.DataFrame]

    def read(self, positions: Sequence[int], *, repeated: Collection[int] = ()) -> dict[int, Cells]:
        """Read these columns; rows in which all of them are empty are left out.

        Args:
            positions: which columns.
            repeated: those of them whose few different texts repeat: kept once each.
        """
        wanted = sorted(set(positions))
        columns = [as_text(series) for series in self._load(wanted, repeated).get_columns()]
        kept = np.flatnonzero(_any_filled(columns))
        whole = bool(columns) and len(kept) == len(columns[0])
        if not len(kept):
            self.log.add(what="has a header and no rows", do="add one row per score")
            self.log.stop_if_any()
        rows = kept + 2
        return {
            at: Cells(
                values=series if whole else series.gather(kept),
                rows=rows,
                column=self.header[at],
                decimal_comma=self.decimal_comma,
                log=self.log,
            )
            for at, series in zip(wanted, columns, strict=True)
        }

    def parts(self, position: Mapping[str, int]) -> dict[str, Cells]:
        """Read the columns of a session table by the part they play."""
        repeated = [at for part, at in position.items() if part not in _FREE_TEXT]
        columns = self.read(list(position.values()), repeated=repeated)
        return {part: columns[at] for part, at in position.items()}


def open_table(path: Path) -> RawTable:
    """Open a CSV or Parquet file, told apart by content; what can't be read safely is refused.

    Raises:
        TableFaults: with one line per fault.
    """
    log = FaultLog(file=str(path))
    if kind_of(path=path, log=log) == "parquet":
        return _open_parquet(path, log)
    return _open_csv(path, log)


def _open_csv(path: Path, log: FaultLog) -> RawTable:
    dialect = sniff(path=path, log=log)
    n_columns = len(dialect.columns)
    structure = scan(path=path, separator=dialect.separator, n_columns=n_columns, log=log)
    log.stop_if_any()
    n_records = len(structure.cells)

    def load(positions: list[int], repeated: Collection[int]) -> pl.DataFrame:
        types = {at: pl.Categorical if at in repeated else pl.String for at in positions}
        return _load_csv(path, dialect.separator, n_columns, n_records, types, log)

    return RawTable(
        header=dialect.columns, decimal_comma=dialect.separator != ",", log=log, _load=load
    )


def _load_csv(
    path: Path,
    separator: str,
    n_columns: int,
    n_records: int,
    types: Mapping[int, Any],
    log: FaultLog,
) -> pl.DataFrame:
    schema = {str(i): types.get(i, pl.String) for i in range(n_columns)}
    try:  # the header is read as a row: the parser would swallow empty lines after a skipped one
        frame = (
            pl.scan_csv(path, separator=separator, has_header=False, schema=schema)
            .select(str(i) for i in types)
            .collect()
        )
    except pl.exceptions.PolarsError as error:
        raise _unreadable(log, str(error)) from None
    if frame.height != n_records:
        raise _unreadable(log, f"{frame.height} rows found where {n_records} were counted")
    return frame.slice(1)


def _unreadable(log: FaultLog, why: str) -> TableFaults:
    log.add(what=f"can't be read as CSV ({shown_value(why)})", do="save the table again as CSV")
    return TableFaults(log.faults, log.total)


def _open_parquet(path: Path, log: FaultLog) -> RawTable:
    try:
        header = tuple(pl.read_parquet_schema(path))
    except (pl.exceptions.PolarsError, OSError):
        log.add(what="is a damaged Parquet file", do="write it again")
        log.stop_if_any()
        raise

    def load(positions: list[int], repeated: Collection[int]) -> pl.DataFrame:
        frame = pl.read_parquet(path, columns=[header[i] for i in positions])
        texts = [header[i] for i in repeated if frame.schema[header[i]] == pl.String]
        return frame.with_columns(pl.col(texts).cast(pl.Categorical)) if texts else frame

    return RawTable(header=header, decimal_comma=False, log=log, _load=load)


def _any_filled(columns: Sequence[pl.Series]) -> NDArray[np.bool_]:
    if not columns:
        return np.zeros(0, dtype=np.bool_)
    filled = columns[0].is_not_null()
    for series in columns[1:]:
        filled |= series.is_not_null()
    return filled.to_numpy()
