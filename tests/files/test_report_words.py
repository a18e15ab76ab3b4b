"""What the report says, and what it never says."""

import re
from dataclasses import replace

import pytest

import made_up_readings as made_up
from rapport.files.report.cases import groups, member_lines
from rapport.files.report.methods import INTENDED_USE
from rapport.files.report.page import render_report
from rapport.science.reading.model import Forecast


def text_of(reading):
    html = render_report(reading, title="A made-up practice", made="8 April 2026")
    body = re.sub(r"<style>.*?</style>", "", html, flags=re.S)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body))


@pytest.fixture(scope="module")
def said():
    return text_of(made_up.practice())


def test_whom_first_is_answered_before_anything_else(said):
    assert "Callum first. Then Marta and Dev, then Anjali." in said


def test_the_words_of_the_client_lead_the_page(said):
    page = said[said.index("last session 14") :]
    assert "PHQ-9 eased from 17 to 6; the fall of session 6 has recovered." in page[:200]
    words = page.index("I did not think I would talk to anyone. I talked to you.")
    assert words < page.index("Since last session 2 of 8 answers moved.")
    assert page.index("Since last session") < page.index("The ratings fell at session 6")
    assert page.index("The ratings fell at session 6") < page.index("PHQ-9 went from 17 to 6")


def test_a_fall_is_told_with_what_was_usual(said):
    assert "Since session 4 the ratings lie lower than earlier ones led to expect: 11 now" in said


def test_the_forecast_is_told_with_its_uncertainty(said):
    assert "between 1 and 9.4, most likely 5.2. Two in ten fall outside." in said


def test_a_forecast_near_the_floor_is_not_told_as_a_minus():
    likely = Forecast(session=9, mean=0.4, lower=0, upper=3.2, level=0.8, lower95=0, upper95=5,
                      p_deterioration=None)  # fmt: skip
    client = made_up.sarah()
    client = replace(client, outcome=replace(client.outcome, forecast=likely))
    assert "between 0 and 3.2, most likely 0.4" in text_of(made_up.reading([client]))


def test_a_steady_maximum_is_named_for_what_it_is(said):
    assert "The last 5 ratings stand at the top. The scale can&#39;t go higher" in said


def test_one_rating_says_that_nothing_about_change_can_be_said(said):
    assert "One rating: nothing about change can be said." in said


def test_silence_is_shown_as_silence(said):
    assert "Yusuf, session 4" in said
    assert "Silence says nothing by itself." in said
    assert "not answered" in said


def test_our_own_items_are_called_not_validated(said):
    assert "Conversation aid. Not validated. Not a replacement" in said
    measured = made_up.reading([made_up.callum()])
    known = {**measured.scales, "check-in": replace(measured.scales["check-in"], validated=True)}
    assert "Not validated" not in text_of(replace(measured, scales=known))


def test_the_intended_use_stands_word_for_word(said):
    assert INTENDED_USE in said
    assert "does not assess or rule out suicide risk" in INTENDED_USE


def test_the_false_alarm_budget_stands_with_the_signal(said):
    assert "Of 100 steady courses of 12 rated sessions, about 5 or fewer show such a fall" in said


@pytest.mark.parametrize(
    "word", ["poor", "failure", "resistant", "non-compliant", "bad alliance", "severe", "!"]
)
def test_no_word_blames_or_grades(said, word):
    assert word not in said.lower()


def test_a_quiet_practice_says_so_without_reassurance():
    said = text_of(made_up.quiet_practice())
    assert "Nothing in the latest answers asks for attention." in said
    assert "That is not the same as nothing being there." in said
    assert "To think about" not in said


def test_an_empty_reading_says_what_will_stand_there():
    assert "Here will stand whom to think about first" in text_of(made_up.reading([]))


def test_a_risk_answer_stands_in_a_frame_and_waits_for_a_person():
    daniel = replace(
        made_up.oskar(),
        client="Daniel",
        signals=[
            made_up.signal("risk answer", 1.0, "Daniel answered “several days”", rank=0),
        ],
    )
    reading = made_up.reading([daniel])
    assert "Daniel first." in text_of(reading)
    assert "A person reads this answer and speaks with them." in text_of(reading)
    assert "answer-first" in render_report(reading, title="t", made="m")


