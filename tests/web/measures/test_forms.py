"""A form stays what it was when it was used, and scores as the science does."""

import json

import numpy as np
import pytest
from practice_cast import NOW

from rapport.files.instruments import PACKAGED, add_instrument, available, load_instrument
from rapport.science.scoring.score import score_matrix
from rapport.web.audit.queries import lines_about
from rapport.web.core.access import inside
from rapport.web.core.errors import NotHere
from rapport.web.measures import catalogue
from rapport.web.measures.errors import BadAnswers, NoText
from rapport.web.measures.models import Form
from rapport.web.measures.queries import form, has_risk_item
from rapport.web.people.actions import open_practice

SHOWN = [name for name in available() if load_instrument(name).text_may_show()]
SKELETONS = [name for name in available() if name not in SHOWN]


def answered(shown, pick):
    """Answers to every scored question; ``pick`` chooses one of its options."""
    items = {item.id for item in shown.content.items}
    return {q.id: pick(q.options).value for q in shown.questions if q.id in items}


def directly(instrument, answers):
    row = [answers.get(item.id, np.nan) for item in instrument.items]
    scored = score_matrix(instrument=instrument, answers=[row])
    return dict(zip(scored.scales, scored.values[0].tolist(), strict=True))


@pytest.mark.parametrize("name", SHOWN)
@pytest.mark.parametrize("pick", [lambda o: o[0], lambda o: o[-1], lambda o: o[len(o) // 2]])
def test_a_packaged_form_is_pinned_shown_and_scored_as_by_the_science(pinned, name, pick):
    shown = pinned(name)
    answers = answered(shown, pick)
    scores = {s.scale: s.value for s in shown.scores(answers) if s.value is not None}
    assert scores == directly(load_instrument(name), answers)
    assert all(question.text and question.skippable for question in shown.questions)


def test_there_are_forms_to_try():
    assert {"phq-9", "gad-7", "sparq", "rapport-checkin-member"} <= set(SHOWN)


@pytest.mark.parametrize("name", [*SKELETONS, "core-10", "no-such-form"])
def test_a_skeleton_is_refused_and_nothing_is_kept(pinned, name):
    with pytest.raises(NoText, match="may be shown"):
        pinned(name)
    assert Form.objects.count() == 0


def test_the_same_form_is_kept_once_and_its_first_pinning_is_in_the_log(pinned):
    first, again = pinned("gad-7"), pinned("gad-7")
    assert first.id == again.id
    assert [line.deed for line in lines_about(first.id)] == ["form pinned"]


@pytest.fixture
def edit(tmp_path, monkeypatch):
    """Change a word and a weight in the file of an instrument."""

    def change(name, *changes):
        text = (PACKAGED / f"{name}.toml").read_text("utf-8")
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        (tmp_path / f"{name}.toml").write_text(text, "utf-8")
        monkeypatch.setattr("rapport.files.instruments.PACKAGED", tmp_path)

    return change


def test_a_changed_file_is_another_form_and_the_old_one_stays(pinned, edit):
    old = pinned("gad-7")
    edit("gad-7", ("Trouble relaxing", "Trouble resting"), ('method = "sum"', 'method = "mean"'))
    new = pinned("gad-7")
    assert new.id != old.id
    assert "Trouble resting" in [q.text for q in new.questions]
    assert form(old.id, wanted_language="en") == old
    assert "Trouble relaxing" in [q.text for q in form(old.id).questions]
    answers = answered(old, lambda o: o[1])
    assert [form(f.id).scores(answers)[0].value for f in (old, new)] == [7, 1]


def test_a_text_that_the_practice_adds_can_be_pinned_at_once(pinned, tmp_path, monkeypatch):
    home = tmp_path / "texts"
    monkeypatch.setenv("RAPPORT_INSTRUMENTS", str(home))
    home.mkdir()
    with pytest.raises(NoText):
        pinned("wai-sr-client")
    items = "".join(f'[[items]]\nid = "q{n}"\ntext = "own {n}"\n' for n in range(1, 13))
    own, statement = tmp_path / "own.toml", tmp_path / "signed.pdf"
    own.write_text(f'id = "wai-sr-client"\n{items}', "utf-8")
    statement.write_text("signed")
    add_instrument(own, statement=statement)
    assert pinned("wai-sr-client").questions[0].text == "own 1"


def test_a_practice_that_declares_non_commercial_use_can_pin_those_texts(
    pinned, tmp_path, monkeypatch
):
    monkeypatch.setenv("RAPPORT_INSTRUMENTS", str(tmp_path))
    (tmp_path / "practice.toml").write_text("noncommercial = true\n")
    assert len([q for q in pinned("core-10").questions if q.scored]) == 10
    assert has_risk_item("core-10")


def test_a_form_that_lost_its_file_is_read_and_scored_all_the_same(pinned, monkeypatch):
    old = pinned("phq-9")
    monkeypatch.setattr("rapport.files.instruments.PACKAGED", catalogue.HERE)
    assert "phq-9" not in available()
    catalogue.read.cache_clear()
    assert form(old.id).scores(answered(old, lambda o: o[1]))[0].value == 9


def test_what_is_kept_holds_the_whole_definition_and_names_its_hash(pinned):
    kept = Form.one(pinned("phq-9").id)
    assert catalogue.content_hash(kept.definition) == kept.content_hash
    assert catalogue.read(kept.definition).items == load_instrument("phq-9").items


def test_a_form_of_another_practice_is_not_there(cast, pinned):
    mine = pinned("gad-7")
    other = open_practice(
        name="Another", zone="UTC", language="en", consent_age=16, by=cast.RAPPORT, at=NOW
    )
    with inside(other), pytest.raises(NotHere):
        form(mine.id)


def test_a_question_on_risk_is_marked_and_can_be_skipped(pinned):
    risk = [q for q in pinned("phq-9").questions if q.safety]
    assert [(q.id, q.safety, q.skippable) for q in risk] == [("q9", "self-harm", True)]
    assert has_risk_item("phq-9")
    assert not has_risk_item("gad-7")


def test_a_missing_answer_is_no_zero_and_says_why_there_is_no_total(pinned):
    shown = pinned("phq-9")
    answers = answered(shown, lambda o: o[1]) | {"q9": None}
    (total,) = shown.scores(answers)
    assert (total.value, total.why_none) == (None, "8 of 9 answered, 9 needed")
    del answers["q9"]
    assert shown.scores(answers) == (total,)


@pytest.mark.parametrize("wrong", [4, -1, 1.0, 0.5, "1", True, [1], float("nan"), 10**400])
def test_what_is_no_answer_is_refused_by_its_place_and_not_repeated(pinned, wrong):
    shown = pinned("phq-9")
    (fault,) = shown.out_of_range({"q1": 0, "q2": wrong})
    assert fault == "Question q2: the answer is not one that the form offers (0, 1, 2, 3)."
    with pytest.raises(BadAnswers, match=r"Nothing was taken in\. Question q2"):
        shown.scores({"q1": 0, "q2": wrong})


def test_an_unknown_question_is_named_by_place_since_its_name_may_be_anything(pinned):
    faults = pinned("phq-9").out_of_range({"q1": 0, "my secret": 1})
    assert faults == ("Answer 2 is to a question that this form does not have.",)


def test_a_question_in_words_takes_no_number(pinned):
    shown = pinned("rapport-checkin-client")
    (fault,) = shown.out_of_range({"next_time": 3})
    assert fault == "Question next_time is answered in words, not with a number."
    assert shown.out_of_range({"next_time": None}) == ()


def test_the_notice_of_our_own_form_says_that_it_is_not_validated(pinned):
    assert "Not validated" in pinned("rapport-checkin-client").notice
    assert pinned("gad-7").notice is None


def test_the_audit_line_holds_the_name_of_the_form_and_nothing_of_its_text(pinned):
    line = lines_about(pinned("phq-9").id)[0]
    assert json.dumps(dict(line.detail)) == '{"form": "phq-9", "language": "en"}'
