"""Score a file, whichever way it is laid out."""

from pathlib import Path

import polars as pl

from rapport.files.answers.long import Loader, score_long
from rapport.files.answers.table import LONG, header_of, read_answers
from rapport.files.answers.wide import score_wide
from rapport.files.instruments import load_instrument
from rapport.science.errors import BadInputError
from rapport.science.scoring.columns import match_columns


def score_file(
    path: Path, *, instrument: str | None = None, load: Loader = load_instrument
) -> pl.DataFrame:
    """Score a table of answers from a file: long, or wide where an instrument is named.

    Args:
        path: CSV or Parquet.
        instrument: of a wide table; a long one names it in each row.
        load: finds an instrument by name.

    Raises:
        TableFaults: with one line per fault: file, row, column, what, what to do.
        BadInputError: neither a long table nor an instrument named.
    """
    header = header_of(path)
    if instrument is not None:
        found = load(instrument)
        columns = match_columns(instrument=found, names=header)
        numeric = [column for item, column in columns.items() if not found.in_words(item)]
        return score_wide(read_answers(path, numeric=numeric), instrument=found)
    if not set(LONG) <= set(header):
        raise BadInputError(
            f"{path}: no column {', '.join(sorted(set(LONG) - set(header)))}; add it, or name the "
            "instrument of a wide table with --instrument"
        )
    return score_long(read_answers(path), load=load)
