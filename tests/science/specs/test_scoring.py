"""How answers become scores, as tables a clinician can check."""

import numpy as np
import pytest
from packaged import load

from rapport.science.errors import BadInputError, TooFewAnswersError
from rapport.science.scoring.score import answers_to_talk_about, score_answers, score_matrix

NAN = float("nan")


def numbers(text):
    return [[NAN if cell == "-" else float(cell) for cell in line.split()] for line in text]


# Hand-worked: the form as answered, the score expected ("-" not answered, no total).
SPECS = [
    ("phq-9", "phq-9", "0 0 0 0 0 0 0 0 0", 0),
    ("phq-9", "phq-9", "3 3 3 3 3 3 3 3 3", 27),
    ("phq-9", "phq-9", "1 2 0 3 1 0 2 1 0", 10),
    ("phq-9", "phq-9", "1 2 0 3 1 0 2 1 -", NAN),
    ("gad-7", "gad-7", "3 2 1 0 1 2 3", 12),
    ("core-10", "core-10", "0 4 4 0 0 0 0 0 0 0", 0),  # items 2 and 3 are reversed
    ("core-10", "core-10", "4 0 0 4 4 4 4 4 4 4", 40),
    ("core-10", "core-10", "1 3 3 1 1 - 1 1 1 1", 10),  # 9 x 1 answered: 10 x mean
    ("core-10", "core-10", "1 3 3 1 - - 1 1 1 1", NAN),  # two missing: no total
    ("who-5", "who-5", "5 4 3 2 1", 60),  # sum x 4
    ("audit", "audit", "0 - - - - - - - 0 0", 0),  # never drinks: the form passes on to 9
    ("audit", "audit", "2 0 0 - - - - - 0 4", 6),
    ("audit", "audit", "2 1 0 - - - - - 0 4", NAN),
    ("audit", "audit.dependence", "2 1 1 1 2 1 0 0 0 0", 4),
    ("gbo-rating", "gbo-rating", "4 - -", 4),  # an unset goal is never a zero
    ("gbo-rating", "gbo-rating", "4 9 -", 6.5),
    ("gbo-rating", "gbo-rating.goal3", "4 9 -", NAN),
    ("arm-5-client", "arm-5-client", "7 7 1 7 7", 7),  # item 3 is reversed
    ("dass-21", "dass-21.depression", "0 0 3 0 3 0 0 0 0 3 0 0 3 0 0 3 3 0 0 0 3", 42),
    ("sparq", "sparq.positive_affect", "4 0 0 0 0 3 2 1", 10),
    ("sparq", "sparq.negative_affect", "4 1 0 2 0 3 2 1", 3),
    ("swemwbs", "swemwbs", "3 3 3 3 3 3 3", 21),
    ("swemwbs", "swemwbs.metric", "3 3 3 3 3 3 3", 19.25),  # conversion table
    ("wsas", "wsas.without_work", "- 8 8 8 8", 32),
    ("wsas", "wsas", "- 8 8 8 8", NAN),
    ("rapport-checkin-client", "rapport-checkin-client", "4 4 4 4 4 4 0 0", 32),
    ("rapport-checkin-client", "rapport-checkin-client", "1 1 2 1 2 1 3 2", 11),
    ("rapport-checkin-client", "rapport-checkin-client", "4 4 4 4 4 4 0 -", NAN),
]


@pytest.mark.parametrize(("name", "scale", "form", "expected"), SPECS)
def test_a_form_as_answered_gives_the_score_worked_by_hand(name, scale, form, expected):
    scored = score_matrix(instrument=load(name), answers=numbers([form]))
    np.testing.assert_equal(scored.of(scale), [expected])


def test_a_mean_of_subscales_is_no_mean_of_items():
    ede = load("ede-q")
    form = np.zeros((1, 28))
    form[0, [0, 1, 2, 3, 4]] = 6  # restraint alone: five items of the 22
    scored = score_matrix(instrument=ede, answers=form)
    assert scored.of("ede-q.restraint") == [6]
    assert scored.of("ede-q") == [1.5]


def test_one_person_without_enough_answers_is_an_error_with_a_name():
    answers = {"q1": 1, "q2": None, "q3": 2}
    with pytest.raises(TooFewAnswersError, match="phq-9: 2 of 9 answered, 9 needed: no total"):
        score_answers(instrument=load("phq-9"), answers=answers)


def test_one_person_with_all_answers_has_a_number():
    answers = {f"q{n}": 1 for n in range(1, 10)}
    assert score_answers(instrument=load("phq-9"), answers=answers) == 9


