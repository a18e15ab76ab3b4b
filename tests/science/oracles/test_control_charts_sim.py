"""Control charts against the closed formulas of Montgomery, run in plain R."""

import numpy as np
import pytest

from rapport.science.alliance.control_charts import cusum_chart, ewma_chart, individuals_chart
from rapport.science.records.courses import courses_from_rows

WITHIN = 1e-9


@pytest.fixture(scope="module")
def known(oracle):
    return oracle("control_charts_sim")


@pytest.fixture(scope="module")
def course(known):
    ratings = known["input"]["data"]
    return courses_from_rows(
        client=["one"] * len(ratings), session=range(1, len(ratings) + 1), score=ratings
    )


@pytest.fixture(scope="module")
def baseline(known):
    return len(known["input"]["baseline"])


def test_individuals_chart(known, course, baseline):
    args, expected = known["input"]["args"], known["outputs"]
    chart = individuals_chart(courses=course, baseline=baseline, width=args["L_xmr"], d2=args["d2"])
    assert chart.center == pytest.approx([expected["mu0"]], abs=WITHIN)
    assert chart.sigma == pytest.approx([expected["sigma"]], abs=WITHIN)
    assert chart.lower[-1] == pytest.approx(expected["xmr_LCL"], abs=WITHIN)
    assert chart.upper[-1] == pytest.approx(expected["xmr_UCL"], abs=WITHIN)
    assert chart.session[chart.signal].tolist() == expected["xmr_below"]


def test_ewma_chart(known, course, baseline):
    args, expected = known["input"]["args"], known["outputs"]
    chart = ewma_chart(
        courses=course, baseline=baseline, weight=args["lambda"], width=args["L_ewma"]
    )
    np.testing.assert_allclose(chart.statistic, expected["ewma"], atol=WITHIN, rtol=0)
    half = (chart.upper - chart.lower) / 2
    np.testing.assert_allclose(half, expected["ewma_halfwidth"], atol=WITHIN, rtol=0)
    assert chart.session[chart.signal].tolist() == expected["ewma_below"]


def test_lower_cusum_chart(known, course, baseline):
    args, expected = known["input"]["args"], known["outputs"]
    chart = cusum_chart(
        courses=course, baseline=baseline, allowance=args["k_sigma"], limit=args["h_sigma"]
    )
    np.testing.assert_allclose(chart.statistic, expected["cusum_low"], atol=WITHIN, rtol=0)
    assert chart.session[chart.signal].tolist() == expected["cusum_signal"]


@pytest.mark.parametrize("draw", [individuals_chart, ewma_chart, cusum_chart])
def test_where_lower_is_better_the_mirrored_ratings_signal_alike(course, baseline, draw):
    mirrored = courses_from_rows(
        client=["one"] * course.n_rows, session=course.session, score=-course.score
    )
    chart = draw(courses=mirrored, baseline=baseline, higher_is_better=False)
    same = draw(courses=course, baseline=baseline)
    assert chart.signal.tolist() == same.signal.tolist()
    assert same.signal.any()
