"""Session tables: reading them, or saying what is wrong with them, row by row."""

from collections.abc import Mapping
from pathlib import Path

from rapport.files.session_table.checks import ScaleJudge
from rapport.files.session_table.items import ItemScorer, read_items
from rapport.files.session_table.long import read_long
from rapport.files.session_table.mapping import find_columns
from rapport.files.session_table.raw import open_table
from rapport.files.session_table.wide import read_wide
from rapport.science.records.scales import Scale
from rapport.science.records.session_table import SessionTable


def read_table(
    path: Path | str,
    *,
    mapping: Mapping[str, str] | None = None,
    wide: bool = False,
    wide_pattern: str | None = None,
    scales: Mapping[str, Scale] | None = None,
    default_scale: str | None = None,
    judge_scale: ScaleJudge | None = None,
    score_items: ItemScorer | None = None,
) -> SessionTable:
    """Read a session table (docs/reference/session-table.md).

    Args:
        path: CSV or Parquet, told apart by content.
        mapping: part -> name of the column that plays it, where it isn't called so.
        wide: one row per client; columns are named ``<scale>_<session>``.
        wide_pattern: how the columns of a wide table are named, if otherwise: a regular expression
            for the whole name with a group ``scale``, and where it varies ``session`` (a number;
            without the group everything is session 1) and ``respondent``.
        scales: what is known of scales; scores outside ``minimum`` and ``maximum`` are faults.
        default_scale: name of the only scale, for tables without a scale column.
        judge_scale: asked once per scale; returns what to do where the scale can't be accepted,
            else None.
        score_items: scores tables of single answers: `rapport.files.answers.score_long`.

    Raises:
        TableFaults: with one line per fault: file, row, column, what, what to do.
    """
    raw = open_table(Path(path))
    columns = find_columns(header=raw.header, mapping=mapping or {}, log=raw.log)
    if wide or wide_pattern is not None:
        return read_wide(
            raw=raw,
            columns=columns,
            pattern=wide_pattern,
            scales=scales or {},
            judge_scale=judge_scale,
        )
    if columns.is_item_level:
        return read_items(raw=raw, columns=columns, score_items=score_items)
    return read_long(
        raw=raw,
        columns=columns,
        scales=scales or {},
        default_scale=default_scale,
        judge_scale=judge_scale,
    )
