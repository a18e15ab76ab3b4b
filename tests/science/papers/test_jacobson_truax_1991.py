"""Jacobson & Truax (1991), J Consult Clin Psychol 59(1), 12-19: the worked example and the data."""

import csv
import json

import numpy as np
import pytest

from rapport.science.outcome.clinical_change import clinical_change, cutoff_a, cutoff_b, cutoff_c
from rapport.science.outcome.reliable_change import jacobson_truax

# Table 1, p. 14: a made-up marital satisfaction scale, higher is better.
CLINICAL = {"clinical_mean": 40, "clinical_sd": 7.5}
FUNCTIONAL = {"functional_mean": 60, "functional_sd": 7.5}


def test_the_three_cut_offs_of_table_1():
    assert cutoff_a(**CLINICAL, higher_is_better=True).value == 55
    assert cutoff_b(**FUNCTIONAL, higher_is_better=True).value == 45
    assert cutoff_c(**CLINICAL, **FUNCTIONAL, higher_is_better=True).value == 50


def test_the_worked_index_of_page_14():
    change = jacobson_truax(
        first=[32.5], last=[47.5], sd=7.5, reliability=0.80, higher_is_better=True
    )
    assert change.standard_error == pytest.approx(4.74, abs=0.005)
    assert change.rci[0] == pytest.approx(3.16, abs=0.005)
    assert change.counts["reliably improved"] == 1


def test_reliably_improved_but_short_of_the_cut_off_is_not_recovered():
    change = jacobson_truax(
        first=[32.5, 32.5], last=[47.5, 51], sd=7.5, reliability=0.80, higher_is_better=True
    )
    counts = clinical_change(change=change, cutoff=50).counts
    assert (counts["recovered"], counts["improved"]) == (1, 1)


@pytest.fixture(scope="module")
def couples(dataset):
    """Jacobson et al. (1989): DAS and GDS of 30 couples, before and after."""
    with dataset("jacobson_1989", "jacobson_1989.csv").open() as file:
        rows = list(csv.DictReader(file))

    def column(scale, time):
        values = [row[scale] for row in rows if row["time"] == time]
        return np.array([float(v) if v not in ("", "NA") else np.nan for v in values])

    return column


@pytest.fixture(scope="module")
def reference(dataset):
    return json.loads(dataset("jacobson_1989", "reference_results.json").read_text("utf-8"))


@pytest.mark.parametrize(
    ("scale", "reliability", "norms", "higher_is_better", "key"),
    [
        ("das", 0.88, (114.8, 17.8), True, "das_rel0.88_c_M114.8_SD17.8"),
        ("gds", 0.80, (30, 7), False, "gds_rel0.80_c_M30_SD7"),
    ],
)
def test_the_couples_of_jacobson_1989(
    couples, reference, scale, reliability, norms, higher_is_better, key
):
    expected = reference[key]
    first, last = couples(scale, "pre"), couples(scale, "post")
    change = jacobson_truax(
        first=first, last=last, reliability=reliability, higher_is_better=higher_is_better
    )
    both = ~np.isnan(first + last)
    cut = cutoff_c(
        clinical_mean=first[both].mean(),
        clinical_sd=change.moments["sd_first"],
        functional_mean=norms[0],
        functional_sd=norms[1],
        higher_is_better=higher_is_better,
    )
    counts = clinical_change(change=change, cutoff=cut.value).counts
    assert both.sum() == expected["n"]
    assert change.moments["sd_first"] == pytest.approx(expected["sd_pre"], abs=5e-7)
    assert cut.value == pytest.approx(expected["cutoff"], abs=5e-7)
    assert 1.96 * change.standard_error == pytest.approx(expected["rc_threshold"], abs=5e-7)
    assert change.counts["reliably improved"] == expected["reliably_improved"]
    assert change.counts["reliably deteriorated"] == expected["reliably_deteriorated"]
    assert change.counts["no reliable change"] == expected["unchanged"]
    assert counts["recovered"] == expected["recovered"]
