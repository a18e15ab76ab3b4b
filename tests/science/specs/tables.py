"""Read the small tables that specs are written in: a heading, a row of columns, a row a line.

    week | felt heard | noticed
       1 |          8 |
       3 |          4 | yes        # what a reader should know

An empty cell is "not answered" or "nothing to say". What follows # is for the reader.
"""

import numpy as np

from rapport.science.records.courses import courses_from_rows


def read_table(text):
    """The table as columns of text: ``{"week": ["1", "3"], ...}``."""
    lines = [line.split("#")[0].strip("\n") for line in text.splitlines()]
    heading, *rows = [line for line in lines if line.strip()]
    names = [name.strip() for name in heading.split("|")]
    cells = [[cell.strip() for cell in row.split("|")] for row in rows]
    ragged = [row for row in cells if len(row) != len(names)]
    assert not ragged, f"not {len(names)} cells: {ragged}"
    return {name: [row[i] for row in cells] for i, name in enumerate(names)}


def numbers(cells):
    """Cells as floats, NaN where empty."""
    return np.array([float(cell) if cell else np.nan for cell in cells])


def one_course(weeks, ratings):
    """One client's course from two columns of a table."""
    return courses_from_rows(
        client=["client"] * len(weeks), session=numbers(weeks), score=numbers(ratings)
    )
