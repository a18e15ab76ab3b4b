"""A made-up caseload does what its world says, and its truth is the truth of its table."""

import numpy as np
import pytest

from rapport.science.errors import BadInputError
from rapport.science.records.scales import Scale
from rapport.science.simulate.caseload import simulate_caseload
from rapport.science.simulate.world import World, steady


def made(clients=4000, sessions=12, seed=1, **world):
    rng = np.random.default_rng(seed)
    return simulate_caseload(clients=clients, sessions=sessions, rng=rng, world=World(**world))


def wide(**changes):
    """A scale without ends or steps that matter: what is latent is what is seen."""
    return Scale(**{"name": "a", "higher_is_better": True, "minimum": -1e4, "maximum": 1e4,
                    "step": None} | changes)  # fmt: skip


def test_the_same_seed_gives_the_same_caseload_and_another_does_not():
    one, same, other = made(50), made(50), made(50, seed=2)
    np.testing.assert_array_equal(one.table.score, same.table.score)
    assert not np.array_equal(one.truth.level, other.truth.level)


def test_scores_are_possible_answers():
    table = made(500).table
    for scale, low, high in (("wai-sr-client", 12, 60), ("phq-9", 0, 27)):
        score = table.courses(scale=scale).observed().score
        assert score.min() >= low
        assert score.max() <= high
        np.testing.assert_array_equal(score, np.round(score))


def test_a_drop_stands_where_the_truth_says_a_rupture_is():
    truth = made(20_000, sd_spread=0.0, rupture_depth=4.0, trend=0).truth
    depth = np.zeros(truth.alliance.shape)
    ruptures = zip(
        truth.rupture_client,
        truth.rupture_start - 1,
        np.nan_to_num(truth.rupture_repaired - 1, nan=12).astype(int),
        truth.rupture_depth,
        strict=True,
    )
    for client, start, end, size in ruptures:
        depth[client, start:end] = size
    z = (truth.alliance - truth.level[:, None]) / truth.within_sd[:, None] + depth
    for where in (depth > 0, depth == 0):
        assert z[where].mean() == pytest.approx(0.0, abs=0.02)
        assert z[where].std() == pytest.approx(1.0, abs=0.02)
    assert truth.rupture_depth.mean() == pytest.approx(4.0, abs=0.15)


def test_shares_of_what_happens_are_those_of_the_world():
    case = made(20_000, rupture_dropout=1.0, in_cases=0.0, rupture_rate=0.05, repair_rate=0.6)
    truth = case.truth
    assert truth.dropped_out.mean() == pytest.approx(0.2, abs=0.01)
    assert np.isfinite(truth.gain_after).mean() == pytest.approx(0.39, abs=0.015)
    assert truth.at_ceiling.mean() == pytest.approx(0.1, abs=0.01)
    early = truth.rupture_start <= 9  # three sessions are left for its repair
    assert np.isfinite(truth.rupture_repaired[early]).mean() == pytest.approx(0.6, abs=0.015)
    assert (truth.rupture_start == 4).mean() * len(early) / 20_000 == pytest.approx(0.05, abs=0.006)


def test_people_leave_more_often_while_a_rupture_is_open():
    truth = made(20_000, rupture_dropout=6.0, rupture_rate=0.1).truth
    torn = np.unique(truth.rupture_client[np.isnan(truth.rupture_repaired)])
    spared = np.setdiff1d(np.arange(20_000), truth.rupture_client)
    assert truth.dropped_out[torn].mean() > truth.dropped_out[spared].mean() + 0.1


def test_the_alliance_effect_is_the_slope_of_outcome_on_the_session_before():
    truth = made(20_000, alliance_effect=1.5, gain_rate=0).truth
    x, y = truth.deviation[:, :-1], truth.outcome[:, 1:]
    x, y = x - x.mean(0), y - y.mean(0)
    assert (x * y).sum() / (x * x).sum() == pytest.approx(-1.5, abs=0.05)