@pytest.mark.parametrize(
    ("value", "what"),
    [
        (4, "row 2, item q2: 4 is not an answer; allowed: 0, 1, 2, 3; correct it, or leave"),
        (-1, "row 2, item q2: -1 is not an answer"),
        (1.5, "row 2, item q2: 1.5 is not an answer"),
        (float("inf"), "row 2, item q2: inf is not an answer"),
    ],
)
def test_an_answer_the_form_does_not_offer_is_refused_with_its_place(value, what):
    with pytest.raises(BadInputError, match=what):
        score_matrix(instrument=load("phq-2"), answers=[[1, 1], [1, value]])


def test_a_gap_between_answers_is_no_answer():
    form = [[1, 1, 1, 0, 0, 0, 0, 0, 3, 0]]  # AUDIT item 9 knows 0, 2 and 4 only
    with pytest.raises(BadInputError, match="item q9: 3 is not an answer; allowed: 0, 2, 4"):
        score_matrix(instrument=load("audit"), answers=form)


def test_a_drawn_line_takes_any_number_between_its_ends():
    srs = load("srs")
    assert score_matrix(instrument=srs, answers=[[9.3, 8.1, 10, 0]]).of("srs") == [27.4]
    with pytest.raises(BadInputError, match="allowed: any number from 0 to 10"):
        score_matrix(instrument=srs, answers=[[10.1, 8, 10, 0]])


def test_an_unknown_item_is_refused_with_the_known_ones():
    with pytest.raises(BadInputError, match="phq-2: no item 'q3'; its items are q1, q2"):
        score_answers(instrument=load("phq-2"), answers={"q3": 1})


def test_a_score_that_does_not_exist_is_refused_with_the_known_ones():
    with pytest.raises(BadInputError, match=r"no score 'total'; name one of sparq\.positive"):
        load("sparq").to_scale()
    assert load("sparq").to_scale("negative_affect").higher_is_better is False


def test_a_matrix_of_another_shape_is_refused():
    with pytest.raises(BadInputError, match=r"shape \(1, 3\); give one row per form"):
        score_matrix(instrument=load("phq-2"), answers=[[1, 2, 3]])


def test_it_is_said_which_scores_were_prorated_and_from_how_many_answers():
    scored = score_matrix(instrument=load("core-10"), answers=numbers(["1 3 3 1 1 - 1 1 1 1"]))
    assert scored.prorated.tolist() == [[True]]
    assert (scored.answered[0, 0], scored.needed[0], scored.items[0]) == (9, 9, 10)


def test_what_is_not_computed_is_said_with_its_reason():
    scored = score_matrix(instrument=load("wai-s-client"), answers=np.ones((2, 12)))
    assert scored.values.shape == (2, 0)
    assert "key was not read" in scored.notes[0]


def test_risk_answers_are_found_by_the_raw_value_and_silence_is_not_reassurance():
    forms = numbers(["0 0 0 0 0 0 0 0 1", "0 0 0 0 0 0 0 0 0", "0 0 0 0 0 0 0 0 -"])
    found = answers_to_talk_about(instrument=load("phq-9"), answers=forms)
    assert found.kinds == ("self-harm",)
    assert found.met.tolist() == [[True], [False], [False]]
    assert found.answered.tolist() == [[True], [True], [False]]


def test_harm_to_others_is_a_kind_of_its_own():
    kinds = {item.id: item.safety.kind for item in load("core-om").items if item.safety}
    assert kinds.pop("q6") == kinds.pop("q22") == "harm-to-others"
    assert kinds == dict.fromkeys(("q9", "q16", "q24", "q34"), "self-harm")


def test_direct_answers_of_the_check_in_are_kept_back_and_tension():
    forms = numbers(["4 4 4 4 4 4 3 1", "4 4 4 4 4 4 2 2"])
    found = answers_to_talk_about(instrument=load("rapport-checkin-client"), answers=forms)
    assert found.items == ("kept_back", "tension")
    assert found.met.tolist() == [[True, False], [False, True]]


def test_a_member_who_does_not_feel_safe_is_found_by_a_low_answer():
    form = [[4, 4, 4, 4, 4, 4, 0, 0, 1, 4, 4]]
    found = answers_to_talk_about(instrument=load("rapport-checkin-member"), answers=form)
    assert dict(zip(found.kinds, found.met[0].tolist(), strict=True))["safe-with-others"]
