"""The drop alarm: what it flags, what it leaves alone, and what it says about itself."""

import numpy as np
import pytest

from rapport.science.alliance.drop_alarm import (
    alarm_thresholds,
    find_drops,
    fit_steady_model,
    known_model,
    sensitivity,
)
from rapport.science.errors import BadInputError, TooLittleDataError
from rapport.science.records.courses import courses_from_rows
from rapport.science.records.scales import Scale
from rapport.science.simulate.steady_courses import SteadyWorld, steady_courses

MODEL = known_model(mean=7, between_sd=1.5, within_sd=1)
TEN = Scale(name="check-in", role="alliance", higher_is_better=True, minimum=0, maximum=10)


@pytest.fixture(scope="module")
def rule():
    return alarm_thresholds(model=MODEL, rng=np.random.default_rng(1), n_courses=20_000)


def one_client(*scores):
    return courses_from_rows(
        client=["Sarah"] * len(scores), session=range(1, len(scores) + 1), score=scores
    )


def test_a_sharp_drop_is_found_with_what_was_expected_instead(rule):
    found = find_drops(courses=one_client(8, 8.5, 8, 3, 8, 8.5), rule=rule)
    assert list(found.session) == [4]
    assert list(found.score) == [3]
    assert list(found.window) == [1]
    assert found.expected[0] == pytest.approx(8, abs=0.3)


def test_a_slow_decline_is_found_over_several_ratings_and_names_where_it_began(rule):
    found = find_drops(courses=one_client(8, 8, 8, 8, 8, 8, 6.2, 5.8, 5.8), rule=rule)
    assert found.session[-1] == 9
    assert found.window[-1] == 3
    assert found.first_session[-1] == 7


def test_two_ratings_are_too_early_whatever_they_say(rule):
    found = find_drops(courses=one_client(9, 0), rule=rule)
    assert len(found.session) == 0
    assert np.isnan(found.z).all()
    assert np.isnan(found.lower).all()


def test_unanswered_sessions_are_passed_over_and_session_numbers_kept(rule):
    gap = np.nan
    found = find_drops(courses=one_client(8, gap, 8.5, 8, gap, 3, gap), rule=rule)
    assert list(found.session) == [6]
    assert np.isnan(found.z[[0, 1, 2, 4, 6]]).all()


def test_a_rating_just_under_the_usual_range_gives_an_alarm_and_one_just_above_does_not(rule):
    earlier = (7.5, 8.5, 8, 7, 8)
    limit = find_drops(courses=one_client(*earlier, 8), rule=rule).lower[-1]
    assert len(find_drops(courses=one_client(*earlier, limit - 0.01), rule=rule).session) == 1
    assert len(find_drops(courses=one_client(*earlier, limit + 0.01), rule=rule).session) == 0


def test_a_scale_where_lower_is_better_is_turned_round():
    world = SteadyWorld(name="strain", mean=3, between_sd=1, within_sd=1)
    courses = steady_courses(world=world, n_clients=200, rng=np.random.default_rng(2))
    scale = Scale(name="strain", higher_is_better=False, minimum=-10, maximum=20)
    rng = np.random.default_rng(3)
    model = fit_steady_model(courses=courses, scale=scale, rng=rng)
    rule = alarm_thresholds(model=model, rng=rng, n_courses=10_000)
    found = find_drops(courses=one_client(3, 3, 2, 3, 9, 3), rule=rule)
    assert list(found.session) == [5]
    assert found.expected[0] == pytest.approx(3, abs=0.5)
    assert found.lower[4] < 3 < found.upper[4] < 9
    assert (model.minimum, model.maximum) == (-20, 10)


def test_several_series_of_one_case_share_its_budget():
    rng = np.random.default_rng(4)
    shared = alarm_thresholds(model=MODEL, series_per_case=3, rng=rng, n_courses=10_000)
    alone = alarm_thresholds(model=MODEL, rng=rng, n_courses=10_000)
    assert 1 - (1 - shared.series_budget) ** 3 == pytest.approx(0.05)
    assert (shared.thresholds[2:] > alone.thresholds[2:]).all()


