"""What a reading says of the relationship, how long it stands, and what it never says."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sessions import KNOWN, WAI, of, read, session_table

from rapport.science.errors import BadInputError

RNG = np.random.default_rng(11)
PRACTICE = [
    (f"p{person}", session, "wai", float(np.clip(np.round(30 + RNG.normal(0, 2)), 0, 40)))
    for person in range(60)
    for session in range(1, 9)
]


def with_client(scores, name="new"):
    rows = [(name, session, "wai", score) for session, score in enumerate(scores, 1)]
    return session_table([*PRACTICE, *rows])


def kinds(client):
    return [signal.kind for signal in client.signals]


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.none() | st.integers(0, 40), min_size=2, max_size=5), st.integers(0, 9))
@pytest.mark.slow
def test_no_drop_is_called_before_the_third_rated_session(scores, seed):
    rated = [session for session, score in enumerate(scores, 1) if score is not None]
    found = of(read(with_client(scores), seed=seed, false_alarms=0.5), "new")
    alarms = [] if found.alliance is None else found.alliance.alarms
    assert all(sum(k <= alarm.session for k in rated) >= 3 for alarm in alarms)


def test_two_ratings_are_too_early_however_far_they_lie_apart():
    new = of(read(with_client([40, 0])), "new")
    assert new.alliance.status.startswith("too early")
    assert new.alliance.alarms == []
    assert "drop" not in kinds(new)


def test_a_deep_fall_is_called_with_what_was_expected():
    new = of(read(with_client([30, 31, 30, 30, 8])), "new")
    (alarm,) = new.alliance.alarms
    assert (alarm.session, alarm.score) == (5, 8)
    assert alarm.expected == pytest.approx(30.2, abs=1)


@pytest.mark.parametrize(("later", "current"), [([], True), ([None], True), ([30], False)])
def test_a_drop_stands_until_the_client_answers_again(later, current):
    new = of(read(with_client([30, 31, 30, 30, 8, *later])), "new")
    assert [s.current for s in new.signals if s.kind == "drop"] == [current]


def test_a_drop_that_did_not_come_back_half_way_in_three_ratings_is_said():
    new = of(read(with_client([30, 31, 30, 30, 8, 9, 8, 9])), "new")
    assert new.alliance.episodes[-1].status == "unrepaired"
    assert [s.current for s in new.signals if s.kind == "not recovered"] == [True]


def test_a_missing_answer_is_none_and_moves_nothing():
    silent = of(read(with_client([30, None, 31, 30])), "new")
    assert silent.alliance.series.scores == [30, None, 31, 30]
    assert "drop" not in kinds(silent)


def test_nobody_with_a_rating_is_no_reading_rather_than_zero():
    rows = [("a", 1, "wai", None), ("a", 1, "mood", 10.0)]
    assert of(read(session_table(rows)), "a").alliance is None


def test_the_highest_answer_three_times_running_is_named():
    new = of(read(with_client([38, 40, 40, 40])), "new")
    assert new.alliance.steady_maximum == 3
    assert "can't go higher" in new.alliance.note
    assert kinds(new) == ["steady maximum"]


def test_without_a_range_nothing_is_said_of_its_ends():
    open_scale = {"wai": type(WAI)(name="wai", role="alliance", higher_is_better=True)}
    reading = read(with_client([38, 40, 40, 40]), known=open_scale)
    assert of(reading, "new").alliance.steady_maximum == 0
    assert any("range not stated" in warning for warning in reading.warnings)


@pytest.mark.slow
def test_members_of_a_case_share_one_budget():
    table = with_client([30, 31, 30])
    alone = of(read(table), "p0").alliance.usual[-1]
    cases = {"p0": "couple", "p1": "couple"}
    rows = [*PRACTICE, *[("new", k, "wai", s) for k, s in ((1, 30.0), (2, 31.0), (3, 30.0))]]
    couple = of(read(session_table(rows, cases=cases)), "p0").alliance.usual[-1]
    assert couple[0] == alone[0]
    assert couple[1] < alone[1]


@pytest.mark.slow
def test_a_larger_budget_calls_sooner():
    table = with_client([30, 31, 30])
    strict, eager = (of(read(table, false_alarms=b), "new") for b in (0.02, 0.3))
    assert eager.alliance.usual[-1][1] > strict.alliance.usual[-1][1]


@pytest.mark.parametrize("budget", [0, 1, -0.1, float("nan")])
def test_a_budget_outside_nought_to_one_is_refused(budget):
    with pytest.raises(BadInputError, match="share between 0 and 1"):
        read(with_client([30]), false_alarms=budget)


def test_a_scale_of_which_nothing_is_known_is_refused_with_a_remedy():
    with pytest.raises(BadInputError, match=r"scales.toml \(\[scales.trust\]"):
        read(session_table([("a", 1, "trust", 3.0)]), known=KNOWN)
