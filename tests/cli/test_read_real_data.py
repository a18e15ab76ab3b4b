"""`rapport read` on real, openly published courses: it reads them, and says what it can't tell."""

import csv
import json

import pytest
from commands import run

BDI = """
[scales.bdi]
role = "outcome"
higher_is_better = false
minimum = 0
maximum = 63
reliability = 0.93
sd = 10.46
"""  # only to give the verdicts something to rest on
SUDDEN = r"(?P<scale>bdi)_s(?P<session>\d+)"


@pytest.fixture
def read_real(folder, tmp_path):
    """Read a published file and give its JSON and what the terminal said."""

    def reading(path, *flags, scales=None):
        known = ()
        if scales is not None:
            (tmp_path / "scales.toml").write_text(scales)
            known = ("--scales", tmp_path / "scales.toml")
        done = run("read", path, *known, "--json", folder / "r.json", *flags)
        assert done.exit_code == 0, done.output
        return json.loads((folder / "r.json").read_text()), " ".join(done.stdout.split())

    return reading


def rows_of(path):
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def scores(reading):
    """Every answered score by client and session."""
    return {
        (c["client"], session): score
        for c in reading["clients"]
        for series in [c["outcome"]["series"]]
        for session, score in zip(series["sessions"], series["scores"], strict=True)
        if score is not None
    }


def test_btheb_every_score_of_a_trial_with_drop_out(dataset, read_real):
    path = dataset("btheb", "btheb_long.csv")
    reading, _ = read_real(path, "--map", "client=id,session=month,score=bdi", scales=BDI)
    published = {
        (row["id"], float(row["month"])): float(row["bdi"])
        for row in rows_of(path)
        if row["bdi"] not in ("", "NA")
    }
    assert scores(reading) == published
    assert len(reading["clients"]) == 100
    assert all(c["outcome"]["change"]["verdict"] == "no verdict"
               for c in reading["clients"] if _answered(c) == 1)  # fmt: skip


def _answered(client):
    return sum(score is not None for score in client["outcome"]["series"]["scores"])


def test_reisby_changes_from_the_start_are_read_without_a_verdict_on_the_scales_ends(
    dataset, read_real
):
    path = dataset("reisby", "reisby.csv")
    reading, said = read_real(
        path, "--map", "client=subject,session=week,score=depr_score", "--outcome", "depr_score"
    )
    assert scores(reading)["101", 0] == -8
    assert len(scores(reading)) == len(rows_of(path))
    assert "scale depr_score: range not stated" in said
    assert "direction not stated; read as lower is better" in said
    whys = {c["outcome"]["change"]["why"] for c in reading["clients"]}
    assert any("reliability is not known" in (why or "") for why in whys)


def test_nimh_weeks_of_uneven_spacing_give_a_forecast(dataset, read_real):
    path = dataset("nimh_schizophrenia", "nimh_schizophrenia.csv")
    reading, _ = read_real(
        path, "--map", "client=id,session=Week,score=imps79", "--outcome", "imps79"
    )
    assert len(reading["clients"]) == 437
    assert len(scores(reading)) == 1603
    made = [c["outcome"]["forecast"] for c in reading["clients"] if c["outcome"]["forecast"]]
    assert len(made) > 400
    assert all(f["lower95"] <= f["lower"] <= f["mean"] <= f["upper"] <= f["upper95"] for f in made)


def test_sudden_gains_of_a_wide_table_are_the_published_first_client(dataset, read_real):
    path = dataset("sudden_gains_example", "sgdata_wide.csv")
    reading, _ = read_real(path, "--map", "client=id", "--wide-pattern", SUDDEN, scales=BDI)
    one = next(c for c in reading["clients"] if c["client"] == "1")
    assert one["outcome"]["series"]["scores"][:5] == [33, 35, 37, 34, 23]
    two = next(c for c in reading["clients"] if c["client"] == "2")
    assert two["outcome"]["series"]["scores"][2] is None
    assert any(c["outcome"]["sudden_gains"] for c in reading["clients"])


def test_mibot_one_rating_per_person_says_nothing_about_change(dataset, read_real):
    reading, said = read_real(
        dataset("mibot_relational_empathy", "survey.csv"),
        *("--map", "client=case", "--wide-pattern", "(?P<scale>CAREQ1)", "--alliance", "CAREQ1"),
    )
    assert said.startswith("One rating per person: nothing about change can be said.")
    assert "one rating per person; nothing about change can be said" in said
    assert {c["alliance"]["status"] for c in reading["clients"]} == {
        "one rating: nothing about change can be said"
    }
    assert not any(c["signals"] or c["alliance"]["alarms"] for c in reading["clients"])
