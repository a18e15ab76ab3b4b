"""The made-up practice, read by the command: what the JSON says of each of the cast."""

import json

import pytest
from commands import run

pytestmark = pytest.mark.slow

LEVELS = ("low risk", "moderate", "high risk", "risk level", "at risk", "severe")


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo")
    page, data = folder / "demo.html", folder / "demo.json"
    done = run("demo", "--report", page, "--json", data)
    assert done.exit_code == 0, done.output
    return page.read_text("utf-8"), json.loads(data.read_text("utf-8")), done.output


@pytest.fixture(scope="module")
def clients(written):
    return {client["client"]: client for client in written[1]["clients"]}


def signals(client, kind):
    return [(s["session"], s["current"]) for s in client["signals"] if s["kind"] == kind]


def test_it_says_where_the_report_is_and_how_to_read_a_file_of_ones_own(written):
    page, _, said = written
    assert page.lower().startswith("<!doctype html>")
    assert said.startswith("Begin with Sarah Lindqvist.")
    assert "demo.html" in said.replace("\n", "")
    assert "rapport read sessions.csv --alliance SCALE --outcome SCALE --html" in said


@pytest.mark.slow
def test_the_same_demo_twice_says_the_same(written, tmp_path):
    again = tmp_path / "again.json"
    run("demo", "--report", tmp_path / "again.html", "--json", again)
    assert json.loads(again.read_text()) == written[1]


def test_sarah_stands_first_and_is_well(written):
    sarah = written[1]["clients"][0]
    assert sarah["client"] == "Sarah Lindqvist"
    assert sarah["outcome"]["change"]["verdict"] == "reliably improved"
    assert sarah["outcome"]["change"]["clinical"] == "recovered"
    assert not any(signal["current"] for signal in sarah["signals"])


def test_sarahs_slip_at_six_is_repaired_at_seven(clients):
    (episode,) = clients["Sarah Lindqvist"]["alliance"]["episodes"]
    assert (episode["start"], episode["nadir"], episode["end"]) == (6, 6, 7)
    assert episode["status"] == "repaired"


def test_sarah_told_the_form_at_six_both_what_she_kept_back_and_the_tension(clients):
    said = [
        signal["sentence"]
        for signal in clients["Sarah Lindqvist"]["signals"]
        if signal["kind"] == "direct answer" and signal["session"] == 6
    ]
    assert len(said) == 2
    assert any("I kept back something" in words for words in said)
    assert any("There was tension" in words for words in said)


def test_meilings_sudden_gain_lies_between_eight_and_nine(clients):
    (gain,) = clients["Mei-Ling Tran"]["outcome"]["sudden_gains"]
    assert (gain["kind"], gain["before"], gain["after"]) == ("gain", 8, 9)
    assert gain["magnitude"] == 8
    assert not gain["reversed"]


def test_callums_drop_stands_though_he_did_not_come_to_the_sixth(clients):
    callum = clients["Callum Reid"]
    assert callum["last_session"] == 6
    assert callum["alliance"]["series"]["scores"][-1] is None
    assert signals(callum, "drop") == [(5, True)]
    assert callum["alliance"]["episodes"][-1]["end"] is None


def test_daniels_risk_answers_are_all_there(clients):
    assert signals(clients["Daniel Abebe"], "risk answer") == [(5, False), (4, False), (3, False)]


def test_no_risk_answer_is_given_a_level_or_its_number(clients):
    told = [
        signal["sentence"]
        for signal in clients["Daniel Abebe"]["signals"]
        if signal["kind"] == "risk answer"
    ]
    assert len(set(told)) == 1
    assert not any(level in told[0].lower() for level in LEVELS)
    assert "a person needs to read" in told[0]


@pytest.mark.parametrize("member", ["Marta Ferreira", "Dev Raman"])
def test_the_couples_split_at_two_and_three_is_told_to_both(clients, written, member):
    (couple,) = (case for case in written[1]["cases"] if case["case"] == "Marta and Dev")
    assert couple["flagged"] == [2, 3]
    assert [session for session, _ in signals(clients[member], "split")] == [3, 2]


@pytest.mark.parametrize(
    ("one", "other"), [("Marta Ferreira", "Dev Raman"), ("Dev Raman", "Marta Ferreira")]
)
def test_no_members_words_or_answers_stand_in_the_others_entry(clients, one, other):
    entry = json.dumps(clients[one], ensure_ascii=False)
    written = [words["text"] for words in clients[other]["words"]]
    assert len(written) == 6
    assert not any(text in entry for text in written)
    assert other not in entry
    scores = clients[other]["alliance"]["series"]["scores"]
    assert clients[one]["alliance"]["series"]["scores"] != scores


def test_anjalis_five_highest_marks_are_history_once_she_opens(clients):
    anjali = clients["Anjali Pillai"]
    assert anjali["alliance"]["series"]["scores"][:5] == [32] * 5
    assert anjali["alliance"]["steady_maximum"] == 0
    assert anjali["alliance"]["alarms"] == []
    assert signals(anjali, "stalled") == [(7, True)]


def test_oskars_two_views_lie_apart_until_the_fifth(clients):
    apart = signals(clients["Oskar Wieland"], "two views apart")
    assert [session for session, _ in apart] == [4, 3, 2]


def test_a_place_that_is_not_there_is_named_and_nothing_is_written(tmp_path):
    done = run("demo", "--report", tmp_path / "none" / "demo.html", "--json", tmp_path / "d.json")
    assert done.exit_code == 2
    assert "no such folder" in done.stderr
    assert list(tmp_path.iterdir()) == []
