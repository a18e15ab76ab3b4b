"""The alarm's promise, tried: steady courses are flagged no more often than the budget says.

A short form of ``rapport bench alarm`` with the same bars; the whole table takes ten minutes.
"""

from dataclasses import replace

import numpy as np
import pytest

from rapport.bench.alarm import (
    BUDGETS,
    HIGH_BARS,
    LASTING_BAR,
    MEAN_BARS,
    ONCE_BAR,
    alarm,
    allowed_on_average,
    flagged,
    judge,
    world_model,
)
from rapport.science.alliance.drop_alarm import alarm_thresholds, allowed_share, sensitivity
from rapport.science.simulate.steady_courses import STEADY_WORLDS, steady_courses

WHITE = STEADY_WORLDS[0]
NAMES = [world.name for world in STEADY_WORLDS]


@pytest.fixture(scope="module")
def rule():
    return alarm_thresholds(model=world_model(WHITE), rng=np.random.default_rng(3))


@pytest.mark.slow
@pytest.mark.parametrize("budget", BUDGETS)
def test_with_known_parameters_the_budget_is_kept_within_two_standard_errors(budget):
    rng = np.random.default_rng([1, int(1000 * budget)])
    rule = alarm_thresholds(model=world_model(WHITE), budget=budget, rng=rng)
    courses = steady_courses(world=WHITE, n_clients=40_000, rng=rng)
    share = flagged(courses, rule).mean()
    standard_error = np.sqrt(budget * (1 - budget) / 40_000)
    assert share <= budget + 2 * standard_error
    assert share >= 0.85 * budget  # kept, not merely undercut


@pytest.mark.slow
@pytest.mark.parametrize("world", STEADY_WORLDS, ids=NAMES)
def test_the_budget_is_kept_in_every_world_whose_parameters_are_known(world):
    rng = np.random.default_rng(2)
    courses = steady_courses(world=world, n_clients=40_000, rng=rng)
    rule = alarm_thresholds(model=world_model(world), budget=0.05, rng=rng)
    allowed = allowed_on_average(courses, 0.05)
    share = flagged(courses, rule).mean()
    assert share <= allowed + 2 * np.sqrt(allowed * (1 - allowed) / courses.n_clients)


@pytest.mark.slow
@pytest.mark.parametrize("world", STEADY_WORLDS, ids=NAMES)
@pytest.mark.parametrize(("size", "clinics"), [(30, 10), (200, 3), (2_000, 2)])
def test_a_practice_s_own_rule_keeps_the_budget_in_every_world(world, size, clinics):
    ratios = [judge(world, size, seed).ratio for seed in range(1, clinics + 1)]
    assert np.mean(ratios) <= MEAN_BARS[size]
    assert np.quantile(ratios, 0.9) <= HIGH_BARS[size]


def test_at_five_percent_the_stated_share_of_true_drops_is_found(rule):
    rng = np.random.default_rng(4)
    found = sensitivity(rule=rule, model=world_model(WHITE), rng=rng)
    assert found.one_session[2] >= ONCE_BAR
    assert found.lasting[1] >= LASTING_BAR


@pytest.mark.parametrize("n_sessions", [3, 5, 8, 12, 20, 30, 45])
def test_no_length_of_course_is_allowed_more_than_its_share(n_sessions, rule):
    rng = np.random.default_rng(5)
    long = replace(WHITE, lengths=(n_sessions, n_sessions))
    share = flagged(steady_courses(world=long, n_clients=10_000, rng=rng), rule).mean()
    allowed = allowed_share(budget=0.05, n_sessions=n_sessions)
    assert share <= allowed + 2 * np.sqrt(allowed * (1 - allowed) / 10_000)


def test_a_plain_gaussian_rule_would_break_the_budget_where_ours_keeps_it(rule):
    world = next(one for one in STEADY_WORLDS if one.name == "within SD log-normal .5")
    rng = np.random.default_rng(6)
    courses = steady_courses(world=world, n_clients=10_000, rng=rng)
    ours = alarm_thresholds(model=world_model(world), rng=rng)
    assert flagged(courses, rule).mean() > 0.08  # methods section 13: 9 %
    assert flagged(courses, ours).mean() <= 0.05


@pytest.mark.slow
def test_the_bench_prints_its_three_tables_and_marks_no_miss():
    text = alarm(clinics=2, sizes=(200,), worlds=STEADY_WORLDS[:1], processes=1)
    assert "1. Parameters known" in text
    assert "2. Found with known parameters" in text
    assert "3. Parameters estimated, budget 0.05, 2 practices each" in text
    assert "!" not in text
