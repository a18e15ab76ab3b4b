"""Sudden gains and losses against R's suddengains 0.7.2 on its example data (43 cases)."""

import numpy as np
import pytest

from rapport.science.outcome.sudden_gains import (
    criteria,
    one_per_client,
    sudden_changes,
    sudden_gain_cutoff,
)


@pytest.fixture(scope="module")
def reference(oracle):
    return oracle("sudden_gains_sgdata")


@pytest.fixture(scope="module")
def scores(reference):
    data = reference["input"]["data"]
    return np.array([data[f"bdi_s{k}"] for k in range(1, 13)], dtype=np.float64).T


def flags(table, prefix):
    """Columns "prefix_2to3" to "prefix_10to11" as floats, NaN where the package says NA."""
    return np.array([table[f"{prefix}_{k}to{k + 1}"] for k in range(2, 11)], dtype=np.float64).T


def ours(met, known):
    return np.where(known, met, np.nan)[:, 1:-1]


@pytest.mark.parametrize(
    ("which", "lasting"), [("gains", "adjusted"), ("gains_fixed_crit", "fixed")]
)
def test_each_criterion_of_each_interval_is_that_of_the_package(reference, scores, which, lasting):
    table = reference["outputs"][which]
    result = criteria(scores=scores, cutoff=7, lasting=lasting)
    for k in range(3):
        np.testing.assert_array_equal(
            ours(result.met[k], result.known[k]), flags(table, f"sg_crit{k + 1}")
        )
    np.testing.assert_array_equal(ours(result.all_met, result.judged), flags(table, "sg"))


def test_the_first_and_last_interval_are_never_judged(scores):
    judged = criteria(scores=scores, cutoff=7).judged
    assert not judged[:, [0, -1]].any()


def test_without_the_third_criterion_there_are_30_gains(reference, scores):
    met = criteria(scores=scores, cutoff=7, lasting="off").all_met[:, 1:-1]
    assert met.sum() == reference["outputs"]["n_gains_crit12_only"]


def test_every_gain_its_size_and_its_reversal(reference, scores):
    expected = reference["outputs"]["bysg"]
    found = sudden_changes(scores=scores, cutoff=7)
    gains = found.kind == 1
    assert (found.client_index[gains] + 1).tolist() == expected["id"]
    assert (found.before_position[gains] + 1).tolist() == expected["sg_session_n"]
    assert found.magnitude[gains].tolist() == expected["sg_magnitude"]
    assert found.reversed[gains].astype(int).tolist() == expected["sg_reversal"]


def test_the_package_s_summary(reference, scores):
    expected = reference["outputs"]["describe"]
    found = sudden_changes(scores=scores, cutoff=7)
    gains = found.kind == 1
    assert gains.sum() == expected["sg_total_n"]
    assert found.reversed[gains].sum() == expected["sg_reversal_n"]
    assert 100 * found.reversed[gains].mean() == pytest.approx(
        expected["sg_reversal_pct"], abs=0.005
    )
    assert found.magnitude[gains].mean() == pytest.approx(expected["sg_magnitude_m"], abs=0.005)
    assert found.magnitude[gains].std(ddof=1) == pytest.approx(
        expected["sg_magnitude_sd"], abs=0.005
    )


@pytest.mark.parametrize("which", ["first", "last", "smallest", "largest"])
def test_one_gain_per_person(reference, scores, which):
    expected = reference["outputs"]["byperson"][which]
    found = sudden_changes(scores=scores, cutoff=7)
    chosen = one_per_client(changes=found, which=which)
    theirs = [
        (i - 1, session - 1, size)
        for i, session, size in zip(
            expected["id"], expected["sg_session_n"], expected["sg_magnitude"], strict=True
        )
        if session is not None
    ]
    assert theirs == list(
        zip(
            found.client_index[chosen].tolist(),
            found.before_position[chosen].tolist(),
            found.magnitude[chosen].tolist(),
            strict=True,
        )
    )


def test_losses_ask_for_a_quarter_where_the_package_accepts_any_worsening(reference, scores):
    table = reference["outputs"]["losses_package"]
    result = criteria(scores=scores, cutoff=7, toward="higher")
    for k in (0, 2):
        np.testing.assert_array_equal(
            ours(result.met[k], result.known[k]), flags(table, f"sl_crit{k + 1}")
        )
    before, worsening = scores[:, :-1], np.diff(scores, axis=1)
    any_worsening = np.where(np.isnan(worsening), np.nan, -worsening <= 0.25 * before)[:, 1:-1]
    np.testing.assert_array_equal(any_worsening, flags(table, "sl_crit2"))
    theirs = flags(table, "sl") == 1
    right = result.all_met[:, 1:-1]
    assert theirs.sum() == 3
    assert not (right & ~theirs).any()
    assert (right == theirs)[(worsening >= 0.25 * before)[:, 1:-1]].all()


def test_the_cut_off_from_sd_and_reliability(reference):
    expected = reference["outputs"]["cutoff_example"]
    ours = sudden_gain_cutoff(sd=expected["sd"], reliability=expected["reliability"])
    assert ours == pytest.approx(expected["reliable_change_value"], abs=1e-9)
