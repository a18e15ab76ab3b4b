"""Six indices and their categories against R's clinicalsignificance 3.0.0 (Claus et al. 2020)."""

import numpy as np
import pytest

from rapport.science.outcome.clinical_change import clinical_change, cutoff_a, cutoff_b, cutoff_c
from rapport.science.outcome.hageman_arrindell import hageman_arrindell, hageman_arrindell_clinical
from rapport.science.outcome.reliable_change import (
    edwards_nunnally,
    gulliksen_lord_novick,
    hsu_linn_lord,
    jacobson_truax,
    nunnally_kotsch,
)
from rapport.science.outcome.simple_change import anchor_change, percentage_change
from rapport.science.outcome.verdicts import CATEGORIES

INDICES = {
    "JT": jacobson_truax,
    "GLN": gulliksen_lord_novick,
    "HLL": hsu_linn_lord,
    "EN": edwards_nunnally,
    "NK": nunnally_kotsch,
    "HA": hageman_arrindell,
}


@pytest.fixture(scope="module")
def claus(oracle):
    return oracle("clinical_significance_claus2020")


@pytest.fixture(scope="module")
def first_and_last(claus):
    """All 43 clients at occasion 1 and 4: three have no last score."""
    data = claus["input"]["data"]
    score = {
        (i, t): np.nan if y is None else y
        for i, t, y in zip(data["id"], data["time"], data["bdi"], strict=True)
    }
    clients = sorted(set(data["id"]))
    return {
        "first": np.array([score[i, 1] for i in clients]),
        "last": np.array([score[i, 4] for i in clients]),
        "higher_is_better": False,
    }


def change_by(name, first_and_last, claus):
    args = claus["input"]["args"]
    extra = {"reliability_last": args["reliability_post_NK"]} if name == "NK" else {}
    return INDICES[name](**first_and_last, reliability=args["reliability"], **extra)


def counts(summary):
    return [int(n) for n in summary["individual_level_summary"]["n"]]


@pytest.mark.parametrize("name", INDICES)
def test_each_index_and_its_verdicts_are_those_of_the_reference(name, first_and_last, claus):
    expected = claus["outputs"][name]["rci"]
    change = change_by(name, first_and_last, claus)
    used = ~np.isnan(change.rci)
    assert np.flatnonzero(used).tolist() == [i - 1 for i in expected["id"]]
    np.testing.assert_allclose(change.rci[used], expected["rci"], rtol=0, atol=1e-9)
    assert (change.verdict[used] == 1).tolist() == expected["improved"]
    assert (change.verdict[used] == -1).tolist() == expected["deteriorated"]
    assert (change.verdict[~used] == -2).all()


@pytest.mark.parametrize("name", [name for name in INDICES if name != "HA"])
def test_with_cut_off_c_the_categories_are_those_of_the_reference(name, first_and_last, claus):
    expected = claus["outputs"][name]
    cut = expected["cutoff"]
    ours = cutoff_c(
        clinical_mean=cut["m_clinical"],
        clinical_sd=cut["sd_clinical"],
        functional_mean=8,
        functional_sd=7,
        higher_is_better=False,
    )
    assert ours.value == pytest.approx(cut["value"], abs=1e-9)
    result = clinical_change(change=change_by(name, first_and_last, claus), cutoff=ours.value)
    assert list(result.counts.values()) == counts(expected["summary"])
    each = expected["summary"]["categories"]
    for code, category in enumerate(CATEGORIES):
        ids = [i - 1 for i, is_it in zip(each["id"], each[category], strict=True) if is_it]
        assert np.flatnonzero(result.category == code).tolist() == ids


def test_hageman_and_arrindell_use_true_scores_for_cut_off_and_group(first_and_last, claus):
    expected = claus["outputs"]["HA"]
    change = change_by("HA", first_and_last, claus)
    assert change.moments["r_dd"] == pytest.approx(expected["rci_meta"]["r_dd"], abs=1e-9)
    result = hageman_arrindell_clinical(change=change, functional_mean=8, functional_sd=7)
    used = ~np.isnan(change.rci)
    each = expected["cutoff_data"]
    assert result.cutoff == pytest.approx(expected["cutoff"]["value"], abs=1e-9)
    assert result.reliability_functional == pytest.approx(
        expected["cutoff"]["reliability_functional"], abs=1e-9
    )
    np.testing.assert_allclose(result.position[used], each["cs_indiv"], rtol=0, atol=1e-9)
    assert result.clinical_first[used].tolist() == each["clinical_pre"]
    # The package's flags hold only for those who crossed; ours tell the side of everybody.
    crossed = result.functional_last & result.clinical_first
    fell = result.clinical_last & ~result.clinical_first
    assert crossed[used].tolist() == each["functional_post"]
    assert fell[used].tolist() == each["clinical_post"]
    assert list(result.counts.values()) == counts(expected["summary"])
    changed, functional = expected["summary"]["group_level_summary"]["percent"]
    assert result.group_changed == pytest.approx(changed, abs=1e-9)
    assert result.group_functional == pytest.approx(functional, abs=1e-9)


def test_cut_off_a_is_that_of_the_reference(first_and_last, claus):
    expected = claus["outputs"]["JT_cutoff_a"]
    cut = cutoff_a(
        clinical_mean=expected["cutoff"]["m_clinical"],
        clinical_sd=expected["cutoff"]["sd_clinical"],
        higher_is_better=False,
    )
    assert cut.value == pytest.approx(expected["cutoff"]["value"], abs=1e-9)
    result = clinical_change(change=change_by("JT", first_and_last, claus), cutoff=cut.value)
    assert list(result.counts.values()) == counts(expected["summary"])


def test_cut_off_b_takes_the_functional_sd_where_the_package_takes_the_clinical_one(
    first_and_last, claus
):
    package = claus["outputs"]["JT_cutoff_b_package"]
    ours = cutoff_b(functional_mean=8, functional_sd=7, higher_is_better=False)
    assert ours.value == 22  # Jacobson & Truax (1991), p. 13: 8 + 2 x 7
    known_difference = 2 * (package["cutoff"]["sd_clinical"] - 7)
    assert package["cutoff"]["value"] - ours.value == pytest.approx(known_difference, abs=1e-9)
    change = change_by("JT", first_and_last, claus)
    theirs = clinical_change(change=change, cutoff=package["cutoff"]["value"])
    assert list(theirs.counts.values()) == counts(package["summary"])
    right = clinical_change(change=change, cutoff=ours.value)
    assert list(right.counts.values()) == [10, 8, 22, 0, 0]  # four fewer recovered


def test_percentage_change_is_that_of_the_reference(first_and_last, claus):
    expected = claus["outputs"]["percentage"]["data"]
    result = percentage_change(**first_and_last, improvement=0.5, deterioration=0.25)
    used = ~np.isnan(result.change)
    np.testing.assert_allclose(result.change[used], expected["pct_change"], rtol=0, atol=1e-9)
    assert (result.verdict[used] == 1).tolist() == expected["improved"]
    assert (result.verdict[used] == -1).tolist() == expected["deteriorated"]


def test_anchor_based_change_is_that_of_the_reference(first_and_last, claus):
    expected = claus["outputs"]["anchor"]["data"]
    result = anchor_change(**first_and_last, minimal_important_difference=7, deterioration=5)
    used = ~np.isnan(result.change)
    assert (result.verdict[used] == 1).tolist() == expected["improved"]
    assert (result.verdict[used] == -1).tolist() == expected["deteriorated"]
