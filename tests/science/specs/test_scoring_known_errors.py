"""Errors found in public implementations (awell, hiboop, printed copies): not made here."""

from itertools import product

import numpy as np
import pytest
from packaged import load

from rapport.science.scoring.score import score_matrix


def labels(name, item="q1"):
    instrument = load(name)
    answers = instrument.answers_of(instrument.item(item))
    return {option.value: option.label for option in answers.options}


def test_core_om_reverses_item_32_and_not_item_30():
    reversed_items = {item.number for item in load("core-om").items if item.reverse}
    assert reversed_items == {3, 4, 7, 12, 19, 21, 31, 32}


def test_core_om_does_not_divide_by_unanswered_items():
    core = load("core-om")
    form = np.array([[0.0 if item.reverse else 4.0 for item in core.items]])
    form[0, 0] = np.nan
    scored = score_matrix(instrument=core, answers=form)
    assert np.isnan(scored.of("core-om")[0])  # not 38.8, the answered part of 34
    assert np.isnan(scored.of("core-om.functioning")[0])
    assert scored.of("core-om.risk")[0] == 4


def test_core_om_is_not_called_caregiver_strain_index():
    core = load("core-om")
    named = [core.title, *(scale.title for scale in core.to_scales())]
    assert not any("strain" in name.lower() for name in named)


@pytest.mark.parametrize("name", ["gad-7", "gad-2", "phq-9", "phq-2"])
def test_the_lowest_answer_is_not_at_all_and_never_not_at_all_sure(name):
    assert labels(name)[0] == "Not at all"


def test_the_phq_9_has_none_of_the_typing_errors_of_the_fhir_example():
    texts = " ".join(str(item.text) for item in load("phq-9").items)
    assert "could have noticed" in texts
    assert "gave noticed" not in texts


def test_the_wai_sr_has_twelve_items_answered_1_to_5_after_hatcher_and_gillaspy():
    wai = load("wai-sr-client")
    assert wai.version == "Hatcher & Gillaspy 2006"
    assert len(wai.items) == 12
    assert list(labels("wai-sr-client")) == [1, 2, 3, 4, 5]
    assert wai.cutoffs == wai.bands == ()


def test_texts_of_which_copies_differ_are_not_shipped():
    for name in ("core-om", "yp-core"):
        assert not any(item.text for item in load(name).items)


def test_the_second_question_about_alcohol_starts_differently_in_the_short_form():
    assert labels("audit-c", "q2")[0] == "0, 1, or 2"
    assert labels("audit", "q2")[0] == "1 or 2"


def test_sparq_never_has_one_total():
    assert [scale.name for scale in load("sparq").to_scales()] == [
        "sparq.positive_affect",
        "sparq.negative_affect",
    ]


def test_missing_answers_never_lower_a_total():
    phq = load("phq-2")
    for pair in product([0, 1, 2, 3, np.nan], repeat=2):
        value = score_matrix(instrument=phq, answers=[pair]).of("phq-2")[0]
        assert np.isnan(value) == any(np.isnan(pair))
