"""Laws of the drop alarm that hold for any course."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from rapport.science.alliance.drop_alarm import alarm_thresholds, find_drops, known_model
from rapport.science.records.courses import courses_from_rows

MODEL = known_model(mean=7, between_sd=1.5, within_sd=1, sd_spread=0.4)
RULE = alarm_thresholds(model=MODEL, rng=np.random.default_rng(1), n_courses=10_000)
SCORES = st.lists(st.floats(0, 10), min_size=3, max_size=40)


def course(scores):
    return courses_from_rows(client=["a"] * len(scores), session=range(len(scores)), score=scores)


@settings(max_examples=60, deadline=None)
@given(scores=SCORES)
def test_a_lower_last_rating_never_makes_its_drop_smaller(scores):
    lower = [*scores[:-1], scores[-1] - 1]
    before = find_drops(courses=course(scores), rule=RULE).z[-1]
    after = find_drops(courses=course(lower), rule=RULE).z[-1]
    assert after >= before - 1e-9


@settings(max_examples=60, deadline=None)
@given(scores=SCORES, more=SCORES)
def test_later_ratings_never_change_what_was_said_before(scores, more):
    early = find_drops(courses=course(scores), rule=RULE).z
    late = find_drops(courses=course(scores + more), rule=RULE).z
    np.testing.assert_allclose(late[: len(early)], early, atol=1e-9)


@settings(max_examples=60, deadline=None)
@given(scores=SCORES, others=SCORES)
def test_one_client_s_alarms_do_not_depend_on_who_else_is_in_the_table(scores, others):
    alone = find_drops(courses=course(scores), rule=RULE)
    together = courses_from_rows(
        client=["a"] * len(scores) + ["b"] * len(others),
        session=[*range(len(scores)), *range(len(others))],
        score=[*scores, *others],
    )
    both = find_drops(courses=together, rule=RULE)
    mine = both.client_index == 0
    np.testing.assert_array_equal(both.session[mine], alone.session)


@settings(max_examples=60, deadline=None)
@given(scores=SCORES)
def test_an_alarm_always_lies_below_what_was_expected(scores):
    found = find_drops(courses=course(scores), rule=RULE)
    for session, window, expected in zip(found.session, found.window, found.expected, strict=True):
        last = np.array(scores)[int(session) - window + 1 : int(session) + 1]
        assert last.mean() < expected
