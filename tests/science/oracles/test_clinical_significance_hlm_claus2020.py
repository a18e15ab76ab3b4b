"""Reliable change by growth model against R's clinicalsignificance 3.0.0 with lme4 1.1-31."""

import numpy as np
import pytest

from rapport.science.outcome.slope_change import slope_change
from rapport.science.records.courses import courses_from_rows


@pytest.fixture(scope="module")
def hlm(oracle):
    return oracle("clinical_significance_hlm_claus2020")


@pytest.fixture(scope="module")
def courses(hlm):
    data = hlm["input"]["data"]
    score = [np.nan if y is None else y for y in data["bdi"]]
    return courses_from_rows(client=data["id"], session=data["time"], score=score)


def test_the_package_s_index_is_the_deviation_from_the_mean_slope(hlm, courses):
    expected = hlm["outputs"]
    change = slope_change(
        courses=courses, higher_is_better=False, judge="deviation from the mean slope"
    )
    ids = [int(i) for i in expected["rci"]["id"]]
    at = [courses.clients.tolist().index(i) for i in ids]
    rows = expected["coefficients"]
    np.testing.assert_allclose(change.deviation[at], rows["eb_estimate"], rtol=0, atol=0.005)
    np.testing.assert_allclose(change.deviation_sd[at], rows["sd"], rtol=0, atol=0.005)
    np.testing.assert_allclose(change.rci[at], expected["rci"]["rci"], rtol=0, atol=0.005)
    assert (change.verdict[at] == 1).tolist() == expected["rci"]["improved"]
    assert (change.verdict[at] == -1).tolist() == expected["rci"]["deteriorated"]
    assert change.mean_slope == pytest.approx(expected["fixef"]["time"], abs=1e-6)


def test_by_the_whole_slope_many_more_improved_and_the_text_says_which(courses):
    change = slope_change(courses=courses, higher_is_better=False)
    assert "better than no change" in str(change)
    deviation = slope_change(
        courses=courses, higher_is_better=False, judge="deviation from the mean slope"
    )
    assert "faster than the average" in str(deviation)
    assert deviation.counts["reliably improved"] == 5
    assert change.counts["reliably improved"] > 2 * deviation.counts["reliably improved"]
    assert (change.slope_se[change.verdict != -2] > 0).all()


def test_clients_with_fewer_than_three_ratings_have_no_verdict(courses):
    change = slope_change(courses=courses, higher_is_better=False)
    few = courses.observed().lengths < 3
    assert few.sum() == 3
    assert (change.verdict[few] == -2).all()
    assert np.isnan(change.slope[few]).all()
