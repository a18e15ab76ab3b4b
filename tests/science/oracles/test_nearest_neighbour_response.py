"""Nearest-neighbour expected response against the reference result (scikit-learn, NumPy)."""

import numpy as np
import pytest

from rapport.science.outcome.neighbours import neighbour_response


@pytest.fixture(scope="module")
def case(oracle):
    return oracle("nearest_neighbour_etr")


@pytest.fixture(scope="module")
def made(case):
    given = case["input"]
    scores = np.array(given["scores"])
    n = given["n_query"]
    return neighbour_response(reference=scores[n:], query=scores[:n], k=given["k"])


def test_the_same_neighbours_are_found_in_the_same_order(case, made):
    assert made.neighbours.tolist() == case["outputs"]["neighbour_index_in_reference"]


@pytest.mark.parametrize(
    ("name", "field"),
    [("distance", "distance"), ("mean_curve", "mean"), ("median_curve", "median")],
)
def test_distance_mean_and_median_course_agree(case, made, name, field):
    expected = np.array(case["outputs"][name])
    np.testing.assert_allclose(
        getattr(made, field), expected, rtol=0, atol=case["tolerance"]["abs"]
    )


@pytest.mark.parametrize(("position", "name"), [(0, "q05"), (1, "q95")])
def test_quantiles_agree(case, made, position, name):
    expected = np.array(case["outputs"][name])
    np.testing.assert_allclose(
        made.quantiles[position], expected, rtol=0, atol=case["tolerance"]["abs"]
    )


def test_the_naive_forecasts_stand_beside_it(made):
    assert made.comparison.n == 188
    assert made.comparison.rmse_last_value > 0
    assert "points" in made.comparison.sentence
