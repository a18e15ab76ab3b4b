"""Laws of the alliance rules, tried on made-up courses."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rapport.science.alliance.change_points import LevelPrior, level_breaks, online_change
from rapport.science.alliance.control_charts import cusum_chart, ewma_chart, individuals_chart
from rapport.science.alliance.disengaging import missed_sessions, unanswered_check_ins
from rapport.science.alliance.episodes import REPAIRED, find_episodes
from rapport.science.alliance.split import find_splits
from rapport.science.alliance.steady_maximum import steady_maximum
from rapport.science.records.courses import courses_from_rows
from rapport.science.records.scales import Scale

RATING = st.one_of(st.none(), st.integers(0, 10))
COURSES = st.lists(st.lists(RATING, min_size=1, max_size=14), min_size=1, max_size=5)
SETTINGS = st.fixed_dictionaries(
    {
        "criterion": st.sampled_from([0.5, 1.0, 2.0]),
        "window": st.integers(1, 3),
        "horizon": st.integers(1, 4),
        "repair_share": st.sampled_from([0.3, 0.5, 1.0]),
    }
)
PRIOR = LevelPrior(mean=5, weight=0.5, shape=2, rate=2)
SCALE = Scale(name="made up", minimum=0, maximum=10)
CHARTS = [individuals_chart, ewma_chart, cusum_chart]


def courses_of(ratings):
    rows = [
        (client, week, np.nan if rating is None else rating)
        for client, course in enumerate(ratings)
        for week, rating in enumerate(course)
    ]
    client, week, rating = zip(*rows, strict=True)
    return courses_from_rows(client=client, session=week, score=rating)


def events(found, client):
    mine = found.client_index == client
    names = ("start", "reference", "drop", "nadir", "nadir_score", "status", "repair", "full")
    return [np.nan_to_num(getattr(found, name)[mine], nan=-1).tolist() for name in names]


def by_the_letter(ratings, sd, *, criterion, window, horizon, repair_share):
    """The rule as a plain loop over one course, as one would explain it at a blackboard."""
    seen = [(week, rating) for week, rating in enumerate(ratings) if rating is not None]
    found, k = [], 1
    while k < len(seen):
        reference = max(rating for _, rating in seen[max(0, k - window) : k])
        drop = reference - seen[k][1]
        if drop < criterion * sd - 1e-12 or drop <= 0:
            k += 1
            continue
        start, low, status, last = k, seen[k][1], "open", len(seen) - 1
        for looked, (_, rating) in enumerate(seen[k + 1 : k + 1 + horizon], start=1):
            if rating >= low + repair_share * (reference - low) - 1e-12:
                status, last = "repaired", k + looked
                break
            low = min(low, rating)
            if looked == horizon:
                status, last = "unrepaired", k + looked
        found.append((seen[start][0], status, low))
        k = last + 1
    return found


@given(COURSES, SETTINGS)
@settings(deadline=None)
def test_episodes_are_those_of_the_rule_told_as_a_plain_loop(ratings, chosen):
    found = find_episodes(courses=courses_of(ratings), **chosen)
    words = found.status_words
    for client, course in enumerate(ratings):
        mine = np.flatnonzero(found.client_index == client)
        told = [(found.start[i], words[i], found.nadir_score[i]) for i in mine]
        assert told == by_the_letter(course, found.sd_used[client], **chosen)


@given(COURSES, SETTINGS)
@settings(deadline=None)
def test_episodes_never_overlap_and_a_repair_follows_its_drop(ratings, chosen):
    found = find_episodes(courses=courses_of(ratings), **chosen)
    repaired = found.status == REPAIRED
    assert (found.repair[repaired] > found.nadir[repaired]).all()
    assert (found.nadir >= found.start).all()
    assert (found.drop > 0).all()
    same = np.diff(found.client_index) == 0
    ends = np.where(repaired, found.repair, found.nadir)
    assert (found.start[1:][same] > ends[:-1][same]).all()


@given(COURSES, SETTINGS, st.sampled_from([0.5, 2.0, 8.0]), st.integers(-3, 3))
@settings(deadline=None)
def test_another_unit_of_the_scale_gives_the_same_episodes(ratings, chosen, unit, zero):
    courses = courses_of(ratings)
    other = courses_from_rows(
        client=courses.client_index, session=courses.session, score=unit * courses.score + zero
    )
    one, two = find_episodes(courses=courses, **chosen), find_episodes(courses=other, **chosen)
    np.testing.assert_array_equal(one.start, two.start)
    np.testing.assert_array_equal(one.status, two.status)
    np.testing.assert_allclose(two.drop, unit * one.drop)


@given(COURSES)
@settings(deadline=None)
def test_a_mirrored_scale_gives_the_same_episodes(ratings):
    courses = courses_of(ratings)
    mirrored = courses_from_rows(
        client=courses.client_index, session=courses.session, score=10 - courses.score
    )
    one = find_episodes(courses=courses)
    two = find_episodes(courses=mirrored, scale=Scale(name="m", higher_is_better=False))
    np.testing.assert_array_equal(one.start, two.start)
    np.testing.assert_allclose(one.drop, two.drop)


@given(COURSES, st.integers(0, 4))
@settings(deadline=None)
def test_a_client_read_alone_is_read_as_among_others(ratings, place):
    client = place % len(ratings)
    together = find_episodes(courses=courses_of(ratings), pooled_sd=1.5)
    alone = find_episodes(courses=courses_of([ratings[client]]), pooled_sd=1.5)
    assert events(together, client) == events(alone, 0)


@given(COURSES)
@settings(deadline=None)
def test_an_unanswered_week_changes_nothing(ratings):
    gappy = [[x for rating in course for x in (rating, None)] for course in ratings]
    with_gaps, without = courses_of(gappy), courses_of(ratings)
    assert len(find_episodes(courses=with_gaps)) == len(find_episodes(courses=without))
    for draw in CHARTS:
        one, two = draw(courses=with_gaps, baseline=3), draw(courses=without, baseline=3)
        np.testing.assert_array_equal(one.signal, two.signal)
    one, two = (online_change(courses=c, prior=PRIOR).p_change for c in (with_gaps, without))
    np.testing.assert_allclose(one, two)


@given(COURSES)
@settings(deadline=None)
def test_probabilities_are_probabilities_and_levels_lie_within_reach(ratings):
    courses = courses_of(ratings)
    found = online_change(courses=courses, prior=PRIOR)
    assert ((found.p_change >= 0) & (found.p_change <= 1 + 1e-12)).all()
    assert ((found.level >= 0) & (found.level <= 10)).all()
    assert (found.run_length <= np.diff(courses.observed().starts).max(initial=0)).all()


@given(COURSES)
@settings(deadline=None)
def test_more_breaks_never_fit_worse_and_levels_keep_the_mean(ratings):
    courses = courses_of(ratings)
    # A level may be one rating long: only then can a further break never spoil the fit.
    found = level_breaks(courses=courses, max_breaks=3, min_share=0.01, fewest=1)
    steps = np.diff(found.rss, axis=1)
    assert (steps[~np.isnan(steps)] <= 1e-9).all()
    seen = courses.observed()
    for client in np.flatnonzero(found.n_breaks >= 0):
        scores = seen.of(client)[1]
        ends = [0, *found.last_before[client][found.last_before[client] > 0], len(scores)]
        sizes, level = np.diff(ends), found.level[client, : found.n_breaks[client] + 1]
        assert (sizes * level).sum() == pytest.approx(scores.sum(), abs=1e-9)


@given(COURSES)
@settings(deadline=None)
def test_runs_at_the_top_add_up(ratings):
    found = steady_maximum(courses=courses_of(ratings), scale=SCALE)
    for client, course in enumerate(ratings):
        seen = [rating for rating in course if rating is not None]
        ending = next((i for i, rating in enumerate(reversed(seen)) if rating != 10), len(seen))
        assert found.running[client] == ending
        assert found.longest[client] >= ending


@given(st.lists(st.lists(RATING, min_size=6, max_size=6), min_size=2, max_size=4))
@settings(deadline=None)
def test_a_split_is_the_same_whoever_is_named_first(ratings):
    one = find_splits(courses=courses_of(ratings), case=[0] * len(ratings), scale=SCALE)
    two = find_splits(courses=courses_of(ratings[::-1]), case=[0] * len(ratings), scale=SCALE)
    np.testing.assert_array_equal(one.difference, two.difference)
    np.testing.assert_array_equal(one.standing, two.standing)
    assert (one.difference >= 0).all()
    assert not (one.recovered & one.standing).any()


@given(COURSES)
@settings(deadline=None)
def test_what_recovered_stood_before_and_stands_no_longer(ratings):
    courses = courses_of(ratings)
    attended = courses_from_rows(
        client=courses.client_index, session=courses.session, score=np.sign(courses.score)
    )
    for found in (missed_sessions(attendance=attended), unanswered_check_ins(check_ins=courses)):
        assert not (found.recovered & found.standing).any()
        assert found.standing[found.signal].all()
        rows = np.flatnonzero(found.recovered)
        assert found.standing[rows - 1].all()
        assert (found.client_index[rows - 1] == found.client_index[rows]).all()
