"""Files that are no session table are refused with one line that says what they are."""

import gzip

import pytest

from rapport.files.faults import TableFaults
from rapport.files.session_table import read_table

HEADER = "client,session,scale,score\n"
ROW = "a,1,wai,5\n"


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"", "sessions.csv: is empty (0 bytes); "),
        (b"\n\n", "sessions.csv, row 1: is empty; put the names of the columns"),
        (HEADER.encode(), "sessions.csv: has a header and no rows; add one row per score"),
        (HEADER.encode() + b",,,\n", "sessions.csv: has a header and no rows; "),
        (
            gzip.compress(b"client,session", mtime=0),
            "sessions.csv: is compressed with gzip; unpack it",
        ),
        (b"PK\x03\x04rest", "sessions.csv: is an Excel workbook or another zip archive; "),
        (b"\x7fELF\x02\x01\x01\x00\x00", "sessions.csv: is a binary file, not a table of text"),
        (HEADER.encode("utf-16"), "sessions.csv: is text in UTF-16; save it as CSV UTF-8"),
        (b"PAR1 and no more", "sessions.csv: is a damaged Parquet file; write it again"),
        (b"client\rsession\r", "sessions.csv: lines end with a bare carriage return; "),
        (HEADER.encode() + b"Ren\xe9,1,wai,5\n", "sessions.csv, row 2: is not UTF-8 (byte 0xe9; "),
        (b"Ren\xe9,session\n", "sessions.csv, row 1: is not UTF-8 (byte 0xe9; perhaps Windows"),
        ((HEADER + ROW).encode() + b"\xc3", "sessions.csv, row 3: ends in the middle of a char"),
    ],
)
def test_a_file_that_is_no_table_says_what_it_is(faults, content, line):
    lines = faults(content)
    assert len(lines) == 1
    assert lines[0].startswith(line)


def test_a_nul_byte_far_inside_is_found(faults):
    text = HEADER + "".join(f"a,{i},wai,5\n" for i in range(1000))
    assert faults(text.encode() + b"a,1,wai,\x00\n")[0].startswith("sessions.csv, row 1002: holds")


def test_a_missing_file_and_a_folder_are_told_apart(tmp_path):
    with pytest.raises(TableFaults, match="no such file; check the name"):
        read_table(tmp_path / "none.csv")
    with pytest.raises(TableFaults, match="is a folder; name the file inside"):
        read_table(tmp_path)


def test_two_million_columns_are_refused_at_the_header(faults):
    content = b",".join([b"c"] * 2_000_000) + b"\n"
    lines = faults(content)
    assert lines[0].startswith("sessions.csv, row 1: 1,000,001 or more columns; at most 10,000")


@pytest.mark.parametrize("where", ["client", "note"])
def test_a_cell_of_one_megabyte_is_one_short_line(faults, where):
    big = "x" * 1_000_000
    row = f"{big},1,wai,5,\n" if where == "client" else f"a,1,wai,5,{big}\n"
    lines = faults(HEADER.strip() + ",note\n" + "a,0,wai,5,\n" + row)
    assert len(lines) == 1
    assert lines[0].startswith("sessions.csv, row 3: 1,000,0")
    assert len(lines[0]) < 200


def test_ragged_rows_are_named_and_none_is_repaired_silently(faults):
    lines = faults(HEADER + ROW + "a,2,wai\na,3,wai,5,6\n" + "a,4,wai,5\n")
    assert [line.split(";")[0] for line in lines] == [
        "sessions.csv, row 3: 3 cells where the header has 4",
        "sessions.csv, row 4: 5 cells where the header has 4",
    ]


def test_rows_are_counted_as_a_spreadsheet_counts_them(faults):
    text = HEADER + ROW + "\n" + 'a,2,"w\nai",5\n' + ",,,\n" + "a,3,wai,x\n"
    assert faults(text)[0].startswith("sessions.csv, row 6, column score: 'x' is not a number")


def test_an_open_quotation_mark_is_named_by_row(faults):
    lines = faults(HEADER + ROW + 'a,2,"wai,5\n' + "a,3,wai,5\n")
    assert lines[0].startswith('sessions.csv, row 3: a quotation mark (") is opened in or after')


@pytest.mark.parametrize("cell", ['a"b', 'a"b"', '"a"b', '"a" '])
def test_a_quotation_mark_where_none_can_stand_is_named_by_row(faults, cell):
    good = '"x, y",1,wai,5\n"say ""no""",1,wai,4\n'
    lines = faults(HEADER + good + f"{cell},1,wai,5\n{cell},2,wai,5\n")
    assert lines[0].startswith('sessions.csv, row 4: a quotation mark (") stands where none can')


def test_a_column_named_twice_is_a_fault_where_it_is_needed(faults, read):
    lines = faults("client,session,scale,score,score\na,1,wai,5,6\n")
    assert lines == [
        "sessions.csv, row 1, column score: the header has this name 2 times (columns 4 and 5); "
        "rename all but one"
    ]
    assert read("client,session,scale,score,note,note\na,1,wai,5,6,7\n").n_rows == 1


def test_missing_columns_are_named_with_the_map_that_may_mend_it(faults):
    lines = faults("id,week,measure,total\n1,2,wai,5\n")
    assert [line.split("; ")[-1] for line in lines] == [
        "perhaps --map client=id",
        "perhaps --map scale=measure",
        "perhaps --map score=total",
        "perhaps --map session=week",
    ]


def test_a_map_to_no_column_names_the_nearest(faults):
    lines = faults(HEADER + ROW, mapping={"client": "clinet", "colour": "score"})
    assert "--map says 'clinet', and the file has no such column; did you mean 'client'?" in str(
        lines
    )
    assert "--map colour=...: no such part; use client, session," in lines[0]
