"""``rapport instruments`` on the command line."""

import pytest
from typer.testing import CliRunner

from rapport.cli.instruments import instruments_app

OWN = 'id = "sai"\n' + "\n".join(f'[[items]]\nid = "q{n}"\ntext = "own {n}"' for n in range(1, 7))


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("RAPPORT_INSTRUMENTS", raising=False)

    def call(*words, status=0):
        done = CliRunner().invoke(instruments_app, words)
        assert done.exit_code == status, done.output
        return done.output

    return call


def test_list_names_each_with_what_is_shown_and_what_is_off(run):
    lines = run("list").splitlines()
    found = {line.split()[0]: line for line in lines}
    assert "text" in found["phq-9"]
    assert "structure only" in found["wai-sr-client"]
    assert found["rapport-checkin-client"].endswith("Not validated.")
    assert lines[-1].endswith("audit, c-nip, core-10, core-om, gbo-rating, who-5, yp-core")
    assert "core-10" in run("list", "--noncommercial")


def test_show_gives_questions_scores_sources_and_rights(run):
    text = run("show", "phq-9")
    assert "Little interest or pleasure" in text
    assert "phq-9: sum of q1, q2, q3, q4, q5, q6, q7, q8, q9, 0 to 27; 9 needed" in text
    assert "self-harm, >= 1" in text
    assert "no permission is required" in text


def test_show_keeps_the_wording_of_a_skeleton_to_itself(run):
    assert "q1: (wording not shown)" in run("show", "wai-sr-client")
    assert "declare that use with --noncommercial" in run("show", "who-5", status=2)
    assert "I have felt cheerful" in run("show", "who-5", "--noncommercial")


def test_show_says_of_our_own_form_that_it_is_not_validated(run):
    text = run("show", "rapport-checkin-member")
    assert "Conversation aid. Not validated. Not a replacement for a published" in text


def test_score_prints_or_writes(run, tmp_path):
    (tmp_path / "wide.csv").write_text("client,q1,q2\na,1,2\nb,3,\n")
    assert run("score", "wide.csv", "--instrument", "phq-2") == "client,phq-2\na,3.0\nb,\n"
    run("score", "wide.csv", "--instrument", "phq-2", "--out", "scores.csv")
    assert (tmp_path / "scores.csv").read_text() == "client,phq-2\na,3.0\nb,\n"


def test_score_refuses_a_faulty_table_and_writes_nothing(run, tmp_path):
    long = "client,session,instrument,item,answer\na,1,phq-2,q1,7\na,1,phq-2,q2,often\n"
    (tmp_path / "long.csv").write_text(long)
    text = run("score", "long.csv", "--out", "scores.csv", status=2)
    assert "long.csv, row 2, column answer: phq-2 q1: 7 is not an answer" in text
    assert "long.csv, row 3, column answer: 'often' is not a number" in text
    assert not (tmp_path / "scores.csv").exists()


def test_score_says_what_a_table_lacks(run, tmp_path):
    (tmp_path / "wide.csv").write_text("client,q1,q2\na,1,2\n")
    assert "name the instrument of a wide table" in run("score", "wide.csv", status=2)
    assert "no such file" in run("score", "nowhere.csv", status=2)


def test_add_keeps_own_text_which_show_then_shows(run, tmp_path):
    (tmp_path / "own.toml").write_text(OWN)
    (tmp_path / "signed.pdf").write_text("signed")
    assert "own.toml: can be used" in run("check", "own.toml")
    kept = run("add", "own.toml", "--statement", "signed.pdf", "--folder", "practice")
    assert "kept as practice/sai.toml" in kept
    assert "q1: own 1" in run("show", "sai", "--folder", "practice")


def test_check_says_each_fault_and_leaves_with_two(run, tmp_path):
    (tmp_path / "own.toml").write_text(OWN.replace('"q6"', '"q7"'))
    assert "own.toml: items q7: this form has no such item" in run("check", "own.toml", status=2)
