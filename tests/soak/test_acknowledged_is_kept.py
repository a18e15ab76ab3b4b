"""Kept means kept, whatever ends the process: the short form of ``make soak``.

Each test has ``cycles.py`` kill practices of their own, and a control with a planted defect beside
it, which must be seen: a measurement that finds nothing there is blind.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CYCLES = Path(__file__).with_name("cycles.py")
WRONG = ("lost", "doubled", "partial", "no_flag", "no_answers", "damaged")

pytestmark = pytest.mark.slow


@pytest.fixture
def counted(tmp_path):
    """Run some cycles and give what was counted, by the way in which the practices ended."""

    def run(**asked):
        amounts = [f"--{name}={amount}" for name, amount in asked.items()]
        told = tmp_path / "counts.json"
        command = [sys.executable, CYCLES, *amounts, f"--json={told}"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        print(done.stdout, done.stderr)  # shown where the test fails: the seed stands in it
        assert told.exists()
        return json.loads(told.read_text("utf-8"))

    return run


def wrong_in(count):
    return {name: count[name] for name in WRONG if count[name]}


def test_a_killed_practice_has_every_acknowledged_answer_once_and_whole_with_its_flag(counted):
    seen = counted(kills=20, cuts=0, controls=24)
    assert seen["kill"]["runs"] == 20
    assert seen["kill"]["acknowledged"] >= 15
    assert wrong_in(seen["kill"]) == {}
    halves = seen["control: no transaction"]
    assert halves["partial"] + halves["no_flag"] > 0


def test_after_a_power_cut_every_acknowledged_answer_and_every_new_client_is_there(counted):
    if sys.platform != "linux" or not (shutil.which("cc") or shutil.which("gcc")):
        missing = "power cuts were NOT tried: they need Linux and a C compiler (cc or gcc)"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(missing)
    seen = counted(kills=0, cuts=6, controls=4)
    for ended in ("power cut", "power cut, new clients"):
        assert seen[ended]["runs"] == 6
        assert seen[ended]["acknowledged"] >= 5
        assert wrong_in(seen[ended]) == {}
    assert seen["control: synchronous=NORMAL"]["lost"] > 0
    assert seen["control: keys not synced"]["lost"] > 0
