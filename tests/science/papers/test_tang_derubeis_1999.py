"""Tang & DeRubeis (1999), J Consult Clin Psychol 67(6), 894-904: the three criteria, one by one."""

import csv
import json
import time

import numpy as np
import pytest

from rapport.science.outcome.sudden_gains import criteria, sudden_changes

STEADY_THEN_DROP = [30, 31, 30, 18, 17, 18, 16]


def kinds(course, **settings):
    found = sudden_changes(scores=[course], cutoff=7, **settings)
    return found.words.tolist()


@pytest.mark.parametrize(
    ("course", "said"),
    [
        (STEADY_THEN_DROP, ["gain"]),
        ([30, 31, 30, 24, 24, 23, 24], []),  # 1: six points are too few
        ([60, 61, 60, 50, 49, 50, 49], []),  # 2: ten points of sixty are under a quarter
        ([30, 20, 30, 20, 30, 20, 30], []),  # 3: ups and downs don't last
        ([30, 18, 17, 18, 17, 18, 17], []),  # the first interval has one score before
        ([30, 31, 30, 31, 30, 31, 18], []),  # the last interval has one score after
        ([30, np.nan, 30, 18, 17, 18], ["gain"]),  # a gap in the neighbourhood is no hindrance
        ([30, 31, 30, np.nan, 18, 17, 18], []),  # a gap at the drop is
        (STEADY_THEN_DROP[::-1], ["loss"]),
        ([60, 61, 60, 72, 71, 72, 71], []),  # a loss of under a quarter is none
    ],
)
def test_the_criteria(course, said):
    assert kinds(course) == said


def test_where_higher_is_better_a_gain_is_a_rise():
    assert kinds(STEADY_THEN_DROP, higher_is_better=True) == ["loss"]
    assert kinds(STEADY_THEN_DROP[::-1], higher_is_better=True) == ["gain"]


@pytest.mark.parametrize(
    ("course", "t"),
    [
        ([30, 32, 31, 20, 21, 22], 2.776),
        ([np.nan, 32, 30, 20, 21, 22], 3.182),
        ([np.nan, 32, 30, 20, 22, np.nan], 4.303),
    ],
)
def test_the_critical_value_follows_the_number_of_scores(course, t):
    before, after = np.array(course[:3]), np.array(course[3:])
    n1, n2 = (~np.isnan(before)).sum(), (~np.isnan(after)).sum()
    squares = (n1 - 1) * np.nanvar(before, ddof=1) + (n2 - 1) * np.nanvar(after, ddof=1)
    edge = t * np.sqrt(squares / (n1 + n2 - 2))
    rise = edge - (np.nanmean(before) - np.nanmean(after))
    for nudge, holds in ((0.01, True), (-0.01, False)):
        lifted = [*(before + rise + nudge), *after]
        assert criteria(scores=[lifted], cutoff=7).met[2, 0, 2] == holds


def test_a_gain_is_reversed_when_more_than_half_is_lost_again():
    half, more = [*STEADY_THEN_DROP[:-1], 24], [*STEADY_THEN_DROP[:-1], 25]
    found = sudden_changes(scores=[half, more], cutoff=7)
    assert found.reversed.tolist() == [False, True]


def test_the_example_data_hold_24_gains_in_15_people(dataset):
    reference = json.loads(
        dataset("sudden_gains_example", "reference_results.json").read_text("utf-8")
    )["crit1_7_crit2_0.25_crit3_alpha0.05"]
    with dataset("sudden_gains_example", "sgdata_wide.csv").open() as file:
        rows = list(csv.DictReader(file))
    scores = [[float(row[f"bdi_s{k}"] or "nan") for k in range(1, 13)] for row in rows]
    found = sudden_changes(scores=scores, cutoff=7)
    gains = found.kind == 1
    told = {
        f"{rows[c]['id']}@{b + 1}to{b + 2}"
        for c, b in zip(found.client_index[gains], found.before_position[gains], strict=True)
    }
    assert told == set(reference["id@interval"])
    assert len(set(found.client_index[gains])) == reference["people"]


def test_a_hundred_thousand_courses_take_about_a_second():
    rng = np.random.default_rng(7)
    scores = rng.normal(20, 6, (100_000, 10)).clip(0, 63)
    scores[rng.random(scores.shape) < 0.2] = np.nan
    start = time.process_time()
    found = sudden_changes(scores=scores, cutoff=7)
    assert found.n_clients == 100_000
    assert time.process_time() - start < 2
