"""Change, and single answers: what stands, what never ends by silence, what never moves others."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from packaged import load
from sessions import MOOD, of, read, session_table

PHQ9 = {"phq-9": load("phq-9")}
COURSES = {
    "better": [24, 20, 16, 10],
    "worse": [8, 10, 14, 22],
    "same": [15, 14, 16, 15],
    "once": [12],
}


def mood(courses):
    return [(who, k, "mood", s) for who, scores in courses.items() for k, s in enumerate(scores, 1)]


def changes(courses):
    reading = read(session_table(mood(courses)), forecasts=False)
    return {client.client: client.outcome.change for client in reading.clients}


def risk_signals(answers, *, questions=("q9",)):
    """Signals of one client who gave these answers to the safety question, session by session."""
    items = [
        ("a", k, "phq-9", question, answer)
        for k, answer in enumerate(answers, 1)
        for question in questions
    ]
    rows = [("a", k, "mood", 10.0) for k in range(1, len(answers) + 1)]
    one = of(read(session_table(rows, items=items), instruments=PHQ9, forecasts=False), "a")
    return {s.session: s.current for s in one.signals if s.kind == "risk answer"}


def test_change_is_told_from_the_measures_own_wobble():
    found = changes(COURSES)
    assert found["better"].verdict == "reliably improved"
    assert found["worse"].verdict == "reliably deteriorated"
    assert found["same"].verdict == "no reliable change"
    # 1.96 x 6 x sqrt(2 x (1 - .9)): Jacobson & Truax 1991
    assert found["same"].threshold == pytest.approx(5.26, abs=0.005)


def test_one_rating_gets_no_verdict_no_last_and_no_difference():
    once = changes(COURSES)["once"]
    assert (once.verdict, once.first) == ("no verdict", 12)
    assert (once.last, once.difference) == (None, None)
    assert once.why == "one rating: nothing about change can be said"


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 30))
def test_one_more_client_with_one_rating_changes_nobody_elses_verdict(score):
    before, after = changes(COURSES), changes({"a newcomer": [score], **COURSES})
    assert {name: after[name] for name in before} == before


def test_a_missing_last_rating_is_not_the_last_and_not_zero():
    found = changes({"a": [20, 10, None], "b": [None, 20, 10]})
    assert (found["a"].first, found["a"].last) == (20, 10)
    assert found["a"].difference == found["b"].difference == -10


def test_getting_worse_is_said_and_stands_while_nothing_newer_is_answered():
    worse = of(read(session_table(mood(COURSES)), forecasts=False), "worse")
    assert [(s.kind, s.current) for s in worse.signals] == [("worse", True)]
    assert worse.headline == worse.signals[0].sentence


def test_forecasts_switched_off_predict_nothing_and_say_so():
    reading = read(session_table(mood(COURSES)), forecasts=False)
    for client in reading.clients:
        assert (client.outcome.expected, client.outcome.forecast) == ([], None)
        assert client.outcome.note == "forecasts are switched off"


def test_without_reliability_there_is_no_verdict_and_the_reason_is_said():
    plain = {"mood": type(MOOD)(name="mood", role="outcome", higher_is_better=False)}
    reading = read(session_table(mood(COURSES)), known=plain, forecasts=False)
    assert of(reading, "better").outcome.change.verdict == "no verdict"
    assert "reliability is not known" in of(reading, "better").outcome.change.why


@pytest.mark.parametrize(
    ("answers", "standing"),
    [
        ([1], {1: True}),
        ([0, 2, 1], {2: False, 3: True}),
        ([2, 0], {1: False}),
        ([2, None, None], {1: True}),
        ([0, 0, None], {}),
        ([None, 3, None, 0, None], {2: False}),
    ],
)
def test_a_risk_answer_stands_until_it_is_answered_otherwise(answers, standing):
    assert risk_signals(answers) == standing


@given(st.lists(st.none() | st.integers(0, 3), min_size=1, max_size=6))
@settings(max_examples=25, deadline=None)
def test_no_risk_answer_is_lost_and_silence_ends_none(answers):
    found = risk_signals(answers)
    assert set(found) == {k for k, answer in enumerate(answers, 1) if answer}
    assert risk_signals([*answers, None, None]) == found


def test_other_questions_answered_later_do_not_end_a_risk_answer():
    items = [("a", 1, "phq-9", "q9", 1.0), ("a", 2, "phq-9", "q1", 0.0)]
    rows = [("a", 1, "mood", 10.0), ("a", 2, "mood", 5.0)]
    one = of(read(session_table(rows, items=items), instruments=PHQ9, forecasts=False), "a")
    assert [s.current for s in one.signals if s.kind == "risk answer"] == [True]
    assert one.headline == one.signals[0].sentence


def test_the_sentence_of_a_risk_answer_is_the_same_whatever_the_answer():
    said = set()
    for answer in (1, 2, 3):
        rows = session_table(
            [("a", 1, "mood", 10.0)], items=[("a", 1, "phq-9", "q9", float(answer))]
        )
        one = of(read(rows, instruments=PHQ9, forecasts=False), "a")
        said |= {s.sentence for s in one.signals}
    assert len(said) == 1


def test_answers_of_a_questionnaire_that_is_not_known_are_left_alone():
    table = session_table([("a", 1, "mood", 10.0)], items=[("a", 1, "own", "q1", 1.0)])
    assert of(read(table, instruments=PHQ9, forecasts=False), "a").signals == []


def test_a_practice_whose_people_all_start_alike_is_read_without_an_expected_course():
    alike = {f"c{number}": [12, 12, 12, 12] for number in range(20)}
    reading = read(session_table(mood(alike)))
    assert {c.outcome.change.verdict for c in reading.clients} == {"no reliable change"}
    assert {c.outcome.forecast for c in reading.clients} == {None}
    assert {c.outcome.note for c in reading.clients} == {
        "no expected course: these courses differ too little to learn from"
    }
