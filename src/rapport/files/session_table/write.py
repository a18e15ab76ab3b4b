"""Write a session table as CSV or Parquet, safe to open in a spreadsheet."""

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from rapport.files.session_table.cells import runs_as_formula
from rapport.files.whole import whole_file
from rapport.science.records.session_table import RESPONDENTS, Labels, SessionTable


def write_table(*, table: SessionTable, path: Path) -> None:
    """Write one row per score; Parquet where the name ends so, else CSV.

    In CSV a text that a spreadsheet would run as a formula gets an apostrophe in front (OWASP,
    CSV injection). A missing score is an empty cell. The file appears whole or not at all.
    """
    frame = pl.DataFrame(_columns(table))
    with whole_file(path) as file:
        if path.suffix.casefold() == ".parquet":
            frame.write_parquet(file)
        else:
            frame.with_columns(pl.col(pl.String).map_batches(_harmless)).write_csv(file)


def _columns(table: SessionTable) -> dict[str, Any]:
    scales = Labels(codes=table.scale, names=np.array(table.scale_names, dtype=object))
    who = Labels(codes=table.respondent, names=np.array(RESPONDENTS, dtype=object))  # type: ignore[arg-type]
    columns: dict[str, Any] = {
        "client": _text(Labels(codes=table.client, names=table.client_ids)),
        "session": _whole_where_possible(table.session),
        "scale": _text(scales),
        "score": _whole_where_possible(table.score),
        "respondent": _text(who),
    }
    for part in ("therapist", "case"):
        labelled = getattr(table, part)
        if labelled is not None:
            columns[part] = _text(labelled)
    if table.date is not None:
        columns["date"] = pl.Series("", table.date.astype("datetime64[D]"))
    if table.attended is not None:
        said = pl.Series("", table.attended)
        columns["attended"] = (said == 1).set(said < 0, None)
    if table.words is not None:
        columns["words"] = pl.Series("", table.words, dtype=pl.String)
    return columns


def _text(labels: Labels) -> pl.Series:
    names = pl.Series("", labels.names, dtype=pl.String)
    codes = pl.Series("", labels.codes, dtype=pl.Int64)
    return names.gather(codes.set(codes < 0, None))


def _whole_where_possible(values: Any) -> pl.Series:
    """5 rather than 5.0 where every number is whole; missing is null."""
    numbers = pl.Series("", values).fill_nan(None)
    whole = numbers.cast(pl.Int64, strict=False)
    return whole if (whole == numbers).all() else numbers


def _harmless(text: pl.Series) -> pl.Series:
    return ("'" + text).zip_with(runs_as_formula(text), text)
