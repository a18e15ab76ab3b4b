"""The loader's rule: wording only where it may be shown; a practice adds its own."""

import pytest

from rapport.files import instruments
from rapport.files.instruments import (
    PACKAGED,
    add_instrument,
    available,
    check_file,
    load_instrument,
    switched_off,
)
from rapport.science.errors import BadInputError
from rapport.science.scoring.score import score_matrix

PACK = ["audit", "c-nip", "core-10", "core-om", "gbo-rating", "who-5", "yp-core"]

WORDS = "\n".join(f'[[items]]\nid = "q{n}"\ntext = "own wording {n}"' for n in range(1, 13))
OWN = f'id = "wai-sr-client"\n{WORDS}\n'


@pytest.fixture
def practice(tmp_path, monkeypatch):
    home = tmp_path / "practice"
    home.mkdir()
    monkeypatch.setenv("RAPPORT_INSTRUMENTS", str(home))
    return home


@pytest.fixture
def files(tmp_path):
    def write(text, statement="signed"):
        path, signed = tmp_path / "own.toml", tmp_path / "signed.pdf"
        path.write_text(text, "utf-8")
        signed.write_text(statement)
        return path, signed

    return write


def worded(instrument):
    return [item.id for item in instrument.items if item.text or item.left]


def test_free_text_is_shown_and_restricted_text_is_a_skeleton():
    assert len(worded(load_instrument("phq-9"))) == 9
    assert worded(load_instrument("wai-sr-client")) == []


def test_the_non_commercial_pack_is_off_until_declared():
    assert switched_off() == PACK
    with pytest.raises(BadInputError, match="non-commercial use only and is off"):
        load_instrument("core-10")
    assert len(worded(load_instrument("core-10", noncommercial=True))) == 10
    assert switched_off(noncommercial=True) == []


def test_a_practice_declares_its_use_in_its_folder(practice):
    (practice / "practice.toml").write_text("noncommercial = false\n")
    assert switched_off() == PACK
    (practice / "practice.toml").write_text("noncommercial = true\n")
    assert switched_off() == []
    assert len(worded(load_instrument("who-5"))) == 5


def test_rapport_works_without_the_pack_and_says_that_it_is_not_there(monkeypatch):
    monkeypatch.setattr(instruments, "PACK", "a_package_that_is_not_installed")
    assert len(available(noncommercial=True)) == 44
    assert switched_off() == []
    with pytest.raises(BadInputError, match="the non-commercial pack is not installed"):
        load_instrument("core-10", noncommercial=True)


def test_no_text_of_the_pack_lies_in_rapports_own_package():
    assert not [name for name in PACK for _ in PACKAGED.rglob(f"{name}.*")]


def test_text_that_was_not_checked_stays_hidden_even_where_its_licence_is_free():
    for name in ("k10", "yp-core", "c-nip", "core-om"):
        assert worded(load_instrument(name, noncommercial=True)) == []


def test_an_unknown_name_is_refused_with_a_hint():
    with pytest.raises(BadInputError, match="did you mean gad-2, gad-7"):
        load_instrument("gad-8")
    with pytest.raises(BadInputError, match="see rapport instruments list"):
        load_instrument("xyz")


def test_a_practice_fills_a_skeleton_and_scores_it(practice, files):
    path, signed = files(OWN)
    add_instrument(path, statement=signed)
    own = load_instrument("wai-sr-client")
    assert own.items[0].text == "own wording 1"
    assert own.own_text
    assert score_matrix(instrument=own, answers=[[5] * 12]).of("wai-sr-client").tolist() == [60]
    assert sorted(p.name for p in practice.iterdir()) == [
        "wai-sr-client.statement.pdf",
        "wai-sr-client.toml",
    ]


