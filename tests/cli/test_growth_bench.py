"""`rapport bench growth`: one run, every program there is, honest about those that are not."""

import os
import shutil
import stat

import numpy as np
import pytest

from rapport.bench.growth import Timing, _bars, _table, growth
from rapport.bench.growth_worker import rows, with_lme4, with_ours


def timing(**changes):
    usual = {
        "program": "ours",
        "shape": "balanced",
        "clients": 100_000,
        "seconds": 0.2,
        "megabytes": 160.0,
        "log_likelihood": -100.0,
    }
    return Timing(**(usual | changes))


@pytest.mark.slow
def test_it_fits_both_shapes_and_prints_ratios_beside_statsmodels():
    pytest.importorskip("statsmodels")
    lines = growth(clients=(60,), lme4_up_to=0).splitlines()
    assert sum("statsmodels" in line for line in lines) == 2
    assert sum(" ours " in line for line in lines) >= 2
    assert lines[-1].startswith("log likelihood short of the others' best")
    assert lines[-1].endswith("holds")


def test_the_bars_hold_or_are_said_to_be_missed():
    held = _bars([timing(), timing(shape="unbalanced", seconds=1.4)])
    assert all(line.endswith("holds") for line in held)
    missed = _bars([timing(seconds=0.61, megabytes=301.0)])
    assert all(line.endswith("MISSED") for line in missed)


def test_a_likelihood_below_anothers_is_said_to_be_missed():
    better = timing(program="lme4", log_likelihood=-99.0)
    assert _bars([timing(), better])[-1].endswith("MISSED")
    assert "-1.00e+00" in _table([timing(), better]).splitlines()[-1]


def test_unbalanced_courses_have_2_to_20_sessions_at_uneven_times():
    _, week, client = rows("unbalanced", 2_000)
    lengths = np.bincount(client)
    assert (lengths.min(), lengths.max()) == (2, 20)
    assert (np.diff(week)[np.diff(client) == 0] > 0).all()
    assert len(np.unique(week)) == len(week)


@pytest.mark.skipif(shutil.which("sh") is None, reason="the stand-in for Rscript needs sh")
def test_lme4s_answer_is_read_from_rscript(tmp_path, monkeypatch):
    """A stand-in counts the rows it was handed, in place of R."""
    stand_in = tmp_path / "Rscript"
    stand_in.write_text('#!/bin/sh\necho "1.25 -$(wc -l < "$3").5"\n', encoding="utf-8")
    stand_in.chmod(stand_in.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    assert with_lme4(*rows("balanced", 50)) == (1.25, -401.5)


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("Rscript") is None, reason="R is not installed")
def test_lme4_and_we_end_at_one_likelihood_and_ours_is_never_lower():
    table = rows("unbalanced", 300)
    ours, theirs = with_ours(*table)[1], with_lme4(*table)[1]
    assert ours >= theirs - 1e-6
    assert ours == pytest.approx(theirs, abs=1e-3)  # its default optimiser stops a little early
