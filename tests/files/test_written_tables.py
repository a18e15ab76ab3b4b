"""What Rapport writes it reads back the same, and no spreadsheet runs it."""

import json

import numpy as np
import pytest

from rapport.files.caseload_truth import write_truth
from rapport.files.session_table import read_table
from rapport.files.session_table.write import write_table
from rapport.science.simulate.caseload import simulate_caseload


@pytest.fixture(scope="module")
def caseload():
    return simulate_caseload(clients=60, sessions=9, rng=np.random.default_rng(4))


@pytest.mark.parametrize("name", ["made.csv", "made.parquet"])
def test_a_written_table_is_read_back_the_same(caseload, tmp_path, name):
    write_table(table=caseload.table, path=tmp_path / name)
    back, table = read_table(tmp_path / name), caseload.table
    for column in ("client", "session", "scale", "score", "respondent", "date", "attended"):
        np.testing.assert_array_equal(getattr(back, column), getattr(table, column))
    assert back.client_ids.tolist() == table.client_ids.tolist()
    assert back.scale_names == table.scale_names
    for row in range(0, table.n_rows, 7):
        assert back.therapist.at(row) == table.therapist.at(row)
        assert back.case.at(row) == table.case.at(row)


def test_formulas_are_written_so_that_no_spreadsheet_runs_them(read, tmp_path):
    table = read("client,session,scale,score,words\n=cmd(),1,wai,5.5,@now\n-5,1,wai,,fine\n")
    write_table(table=table, path=tmp_path / "out.csv")
    assert (tmp_path / "out.csv").read_text().splitlines() == [
        "client,session,scale,score,respondent,words",
        "'=cmd(),1,wai,5.5,client,'@now",
        "-5,1,wai,,client,fine",
    ]


def test_the_truth_names_every_client_and_rupture(caseload, tmp_path):
    write_truth(caseload=caseload, path=tmp_path / "truth.json", seed=4)
    told = json.loads((tmp_path / "truth.json").read_text())
    truth = caseload.truth
    assert told["settings"]["seed"] == 4
    assert [c["client"] for c in told["clients"]] == caseload.table.client_ids.tolist()
    starts = [(at, r["start"]) for at, c in enumerate(told["clients"]) for r in c["ruptures"]]
    assert starts == list(zip(truth.rupture_client, truth.rupture_start, strict=True))
    repaired = [r["repaired"] for c in told["clients"] for r in c["ruptures"]]
    assert repaired.count(None) == np.isnan(truth.rupture_repaired).sum()
    gains = [c["sudden_gain"] is not None for c in told["clients"]]
    assert gains == np.isfinite(truth.gain_after).tolist()
