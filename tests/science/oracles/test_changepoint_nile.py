"""Breaks of the mean level of the Nile against R's strucchange::breakpoints (h = .15)."""

import numpy as np
import pytest
from scipy.stats import norm

from rapport.science.alliance.change_points import level_breaks
from rapport.science.alliance.change_points.offline import BREAK_QUANTILE
from rapport.science.records.courses import courses_from_rows


@pytest.fixture(scope="module")
def known(oracle):
    return oracle("changepoint_nile")


@pytest.fixture(scope="module")
def found(known):
    data = known["input"]["data"]
    course = courses_from_rows(client=["Nile"] * len(data), session=range(1, 101), score=data)
    return level_breaks(courses=course, max_breaks=5, min_share=0.15)


def test_residual_sums_for_no_to_five_breaks(known, found):
    np.testing.assert_allclose(found.rss[0], known["outputs"]["RSS"], atol=1e-4, rtol=0)


def test_bic_for_no_to_five_breaks(known, found):
    np.testing.assert_allclose(found.bic[0], known["outputs"]["BIC"], atol=1e-4, rtol=0)


def test_one_break_after_year_28_with_the_means_of_both_levels(known, found):
    assert found.n_breaks.tolist() == [1]
    assert found.last_before[0].tolist() == [known["outputs"]["breakpoints"], 0, 0, 0, 0]
    np.testing.assert_allclose(
        found.level[0, :2], known["outputs"]["segment_means"], atol=1e-4, rtol=0
    )
    assert np.isnan(found.level[0, 2:]).all()


def test_the_f_statistic_of_the_break_follows_from_the_residual_sums(known, found):
    none, one = found.rss[0, :2]
    assert (none - one) / (one / 98) == pytest.approx(known["outputs"]["supF"], abs=1e-4)


def test_the_interval_is_that_of_equal_variances_which_is_a_year_shorter_above(known, found):
    """strucchange lets the variances of both levels differ (25 to 32); ours assumes one."""
    lower, _, upper = known["outputs"]["ci"]
    assert found.lower[0, 0] == lower
    assert found.upper[0, 0] == upper - 1


def test_the_quantile_of_the_break_is_the_root_of_yao_1987():
    x = BREAK_QUANTILE
    below = (
        1
        + np.sqrt(x / (2 * np.pi)) * np.exp(-x / 8)
        - (x + 5) / 2 * norm.cdf(-np.sqrt(x) / 2)
        + 1.5 * np.exp(x) * norm.cdf(-1.5 * np.sqrt(x))
    )
    assert below == pytest.approx(0.975, abs=1e-5)
