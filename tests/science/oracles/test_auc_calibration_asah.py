"""AUC, DeLong, calibration and bins against R's pROC 1.18.0 and glm (aSAH data)."""

import numpy as np
import pytest

from rapport.science.numerics.calibration import calibration, reliability_bins
from rapport.science.numerics.discrimination import auc, auc_difference, youden_point
from rapport.science.numerics.logistic import fit_binomial


@pytest.fixture(scope="module")
def asah(oracle):
    return oracle("auc_calibration_asah")


@pytest.fixture(scope="module")
def data(asah):
    columns = asah["input"]["data"] | {"miscalibrated_p": asah["input"]["miscalibrated_p"]}
    return {name: np.array(values, float) for name, values in columns.items()}


@pytest.mark.parametrize("marker", ["s100b", "wfns"])
def test_area_interval_and_best_threshold(asah, data, marker):
    expected = asah["outputs"][marker]
    result = auc(outcome=data["y"], prediction=data[marker])
    assert result.auc == pytest.approx(expected["auc"], abs=1e-9)
    assert result.variance == pytest.approx(expected["var_delong"], abs=1e-9)
    assert [result.lower, result.upper] == pytest.approx(expected["ci_delong"][::2], abs=1e-6)
    point = youden_point(outcome=data["y"], prediction=data[marker])
    for name, value in expected["youden"].items():
        assert getattr(point, name) == pytest.approx(value, abs=1e-9)


def test_the_paired_test_of_two_markers(asah, data):
    expected = asah["outputs"]["delong_test"]
    result = auc_difference(outcome=data["y"], first=data["s100b"], second=data["wfns"])
    assert result.z == pytest.approx(expected["Z"], abs=1e-6)
    assert result.p == pytest.approx(expected["p"], abs=1e-6)


@pytest.fixture(scope="module")
def design(data):
    return np.column_stack([np.ones(113), data["s100b"], data["age"], data["wfns"]])


@pytest.fixture(scope="module")
def model(data, design):
    return fit_binomial(y=data["y"], design=design)


def test_the_logistic_model(asah, data, design, model):
    expected = asah["outputs"]["logit"]
    np.testing.assert_allclose(
        model.coefficients, list(expected["coef"].values()), rtol=0, atol=1e-5
    )
    # glm stops at 1e-8 and takes its errors one round before the end: the fifth digit is not final.
    as_glm = fit_binomial(y=data["y"], design=design, tolerance=1e-8)
    np.testing.assert_allclose(
        as_glm.standard_errors, list(expected["se"].values()), rtol=0, atol=1e-5
    )
    np.testing.assert_allclose(model.fitted, expected["p"], rtol=0, atol=1e-6)


def test_scores_of_the_model_s_probabilities(asah, data, model):
    expected = asah["outputs"]["logit"]
    result = calibration(outcome=data["y"], probability=model.fitted)
    assert result.brier == pytest.approx(expected["brier"], abs=1e-9)
    assert result.brier_scaled == pytest.approx(expected["brier_scaled"], abs=1e-9)
    assert result.log_loss == pytest.approx(expected["logloss"], abs=1e-9)
    assert [result.intercept, result.slope] == pytest.approx([0, 1], abs=1e-6)


def test_a_miscalibrated_prediction_is_told_its_slope_and_shift(asah, data):
    expected = asah["outputs"]["miscalibrated"]
    result = calibration(outcome=data["y"], probability=data["miscalibrated_p"])
    assert result.slope == pytest.approx(expected["slope"], abs=1e-5)
    assert result.intercept == pytest.approx(expected["intercept_given_slope1"], abs=1e-5)
    assert result.brier == pytest.approx(expected["brier"], abs=1e-9)
    assert result.observed_minus_expected == pytest.approx(
        expected["citl_observed_minus_expected"], abs=1e-9
    )


def test_five_bins(asah, data, model):
    expected = asah["outputs"]["bins5"]
    result = reliability_bins(outcome=data["y"], probability=model.fitted, bins=5)
    assert result.n.tolist() == expected["n"]
    np.testing.assert_allclose(result.predicted, expected["mean_p"], rtol=0, atol=1e-9)
    np.testing.assert_allclose(result.observed, expected["obs"], rtol=0, atol=1e-9)
