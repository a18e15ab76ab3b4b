"""What kind of file it is, told from its first bytes and never from its name."""

from pathlib import Path
from typing import Literal

from rapport.files.faults import FaultLog

Kind = Literal["csv", "parquet"]

_HEAD = 4096
_CSV = "save the table as CSV (UTF-8) or Parquet"
# First bytes of files that people hand in by mistake: format's own signature -> what, what to do.
_STRANGERS: tuple[tuple[bytes, str, str], ...] = (
    (b"\x1f\x8b", "is compressed with gzip", "unpack it first (gunzip FILE)"),
    (b"BZh", "is compressed with bzip2", "unpack it first (bunzip2 FILE)"),
    (b"\xfd7zXZ", "is compressed with xz", "unpack it first (unxz FILE)"),
    (b"\x28\xb5\x2f\xfd", "is compressed with zstd", "unpack it first (unzstd FILE)"),
    (b"PK\x03\x04", "is an Excel workbook or another zip archive", f"open it and {_CSV}"),
    (b"\xd0\xcf\x11\xe0", "is an old Excel or Word file", f"open it and {_CSV}"),
    (b"%PDF", "is a PDF", _CSV),
    (b"SQLite format 3", "is an SQLite database", _CSV),
    (b"\xff\xfe", "is text in UTF-16", "save it as CSV UTF-8"),
    (b"\xfe\xff", "is text in UTF-16", "save it as CSV UTF-8"),
)


def kind_of(*, path: Path, log: FaultLog) -> Kind:
    """Decide between CSV and Parquet, or say why the file is neither."""
    _must_be_readable(path, log)
    head = _head(path, log)
    if head.startswith(b"PAR1"):
        return "parquet"
    for signature, what, do in _STRANGERS:
        if head.startswith(signature):
            log.add(what=what, do=do)
    if not log.total and b"\x00" in head:
        log.add(what="is a binary file, not a table of text", do=_CSV)
    log.stop_if_any()
    return "csv"


def _must_be_readable(path: Path, log: FaultLog) -> None:
    if not path.exists():
        log.add(what="no such file", do="check the name and the folder")
    elif path.is_dir():
        log.add(what="is a folder", do="name the file inside it")
    elif not path.is_file():
        log.add(what="is not a regular file", do="save the table to a file first")
    elif path.stat().st_size == 0:
        log.add(what="is empty (0 bytes)", do="save the table again; the header is the first row")
    log.stop_if_any()


def _head(path: Path, log: FaultLog) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(_HEAD)
    except OSError as error:
        log.add(what=f"can't be opened ({error.strerror})", do="check that you may read it")
        log.stop_if_any()
        raise
