"""The bones of a CSV file, found in chunks of any size, are those that a parser finds."""

import csv
import io

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rapport.files.faults import FaultLog
from rapport.files.session_table import structure

CELL = st.text(alphabet='ab1é,;\n"\r ', max_size=6)
RECORDS = st.lists(st.lists(CELL, min_size=2, max_size=4), min_size=1, max_size=12)


def written(records, end, *, quoted):
    text = io.StringIO()
    quoting = csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL
    csv.writer(text, lineterminator=end, quoting=quoting).writerows(records)
    return text.getvalue()


@given(records=RECORDS, end=st.sampled_from(["\n", "\r\n"]), chunk=st.integers(1, 40),
       last=st.booleans())  # fmt: skip
@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_records_and_cells_are_counted_as_a_parser_counts_them(
    tmp_path, monkeypatch, records, end, chunk, last
):
    # Older writers leave a bare return unquoted; then it can't be told from the end of a line.
    quoted = "\\r" in str(records)
    content = written(records, end, quoted=quoted)
    content = content if last else content.removesuffix(end)
    (tmp_path / "t.csv").write_bytes(content.encode())
    monkeypatch.setattr(structure, "_CHUNK", chunk)
    found = structure.scan(
        path=tmp_path / "t.csv", separator=",", n_columns=0, log=FaultLog(file="t.csv")
    )
    assert found.cells.tolist() == [len(record) for record in records]
    lines = [written([record], end, quoted=quoted).removesuffix(end) for record in records]
    assert found.size.tolist() == [len(line.encode()) for line in lines]


@pytest.mark.parametrize("chunk", [1, 2, 3, 5, 1000])
def test_empty_lines_are_records_without_cells(tmp_path, monkeypatch, chunk):
    (tmp_path / "t.csv").write_bytes(b"a,b\r\n\r\n\n1,2\n\r\n")
    monkeypatch.setattr(structure, "_CHUNK", chunk)
    found = structure.scan(
        path=tmp_path / "t.csv", separator=",", n_columns=2, log=FaultLog(file="t.csv")
    )
    np.testing.assert_array_equal(found.cells, [2, 0, 0, 2, 0])
