"""Laws of conformal calibration, tried on made-up scores."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from rapport.science.errors import BadInputError
from rapport.science.numerics.conformal import (
    conformal_quantile,
    conformal_rank,
    share_above,
    split_conformal,
)

scores = arrays(np.float64, st.integers(1, 80), elements=st.floats(-100, 100))
levels = st.sampled_from([0.5, 0.8, 0.9, 0.95])


@given(scores=scores, level=levels)
def test_at_least_the_promised_share_of_calibration_people_lies_within(scores, level):
    quantile = conformal_quantile(scores=scores, level=level)
    assert np.mean(scores <= quantile) >= level


@given(size=st.integers(1, 200), level=levels)
def test_the_interval_is_infinite_exactly_where_calibration_is_too_small(size, level):
    infinite = math.isinf(conformal_quantile(scores=np.arange(size), level=level))
    assert infinite == (conformal_rank(size=size, level=level) > size)


@given(scores=scores, shift=st.floats(-10, 10))
def test_a_higher_point_is_never_easier_to_exceed(scores, shift):
    low, high = share_above(scores=scores, points=sorted([shift, 0.0]))
    assert 1 > low >= high > 0


@pytest.mark.parametrize("level", [0.8, 0.95])
@pytest.mark.parametrize("size", [39, 100])
def test_coverage_of_new_people_is_the_promised_one(size, level):
    """Average over clinics: between level and level + 1 / (m + 1), whatever the distribution."""
    rng = np.random.default_rng(7)
    calibration = rng.standard_cauchy((20_000, size))
    new = rng.standard_cauchy(20_000)
    rank = conformal_rank(size=size, level=level)
    quantile = np.partition(np.abs(calibration), rank - 1, axis=1)[:, rank - 1]
    held = np.mean(np.abs(new) <= quantile)
    error = 3 * math.sqrt(level * (1 - level) / 20_000)
    assert level - error <= held <= level + 1 / (size + 1) + error


@pytest.mark.parametrize(
    "call",
    [
        lambda: conformal_quantile(scores=[1, np.nan], level=0.8),
        lambda: conformal_quantile(scores=[1, 2], level=1),
        lambda: split_conformal(observed=[1], predicted=[1], prediction=[1], level=0.8, spread=0),
    ],
    ids=["missing score", "level of one", "spread of zero"],
)
def test_what_cannot_be_calibrated_is_refused(call):
    with pytest.raises(BadInputError, match=r"give|floor"):
        call()
