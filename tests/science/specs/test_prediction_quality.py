"""Edges of the figures that judge predictions: ties, separation, refusals."""

import numpy as np
import pytest

from rapport.science.errors import BadInputError, TooLittleDataError
from rapport.science.numerics.calibration import calibration, reliability_bins
from rapport.science.numerics.discrimination import auc, auc_difference, youden_point
from rapport.science.numerics.isotonic import fit_isotonic
from rapport.science.numerics.logistic import fit_binomial


def test_predictions_that_are_all_equal_have_an_area_of_one_half():
    result = auc(outcome=[0, 1, 0, 1], prediction=[3, 3, 3, 3])
    assert (result.auc, result.variance) == (0.5, 0.0)


def test_a_perfect_predictor_has_area_one_and_an_interval_within_bounds():
    result = auc(outcome=[0, 0, 1, 1], prediction=[1, 2, 3, 4])
    assert (result.auc, result.upper) == (1.0, 1.0)


def test_a_predictor_does_not_differ_from_itself():
    same = auc_difference(outcome=[0, 0, 1, 1], first=[1, 3, 2, 4], second=[1, 3, 2, 4])
    assert (same.difference, same.z, same.p) == (0.0, 0.0, 1.0)


@pytest.mark.parametrize("function", [auc, youden_point])
def test_missing_predictions_and_lonely_cases_are_refused(function):
    with pytest.raises(BadInputError, match="leave other rows out"):
        function(outcome=[0, 1, 0, 1], prediction=[1, np.nan, 2, 3])
    with pytest.raises(TooLittleDataError, match="two cases"):
        function(outcome=[0, 0, 0, 1], prediction=[1, 2, 3, 4])


def test_a_sure_prediction_can_not_be_calibrated():
    with pytest.raises(BadInputError, match="strictly between"):
        calibration(outcome=[0, 1], probability=[0.0, 1.0])
    with pytest.raises(TooLittleDataError, match="different predictions"):
        calibration(outcome=[0, 1], probability=[0.5, 0.5])


def test_equal_predictions_share_a_bin():
    bins = reliability_bins(outcome=[0, 1, 0, 1], probability=[0.3, 0.3, 0.3, 0.9], bins=4)
    assert bins.n.tolist() == [3, 1]
    assert bins.observed == pytest.approx([1 / 3, 1])


def test_complete_separation_returns_and_is_noted():
    fit = fit_binomial(y=[0, 0, 0, 1, 1, 1], design=[[1, x] for x in range(6)], names=("one", "x"))
    assert any("told apart altogether" in note for note in fit.notes)


def test_an_offset_is_taken_as_known():
    rng = np.random.default_rng(1)
    shift = rng.normal(size=400)
    y = rng.random(400) < 1 / (1 + np.exp(-(0.5 + shift)))
    fit = fit_binomial(y=y, design=np.ones((400, 1)), offset=shift)
    score = np.sum(y - fit.fitted)  # zero at the maximum
    assert score == pytest.approx(0, abs=1e-6)
    assert abs(fit.coefficients[0] - 0.5) < 4 * fit.standard_errors[0]


@pytest.mark.parametrize("link", ["logit", "cloglog"])
def test_weights_stand_for_repeated_rows(link):
    design = np.column_stack([np.ones(4), [0, 0, 1, 1]])
    weights = np.array([3, 2, 1, 4])
    weighted = fit_binomial(y=[0, 1, 0, 1], design=design, weights=weights, link=link)
    long = fit_binomial(
        y=np.repeat([0, 1, 0, 1], weights), design=np.repeat(design, weights, axis=0), link=link
    )
    assert weighted.coefficients == pytest.approx(long.coefficients, abs=1e-6)
    assert weighted.fitted[[0, 2]] == pytest.approx([0.4, 0.8], abs=1e-8)


@pytest.mark.parametrize(
    ("y", "design", "message"),
    [
        ([0, 1, 2], [[1], [1], [1]], "other than 0 and 1"),
        ([0, 1, np.nan], [[1], [1], [1]], "missing value"),
        ([0, 1, 1], [[1, 2], [1, 2], [1, 2]], "sum of others"),
        ([0, 1], [[1], [1], [1]], "rows"),
    ],
)
def test_a_design_that_can_not_be_fitted_is_refused(y, design, message):
    with pytest.raises(BadInputError, match=message):
        fit_binomial(y=y, design=design)


def test_isotonic_values_never_fall_and_stay_flat_outside():
    rng = np.random.default_rng(2)
    p = rng.random(300).round(2)
    fit = fit_isotonic(probability=p, outcome=rng.random(300) < p**2)
    assert (np.diff(fit.values) >= 0).all()
    assert fit.recalibrate([-1, 2]).tolist() == [fit.values[0], fit.values[-1]]
    assert fit.brier_after <= fit.brier_before
