"""Forecasts are judged on clients the model has not seen, and the report says what it counted."""

import numpy as np
import pytest

from rapport.bench.forecast_worlds import WORLDS, made_up_courses
from rapport.science.errors import BadInputError, TooLittleDataError
from rapport.science.outcome.coverage import cross_validated_coverage, held_out_coverage
from rapport.science.outcome.expected_response import fit_expected_response

WORLD = WORLDS[0]


@pytest.fixture(scope="module")
def cross_validated():
    courses = made_up_courses(world=WORLD, clients=120, rng=np.random.default_rng(2))
    return cross_validated_coverage(
        courses=courses, scale=WORLD.scale, rng=np.random.default_rng(3), folds=5, repeats=2
    )


def test_repeats_are_averaged_per_client_and_do_not_narrow_the_interval(cross_validated):
    inner = cross_validated.coverage[0]
    assert cross_validated.n_clients == cross_validated.comparison.n == 120
    # Wilson's interval of a share of .8 among 120 people is about 14 points wide.
    assert 0.12 < inner.upper - inner.lower < 0.17


def test_the_wilson_interval_contains_what_was_promised(cross_validated):
    assert [made.level for made in cross_validated.coverage] == [0.8, 0.95]
    assert all(made.nominal_within for made in cross_validated.coverage)


def test_the_wider_interval_holds_more_often(cross_validated):
    inner, outer = cross_validated.coverage
    assert outer.share > inner.share
    assert outer.width > inner.width


def test_it_prints_coverage_by_third_and_the_errors(cross_validated):
    text = str(cross_validated)
    assert "80% interval held in" in text
    assert "by third of first score" in text
    assert cross_validated.comparison.sentence in text


def test_every_forecast_falls_into_one_bin_of_deterioration(cross_validated):
    bins = cross_validated.deterioration
    assert 0 < bins.n.sum() <= 2 * 120
    assert ((bins.lower <= bins.forecast) & (bins.forecast <= bins.upper)).all()


@pytest.mark.slow
@pytest.mark.parametrize("world", WORLDS, ids=lambda world: world.name)
@pytest.mark.parametrize("target", ["start", "next", "final"])
def test_intervals_hold_for_thirty_thousand_new_clients(world, target):
    """Within one point of the promise overall, within two in each third of the first score."""
    rng = np.random.default_rng(11)
    courses = made_up_courses(world=world, clients=60_000, rng=rng)
    new = made_up_courses(world=world, clients=33_000, rng=rng)
    model = fit_expected_response(courses=courses, scale=world.scale, rng=rng)
    made = held_out_coverage(model=model, courses=new, scale=world.scale, rng=rng, target=target)
    for coverage in made.coverage:
        assert coverage.share == pytest.approx(coverage.level, abs=0.01)
        np.testing.assert_allclose(coverage.by_third, coverage.level, rtol=0, atol=0.02)


@pytest.mark.parametrize("wrong", [{"folds": 1}, {"repeats": 0}])
def test_without_folds_or_repeats_there_is_nothing_to_count(wrong):
    courses = made_up_courses(world=WORLD, clients=20, rng=np.random.default_rng(2))
    with pytest.raises(BadInputError, match="give at least 2 and 1"):
        cross_validated_coverage(
            courses=courses, scale=WORLD.scale, rng=np.random.default_rng(1), **wrong
        )


def test_more_folds_than_clients_are_refused():
    courses = made_up_courses(world=WORLD, clients=8, rng=np.random.default_rng(2))
    with pytest.raises(TooLittleDataError, match="fewer folds"):
        cross_validated_coverage(courses=courses, scale=WORLD.scale, rng=np.random.default_rng(1))
