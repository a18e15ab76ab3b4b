"""The made-up practices the alarm is judged on are what their names say."""

import numpy as np
import pytest
from scipy import stats

from rapport.science.alliance.drop_alarm.noise import student
from rapport.science.simulate.steady_courses import (
    STEADY_WORLDS,
    SteadyWorld,
    steady_courses,
    steady_matrix,
)

WORLDS = {world.name: world for world in STEADY_WORLDS}


def ratings_of(name, n=4_000):
    return steady_matrix(world=WORLDS[name], n_clients=n, rng=np.random.default_rng(1))


def test_behind_the_ceiling_half_of_all_ratings_are_perfect():
    ratings = ratings_of("ceiling, half perfect")
    assert (ratings == 7).mean() == pytest.approx(0.5, abs=0.02)


def test_neighbouring_ratings_correlate_as_stated():
    ratings = steady_matrix(
        world=SteadyWorld(name="no levels", between_sd=0, autocorrelation=0.3),
        n_clients=4_000,
        rng=np.random.default_rng(2),
    )
    lag_one = np.corrcoef(ratings[:, :-1].ravel(), ratings[:, 1:].ravel())[0, 1]
    assert lag_one == pytest.approx(0.3, abs=0.02)


def test_a_coarse_scale_gives_whole_points_inside_its_ends():
    ratings = ratings_of("4-item coarse scale")
    assert set(np.unique(ratings)) <= set(range(17))


def test_missing_ratings_and_lengths_are_as_stated():
    assert np.isnan(ratings_of("30 % missing")).mean() == pytest.approx(0.3, abs=0.01)
    lengths = (~np.isnan(ratings_of("5 to 30 sessions"))).sum(axis=1)
    assert (lengths.min(), lengths.max()) == (5, 30)


def test_within_client_sds_differ_as_stated():
    world = SteadyWorld(name="long", sd_spread=0.5, lengths=(400, 400))
    ratings = steady_matrix(world=world, n_clients=2_000, rng=np.random.default_rng(3))
    assert np.log(ratings.std(axis=1)).std() == pytest.approx(0.5, abs=0.03)


def test_heavy_tails_keep_the_sd_and_fatten_the_ends():
    heavy = SteadyWorld(name="t4", between_sd=0, df=4)
    ratings = steady_matrix(world=heavy, n_clients=20_000, rng=np.random.default_rng(4)) - 7
    assert ratings.std() == pytest.approx(1, abs=0.05)
    assert (np.abs(ratings) > 4).mean() > 10 * 6.3e-5  # Gaussian share beyond 4 SD


def test_courses_keep_the_gap_of_an_unanswered_session_and_end_with_a_rating():
    courses = steady_courses(
        world=WORLDS["30 % missing"], n_clients=50, rng=np.random.default_rng(5)
    )
    assert np.isnan(courses.score).any()
    assert not np.isnan(courses.score[courses.starts[1:] - 1]).any()


@pytest.mark.parametrize("df", [4, 5, 8, 20])
def test_the_null_s_heavy_tails_are_those_of_student_s_t(df):
    normal = np.array([0.3, 1.0, 2.0, 2.5, 3.0])
    exact = stats.t.ppf(stats.norm.cdf(normal), df) * np.sqrt((df - 2) / df)
    np.testing.assert_allclose(student(normal, np.array(1 / df)), exact, rtol=0.011)
