"""Faults in a file, said so that the person who made the file can mend them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rapport.science.errors import BadInputError

SHOWN = 20  # lines printed before the rest is only counted (ours: one screen)
_VALUE_WIDTH = 40  # characters of a cell that a line repeats (ours)


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """One thing wrong in one place.

    Attributes:
        file: name of the file as given.
        row: row as a spreadsheet counts it (the header is row 1); None: the file as a whole.
        column: name of the column as it stands in the file; None: not about one column.
        what: what is wrong.
        do: what to do about it.

    >>> print(Fault(file="a.csv", row=3, column="score", what="'x' is no number", do="correct it"))
    a.csv, row 3, column score: 'x' is no number; correct it
    """

    file: str
    row: int | None = None
    column: str | None = None
    what: str
    do: str

    def __str__(self) -> str:
        place = [shown_name(self.file)]
        place += [] if self.row is None else [f"row {self.row}"]
        place += [] if self.column is None else [f"column {shown_name(self.column)}"]
        return f"{', '.join(place)}: {self.what}; {self.do}"


class TableFaults(BadInputError):
    """A file that can't be read as it is: one line per fault, at most 20, then a count.

    Attributes:
        faults: the faults kept, in the order of the file (not all, where there are very many).
        total: how many there are altogether.
    """

    def __init__(self, faults: Iterable[Fault], total: int | None = None) -> None:
        self.faults = list(faults)
        self.total = len(self.faults) if total is None else total
        super().__init__("\n".join(self.lines()))

    def lines(self) -> list[str]:
        """The lines to print."""
        lines = [str(fault) for fault in self.faults[:SHOWN]]
        more = self.total - len(lines)
        if more:
            lines.append(f"and {more} more fault{'s' if more > 1 else ''} like these")
        return lines


@dataclass
class FaultLog:
    """Collects faults while a file is read, keeping few of each kind and counting all."""

    file: str
    faults: list[Fault] = field(default_factory=list)
    total: int = 0

    def add(self, *, what: str, do: str, row: int | None = None, column: str | None = None) -> None:
        """Note one fault."""
        self.faults.append(Fault(file=self.file, row=row, column=column, what=what, do=do))
        self.total += 1

    def count_only(self, number: int) -> None:
        """Count faults of a kind of which enough were noted."""
        self.total += number

    def stop_if_any(self) -> None:
        """Raise what was collected, in the order of the file."""
        if self.total:
            raise TableFaults(sorted(self.faults, key=_place), self.total)


def first_rows(mask: NDArray[np.bool_]) -> tuple[list[int], int]:
    """Positions of the first faulty rows, and how many more there are."""
    hits = np.flatnonzero(mask)
    return hits[:SHOWN].tolist(), max(len(hits) - SHOWN, 0)


def shown_value(value: Any) -> str:
    """A cell for an error line: quoted, control characters escaped, cut where it is long.

    >>> shown_value("a" * 60)
    "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa...' (60 characters)"
    """
    if not isinstance(value, str):
        return str(value)
    if len(value) <= _VALUE_WIDTH:
        return repr(value)
    return f"{value[:_VALUE_WIDTH] + '...'!r} ({len(value):,} characters)"


def shown_name(name: str) -> str:
    """A file or column name in one short printable line.

    >>> shown_name("score")
    'score'
    """
    text = name if name.isprintable() else repr(name)[1:-1]
    return text if len(text) <= 120 else text[:117] + "..."


def _place(fault: Fault) -> tuple[int, str]:
    return (fault.row or 0, fault.column or "")
