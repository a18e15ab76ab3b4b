"""What an instrument file may say, and how a mistake in it is named."""

import pytest

from rapport.science.errors import BadInputError
from rapport.science.scoring.checks import faults_of
from rapport.science.scoring.columns import match_columns
from rapport.science.scoring.describe import describe
from rapport.science.scoring.examples import MOOD, MOOD_TOML
from rapport.science.scoring.read import read_instrument
from rapport.science.scoring.score import score_matrix


def changed(old, new):
    assert old in MOOD_TOML
    return read_instrument(text=MOOD_TOML.replace(old, new), name="mood.toml")


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ('id = "mood"', "id = mood", "mood.toml: not valid TOML"),
        ('title = "Two made-up questions"', "", "mood.toml: title is missing; add it"),
        ('version = "1"', "version = 1", "version must be text in quotes, not 1"),
        ("reverse = true", 'reverse = "yes"', "items well: reverse must be true or false"),
        ("reverse = true", "revers = true", "items well: revers is not a known key"),
        ('method = "sum"', 'method = "total"', "scores total: method must be one of 'sum', 'mean'"),
        ('class = "ship-text"', 'class = "free"', "class must be one of 'ship-text'"),
        ("maximum = 6", 'maximum = "six"', "scores total: maximum must be a number"),
        ("{ value = 3, label", "{ valeu = 3, label", "options 4: value is missing; add the number"),
        ('items = ["low", "well"]', "items = [1, 2]", "items must be a list of texts"),
        ("maximum = 6", "conversion = [[1]]", "[1] is not a pair [raw, converted]"),
    ],
)
def test_a_file_that_cannot_be_read_says_where_and_what(old, new, what):
    with pytest.raises(BadInputError) as caught:
        changed(old, new)
    assert what in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ('id = "well"', 'id = "low"', "item low: given 2 times; keep one"),
        ('items = ["low", "well"]', 'items = ["low", "good"]', "no item 'good'; correct the id"),
        ('items = ["low", "well"]', 'items = ["low", "low"]', "an item stands twice"),
        ('items = ["low", "well"]', "items = []", "method sum needs items"),
        ("maximum = 6", "maximum = 7", "its items give 0 to 6, but it says 0 to 7"),
        ("maximum = 6", "minimum_answered = 3", "minimum_answered must be 1 to 2, not 3"),
        ("maximum = 6", "maximum = 12\nfactor = 2", "a factor needs method 'scaled sum'"),
        ('method = "sum"', 'method = "subscales"', "needs parts and combine"),
        ('method = "sum"', 'method = "none"', "method none needs a reason; add why"),
        ("maximum = 6", "conversion = [[0, 0], [6, 6]]", "each of the 7 scores 0 to 6 once"),
        ("value = 3, label", "value = 2, label", "answers amount: a value stands twice"),
        ('answers = "amount"\nreverse', 'answers = "sum"\nreverse', "no answers named 'sum'"),
        (
            "reverse = true",
            '[items.safety]\nkind = "self-harm"\nthreshold = 5\ncompare = ">="\naction = "ask"',
            "item well: threshold 5 is no answer",
        ),
        (
            "[scoring]",
            '[[cutoffs]]\nvalue = 9\ncompare = ">="\nlabel = "high"\nsource = "us"\n[scoring]',
            "cut-off 9: outside the score's range",
        ),
        (
            "[scoring]",
            '[[bands]]\nscore = "x"\nminimum = 0\nmaximum = 1\nlabel = "l"\nsource = "us"\n'
            "[scoring]",
            "'l': no score 'x'",
        ),
    ],
)
def test_a_file_that_contradicts_itself_is_told_each_fault(old, new, what):
    assert any(what in fault for fault in faults_of(instrument=changed(old, new)))


def test_a_conversion_table_is_data_and_needs_every_score():
    table = ", ".join(f"[{raw}, {raw * raw}]" for raw in range(7))
    mood = changed("maximum = 6", f"maximum = 36\nconversion = [{table}]")
    assert faults_of(instrument=mood) == []
    assert score_matrix(instrument=mood, answers=[[3, 1]]).of("mood").tolist() == [25]
    assert mood.to_scale().step is None


@pytest.mark.parametrize(
    ("method", "extra", "expected"),
    [
        ("sum", "", 3),
        ("mean", "", 1.5),
        ("scaled sum", "factor = 4", 12),
        ("scaled mean", "factor = 10", 15),
    ],
)
def test_the_methods_of_the_published_list_on_answers_two_and_two(method, extra, expected):
    mood = changed('method = "sum"', f'method = "{method}"\n{extra}')
    assert score_matrix(instrument=mood, answers=[[2, 2]]).of("mood").tolist() == [expected]


@pytest.mark.parametrize(("method", "expected"), [("sum", 4), ("mean", 2), ("scaled sum", 4)])
def test_prorating_only_as_far_as_the_rule_says(method, expected):
    mood = changed('method = "sum"', f'method = "{method}"\nminimum_answered = 1')
    forms = [[2, float("nan")], [float("nan")] * 2]
    values = score_matrix(instrument=mood, answers=forms).of("mood")
    assert values[0] == expected
    assert str(values[1]) == "nan"


def test_a_profile_gives_each_question_its_own_score():
    mood = changed('id = "total"\nmethod = "sum"', 'id = "each"\nmethod = "profile"')
    scored = score_matrix(instrument=mood, answers=[[2, 3]])
    assert scored.scales == ("mood.low", "mood.well")
    assert scored.values.tolist() == [[2, 0]]


def test_the_scale_knows_its_ends_its_step_and_its_words():
    scale = MOOD.to_scale()
    assert (scale.minimum, scale.maximum, scale.step) == (0, 6, 1)
    assert (scale.low_label, scale.high_label) == ("not at all", "completely")
    assert (scale.role, scale.higher_is_better) == ("outcome", False)


def test_columns_are_found_by_id_or_number_with_or_without_the_name():
    found = match_columns(instrument=MOOD, names=["id", "Mood: LOW", "well"])
    assert found == {"low": "Mood: LOW", "well": "well"}


@pytest.mark.parametrize(
    ("names", "what"),
    [
        (["low"], "item well: no column; name it mood_well or well"),
        (["low", "mood_low", "well"], "columns 'low' and 'mood_low' both fit"),
    ],
)
def test_a_missing_or_double_column_is_refused(names, what):
    with pytest.raises(BadInputError, match=what):
        match_columns(instrument=MOOD, names=names)


def test_a_description_shows_wording_only_where_there_is_some():
    assert "Today I felt low." in describe(instrument=MOOD)
    assert "Today I felt low." not in describe(instrument=MOOD.without_text())
