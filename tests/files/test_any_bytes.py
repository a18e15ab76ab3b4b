"""Whatever bytes are handed in: a table, or faults in words; nothing else."""

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rapport.files.faults import TableFaults
from rapport.files.session_table import read_table

HEADER = b"client,session,scale,score,date,attended,words\n"
PIECES = st.sampled_from(
    [b"a", b"1", b"2.5", b"wai", b",", b",", b",", b"\n", b"\n", b"\r\n", b'"', b'"x,y"', b"NaN",
     b"NA", b" ", b"=cmd()", b"\xe9", b"\x00", "\ufeff".encode(), b"-", b"1e999", b"2026-01-05"]
)  # fmt: skip


@given(
    start=st.sampled_from([b"", HEADER, HEADER.replace(b",", b";"), b"\xef\xbb\xbf" + HEADER]),
    pieces=st.lists(PIECES, max_size=40),
    wide=st.booleans(),
)
@settings(max_examples=300, deadline=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
def test_any_bytes_are_a_table_or_faults_in_words(tmp_path, start, pieces, wide):
    path = tmp_path / "any.csv"
    path.write_bytes(start + b"".join(pieces))
    table, lines = read_or_lines(path, wide=wide)
    if table is None:
        assert lines
        assert all("; " in line and line.isprintable() for line in lines)
    else:
        assert np.isfinite(table.session).all()
        assert not np.isinf(table.score).any()


def read_or_lines(path, **options):
    try:
        return read_table(path, **options), []
    except TableFaults as found:
        return None, [str(fault) for fault in found.faults]


ROW = st.tuples(
    st.sampled_from(["a", "b c", '"q"', "é,ü", "1"]),
    st.integers(0, 9),
    st.one_of(st.none(), st.floats(-1e6, 1e6).map(lambda x: round(x, 3))),
)


@given(rows=st.lists(ROW, min_size=1, max_size=30, unique_by=lambda row: row[:2]))
@settings(max_examples=100, deadline=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
def test_every_written_row_is_read_back(tmp_path, rows):
    def cell(text):
        return '"' + text.replace('"', '""') + '"'

    lines = [f"{cell(c)},{s},wai,{'' if x is None else x}" for c, s, x in rows]
    path = tmp_path / "rows.csv"
    path.write_text("client,session,scale,score\n" + "\n".join(lines), "utf-8")
    table = read_table(path)
    assert table.client_ids[table.client].tolist() == [c for c, _, _ in rows]
    assert table.session.tolist() == [s for _, s, _ in rows]
    np.testing.assert_array_equal(table.score, [np.nan if x is None else x for *_, x in rows])
