"""Isotonic recalibration against scikit-learn 1.9.1's IsotonicRegression."""

import numpy as np
import pytest

from rapport.science.numerics.isotonic import fit_isotonic


def test_fit_grid_and_brier_scores(oracle):
    reference = oracle("isotonic_calibration")
    given, expected = reference["input"], reference["outputs"]
    result = fit_isotonic(probability=given["p"], outcome=given["y"])
    np.testing.assert_allclose(result.fitted, expected["fitted"], rtol=0, atol=1e-9)
    np.testing.assert_allclose(
        result.recalibrate(given["grid"]), expected["grid"], rtol=0, atol=1e-9
    )
    assert result.brier_before == pytest.approx(expected["brier_before"], abs=1e-9)
    assert result.brier_after == pytest.approx(expected["brier_after"], abs=1e-9)
