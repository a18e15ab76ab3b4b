"""No flag is left of which nobody got a letter: the short form of ``tests/soak/telling.py``.

Each promise has its control beside it: with a defect planted the same run has to see it.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest

TELLING = Path(__file__).with_name("telling.py")
pytestmark = pytest.mark.slow


@pytest.fixture
def counted(tmp_path):
    def run(kills, **asked):
        told = tmp_path / "counts.json"
        options = [f"--{name}={value}" for name, value in asked.items()]
        command = [sys.executable, TELLING, f"--kills={kills}", f"--json={told}", *options]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        print(done.stdout, done.stderr)  # shown where the test fails: the seed stands in it
        return json.loads(told.read_text("utf-8"))

    return run


def test_forty_kills_and_a_failing_server_leave_no_flag_untold_and_nobody_told_thrice(counted):
    seen = counted(40)
    assert seen["kills"] >= 40
    assert seen["flags"] >= 3
    assert seen["letters"] >= 2 * seen["flags"]
    wrong = ("untold", "thrice", "twice_reminded", "late")
    assert {name: seen[name] for name in wrong if seen[name]} == {}


@pytest.mark.parametrize(
    ("defect", "shows"), [("one try", "untold"), ("no next", "late"), ("no end", "thrice")]
)
def test_a_planted_defect_is_seen(counted, defect, shows):
    seeds = range(7, 12)  # a defect that needs chance to show gets a few
    assert any(counted(60, defect=defect, seed=seed)[shows] for seed in seeds)
