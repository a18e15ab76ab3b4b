"""How a CSV file is written: its separator, its header, its decimal mark."""

import csv
from dataclasses import dataclass
from pathlib import Path

from rapport.files.faults import FaultLog

SEPARATORS = (",", ";", "\t")
MOST_COLUMNS = 10_000  # ours: a wide table of 100 scales and 100 sessions
_LONGEST_HEADER = 2_000_000  # bytes looked at for the end of the header
BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, kw_only=True)
class Dialect:
    """Separator and header of a CSV file.

    Attributes:
        separator: comma, semicolon or tab.
        columns: names in the header, without surrounding spaces.
    """

    separator: str
    columns: tuple[str, ...]

    @property
    def decimal_comma_possible(self) -> bool:
        """Where the comma separates nothing it may be a decimal mark."""
        return self.separator != ","


def sniff(*, path: Path, log: FaultLog) -> Dialect:
    """Read the header line and tell the separator from it."""
    with path.open("rb") as file:
        start = file.read(_LONGEST_HEADER).removeprefix(BOM)
    line = _header_line(start, log)
    separator = max(SEPARATORS, key=lambda mark: _outside_quotes(line).count(mark))
    n_columns = _outside_quotes(line).count(separator) + 1
    if n_columns > MOST_COLUMNS:
        more = " or more" if len(start) >= _LONGEST_HEADER else ""
        log.add(
            row=1,
            what=f"{n_columns:,}{more} columns; at most {MOST_COLUMNS:,} are read",
            do="keep only the columns of the session table",
        )
        log.stop_if_any()
    return Dialect(separator=separator, columns=_names(line, separator, log))


def _header_line(start: bytes, log: FaultLog) -> str:
    end = _end_of_record(start)
    try:
        line = start[:end].decode("utf-8", errors="strict" if end < len(start) else "ignore")
    except UnicodeDecodeError as error:
        log.add(
            row=1,
            what=f"is not UTF-8 (byte 0x{start[error.start]:02x}; perhaps Windows-1252)",
            do="save the table again as CSV UTF-8",
        )
        log.stop_if_any()
        raise
    if "\r" in line.rstrip("\r"):
        log.add(
            what="lines end with a bare carriage return", do="save the table again as CSV UTF-8"
        )
    elif not line.strip(" \r\t,;"):
        log.add(row=1, what="is empty", do="put the names of the columns into the first row")
    log.stop_if_any()
    return line.rstrip("\r")


def _end_of_record(start: bytes) -> int:
    end = start.find(b"\n")
    while end >= 0 and start.count(b'"', 0, end) % 2:
        end = start.find(b"\n", end + 1)
    return len(start) if end < 0 else end


def _outside_quotes(line: str) -> str:
    return "".join(line.split('"')[::2])


def _names(line: str, separator: str, log: FaultLog) -> tuple[str, ...]:
    try:
        cells = next(csv.reader([line.replace("\n", " ")], delimiter=separator, strict=False))
    except csv.Error:
        log.add(row=1, what="holds a name of more than 131,072 characters", do="shorten the header")
        log.stop_if_any()
        raise
    return tuple(cell.strip() for cell in cells)
