"""`rapport read` on tables as they should be: what the JSON holds, and under which names."""

import json
import subprocess
import sys

import pytest
from commands import run

import rapport

pytestmark = pytest.mark.slow
COURSE = [f"a,{k},wai,{s}" for k, s in enumerate([30, 31, 30, 29, 31, 30], 1)]
MOOD = [f"a,{k},mood,{s}" for k, s in enumerate([24, 22, 20, 14, 12, 10], 1)]
MANY = [
    f"c{c},{k},{scale},{start + (7 * c + 3 * k) % 5 - k * slope}"
    for c in range(40)
    for k in range(1, 7)
    for scale, start, slope in (("wai", 30, 0), ("mood", 20, 1))
]


def client(reading, name):
    return next(c for c in reading["clients"] if c["client"] == name)


def test_the_keys_are_those_of_the_stable_interface(read):
    reading = read(*MANY)
    assert reading["rapport"] == rapport.__version__
    assert isinstance(reading["settings"], dict)
    one = reading["clients"][0]
    assert {"client", "alliance", "outcome"} <= set(one)
    assert {"alarms", "episodes"} <= set(one["alliance"])
    assert {"change", "expected", "sudden_gains", "forecast"} <= set(one["outcome"])
    assert {"method", "verdict"} <= set(one["outcome"]["change"])
    assert {"session", "mean", "lower", "upper"} <= set(one["outcome"]["forecast"])


def test_an_alarm_has_session_score_what_was_expected_and_the_rule(read):
    reading = read(*MANY, "c0,7,wai,3")
    (alarm,) = client(reading, "c0")["alliance"]["alarms"]
    assert {"session", "score", "expected", "rule"} <= set(alarm)
    assert (alarm["session"], alarm["score"], alarm["rule"]) == (7, 3, "one session")
    assert 28 < alarm["expected"] < 34


def test_an_episode_has_its_start_nadir_end_and_status(read):
    fallen = [*COURSE, "a,7,wai,10", "a,8,wai,11"]
    (open_one,) = client(read(*fallen), "a")["alliance"]["episodes"]
    assert {"start", "nadir", "end", "status"} <= set(open_one)
    assert (open_one["start"], open_one["end"], open_one["status"]) == (7, None, "open")
    (repaired,) = client(read(*fallen, "a,9,wai,30"), "a")["alliance"]["episodes"]
    assert (repaired["end"], repaired["status"]) == (9, "repaired")


def test_without_forecasts_the_keys_stay_and_are_empty(read):
    reading = read(*MANY, no_forecasts=True)
    assert reading["settings"]["forecasts"] is False
    assert all(c["outcome"]["expected"] == [] for c in reading["clients"])
    assert all(c["outcome"]["forecast"] is None for c in reading["clients"])
    kinds = {s["kind"] for c in reading["clients"] for s in c["signals"]}
    assert "off the expected course" not in kinds


def test_the_settings_are_printed_with_the_reading(read):
    settings = read(*COURSE, *MOOD, false_alarms=0.1)["settings"]
    assert settings["false_alarms"] == 0.1
    assert (settings["alliance"], settings["outcome"]) == (["wai"], ["mood"])


def test_a_missing_answer_is_null_and_never_zero(read):
    series = client(read("a,1,wai,30", "a,2,wai,", "a,3,wai,NA", "a,4,wai,0"), "a")["alliance"]
    assert series["series"]["scores"] == [30, None, None, 0]


def test_a_client_without_a_scale_has_null_there(read):
    reading = read(*COURSE, "b,1,mood,10", "b,2,mood,12")
    assert client(reading, "a")["outcome"] is None
    assert client(reading, "b")["alliance"] is None


def test_a_scale_of_ours_needs_no_describing_however_it_is_written(table, folder):
    path = table("a,1,PHQ-9,20", "a,2,PHQ-9,8")
    assert run("read", path, "--json", folder / "r.json").exit_code == 0
    (one,) = json.loads((folder / "r.json").read_text())["clients"]
    assert one["outcome"]["change"]["verdict"] == "reliably improved"


def test_earlier_courses_are_learnt_from_and_not_read(table, folder, tmp_path):
    earlier = table(*MANY, name="earlier.csv")
    done = run("read", table("a,1,mood,20", "a,2,mood,21"), "--scales", tmp_path / "scales.toml",
               "--reference", earlier, "--json", folder / "r.json")  # fmt: skip
    assert done.exit_code == 0, done.output
    (only,) = json.loads((folder / "r.json").read_text())["clients"]
    assert only["client"] == "a"
    assert only["outcome"]["forecast"] is not None


def test_several_tables_are_one(table, folder, tmp_path):
    one, two = table(*COURSE, name="wai.csv"), table(*MOOD, name="mood.csv")
    done = run("read", one, two, "--scales", tmp_path / "scales.toml", "--json", folder / "r.json")
    assert done.exit_code == 0, done.output
    (both,) = json.loads((folder / "r.json").read_text())["clients"]
    assert len(both["alliance"]["series"]["scores"]) == 6
    assert both["outcome"]["change"]["difference"] == -14


@pytest.mark.slow
def test_the_budget_is_shared_over_the_members_of_a_case(table, folder, tmp_path):
    """A rating that stands alone asks for more of a fall where two share one budget."""
    rows = [f"{row},{name}" for row, name in _in_cases(MANY)]
    done = run("read", table(*rows, header="client,session,scale,score,case"),
               "--scales", tmp_path / "scales.toml", "--json", folder / "r.json")  # fmt: skip
    assert done.exit_code == 0, done.output
    reading = json.loads((folder / "r.json").read_text())
    alone, couple = client(reading, "c39"), client(reading, "c0")
    assert (alone["case"], couple["case"]) == ("own 39", "couple 0")
    assert _room(couple) > _room(alone)


def _in_cases(rows):
    for row in rows:
        number = int(row.split(",")[0][1:])
        yield row, f"couple {number // 2}" if number < 20 else f"own {number}"


def _room(one):
    session, lower, upper = one["alliance"]["usual"][-1]
    assert session == 6
    return upper - lower


def test_the_summary_names_who_needs_attention_and_why(table, tmp_path):
    done = run("read", table(*MANY, "c7,7,wai,2"), "--scales", tmp_path / "scales.toml")
    assert done.exit_code == 0
    said = " ".join(done.stdout.split())
    assert said.startswith("c7 first.")
    assert "It may be nothing, and asking costs little." in said


@pytest.mark.slow
def test_the_installed_command_reads_and_leaves_with_its_status(table, folder, tmp_path):
    words = ["read", table(*COURSE), "--scales", tmp_path / "scales.toml"]
    command = [sys.executable, "-c", "from rapport.cli import main; main()", *map(str, words)]
    good = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (good.returncode, "Traceback" in good.stderr) == (0, False)
    bad = subprocess.run(
        [*command, "--false-alarms", "2", "--json", folder / "r.json"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert bad.returncode == 2
    assert bad.stderr.startswith("false-alarm budget 2: give a share between 0 and 1")
    assert list(folder.iterdir()) == []


@pytest.mark.slow
@pytest.mark.parametrize("limit", [0, 3])
def test_as_many_clients_are_named_as_are_asked_for(table, tmp_path, limit):
    rows = [*MANY, *(f"c{c},7,wai,2" for c in range(8))]
    done = run("read", table(*rows), "--scales", tmp_path / "scales.toml", "--limit", limit)
    assert done.stdout.count("session 7") == limit
