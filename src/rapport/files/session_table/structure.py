"""The bones of a CSV file: its records and their numbers of cells, found without parsing it.

Everything a parser would trip over, or silently repair, is found here first and named by row:
bytes that are not UTF-8, NUL bytes, ragged rows, an open quotation mark, an endless cell.
"""

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rapport.files.faults import FaultLog, first_rows
from rapport.files.session_table.dialect import BOM

_CHUNK = 1 << 22  # bytes looked at together (ours: fits the cache of most machines)
LONGEST_RECORD = 131_072  # bytes: four for each of the 32,767 characters an Excel cell can hold
_NEWLINE, _RETURN, _QUOTE = 10, 13, 34


@dataclass(frozen=True, kw_only=True)
class Structure:
    """Records of a CSV file, the header included.

    Attributes:
        cells: number of cells in each record; 0 for an empty line.
        size: length of each record in bytes.
    """

    cells: NDArray[np.int32]
    size: NDArray[np.int32]


def scan(*, path: Path, separator: str, n_columns: int, log: FaultLog) -> Structure:
    """Count cells record by record, and note everything that would make reading unsafe."""
    counter = _Counter(ord(separator))
    decoder = codecs.getincrementaldecoder("utf-8")()
    for chunk in _chunks(path):
        _must_be_text(chunk, decoder, counter, log)
        counter.take(np.frombuffer(chunk, dtype=np.uint8))
    _must_end_whole(decoder, counter, log)
    structure = counter.finish()
    _note_quotes(counter, log)
    _note_ragged(structure, n_columns, log)
    _note_endless(structure, log)
    return structure


class _Counter:
    """Counts separators per record across chunks; quoted newlines don't end a record."""

    def __init__(self, separator: int) -> None:
        self._separator = separator
        self._quoted = False
        self._cells: list[NDArray[np.int32]] = []
        self._size: list[NDArray[np.int32]] = []
        self._open_cells = self._open_size = self.records = 0
        self._last = _NEWLINE  # before the first byte a cell may start, as after a line
        self.stray_row: int | None = None

    @property
    def inside_quotes(self) -> bool:
        return self._quoted

    def take(self, data: NDArray[np.uint8]) -> None:
        ends, separators = self._marks(data)
        lines = np.flatnonzero(ends)
        # Separators up to each line end, by their positions: cheaper than a running count.
        upto = np.searchsorted(separators, lines)
        cells = np.diff(upto, prepend=0).astype(np.int32) + 1
        size = np.diff(lines, prepend=-1).astype(np.int32) - 1
        if len(lines):
            cells[0] += self._open_cells
            size[0] += self._open_size
            size -= self._returns_before(data, lines)
            cells[size <= 0] = 0
            self._open_cells, self._open_size = 0, 0
        self._cells.append(cells)
        self._size.append(size)
        self.records += len(lines)
        after = int(lines[-1]) + 1 if len(lines) else 0
        self._open_cells += len(separators) - (int(upto[-1]) if len(lines) else 0)
        self._open_size += len(data) - after
        self._last = int(data[-1])

    def finish(self) -> Structure:
        rest = self._open_size > 0 and not (self._open_size == 1 and self._last == _RETURN)
        if rest:
            self._cells.append(np.array([self._open_cells + 1], dtype=np.int32))
            self._size.append(np.array([self._open_size], dtype=np.int32))
        empty = np.zeros(0, dtype=np.int32)
        return Structure(
            cells=np.concatenate([empty, *self._cells]), size=np.concatenate([empty, *self._size])
        )

    def _marks(self, data: NDArray[np.uint8]) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
        ends, separators = data == _NEWLINE, data == self._separator
        quotes = data == _QUOTE
        if self._quoted or quotes.any():
            inside = np.logical_xor(np.logical_xor.accumulate(quotes), self._quoted)
            self._find_stray(data, quotes, inside, np.flatnonzero(ends & ~inside))
            ends &= ~inside
            separators &= ~inside
            self._quoted = bool(inside[-1])
        return ends, np.flatnonzero(separators)

    def _find_stray(
        self,
        data: NDArray[np.uint8],
        quotes: NDArray[np.bool_],
        inside: NDArray[np.bool_],
        lines: NDArray[np.int64],
    ) -> None:
        """The first quotation mark that opens inside a cell, or closes before its end."""
        if self.stray_row is not None:
            return
        before = np.concatenate([[np.uint8(self._last)], data[:-1]])
        outside_before = ~np.concatenate([[self._quoted], inside[:-1]])
        after_quote = before == _QUOTE
        starts_cell = (before == self._separator) | (before == _NEWLINE) | after_quote
        ends_cell = (data == self._separator) | (data == _NEWLINE) | (data == _RETURN)
        opens_inside = quotes & inside & ~starts_cell
        goes_on = after_quote & outside_before & ~quotes & ~ends_cell
        stray = np.flatnonzero(opens_inside | goes_on)
        if len(stray):
            self.stray_row = self.records + int(np.searchsorted(lines, stray[0])) + 1

    def _returns_before(
        self, data: NDArray[np.uint8], lines: NDArray[np.int64]
    ) -> NDArray[np.int32]:
        before = data[np.maximum(lines - 1, 0)] == _RETURN
        if lines[0] == 0:
            before[0] = self._last == _RETURN
        return np.asarray(before, dtype=np.int32)


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        if file.read(len(BOM)) != BOM:
            file.seek(0)
        while chunk := file.read(_CHUNK):
            yield chunk