def red(colour):
    r, g, b = (int(colour[k : k + 2], 16) for k in (0, 2, 4))
    return r > 2 * max(g, b)


def test_no_colour_stands_for_bad_and_red_alone_for_an_open_flag():
    html = render_report(made_up.practice(), title="t", made="m")
    named = re.findall(r"(--[a-z-]+): #([a-f0-9]{6})", html)
    plain = re.findall(r"(?<!: )#([a-f0-9]{6})", html)
    assert "red" not in re.findall(r":\s*(\w+)\s*;", html)
    assert {name for name, colour in named if red(colour)} == {"--flag", "--on-flag"}
    assert not [colour for colour in plain if red(colour)]
    assert "var(--flag" not in html  # where nobody can take a flag, none is shown


@pytest.fixture(scope="module")
def many():
    quiet = [made_up.renamed(made_up.oskar(), f"quiet-{k}") for k in range(230)]
    asking = [made_up.renamed(made_up.callum(), f"asking-{k}") for k in range(3)]
    return made_up.reading([*asking, *quiet])


def test_in_a_large_practice_only_those_who_ask_for_attention_have_a_page(many):
    html = render_report(many, title="t", made="m")
    assert len(re.findall(r'<article id="p\d+-0"', html)) == 3
    assert "More than 200 clients: only those whose answers ask for attention" in html
    assert "(3 of 3)" in html
    assert "quiet-229" in html


def test_every_inner_link_leads_somewhere(many):
    for reading in (many, made_up.practice(), made_up.quiet_practice()):
        html = render_report(reading, title="t", made="m")
        targets = set(re.findall(r'href="#([^"]+)"', html))
        assert targets <= set(re.findall(r'id="([^"]+)"', html))


def test_a_bare_number_is_called_a_client():
    said = text_of(made_up.reading([made_up.renamed(made_up.callum(), "15")]))
    assert "Client 15 first." in said
    assert "client 11" in said


def test_a_long_list_of_silence_is_counted():
    yusuf = made_up.family()[2]
    people = [replace(made_up.renamed(yusuf, f"p{k}"), case=None) for k in range(15)]
    said = text_of(made_up.reading(people))
    assert "p11, session 4" in said
    assert "and 3 more" in said


def test_figures_stand_as_small_tables_and_zeros_are_left_out():
    summary = {
        "clients": 12,
        "drops found": {"2 SD": {"one_session": 0.22, "lasting": 0.5}},
        "clinical": {"recovered": 0, "harmed": 0},
    }
    said = text_of(made_up.reading([made_up.oskar()], summary=summary))
    assert "drops found one session lasting 2 SD 0.22 0.5" in said
    assert "clinical recovered" not in said


def test_members_of_a_case_each_have_a_kind_of_line_that_the_printed_key_names(said):
    family = [replace(made_up.renamed(m, n), case="f") for m, n in zip(
        [made_up.callum(), made_up.sarah(), made_up.callum(), made_up.sarah()],
        ["Ida", "Per", "Eva", "Jon"], strict=True,
    )]  # fmt: skip
    (group,) = groups(made_up.reading(family), at_most=9)
    assert [line.role for line in member_lines(group)] == ["client", "partner", "third", "fourth"]
    assert "open diamond: a second member of the case" in said
    assert "Dash-dotted line, open triangle: a third. Dotted line, cross: a fourth." in said


def test_a_session_is_told_with_its_day_and_its_measure():
    html = render_report(made_up.reading([made_up.sarah()]), title="t", made="m")
    told = re.findall(r'aria-label="(Session 6[^"]*)"', html)
    assert any(re.match(r"Session 6, \d+ [A-Z][a-z]+: Sarah \d+ .*Rupture starts", t) for t in told)
    assert any(re.match(r"Session 6, \d+ [A-Z][a-z]+: PHQ-9 \d+", t) for t in told)
