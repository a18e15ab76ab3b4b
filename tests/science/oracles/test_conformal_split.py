"""Split conformal intervals against the reference result (closed rule of Lei et al. 2018)."""

import numpy as np
import pytest

from rapport.science.numerics.conformal import split_conformal


def straight_line(x, y):
    return np.linalg.lstsq(np.column_stack([np.ones_like(x), x]), y, rcond=None)[0]


@pytest.fixture(scope="module")
def case(oracle):
    return oracle("conformal_split")


@pytest.fixture(scope="module")
def parts(case):
    given = case["input"]
    x, y = np.array(given["x"]), np.array(given["y"])
    return {
        name: (x[slice(*given[name])], y[slice(*given[name])])
        for name in ("train", "calibration", "test")
    }


@pytest.fixture(scope="module")
def predict(case, parts):
    a, b = straight_line(*parts["train"])
    np.testing.assert_allclose([b, a], case["outputs"]["coef"], rtol=0, atol=1e-9)
    return lambda x: a + b * x


def intervals(case, parts, predict, spread=lambda x: np.ones_like(x)):
    (x, y), (new, _) = parts["calibration"], parts["test"]
    return split_conformal(
        observed=y,
        predicted=predict(x),
        prediction=predict(new),
        level=1 - case["input"]["alpha"],
        spread=spread(x),
        prediction_spread=spread(new),
    )


def agrees(made, interval, tolerance):
    both = np.column_stack([made.lower, made.upper])
    np.testing.assert_allclose(both, interval, rtol=0, atol=tolerance["abs"])


def test_plain_intervals_agree(case, parts, predict):
    made = intervals(case, parts, predict)
    assert made.rank == case["outputs"]["k"]
    assert made.quantile == pytest.approx(case["outputs"]["q"], rel=0, abs=1e-9)
    agrees(made, case["outputs"]["interval"], case["tolerance"])


def test_normalised_intervals_agree(case, parts, predict):
    x, y = parts["train"]
    a, b = straight_line(x, np.abs(y - predict(x)))
    made = intervals(case, parts, predict, spread=lambda x: np.maximum(a + b * x, 0.05))
    assert made.quantile == pytest.approx(case["outputs"]["q_normalised"], rel=0, abs=1e-9)
    agrees(made, case["outputs"]["interval_normalised"], case["tolerance"])


def test_coverage_of_the_test_people_agrees(case, parts, predict):
    made = intervals(case, parts, predict)
    y = parts["test"][1]
    held = np.mean((made.lower <= y) & (y <= made.upper))
    assert held == pytest.approx(case["outputs"]["coverage_test"], rel=0, abs=1e-9)
