"""Answers that ask for a talk: which meet the rule, which open one, when it is over."""

from importlib.resources import files

import numpy as np
import pytest
from tables import read_table

from rapport.science.alliance.direct_answers import (
    asks_for_change,
    direct_rules,
    find_direct_answers,
)
from rapport.science.records.session_table import RESPONDENTS, ItemAnswers, Labels
from rapport.science.scoring.read import read_instrument

CHECK_IN, RISQ = "rapport-checkin-client", "risq"


@pytest.fixture(scope="module")
def rules():
    folder = files("rapport") / "instruments"
    return direct_rules(
        read_instrument(text=(folder / f"{name}.toml").read_text("utf-8"))
        for name in (CHECK_IN, RISQ)
    )


def labels(names):
    known, codes = np.unique(names, return_inverse=True)
    return Labels(codes=codes.astype(np.int64), names=known)


def answers_of(table, *, form=CHECK_IN, respondent="client", client=0):
    columns = read_table(table)
    rows = [
        (float(week), name, float(cell) if cell else np.nan)
        for name in columns
        if name not in ("week", "what stands")
        for week, cell in zip(columns["week"], columns[name], strict=True)
    ]
    session, item, answer = zip(*rows, strict=True)
    return ItemAnswers(
        client=np.full(len(rows), client),
        session=np.array(session),
        instrument=labels([form] * len(rows)),
        item=labels(item),
        answer=np.array(answer),
        respondent=np.full(len(rows), RESPONDENTS.index(respondent), dtype=np.int8),
    )


@pytest.fixture
def answer_spec(rules):
    """Follow a table of one form's answers; the last column is what stands that week."""

    def check(table, **form):
        columns = read_table(table)
        found = find_direct_answers(answers=answers_of(table, **form), rules=rules)
        words = dict.fromkeys(map(float, columns["week"]), "")
        for i, week in enumerate(found.session.tolist()):
            words[week] = "talk" if found.opens[i] else "noted"
        assert list(words.values()) == columns["what stands"]

    return check


def test_the_rules_are_those_of_the_instruments_files(rules):
    assert {key[1]: rule.threshold for key, rule in rules.items() if key[0] == CHECK_IN} == {
        "kept_back": 3,
        "tension": 2,
    }
    assert sum(key[0] == RISQ for key in rules) == 4


def test_kept_back_from_three_and_tension_from_two(answer_spec):
    answer_spec(
        """
        week | kept_back | tension | what stands
           1 |         2 |       1 |
           2 |         3 |       0 | talk
           3 |         0 |       2 | talk
           4 |           |         |              # not answered is no answer
        """
    )


def test_what_was_talked_about_and_is_mostly_settled_is_noted_only(answer_spec):
    answer_spec(
        """
        week | tension | talked_about | settled | what stands
           1 |       2 |            1 |       3 | noted
           2 |       0 |              |         |
           3 |       2 |            1 |       2 | talk
           4 |       0 |              |         |
           5 |       2 |            0 |       4 | talk
        """
    )


def test_what_stands_again_at_the_next_check_in_asks_for_a_talk(answer_spec):
    answer_spec(
        """
        week | tension | talked_about | settled | what stands
           1 |       2 |            1 |       4 | noted
           2 |         |              |         |
           3 |       3 |            1 |       4 | talk
        """
    )


def test_any_yes_of_the_risq(answer_spec):
    answer_spec(
        """
        week | q1 | q2 | q3 | q4 | what stands
           1 |  0 |  0 |  0 |  0 |
           2 |  0 |  0 |  0 |  1 | talk
        """,
        form=RISQ,
    )


def test_a_therapists_own_answers_are_not_the_clients(answer_spec):
    answer_spec(
        """
        week | kept_back | what stands
           1 |         4 |
        """,
        respondent="therapist",
    )


def test_it_is_over_below_the_rule_at_the_next_answered_check_in_or_when_it_feels_settled(rules):
    table = """
        week | tension | settled
           1 |       2 |       1
           2 |         |
           3 |       3 |       3
           4 |       2 |
           5 |       1 |
           6 |       4 |
        """
    found = find_direct_answers(answers=answers_of(table), rules=rules)
    assert found.session.tolist() == [1, 3, 4, 6]
    np.testing.assert_array_equal(found.recovered, [3, 3, 5, np.nan])


def test_how_many_to_expect_in_twenty_five_check_ins(rules):
    table = """
        week | tension
           1 |       2
           2 |       0
           3 |       0
           4 |
           5 |       0
        """
    found = find_direct_answers(answers=answers_of(table), rules=rules)
    assert found.n_check_ins == 4
    assert found.per_25_check_ins == 25 / 4


def test_a_form_without_rules_says_nothing():
    found = find_direct_answers(
        answers=answers_of("week | tension\n1 | 4", form="another"), rules={}
    )
    assert len(found.session) == 0
    assert np.isnan(found.per_25_check_ins)


def test_empty_words_ask_for_nothing():
    assert asks_for_change(["", None, " \n", "Less homework."]).tolist() == [False] * 3 + [True]