def test_the_direction_of_a_scale_turns_its_course_round():
    up = made(outcome=wide(name="o"), missing=0).truth.outcome
    down = made(outcome=wide(name="o", higher_is_better=False), missing=0).truth.outcome
    assert up[:, -1].mean() > up[:, 0].mean()
    np.testing.assert_allclose(up, -down, atol=1e-9)


def test_a_gain_is_a_lasting_step_of_its_size():
    with_gain, without = made(seed=3).truth, made(seed=3, gain_size=0.0).truth
    has = np.flatnonzero(np.isfinite(with_gain.gain_after))
    step = without.outcome[has] - with_gain.outcome[has]
    reached = np.arange(1, 13) >= with_gain.gain_after[has, None]
    np.testing.assert_allclose(step, reached * with_gain.gain_size[has, None], atol=1e-9)


def test_autocorrelation_and_heavy_tails_are_those_asked_for():
    calm = {"ceiling": 0.0, "rupture_rate": 0.0}
    z = made(20_000, autocorrelation=0.5, **calm).truth.deviation
    assert np.corrcoef(z[:, 3], z[:, 4])[0, 1] == pytest.approx(0.5, abs=0.02)
    assert z.std() == pytest.approx(1.0, abs=0.01)
    heavy = made(20_000, noise="t4", autocorrelation=0.0, **calm).truth.deviation
    assert (np.abs(heavy) > 4).mean() > 20 * 6.3e-5  # a normal one is beyond 4 SD 6.3 in 100,000


def test_in_a_steady_world_nothing_happens():
    rng = np.random.default_rng(1)
    case = simulate_caseload(clients=300, sessions=8, rng=rng, world=steady())
    assert len(case.truth.rupture_client) == 0
    assert not case.truth.dropped_out.any()
    assert np.isfinite(case.table.score).all()


def test_members_of_a_case_share_therapist_and_last_session():
    table = made(200, in_cases=0.5, members=3).table
    case, last = table.case.codes, np.full(table.n_clients, 0.0)
    np.maximum.at(last, table.client, table.session)
    first_row = np.unique(table.client, return_index=True)[1]
    of_client = case[first_row]
    assert np.bincount(of_client[of_client >= 0]).tolist() == [3] * 33
    for members in (np.flatnonzero(of_client == c) for c in range(33)):
        assert len(set(table.therapist.codes[first_row[members]])) == 1
        assert len(set(last[members])) == 1


def test_missing_forms_are_missing_and_never_a_score():
    table = made(2000, missing=0.3, missed=0.0, dropout=0.0).table
    own = table.score[table.respondent == 0]
    assert np.isnan(own).mean() == pytest.approx(0.3, abs=0.01)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"clients": 0}, "give at least 1"),
        ({"sessions": 0}, "give at least 1"),
        ({"clients": 10**9}, "at most 200,000,000"),
        ({"missing": 1.5}, "missing = 1.5: give a share"),
        ({"within_sd": -1}, "within_sd = -1: give 0 or more"),
        ({"within_sd": float("nan")}, "give 0 or more"),
        ({"autocorrelation": 1}, "lies between -1 and 1"),
        ({"noise": "cauchy"}, "use 'normal' or 't4'"),
        ({"members": 1}, "at least 2"),
        ({"rupture_dropout": 0}, "a factor above 0"),
        ({"alliance": Scale(name="x")}, "scale x: its range is needed"),
        ({"alliance": wide(name="phq-9")}, "can't be alliance and outcome"),
    ],
)
def test_impossible_worlds_are_refused_in_words(settings, words):
    with pytest.raises(BadInputError, match=words):
        made(**settings)


@pytest.mark.parametrize(("clients", "sessions"), [(1, 1), (1, 30), (3, 2), (2, 4)])
def test_the_smallest_caseloads_can_be_made(clients, sessions):
    case = made(clients, sessions)
    assert case.table.n_clients == clients
    assert case.truth.outcome.shape == (clients, sessions)
