"""When client and therapist see the same sessions differently, and what is no news."""

import numpy as np
import pytest

from rapport.science.alliance.pairs import paired
from rapport.science.alliance.views_apart import views_apart
from rapport.science.errors import BadInputError
from rapport.science.records.courses import courses_from_rows

PRACTICE = 60
WEEKS = 12


def practice(change=None, *, seed=3, gap_sd=0.5, practice=PRACTICE):
    """Both views of steady pairs; ``change(gaps)`` may move some."""
    rng = np.random.default_rng(seed)
    own = rng.normal(20, 4, (practice, 1)) + rng.normal(0, 1, (practice, WEEKS))
    gaps = 1 + rng.normal(0, gap_sd, (practice, 1)) + rng.normal(0, 1, (practice, WEEKS))
    if change is not None:
        change(gaps)
    return both_views(own, own + gaps)


def both_views(own, theirs):
    people, weeks = own.shape
    who, when = np.repeat(np.arange(people), weeks), np.tile(np.arange(1, weeks + 1), people)
    return {
        "client": courses_from_rows(client=who, session=when, score=own.ravel()),
        "therapist": courses_from_rows(client=who, session=when, score=theirs.ravel()),
    }


def find(views, **settings):
    return views_apart(**views, rng=np.random.default_rng(7), **settings)


@pytest.mark.parametrize("way", [6, -6])
def test_a_gap_that_opens_is_seen_in_both_directions(way):
    def opens(gaps):
        gaps[0, 8:] += way

    found = find(practice(opens))
    mine = found.client_index == 0
    assert found.session[mine & found.moved][0] == 9
    assert np.sign(found.difference - found.expected)[mine & found.moved][0] == np.sign(way)


def test_a_therapist_who_always_rates_lower_is_no_news():
    def lower(gaps):
        gaps[0] -= 4

    found = find(practice(lower, gap_sd=2.0))
    assert not found.moved[found.client_index == 0].any()


def test_nothing_is_said_before_the_third_session_both_rated():
    found = find(practice())
    early = found.session <= 2
    assert not found.moved[early].any()
    assert np.isnan(found.expected[early]).all()
    assert not np.isnan(found.expected[~early]).any()


@pytest.mark.slow
@pytest.mark.parametrize("budget", [0.02, 0.05, 0.10, 0.20])
def test_steady_pairs_are_flagged_no_more_often_than_the_budget(budget):
    found = find(practice(practice=20_000), budget=budget)
    flagged = np.bincount(found.client_index, found.moved) > 0
    # Two standard errors, of the made-up pairs here and of those the threshold was found on.
    assert flagged.mean() <= budget + 2 * np.sqrt(2 * budget * (1 - budget) / 20_000)


def test_a_wide_gap_counts_twice_running_on_the_same_side():
    own = np.tile([[20.0], [24.0], [16.0]], (1, 6)) + np.tile([0.1, -0.1], (3, 3))
    theirs = own.copy()
    theirs[0] += [0, 9, 0, 9, 9, 0]
    theirs[1] += [0, 9, -9, 9, -9, 0]
    found = find(both_views(own, theirs))
    assert found.wide_from == pytest.approx(1.5 * 4, abs=0.01)
    assert found.session[found.wide].tolist() == [5]
    assert found.client_index[found.wide].tolist() == [0]


def test_only_sessions_that_both_rated_are_compared():
    client = courses_from_rows(client=["a", "a", "b"], session=[1, 2, 1], score=[5, np.nan, 6])
    therapist = courses_from_rows(
        client=["b", "a", "a", "new"], session=[2, 1, 2, 1], score=[1, 7, 8, 9]
    )
    pairs = paired(client=client, therapist=therapist)
    assert (pairs.client_index.tolist(), pairs.session.tolist()) == ([0], [1])
    assert pairs.differences(client).score.tolist() == [2]


def test_the_same_pairs_are_found_in_whatever_order_therapists_wrote():
    views = practice()
    theirs = views["therapist"]
    shuffled = np.random.default_rng(1).permutation(theirs.n_rows)
    again = courses_from_rows(
        client=theirs.client_index[shuffled],
        session=theirs.session[shuffled],
        score=theirs.score[shuffled],
    )
    one, other = paired(**views), paired(client=views["client"], therapist=again)
    np.testing.assert_array_equal(one.therapist, other.therapist)
    np.testing.assert_array_equal(one.client_index, other.client_index)


def test_nobody_in_common_is_no_finding_and_is_said():
    client = courses_from_rows(client=["a"], session=[1], score=[5])
    therapist = courses_from_rows(client=["b"], session=[1], score=[5])
    found = find({"client": client, "therapist": therapist})
    assert len(found.session) == 0
    assert "no pair's differences vary: nothing can be said about change" in found.notes


def test_one_pair_alone_is_read_with_an_assumption_that_is_named():
    views = practice(practice=1)
    notes = " ".join(find(views).notes)
    assert "how pairs differ is assumed" in notes
    assert "no wide gap can be named" in notes


@pytest.mark.parametrize("setting", [{"budget": 0}, {"budget": 1}, {"wide": 0}])
def test_settings_that_mean_nothing_are_refused(setting):
    with pytest.raises(BadInputError, match=next(iter(setting))):
        find(practice(), **setting)
