"""Laws of the forecast: the conditional normal distribution, and its coverage."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rapport.science.errors import BadInputError
from rapport.science.numerics.growth_model import fit_growth
from rapport.science.numerics.growth_prediction import conditional_forecast, population_band

TARGET = np.array([1.0, 9.0])


def courses(rng, clients, sessions=8):
    """y, design, client of made-up linear courses; the last rating is at week ``sessions - 1``."""
    client = np.repeat(np.arange(clients), sessions)
    week = np.tile(np.arange(float(sessions)), clients)
    level, tilt = rng.multivariate_normal([0, 0], [[25, -2], [-2, 0.5]], clients)[client].T
    y = 20 + level + (tilt - 1) * week + 3 * rng.standard_normal(len(week))
    return y, np.column_stack([np.ones_like(week), week]), client


@pytest.fixture(scope="module")
def model():
    y, design, client = courses(np.random.default_rng(1), 300)
    return fit_growth(y=y, design=design, client=client, random_column=1)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), n=st.integers(1, 9))
def test_the_forecast_is_the_conditional_normal_distribution(model, seed, n):
    rng = np.random.default_rng(seed)
    x = np.column_stack([np.ones(n), rng.uniform(0, 9, n)])
    y = rng.normal(20, 5, n)
    forecast = conditional_forecast(
        model=model,
        y=y,
        design=x,
        client=np.zeros(n),
        target_design=TARGET,
        fixed_uncertainty=False,
    )
    between = x @ model.random_cov
    weights = np.linalg.solve(between @ x.T + model.residual_variance * np.eye(n), between @ TARGET)
    variance = TARGET @ model.random_cov @ TARGET + model.residual_variance
    assert forecast.mean[0] == pytest.approx(
        TARGET @ model.fixed + weights @ (y - x @ model.fixed), abs=1e-8
    )
    assert forecast.variance[0] == pytest.approx(variance - weights @ between @ TARGET, abs=1e-8)


def test_for_clients_of_the_fit_it_is_their_own_predicted_line(model):
    y, design, client = courses(np.random.default_rng(1), 300)
    forecast = conditional_forecast(
        model=model, y=y, design=design, client=client, target_design=TARGET
    )
    lines = model.predict(np.tile(TARGET, (300, 1)), effects=model.effects)
    assert forecast.mean == pytest.approx(lines, abs=1e-8)


def test_without_ratings_it_is_the_populations_course_and_band(model):
    forecast = conditional_forecast(
        model=model,
        y=[np.nan],
        design=[[1, 0]],
        client=["Ana"],
        clients=["Ben", "Ana"],
        target_design=TARGET,
    )
    band = population_band(model=model, design_rows=TARGET, level=0.8)
    assert forecast.n_ratings.tolist() == [0, 0]
    assert forecast.mean == pytest.approx(np.repeat(band.mean, 2))
    assert forecast.variance == pytest.approx(np.repeat(band.sd**2 + band.mean_se**2, 2))


def test_every_further_rating_narrows_the_forecast(model):
    client = np.repeat(np.arange(8), np.arange(1, 9))
    week = np.concatenate([np.arange(float(n)) for n in range(1, 9)])
    forecast = conditional_forecast(
        model=model,
        y=np.full(len(week), 20.0),
        design=np.column_stack([np.ones_like(week), week]),
        client=client,
        target_design=TARGET,
    )
    assert (np.diff(forecast.variance) < 0).all()


@pytest.mark.parametrize("level", [0.8, 0.95])
def test_of_20_000_new_clients_the_stated_share_ends_inside_the_interval(model, level):
    y, design, client = courses(np.random.default_rng(7), 20_000)
    seen = np.tile(np.arange(8) < 3, 20_000)
    forecast = conditional_forecast(
        model=model,
        y=y[seen],
        design=design[seen],
        client=client[seen],
        target_design=[1, 7],
    )
    final = y.reshape(-1, 8)[:, -1]
    lower, upper = forecast.interval(level)
    assert np.mean((lower <= final) & (final <= upper)) == pytest.approx(level, abs=0.01)
    assert np.mean(forecast.probability_at_most(final) < level) == pytest.approx(level, abs=0.015)


@pytest.mark.slow
def test_tolerance_limits_hold_the_share_in_the_stated_proportion_of_studies():
    rng = np.random.default_rng(3)
    held = 0
    for _ in range(200):
        y, design, client = courses(rng, 40)
        fitted = fit_growth(y=y, design=design, client=client, random_column=1)
        band = population_band(model=fitted, design_rows=[[1, 7]], level=0.8, confidence=0.9)
        sample = rng.normal(13, np.sqrt(25 - 28 + 0.5 * 49 + 9), 4_000)
        inside = (band.tolerance_lower <= sample) & (sample <= band.tolerance_upper)
        held += inside.mean() >= 0.8
    assert 0.85 <= held / 200 <= 0.97


def test_a_client_of_unknown_group_carries_the_groups_variance_too():
    rng = np.random.default_rng(2)
    y, design, client = courses(rng, 60)
    group = np.arange(60) // 6
    y = y + 4 * rng.standard_normal(10)[group[client]]
    fitted = fit_growth(y=y, design=design, client=client, group=group)
    band = population_band(model=fitted, design_rows=TARGET, level=0.8)
    total = fitted.random_cov[0, 0] + fitted.group_variance + fitted.residual_variance
    assert band.sd**2 == pytest.approx(total)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"target_design": [1, 2, 3]}, "target_design has shape"),
        ({"target_design": [[1, 2], [1, 3]]}, "each of the 1 clients"),
        ({"y": [1.0]}, "one of each per row"),
        ({"y": [np.inf, 1]}, "not finite"),
        ({"clients": ["Ben"]}, "client Ana has rows"),
        ({"clients": ["Ana", "Ana"]}, "twice"),
        ({"clients": np.zeros(0)}, "clients is empty"),
    ],
)
def test_a_forecast_that_cannot_be_made_is_refused(model, change, words):
    usual = {
        "model": model,
        "y": [20.0, 19],
        "design": [[1, 0], [1, 1]],
        "client": ["Ana", "Ana"],
        "target_design": TARGET,
    }
    with pytest.raises(BadInputError, match=words):
        conditional_forecast(**(usual | change))


def test_a_level_that_is_no_share_is_refused(model):
    with pytest.raises(BadInputError, match="between 0 and 1"):
        population_band(model=model, design_rows=TARGET, level=80)
