"""Change by per cent and against a minimal important difference: the edges."""

import numpy as np
import pytest

from rapport.science.errors import BadInputError, TooLittleDataError
from rapport.science.numerics.proportions import wilson
from rapport.science.outcome.clinical_change import clinical_change
from rapport.science.outcome.hageman_arrindell import hageman_arrindell, hageman_arrindell_clinical
from rapport.science.outcome.reliable_change import jacobson_truax
from rapport.science.outcome.simple_change import anchor_change, anchor_group, percentage_change


@pytest.mark.parametrize(
    ("first", "last", "verdict"),
    [(20, 10, 1), (20, 11, 0), (20, 30, -1), (0, 5, -2), (0, 0, -2), (20, np.nan, -2)],
)
def test_half_the_first_score_is_a_response_and_zero_has_no_half(first, last, verdict):
    result = percentage_change(first=[first], last=[last], higher_is_better=False)
    assert result.verdict.tolist() == [verdict]


def test_the_difference_itself_reaches_the_anchor():
    result = anchor_change(
        first=[20, 20, 20],
        last=[15, 25, 16],
        higher_is_better=True,
        minimal_important_difference=5,
    )
    assert result.verdict.tolist() == [-1, 1, 0]


@pytest.mark.parametrize(
    ("shift", "finding"),
    [
        (-6, "the group got worse"),
        (0, "no clear change"),
        (2, "better, but less than the minimal important difference"),
        (5, "better; whether by the minimal important difference is open"),
        (9, "more than the minimal important difference"),
    ],
)
def test_a_group_is_judged_by_its_interval(shift, finding):
    gains = np.tile([-2.0, -1, 0, 1, 2], 4)
    group = anchor_group(
        first=np.full(20, 20.0),
        last=20 - shift - gains,
        higher_is_better=False,
        minimal_important_difference=5,
    )
    assert group.finding == finding
    half = 2.093024054408263 * gains.std(ddof=1) / np.sqrt(20)  # t(.975), 19 degrees of freedom
    assert [group.mean, group.lower, group.upper] == pytest.approx(
        [shift, shift - half, shift + half]
    )


def test_shares_of_none_of_all_and_of_nobody_have_an_interval():
    assert wilson(count=0, of=10).lower == 0
    assert wilson(count=10, of=10).upper == pytest.approx(1)
    nobody = wilson(count=0, of=0)
    assert (np.isnan(nobody.value), nobody.lower, nobody.upper) == (True, 0, 1)
    with pytest.raises(BadInputError, match="3 of 2"):
        wilson(count=3, of=2)


def test_what_can_not_be_judged_is_refused_with_its_reason():
    with pytest.raises(BadInputError, match="must be above 0"):
        percentage_change(first=[1], last=[2], higher_is_better=True, improvement=0)
    with pytest.raises(TooLittleDataError, match="needs 2"):
        anchor_group(first=[1], last=[2], higher_is_better=True, minimal_important_difference=1)
    with pytest.raises(TooLittleDataError, match="at least 2"):
        jacobson_truax(first=[1], last=[2], reliability=0.8, higher_is_better=True)
    with pytest.raises(BadInputError, match="below 1"):
        jacobson_truax(first=[1, 2], last=[2, 3], reliability=1, higher_is_better=True)
    with pytest.raises(BadInputError, match="no value here"):
        hageman_arrindell(
            first=[1, 9, 5, 3], last=[1, 9, 5, 3], reliability=0.5, higher_is_better=True
        )


def test_hageman_s_categories_ask_for_hageman_s_index():
    change = jacobson_truax(
        first=[30, 20, 28], last=[4, 19, 25], reliability=0.9, higher_is_better=False
    )
    with pytest.raises(BadInputError, match="use clinical_change"):
        hageman_arrindell_clinical(change=change, functional_mean=8, functional_sd=7)


def test_results_print_themselves_as_text_and_json():
    change = jacobson_truax(
        first=[30, 20, 28], last=[4, 19, np.nan], reliability=0.9, higher_is_better=False
    )
    assert "1 reliably improved, 1 no reliable change, 1 no verdict" in str(change)
    assert "Jacobson & Truax" in change.to_json()
    clinical = clinical_change(change=change, cutoff=15)
    assert "recovered" in str(clinical)
    assert '"counts": {"recovered": 1' in clinical.to_json()
