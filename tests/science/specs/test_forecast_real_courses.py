"""On real courses: what was promised lies within the Wilson interval of what was measured.

The growth model need not beat the naive forecasts there (with 43 people it does not always); the
report must say who wins.
"""

import numpy as np
import pytest

from rapport.bench.forecast import forecast_bench
from rapport.bench.forecast_worlds import REAL, WORLDS, real_courses
from rapport.science.outcome.coverage import cross_validated_coverage


@pytest.mark.slow
@pytest.mark.parametrize("target", ["next", "final"])
@pytest.mark.parametrize("real", REAL, ids=lambda real: real.name)
def test_intervals_hold_under_cross_validation_over_clients(shared, real, target):
    made = cross_validated_coverage(
        courses=real_courses(real=real, folder=shared),
        scale=real.scale,
        rng=np.random.default_rng(1),
        repeats=3,
        target=target,
    )
    assert all(coverage.nominal_within for coverage in made.coverage)
    errors = made.comparison
    naive_wins = min(errors.rmse_last_value, errors.rmse_group_mean) <= errors.rmse_model
    assert errors.sentence.startswith("A naive forecast wins") == naive_wins


@pytest.mark.slow
def test_the_bench_prints_every_world_and_says_what_it_could_not_read(tmp_path):
    text = forecast_bench(clients=3_000, held_back=2_000, worlds=WORLDS[:2], shared=tmp_path)
    assert all(world.name in text for world in WORLDS[:2])
    assert "not read (no reference data" in text
    assert "100,000 clients" in text
