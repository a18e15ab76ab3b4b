"""Wide tables: one row per client, columns named after scale and session."""

import numpy as np
import pytest

from rapport.files.session_table import read_table
from rapport.science.records.scales import Scale

SESSIONS_ONLY = r"(?P<scale>bdi|rq)_s(?P<session>\d+)"


def test_columns_are_scale_and_session(read):
    table = read("client,wai_1,wai_2,phq-9_1,note\na,5,,12,x\nb,6,7,,y\n", wide=True)
    assert table.scale_names == ("wai", "phq-9")
    np.testing.assert_array_equal(table.courses(scale="wai").padded()[1], [[5, np.nan], [6, 7]])
    assert table.warnings == ("columns not read: note",)


def test_the_sudden_gains_example_is_read_by_pattern(dataset):
    path = dataset("sudden_gains_example", "sgdata_wide.csv")
    table = read_table(path, mapping={"client": "id"}, wide_pattern=SESSIONS_ONLY)
    bdi = table.courses(scale="bdi")
    assert (bdi.n_clients, set(bdi.lengths)) == (43, {13})
    assert bdi.of(0)[1].tolist() == [33, 35, 37, 34, 23, 24, 21, 29, 17, 11, 11, 10, 7]
    assert table.warnings == ("columns not read: bdi_fu1, bdi_fu2, rq_fu1, rq_fu2",)


def test_wide_and_long_btheb_are_the_same_courses(dataset):
    wide = read_table(
        dataset("btheb", "btheb_wide.csv"),
        mapping={"client": "id"},
        wide_pattern=r"(?P<scale>bdi)\.(?P<session>\d+)m",
    ).courses(scale="bdi")
    long = read_table(
        dataset("btheb", "btheb_long.csv"),
        mapping={"client": "id", "session": "month", "score": "bdi"},
    ).courses(scale="bdi")
    np.testing.assert_array_equal(wide.padded()[1], long.padded()[1][:, 1:])


def test_a_table_of_one_rating_each_needs_no_session(dataset):
    table = read_table(
        dataset("mibot_relational_empathy", "survey.csv"),
        mapping={"client": "case"},
        wide_pattern=r"(?P<scale>CAREQ\d+)",
    )
    assert (table.n_clients, len(table.scale_names)) == (71, 10)
    assert set(table.session) == {1.0}


def test_members_of_a_case_and_therapists_forms_stay_apart(read):
    table = read(
        "client,case,therapist,wai_client_1,wai_therapist_1\na,c1,T,5,6\nb,c1,T,3,\n",
        wide_pattern=r"(?P<scale>wai)_(?P<respondent>\w+)_(?P<session>\d)",
    )
    assert table.courses(scale="wai", respondent="therapist").score[0] == 6
    assert [table.case.at(row) for row in range(4)] == ["c1"] * 4
    assert table.therapist.names.tolist() == ["T"]


@pytest.mark.parametrize(
    ("text", "options", "line"),
    [
        ("client,wai_1\na,x\n", {}, "row 2, column wai_1: 'x' is not a number; "),
        ("client,wai_1\na,5\na,6\n", {}, "row 3, column client: a second row for client 'a'; "),
        ("client,wai_1,wai_01\na,5,5\n", {}, "row 1, column wai_01: a second column for wai, se"),
        ("client,wai_1\na,9\n", {"scales": {"wai": Scale(name="wai", maximum=7)}},
         "row 2, column wai_1: '9' is outside the scale wai (at most 7); "),
        ("client,wai\na,9\n", {}, "row 1: no column is named like "),
        ("client,wai_pre\na,9\n", {"wide_pattern": r"(?P<scale>wai)_(?P<session>.+)"},
         "row 1, column wai_pre: session 'pre' is not a number; "),
        ("id,wai_1\na,9\n", {}, "row 1, column client: no such column; the file has id, wai_1; "),
    ],
)  # fmt: skip
def test_faults_of_wide_tables_name_row_and_column(faults, text, options, line):
    assert faults(text, wide=True, **options)[0].startswith(f"sessions.csv, {line}")


def test_a_pattern_that_cannot_work_says_so(faults):
    assert "can't be read" in faults("client,a_1\nx,1\n", wide_pattern="(")[0]
    assert (
        "doesn't say where the name of the scale" in faults("client,a\nx,1\n", wide_pattern="a")[0]
    )
