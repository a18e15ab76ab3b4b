"""Charts and change points away from the textbook: short courses, gaps, perfect fits, refusals."""

import numpy as np
import pytest
from tables import numbers, read_table

from rapport.science.alliance.change_points import (
    LevelPrior,
    level_breaks,
    online_change,
    practice_prior,
)
from rapport.science.alliance.control_charts import cusum_chart, ewma_chart, individuals_chart
from rapport.science.errors import BadInputError, TooLittleDataError
from rapport.science.records.courses import courses_from_rows

CHARTS = [individuals_chart, ewma_chart, cusum_chart]
PRIOR = LevelPrior(mean=7, weight=0.5, shape=2, rate=1)


def courses_of(table):
    columns = read_table(table)
    return courses_from_rows(
        client=columns["client"],
        session=numbers(columns["week"]),
        score=numbers(columns["rating"]),
    )


def test_an_unanswered_week_changes_no_chart():
    gap = courses_of(
        """
        client | week | rating
        Ann    |    1 |      7
        Ann    |    2 |      8
        Ann    |    3 |            # not answered
        Ann    |    4 |      7
        Ann    |    5 |      3
        """
    )
    for draw in CHARTS:
        chart = draw(courses=gap, baseline=3)
        assert chart.session.tolist() == [1, 2, 4, 5]
        assert chart.center.tolist() == [pytest.approx(22 / 3)]
        assert chart.signal.tolist() == [False, False, False, True]


def test_too_short_a_baseline_draws_no_limits_and_says_so():
    both = courses_of(
        """
        client | week | rating
        Ann    |    1 |      7
        Ann    |    2 |      8
        Ann    |    3 |      2
        Bo     |    1 |      7
        """
    )
    for draw in CHARTS:
        chart = draw(courses=both, baseline=2)
        assert np.isnan(chart.sigma).tolist() == [False, True]
        assert not chart.signal[3]
        assert chart.notes == ("1 courses have fewer than 2 ratings: no limits",)


@pytest.mark.parametrize("draw", CHARTS)
def test_a_baseline_of_one_rating_is_refused(draw):
    course = courses_from_rows(client=["Ann"], session=[1], score=[7])
    with pytest.raises(BadInputError, match="baseline is 1"):
        draw(courses=course, baseline=1)


@pytest.mark.parametrize(
    ("draw", "setting"),
    [(individuals_chart, "width"), (ewma_chart, "weight"), (cusum_chart, "limit")],
)
def test_a_chart_setting_of_zero_is_refused_by_name(draw, setting):
    course = courses_from_rows(client=["Ann"], session=[1], score=[7])
    with pytest.raises(BadInputError, match=setting):
        draw(courses=course, baseline=2, **{setting: 0})


def test_an_average_that_takes_more_than_all_of_the_newest_rating_is_refused():
    course = courses_from_rows(client=["Ann"], session=[1], score=[7])
    with pytest.raises(BadInputError, match="weight"):
        ewma_chart(courses=course, baseline=2, weight=1.5)


def test_the_first_rating_is_no_change():
    course = courses_from_rows(client=["Ann", "Bo"], session=[1, 1], score=[1, 7])
    assert online_change(courses=course, prior=PRIOR).p_change.tolist() == [0, 0]


def test_each_client_is_followed_alone():
    long = courses_from_rows(client=["Ann"] * 5, session=range(5), score=[7, 8, 7, 2, 3])
    both = courses_from_rows(
        client=["Bo", "Bo", *["Ann"] * 5], session=[1, 2, *range(5)], score=[9, 1, 7, 8, 7, 2, 3]
    )
    alone = online_change(courses=long, prior=PRIOR)
    together = online_change(courses=both, prior=PRIOR)
    np.testing.assert_allclose(together.p_change[2:], alone.p_change, atol=1e-12)
    np.testing.assert_allclose(together.level[2:], alone.level, atol=1e-12)


def test_a_rating_beyond_belief_is_a_change_not_a_crash():
    course = courses_from_rows(client=["Ann"] * 6, session=range(6), score=[7] * 5 + [1e150])
    found = online_change(courses=course, prior=PRIOR)
    assert np.isfinite(found.p_change).all()


def test_a_prior_cannot_be_learnt_from_one_client():
    course = courses_from_rows(client=["Ann"] * 3, session=range(3), score=[7, 8, 7])
    with pytest.raises(TooLittleDataError, match="two clients"):
        practice_prior(course)


def test_clients_who_are_all_alike_still_get_a_prior():
    alike = courses_from_rows(
        client=["Ann"] * 2 + ["Bo"] * 2, session=[1, 2] * 2, score=[7, 8, 8, 7]
    )
    assert practice_prior(alike).weight == pytest.approx(100)


@pytest.mark.parametrize("hazard", [0, 1, np.nan])
def test_a_hazard_that_is_no_chance_is_refused(hazard):
    course = courses_from_rows(client=["Ann"], session=[1], score=[7])
    with pytest.raises(BadInputError, match="hazard"):
        online_change(courses=course, prior=PRIOR, hazard=hazard)


def test_two_breaks_cut_a_course_into_three_levels():
    course = courses_from_rows(
        client=["Ann"] * 12,
        session=range(12),
        score=[8, 7, 8, 8, 3, 4, 3, 3, 6, 7, 7, 6],
    )
    found = level_breaks(courses=course, max_breaks=3)
    assert found.n_breaks.tolist() == [2]
    assert found.last_before[0].tolist() == [4, 8, 0]
    np.testing.assert_allclose(found.level[0], [7.75, 3.25, 6.5, np.nan])


def test_the_best_single_break_is_the_one_found_by_trying_them_all():
    rng = np.random.default_rng(4)
    ratings = rng.normal(size=(20, 9))
    courses = courses_from_rows(
        client=np.repeat(np.arange(20), 9), session=np.tile(np.arange(9), 20), score=ratings.ravel()
    )
    found = level_breaks(courses=courses, fewest=2)
    for client, row in enumerate(ratings):
        sums = [
            ((row[:i] - row[:i].mean()) ** 2).sum() + ((row[i:] - row[i:].mean()) ** 2).sum()
            for i in range(2, 8)
        ]
        assert found.rss[client, 1] == pytest.approx(min(sums))


def test_ratings_that_never_move_and_short_courses_have_no_break():
    courses = courses_from_rows(
        client=["Ann"] * 8 + ["Bo"] * 2 + ["Cy"],
        session=[*range(8), 1, 2, 1],
        score=[0.3] * 8 + [3, 8, np.nan],
    )
    found = level_breaks(courses=courses)
    assert found.n_breaks.tolist() == [0, 0, -1]
    assert np.isnan(found.rss[1, 1])
    assert found.level[:2, 0].tolist() == [0.3, 5.5]


def test_a_perfect_step_is_one_break_with_a_sure_place():
    course = courses_from_rows(client=["Ann"] * 8, session=range(8), score=[0.7] * 4 + [0.1] * 4)
    found = level_breaks(courses=course, max_breaks=1)
    assert found.n_breaks.tolist() == [1]
    assert (found.lower[0, 0], found.last_before[0, 0], found.upper[0, 0]) == (3, 4, 5)


def test_settings_of_the_split_into_levels_are_checked():
    course = courses_from_rows(client=["Ann"], session=[1], score=[7])
    with pytest.raises(BadInputError, match="min_share"):
        level_breaks(courses=course, min_share=1.0)
