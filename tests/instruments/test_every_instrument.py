"""One battery over every instrument that comes with Rapport."""

import re
import tomllib
from pathlib import Path

import numpy as np
import pytest

from rapport.files.instruments import PACKAGED, available, load_instrument, noncommercial_pack
from rapport.science.scoring.checks import faults_of
from rapport.science.scoring.parts import METHODS
from rapport.science.scoring.score import score_matrix

NAMES = available(noncommercial=True)
AID = "Conversation aid. Not validated. Not a replacement for a published alliance measure."
CHECKINS = ("client", "therapist", "member")


def load(name):
    return load_instrument(name, noncommercial=True)


def scorable(instrument):
    items = [item for rule in instrument.scores for item in rule.items]
    return all(instrument.answers_of(instrument.item(i)) for i in items)


def ends(instrument, *, best):
    """A form on which every scored question has its healthiest, or its least healthy, answer."""
    rule = instrument.scores[0]
    low_is_best = rule.higher_is_better is False
    row = []
    for item in instrument.items:
        answers = instrument.answers_of(item)
        top = best != (low_is_best != item.reverse)
        row.append((answers.maximum if top else answers.minimum) if answers else np.nan)
    return [np.nan if value is None else value for value in row]


def test_there_are_forty_eight_of_the_catalogue_and_three_of_our_own():
    assert len(NAMES) == 51
    assert {f"rapport-checkin-{who}" for who in CHECKINS} <= set(NAMES)


def home(name):
    return PACKAGED if (PACKAGED / f"{name}.toml").exists() else noncommercial_pack()


@pytest.mark.parametrize("name", NAMES)
def test_its_parts_agree_with_each_other(name):
    assert faults_of(instrument=load(name)) == []


@pytest.mark.parametrize("name", NAMES)
def test_its_rights_page_stands_beside_it_and_names_its_licence(name):
    instrument = load(name)
    page = (home(name) / str(instrument.licence.rights)).read_text("utf-8")
    assert instrument.licence.spdx in page


@pytest.mark.parametrize("name", NAMES)
def test_its_methods_are_on_the_published_list(name):
    assert {rule.method for rule in load(name).scores} <= set(METHODS)


@pytest.mark.parametrize("name", [n for n in NAMES if scorable(load(n))])
def test_the_best_and_the_worst_form_reach_the_ends_of_the_first_score(name):
    instrument = load(name)
    rule = instrument.scores[0]
    if rule.method in ("none", "profile") or rule.minimum is None:
        assert rule.method == "none" or rule.minimum is None
        return
    rows = [ends(instrument, best=False), ends(instrument, best=True)]
    values = sorted(score_matrix(instrument=instrument, answers=rows).values[:, 0])
    assert values == [rule.minimum, rule.maximum]


@pytest.mark.parametrize("name", NAMES)
def test_an_empty_form_has_no_score_and_never_a_zero(name):
    instrument = load(name)
    empty = np.full((1, len(instrument.items)), np.nan)
    assert np.isnan(score_matrix(instrument=instrument, answers=empty).values).all()


@pytest.mark.parametrize("name", NAMES)
def test_wording_is_in_the_file_only_where_it_may_be_shown(name):
    file = (home(name) / f"{name}.toml").read_text("utf-8")
    items = tomllib.loads(file)["items"]
    worded = any("text" in item or "left" in item for item in items)
    assert worded == load(name).text_may_show(noncommercial=True)


@pytest.mark.parametrize("name", [n for n in NAMES if load(n).text_may_show(noncommercial=True)])
def test_whoever_wrote_a_text_that_comes_along_is_named_in_the_notice(name):
    notice = (Path(__file__).parents[2] / "NOTICE").read_text("utf-8")
    licence = load(name).licence
    assert " ".join(licence.attribution.split()) in " ".join(notice.split())
    assert f"({name})" in notice
    assert licence.spdx in notice


@pytest.mark.parametrize("who", CHECKINS)
def test_our_own_forms_say_that_they_are_not_validated(who):
    instrument = load(f"rapport-checkin-{who}")
    page = (PACKAGED / "rights" / f"{instrument.id}.md").read_text("utf-8")
    assert not instrument.validated
    assert not instrument.to_scale().validated
    assert instrument.notice == AID
    assert AID in page
    assert (
        AID
        in score_matrix(instrument=instrument, answers=np.zeros((1, len(instrument.items)))).notes
    )


def test_the_published_list_of_methods_is_the_list_that_is_computed():
    page = Path(__file__).parents[2] / "docs" / "reference" / "scoring-methods.md"
    table = page.read_text("utf-8").split("## The seven methods")[1].split("##")[0]
    assert tuple(re.findall(r"^\| `([a-z ]+)` \|", table, flags=re.M)) == METHODS


def test_our_own_forms_carry_no_bands_and_no_cut_offs():
    own = [load(f"rapport-checkin-{who}") for who in CHECKINS]
    assert not any(instrument.bands or instrument.cutoffs for instrument in own)


def test_the_three_own_forms_ask_the_same_eight_questions_so_their_totals_compare():
    totals = [load(f"rapport-checkin-{who}").scores[0] for who in CHECKINS]
    assert totals[0] == totals[1] == totals[2]
    assert (totals[0].minimum, totals[0].maximum) == (0, 32)


def test_members_answer_three_more_that_stand_outside_the_total():
    member = load("rapport-checkin-member")
    row = [4, 4, 4, 4, 4, 4, 0, 0, 1, 2, 3]
    scores = score_matrix(instrument=member, answers=[row])
    assert scores.scales == ("rapport-checkin-member", "rapport-checkin-member.between_us")
    assert scores.values.tolist() == [[32, 6]]
