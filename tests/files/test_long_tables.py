"""Long tables, as spreadsheets and programs of different countries write them."""

import numpy as np
import polars as pl
import pytest

from rapport.files.session_table import read_table

PLAIN = "client,session,scale,score\nb,2,wai,5.5\nb,1,wai,4\na,1,wai,\na,1,phq-9,12\n"


def same(table, other):
    assert table.client_ids.tolist() == other.client_ids.tolist()
    np.testing.assert_array_equal(table.score, other.score)
    np.testing.assert_array_equal(table.session, other.session)


def test_courses_are_sorted_and_clients_keep_the_order_of_the_file(read):
    courses = read(PLAIN).courses(scale="wai")
    assert courses.clients.tolist() == ["b", "a"]
    np.testing.assert_array_equal(courses.score, [4, 5.5, np.nan])
    assert read(PLAIN).courses(scale="phq-9").clients.tolist() == ["a"]


@pytest.mark.parametrize(
    "text",
    [
        "\ufeff" + PLAIN,
        "\ufeff" + PLAIN.replace("client", '"client"'),
        PLAIN.replace("\n", "\r\n"),
        PLAIN.replace(",", "\t"),
        PLAIN.replace(",", ";"),
        PLAIN.replace(",", ";").replace("5.5", "5,5"),
        PLAIN.strip(),
        PLAIN.replace("client,session", "Client , SESSION"),
        PLAIN.replace("b,", '"b",'),
        PLAIN.replace("\n", "\n\n"),
        PLAIN + ",,,\n",
    ],
    ids=["BOM", "BOM and quotes", "CRLF", "tab", "semicolon", "decimal comma",
         "no last newline", "case and spaces", "quotes", "blank lines", "empty last row"],
)  # fmt: skip
def test_every_way_of_writing_gives_the_same_table(read, text):
    same(read(text), read(PLAIN))


def test_parquet_is_told_by_content_and_reads_the_same(read, tmp_path):
    frame = pl.DataFrame(
        {
            "client": pl.Series(["b", "b", "a", "a"], dtype=pl.Categorical),
            "session": [2, 1, 1, 1],
            "scale": ["wai", "wai", "wai", "phq-9"],
            "score": [5.5, 4, None, 12],
        }
    )
    frame.write_parquet(tmp_path / "named.csv")
    same(read_table(tmp_path / "named.csv"), read(PLAIN))


def test_nan_in_a_parquet_file_is_a_fault_too(faults, tmp_path):
    frame = pl.DataFrame(
        {"client": ["a"], "session": [1], "scale": ["wai"], "score": [float("nan")]}
    )
    frame.write_parquet(tmp_path / "p")
    lines = faults((tmp_path / "p").read_bytes())
    assert lines[0].startswith("sessions.csv, row 2, column score: nan is not a finite number")


def test_decimal_points_among_decimal_commas_are_a_fault(faults):
    lines = faults("client;session;scale;score\na;1;wai;5,5\na;2;wai;1.200\na;3;wai;1.200,5\n")
    assert lines[0] == (
        "sessions.csv, row 3, column score: '1.200' has a decimal point where others have "
        "a decimal comma; write all numbers in one way"
    )
    assert lines[1].startswith("sessions.csv, row 4, column score: '1.200,5' is not a number")


def test_mapped_columns_and_the_scale_named_after_the_score_column(read):
    table = read("subject,week,mood,x\n7,0,1,2\n7,1,3,4\n", mapping={
        "client": "subject", "session": "week", "score": "mood"})  # fmt: skip
    assert table.scale_names == ("mood",)
    assert table.client_ids.tolist() == ["7"]
    assert read("client,session,score\na,1,2\n", default_scale="wai").scale_names == ("wai",)


def test_optional_columns_are_read_when_they_are_there(read):
    text = (
        "client,session,scale,score,therapist,case,words\n"
        'Sarah,1,wai,5,Dr A,,"I said, ""no"""\nDana,1,wai,5,,c1,\n'
    )
    table = read(text)
    assert [table.therapist.at(0), table.therapist.at(1)] == ["Dr A", None]
    assert table.case.codes.tolist() == [-1, 0]
    assert table.words.tolist() == ['I said, "no"', None]
    assert table.date is None


@pytest.mark.parametrize(
    ("folder", "name", "mapping", "rows", "clients", "observed"),
    [
        ("btheb", "btheb_long.csv", {"client": "id", "session": "month", "score": "bdi"},
         500, 100, 380),
        ("reisby", "reisby.csv", {"client": "subject", "session": "week", "score": "depr_score"},
         250, 66, 250),
        ("nimh_schizophrenia", "nimh_schizophrenia.csv",
         {"client": "id", "session": "Week", "score": "imps79"}, 1603, 437, 1603),
    ],
)  # fmt: skip
def test_real_tables_are_read_whole(dataset, folder, name, mapping, rows, clients, observed):
    table = read_table(dataset(folder, name), mapping=mapping)
    assert (table.n_rows, table.n_clients) == (rows, clients)
    assert np.isfinite(table.score).sum() == observed