def test_text_without_a_statement_beside_it_is_not_loaded(practice, files):
    path, signed = files(OWN)
    add_instrument(path, statement=signed)
    (practice / "wai-sr-client.statement.pdf").unlink()
    with pytest.raises(BadInputError, match="no signed statement beside it"):
        available()


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("id = ", "not valid TOML"),
        ('id = "wai-sr-client"\n', "items q1: no wording; add text"),
        (OWN.replace('"q12"', '"q13"'), "items q13: this form has no such item"),
        (OWN.replace('"q12"', '"q11"'), "an id stands twice"),
        (OWN + 'subscales = ["goal"]\n', "subscales is known and can't be changed"),
        (OWN + "reverse = true\n", "reverse is known and can't be changed"),
        (OWN + '[licence]\ntier = "A1"\n', "licence can't be changed in this form"),
        (OWN + '[[scores]]\nid = "total"\nmethod = "mean"\n', "the scoring of this form is known"),
        (OWN + 'answers = "seven"\n', "no answers named 'seven'; add it"),
        (
            OWN + '[answers.amount]\nkind = "number"\nminimum = 1\nmaximum = 7\n',
            "the form's answers are 1, 2, 3, 4, 5; keep these",
        ),
        ('id = "wai-sr-client"\nitems = ["q1"]\n', "items must be tables; write each as"),
        ('id = "wai-sr-client"\nanswers = 5\n', "answers must be tables; write each as"),
        ('id = "phq-9"\n', "the wording of phq-9 comes with Rapport and stays unchanged"),
        ('id = "our-own"\n', "title is missing"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_and_nothing_is_written(practice, files, text, what):
    path, signed = files(text)
    [fault] = check_file(path)
    assert what in fault
    with pytest.raises(BadInputError, match=r"own\.toml"):
        add_instrument(path, statement=signed)
    assert list(practice.iterdir()) == []


def test_an_empty_statement_is_refused(practice, files):
    path, signed = files(OWN, statement="")
    with pytest.raises(BadInputError, match="no signed statement there"):
        add_instrument(path, statement=signed)
    assert list(practice.iterdir()) == []


def test_without_a_folder_there_is_no_place_for_own_text(files, monkeypatch):
    monkeypatch.delenv("RAPPORT_INSTRUMENTS", raising=False)
    path, signed = files(OWN)
    with pytest.raises(BadInputError, match="set RAPPORT_INSTRUMENTS"):
        add_instrument(path, statement=signed)


def test_a_folder_that_is_not_there_is_said(tmp_path):
    with pytest.raises(BadInputError, match="no such folder"):
        available(folder=tmp_path / "nowhere")


def test_where_the_key_was_not_read_the_practice_gives_it(practice, files):
    items = "\n".join(f'[[items]]\nid = "q{n}"\ntext = "own {n}"' for n in range(1, 12))
    last = '\n[[items]]\nid = "q12"\ntext = "own 12"\nreverse = true\n'
    listed = ", ".join(f'"q{n}"' for n in range(1, 13))
    key = f'[[scores]]\nid = "total"\nmethod = "sum"\nitems = [{listed}]\nminimum = 12\n'
    text = f'id = "wai-s-client"\n{items}{last}{key}maximum = 84\nhigher_is_better = true\n'
    path, signed = files(text)
    add_instrument(path, statement=signed)
    scored = score_matrix(instrument=load_instrument("wai-s-client"), answers=[[7] * 11 + [1]])
    assert scored.values.tolist() == [[84]]


def test_a_key_that_contradicts_itself_is_refused(practice, files):
    path, signed = files(
        OWN.replace("wai-sr-client", "wai-s-client") + '[[scores]]\nid = "total"\n'
    )
    with pytest.raises(BadInputError, match="scores total: method must be one of 'sum', 'mean'"):
        add_instrument(path, statement=signed)


def test_answers_whose_format_was_not_read_wait_for_the_practice(practice, files):
    skeleton = load_instrument("sai")
    with pytest.raises(BadInputError, match="the form's answers are not known"):
        score_matrix(instrument=skeleton, answers=[[1] * 6])
    items = "\n".join(
        f'[[items]]\nid = "q{n}"\ntext = "own {n}"\nanswers = "amount"' for n in range(1, 7)
    )
    amount = '[answers.amount]\nkind = "number"\nminimum = 1\nmaximum = 7\n'
    path, signed = files(f'id = "sai"\n{items}\n{amount}')
    add_instrument(path, statement=signed)
    assert score_matrix(instrument=load_instrument("sai"), answers=[[7] * 6]).values == [[42]]
