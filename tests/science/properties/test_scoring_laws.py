"""What must hold for every form: laws of scoring."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from rapport.science.scoring.examples import MOOD, MOOD_TOML
from rapport.science.scoring.read import read_instrument
from rapport.science.scoring.score import score_matrix

answer = st.sampled_from([0.0, 1.0, 2.0, 3.0, float("nan")])
forms = st.lists(st.tuples(answer, answer), min_size=1, max_size=20)
PRORATED = read_instrument(
    text=MOOD_TOML.replace("maximum = 6", "maximum = 6\nminimum_answered = 1"), name="mood.toml"
)
FLIPPED = read_instrument(
    text=MOOD_TOML.replace("reverse = true", "").replace(
        'text = "Today I felt low."', 'text = "Today I felt low."\nreverse = true'
    ),
    name="mood.toml",
)


def total(instrument, rows):
    return score_matrix(instrument=instrument, answers=rows).of("mood")


@given(forms)
def test_a_score_stands_within_its_range_or_is_missing(rows):
    for instrument in (MOOD, PRORATED):
        values = total(instrument, rows)
        assert np.all(np.isnan(values) | ((values >= 0) & (values <= 6)))


@given(forms)
def test_reversing_every_question_turns_the_score_round(rows):
    np.testing.assert_allclose(total(MOOD, rows) + total(FLIPPED, rows), 6 + 0 * total(MOOD, rows))


@given(forms)
def test_a_form_scores_the_same_alone_and_among_others(rows):
    together = total(MOOD, rows)
    alone = [total(MOOD, [row])[0] for row in rows]
    np.testing.assert_array_equal(together, alone)


@given(forms)
def test_prorating_changes_no_complete_form_and_never_makes_an_empty_one_a_score(rows):
    strict, prorated = total(MOOD, rows), total(PRORATED, rows)
    complete = ~np.isnan(strict)
    np.testing.assert_array_equal(prorated[complete], strict[complete])
    assert np.isnan(prorated[np.isnan(np.array(rows)).all(axis=1)]).all()