def _must_be_text(
    chunk: bytes, decoder: codecs.IncrementalDecoder, counter: _Counter, log: FaultLog
) -> None:
    """UTF-8 without NUL, or stop: after such a byte nothing else can be trusted."""
    if b"\x00" in chunk:
        row = counter.records + chunk[: chunk.index(b"\x00")].count(b"\n") + 1
        log.add(row=row, what="holds a NUL byte", do="save the table again as CSV UTF-8")
    try:
        decoder.decode(chunk)
    except UnicodeDecodeError as error:
        row = counter.records + chunk[: error.start].count(b"\n") + 1
        log.add(
            row=row,
            what=f"is not UTF-8 (byte 0x{error.object[error.start]:02x}; perhaps Windows-1252)",
            do="save the table again as CSV UTF-8",
        )
    log.stop_if_any()


def _must_end_whole(decoder: codecs.IncrementalDecoder, counter: _Counter, log: FaultLog) -> None:
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        log.add(
            row=counter.records + 1,
            what="ends in the middle of a character",
            do="copy the file again; it was cut off",
        )
    log.stop_if_any()


def _note_quotes(counter: _Counter, log: FaultLog) -> None:
    if counter.stray_row is not None:
        log.add(
            row=counter.stray_row,
            what='a quotation mark (") stands where none can stand',
            do='put the whole cell in "..." and write "" for a mark inside it',
        )
    elif counter.inside_quotes:
        log.add(
            row=counter.records + 1,
            what='a quotation mark (") is opened in or after this row and never closed',
            do='close it, or write "" for a quotation mark inside a cell',
        )
    log.stop_if_any()


def _note_ragged(structure: Structure, n_columns: int, log: FaultLog) -> None:
    wrong = (structure.cells != n_columns) & (structure.cells > 0)
    wrong[:1] = False  # the header itself
    if n_columns == 1:
        return
    rows, more = first_rows(wrong)
    for row in rows:
        log.add(
            row=row + 1,
            what=f"{structure.cells[row]} cells where the header has {n_columns}",
            do='give each column its cell (text with a separator in it stands in "...")',
        )
    log.count_only(more)


def _note_endless(structure: Structure, log: FaultLog) -> None:
    rows, more = first_rows(structure.size > LONGEST_RECORD)
    for row in rows:
        log.add(
            row=row + 1,
            what=f"{structure.size[row]:,} characters in one row",
            do="look for an unclosed quotation mark or a pasted document, and shorten it",
        )
    log.count_only(more)
