"""`rapport simulate` writes a made-up caseload, or says what is impossible and writes nothing."""

import json

import pytest
import typer
from typer.testing import CliRunner

from rapport.cli.simulate import simulate
from rapport.files.session_table import read_table

app = typer.Typer()
app.command()(simulate)


def run(*words):
    return CliRunner().invoke(app, [str(word) for word in words])


def test_it_writes_a_table_and_its_truth(tmp_path):
    table, truth = tmp_path / "made.csv", tmp_path / "truth.json"
    done = run(table, "--clients", 30, "--sessions", 8, "--truth", truth)
    assert done.exit_code == 0, done.output
    assert "30 made-up clients" in done.output
    assert read_table(table).n_clients == 30
    assert len(json.loads(truth.read_text())["clients"]) == 30


def test_the_same_seed_writes_the_same_bytes(tmp_path):
    for name, seed in (("a", 5), ("b", 5), ("c", 6)):
        run(tmp_path / name, "--clients", 20, "--seed", seed)
    a, b, c = ((tmp_path / name).read_bytes() for name in "abc")
    assert a == b
    assert a != c


def test_the_world_can_be_changed(tmp_path):
    truth = tmp_path / "truth.json"
    run(tmp_path / "made.csv", "--steady", "--set", "ceiling=1,therapist_ratings=false",
        "--truth", truth)  # fmt: skip
    clients = json.loads(truth.read_text())["clients"]
    assert all(client["at_ceiling"] and not client["ruptures"] for client in clients)
    assert set(read_table(tmp_path / "made.csv").respondent) == {0}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("colour=1", "colour: no such setting; use level,"),
        ("members=x", "members=x: write a whole number"),
        ("level=x", "level=x: write a number"),
        ("level=inf", "level = inf: give a finite number"),
        ("therapist_ratings=1", "write true or false"),
        ("missing=2", "missing = 2.0: give a share from 0 to 1"),
    ],
)
def test_impossible_settings_are_status_2_and_nothing_is_written(tmp_path, change, words):
    done = run(tmp_path / "made.csv", "--set", change)
    assert done.exit_code == 2
    assert words in done.output
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_named_before_anything_is_written(tmp_path):
    done = run(tmp_path / "made.csv", "--truth", tmp_path / "none" / "truth.json")
    assert done.exit_code == 2
    assert "no such folder" in done.output
    assert list(tmp_path.iterdir()) == []
