"""Session tables: reading them, or saying what is wrong with them, row by row."""

from collections.abc import Mapping
from pathlib import Path

from rapport.files.session_table.long import ScaleJudge, read_long
from rapport.files.session_table.mapping import find_columns
from rapport.files.session_table.raw import open_table
from rapport.science.records.scales import Scale
from rapport.science.records.session_table import SessionTable


def read_table(
    path: Path | str,
    *,
    mapping: Mapping[str, str] | None = None,
    scales: Mapping[str, Scale] | None = None,
    default_scale: str | None = None,
    judge_scale: ScaleJudge | None = None,
) -> SessionTable:
    """Read a session table (docs/reference/session-table.md).

    Args:
        path: CSV or Parquet, told apart by content.
        mapping: part -> name of the column that plays it, where it isn't called so.
        scales: what is known of scales; scores outside ``minimum`` and ``maximum`` are faults.
        default_scale: name of the only scale, for tables without a scale column.
        judge_scale: asked once per scale; returns what to do where the scale can't be accepted,
            else None.

    Raises:
        TableFaults: with one line per fault: file, row, column, what, what to do.
    """
    raw = open_table(Path(path))
    columns = find_columns(header=raw.header, mapping=mapping or {}, log=raw.log)
    return read_long(
        raw=raw,
        columns=columns,
        scales=scales or {},
        default_scale=default_scale,
        judge_scale=judge_scale,
    )