def test_a_small_practice_gets_the_strictest_rule_and_is_told_so(rule):
    world = SteadyWorld(name="small")
    rng = np.random.default_rng(5)
    courses = steady_courses(world=world, n_clients=29, rng=rng)
    model = fit_steady_model(courses=courses, scale=TEN, rng=rng)
    strict = alarm_thresholds(model=model, rng=rng, n_courses=10_000)
    assert not model.tuned
    assert "not yet tuned to your practice" in strict.to_text()
    assert strict.thresholds[6] > rule.thresholds[6]


def test_the_fit_finds_the_truth_behind_a_ceiling():
    world = SteadyWorld(name="ceiling", maximum=7.5, sd_spread=0.4, autocorrelation=0.3)
    rng = np.random.default_rng(6)
    courses = steady_courses(world=world, n_clients=2_000, rng=rng)
    model = fit_steady_model(courses=courses, scale=Scale(name="a", maximum=7.5), rng=rng)
    assert model.mean == pytest.approx(7, abs=0.15)
    assert model.within_sd == pytest.approx(1, abs=0.1)
    assert model.between_sd == pytest.approx(1.5, abs=0.15)
    assert model.autocorrelation == pytest.approx(0.3, abs=0.06)
    assert model.sd_spread == pytest.approx(0.4, abs=0.15)


def test_the_stated_sensitivity_is_that_of_the_published_setting(rule):
    found = sensitivity(rule=rule, model=MODEL, rng=np.random.default_rng(7), n_courses=5_000)
    assert list(found.drops) == [1, 1.5, 2, 3]
    assert (np.diff(found.one_session) > 0).all()
    assert (found.lasting > found.one_session).all()
    assert "of drops of 2 SD" in found.to_text()


def test_impossible_settings_are_refused_aloud():
    rng = np.random.default_rng(8)
    with pytest.raises(BadInputError, match="budget 0"):
        alarm_thresholds(model=MODEL, budget=0, rng=rng)
    with pytest.raises(BadInputError, match="within_sd"):
        known_model(mean=7, between_sd=1, within_sd=0)
    with pytest.raises(TooLittleDataError, match="no client has two ratings"):
        fit_steady_model(courses=one_client(7), scale=TEN, rng=rng)


def test_a_practice_that_never_rates_below_the_top_gets_a_rule_and_no_alarm():
    n = 40
    courses = courses_from_rows(
        client=np.repeat(np.arange(n), 6),
        session=np.tile(np.arange(6), n),
        score=np.full(6 * n, 10),
    )
    rng = np.random.default_rng(9)
    model = fit_steady_model(courses=courses, scale=TEN, rng=rng)
    rule = alarm_thresholds(model=model, rng=rng, n_courses=5_000)
    assert np.isfinite(rule.thresholds[2:]).all()
    assert len(find_drops(courses=courses, rule=rule).session) == 0


def test_one_very_long_course_among_short_ones_changes_nothing_for_the_others(rule):
    rng = np.random.default_rng(10)
    short = rng.normal(7, 2, 2_000)
    client, session = np.repeat(np.arange(200), 10), np.tile(np.arange(10), 200)
    alone = find_drops(
        courses=courses_from_rows(client=client, session=session, score=short), rule=rule
    )
    together = courses_from_rows(
        client=[*client, *[999] * 3_000],
        session=[*session, *range(3_000)],
        score=[*short, *rng.normal(7, 1, 3_000)],
    )
    both = find_drops(courses=together, rule=rule)
    assert len(alone.session) > 10
    np.testing.assert_allclose(both.z[:2_000], alone.z)
    np.testing.assert_array_equal(both.session[both.client_index < 200], alone.session)
