"""What a practice is told of a change, depending on what is known of its scale."""

import numpy as np
import pytest

from rapport.science.errors import BadInputError
from rapport.science.outcome.change_verdicts import NO_RELIABILITY, NO_SD, change_verdicts
from rapport.science.records.scales import Scale

PHQ9 = Scale(name="phq-9", higher_is_better=False, reliable_change_points=6, clinical_cutoff=10)


@pytest.mark.parametrize(
    ("first", "last", "verdict", "category"),
    [
        (18, 9, "reliably improved", "recovered"),
        (18, 10, "reliably improved", "improved"),  # 10 or more is still the clinical range
        (10, 4, "reliably improved", "recovered"),  # exactly six points count
        (15, 10, "no reliable change", "unchanged"),
        (12, 18, "reliably deteriorated", "deteriorated"),
        (4, 10, "reliably deteriorated", "harmed"),
        (18, np.nan, "no verdict", ""),
        (np.nan, 18, "no verdict", ""),
    ],
)
def test_a_published_criterion_is_reached_not_only_passed(first, last, verdict, category):
    verdicts = change_verdicts(first=[first], last=[last], scale=PHQ9)
    assert verdicts.words[0] == verdict
    assert verdicts.category_words[0] == category
    assert (verdicts.why(0) is None) == (verdict != "no verdict")


def test_a_mean_score_reaches_its_criterion_in_spite_of_rounding():
    scale = Scale(name="mean", higher_is_better=True, reliable_change_points=0.2)
    assert 2.3 - 2.1 < 0.2  # what the computer makes of it
    assert change_verdicts(first=[2.1], last=[2.3], scale=scale).words[0] == "reliably improved"


def test_without_points_the_threshold_comes_from_reliability_and_sd():
    scale = Scale(name="x", higher_is_better=True, reliability=0.80, sd=7.5)
    verdicts = change_verdicts(first=[32.5, 32.5], last=[47.5, 41], scale=scale)
    assert verdicts.threshold == pytest.approx(1.96 * 4.7434, abs=1e-3)
    assert verdicts.words.tolist() == ["reliably improved", "no reliable change"]
    assert verdicts.notes == ()


def test_an_sd_taken_from_the_table_is_noted():
    scale = Scale(name="x", higher_is_better=True, reliability=0.80)
    verdicts = change_verdicts(first=[30.0], last=[45.0], scale=scale, sample_sd=7.5)
    assert verdicts.words[0] == "reliably improved"
    assert "SD at start (7.5) taken from this table" in verdicts.notes[0]


@pytest.mark.parametrize(
    ("scale", "reason"),
    [
        (Scale(name="x", higher_is_better=True, sd=7.5), NO_RELIABILITY),
        (Scale(name="x", higher_is_better=True, reliability=0.8), NO_SD),
        (Scale(name="x", reliable_change_points=6), "the scale's direction is not known"),
    ],
)
def test_what_is_not_known_gives_no_verdict_and_says_why(scale, reason):
    verdicts = change_verdicts(first=[30.0, 20.0], last=[10.0, 15.0], scale=scale)
    assert set(verdicts.words) == {"no verdict"}
    assert verdicts.why(0).startswith(reason)


def test_the_cut_off_is_computed_from_functional_norms_where_none_is_published():
    scale = Scale(
        name="x",
        higher_is_better=False,
        reliability=0.8,
        sd=7.0,
        functional_mean=8,
        functional_sd=7,
    )
    first, last = [30.0, 34.0] * 10, [5.0, 30.0] * 10
    verdicts = change_verdicts(first=first, last=last, scale=scale)
    assert verdicts.cutoff == pytest.approx((7 * 8 + 7 * 32) / 14)
    assert verdicts.category_words[:2].tolist() == ["recovered", "unchanged"]
    assert "cut-off c computed from 20 clients" in verdicts.notes[0]
    few = change_verdicts(first=first[:19], last=last[:19], scale=scale)
    assert np.isnan(few.cutoff)
    assert set(few.category_words) == {""}


def test_a_table_where_all_start_alike_tells_no_sd():
    scale = Scale(name="x", higher_is_better=True, reliability=0.8)
    verdicts = change_verdicts(first=[30, 30], last=[10, 40], scale=scale, sample_sd=0.0)
    assert verdicts.why(0) == NO_SD


def test_where_higher_is_better_a_score_on_the_published_cut_off_is_functional():
    who5 = Scale(name="who-5", higher_is_better=True, reliable_change_points=10, clinical_cutoff=50)
    verdicts = change_verdicts(first=[30, 50], last=[50, 70], scale=who5)
    assert verdicts.category_words.tolist() == ["recovered", "improved"]


def test_unequal_columns_and_infinite_scores_are_refused():
    with pytest.raises(BadInputError, match="one of each per client"):
        change_verdicts(first=[1, 2], last=[1], scale=PHQ9)
    with pytest.raises(BadInputError, match="infinite"):
        change_verdicts(first=[np.inf], last=[1], scale=PHQ9)
