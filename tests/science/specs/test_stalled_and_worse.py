"""When a therapy is called stalled, and when a client is called worse."""

import numpy as np
import pytest

from rapport.science.errors import BadInputError, TooLittleDataError
from rapport.science.outcome.change_verdicts import change_verdicts
from rapport.science.outcome.slope_change import slope_change
from rapport.science.outcome.stalled import own_slopes, stalled, worsened
from rapport.science.records.courses import courses_from_rows
from rapport.science.records.scales import Scale

PHQ9 = Scale(name="phq-9", higher_is_better=False, reliable_change_points=6, clinical_cutoff=10)
NA = np.nan


def judged(scores, **settings):
    courses = courses_from_rows(
        client=["Sarah"] * len(scores), session=np.arange(1, len(scores) + 1), score=scores
    )
    answered = np.array([s for s in scores if not np.isnan(s)])
    verdicts = change_verdicts(first=answered[:1], last=answered[-1:], scale=PHQ9)
    return stalled(
        courses=courses, verdict=verdicts.verdict, cutoff=10, higher_is_better=False, **settings
    )


@pytest.mark.parametrize(
    ("scores", "said"),
    [
        ([17, 16, 18, 17, 16, 17], True),
        ([17, 17, 17, 17, 17, 17], True),  # without any scatter the slope is exactly zero
        ([17, 16, 18, 17, 16], False),  # five ratings are too few
        ([17, NA, 16, 18, 17, NA, 16], False),  # unanswered sessions don't count
        ([17, NA, 16, 18, 17, NA, 16, 17], True),
        ([9, 10, 8, 9, 10, 9], False),  # not in the clinical range
        ([11, 10, 12, 11, 10, 10], True),  # exactly on the cut-off is
        ([22, 20, 18, 15, 14, 13], False),  # reliably improved
        ([17, 16, 15.5, 15, 14, 13], False),  # slow, but it moves
        ([13, 14, 15, 15.5, 16, 17], False),  # moving the wrong way is another signal
    ],
)
def test_stalled(scores, said):
    assert judged(scores).stalled.tolist() == [said]


def test_without_a_verdict_or_a_cut_off_nobody_is_called_stalled():
    courses = courses_from_rows(client=["a"] * 6, session=range(6), score=[17] * 6)
    for verdict, cutoff in ((-2, 10), (0, NA)):
        result = stalled(
            courses=courses, verdict=np.array([verdict]), cutoff=cutoff, higher_is_better=False
        )
        assert (result.stalled[0], result.judged[0]) == (False, False)


def test_the_slope_and_its_interval_are_those_of_a_textbook():
    rng = np.random.default_rng(5)
    week, score = np.arange(7.0), rng.normal(15, 3, 7)
    courses = courses_from_rows(client=["a"] * 7, session=week, score=score)
    slope, half = own_slopes(rated=courses, level=0.80)
    coefficients, covariance = np.polyfit(week, score, 1, cov=True)
    assert slope[0] == pytest.approx(coefficients[0])
    t_5 = 1.4758840488244815  # t(.90), 5 degrees of freedom
    assert half[0] == pytest.approx(t_5 * np.sqrt(covariance[0, 0]))


def test_worse_means_reliably_worse_than_at_the_start():
    verdicts = change_verdicts(first=[9, 9, 18, NA], last=[15, 14, 9, 9], scale=PHQ9)
    result = worsened(verdicts=verdicts, higher_is_better=False)
    assert result.worsened.tolist() == [True, False, False, False]
    assert result.judged.tolist() == [True, True, True, False]
    assert result.by[:3].tolist() == [6, 5, -9]


def test_what_does_not_fit_together_is_refused():
    courses = courses_from_rows(client=["a"] * 3, session=[1, 2, 3], score=[5, 6, 7])
    with pytest.raises(BadInputError, match="2 verdicts for 1 clients"):
        stalled(courses=courses, verdict=np.array([0, 0]), cutoff=10, higher_is_better=False)
    with pytest.raises(BadInputError, match="needs 3 ratings"):
        stalled(
            courses=courses,
            verdict=np.array([0]),
            cutoff=10,
            higher_is_better=False,
            least_rated=2,
        )
    with pytest.raises(TooLittleDataError, match="1 clients have 3 ratings"):
        slope_change(courses=courses, higher_is_better=False)
