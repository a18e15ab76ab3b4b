"""Kept means kept, whatever ends the process: the short form of ``make soak``.

The counts of all tests come from one run of ``cycles.py``: practices of their own, killed at work.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CYCLES = Path(__file__).with_name("cycles.py")
KILLS, CUTS, CONTROLS = 20, 6, 12
WRONG = ("lost", "doubled", "partial", "no_flag", "no_answers", "damaged")

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("soak")]


@pytest.fixture(scope="module")
def counts(tmp_path_factory):
    """What was counted in a short run, by the way in which the practices ended."""
    told = tmp_path_factory.mktemp("soak") / "counts.json"
    amounts = [f"--kills={KILLS}", f"--cuts={CUTS}", f"--controls={CONTROLS}", f"--json={told}"]
    done = subprocess.run(
        [sys.executable, CYCLES, *amounts], capture_output=True, text=True, check=False
    )
    print(done.stdout, done.stderr)
    assert told.exists(), done.stdout + done.stderr
    return json.loads(told.read_text("utf-8"))


@pytest.fixture
def cut_off(counts):
    """The counts where power cuts could be imitated; skipped aloud, and failed in CI, where not."""
    if not (shutil.which("cc") or shutil.which("gcc")):
        missing = "no C compiler (cc or gcc): power cuts were NOT tried"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(missing)
    return counts


def wrong_in(count):
    return {name: count[name] for name in WRONG if count[name]}


def test_a_killed_practice_has_every_acknowledged_answer_once_and_whole_with_its_flag(counts):
    assert counts["kill"]["runs"] == KILLS
    assert counts["kill"]["acknowledged"] >= KILLS // 2
    assert wrong_in(counts["kill"]) == {}


def test_after_a_power_cut_every_acknowledged_answer_is_there(cut_off):
    assert cut_off["power cut"]["runs"] == CUTS
    assert cut_off["power cut"]["acknowledged"] >= CUTS // 2
    assert wrong_in(cut_off["power cut"]) == {}


def test_the_power_cut_is_not_blind_a_practice_that_does_not_sync_loses_answers(cut_off):
    control = cut_off["control: synchronous=NORMAL"]
    assert control["acknowledged"] > 0
    assert control["lost"] > 0


def test_the_kill_is_not_blind_an_intake_without_its_transaction_leaves_halves(counts):
    control = counts["control: no transaction"]
    assert control["partial"] + control["no_flag"] > 0
