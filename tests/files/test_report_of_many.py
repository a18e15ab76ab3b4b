"""A report of many clients: a part of them in the file, all of them counted, no case cut in two."""

import re
from dataclasses import replace

import pytest

import made_up_readings as made_up
from rapport.files.report.cases import groups
from rapport.files.report.page import render_report

ASKING, QUIET = 230, 2_300


def text_of(reading):
    page = render_report(reading, title="Many", made="2026-04-08")
    return re.sub(r"\s+", " ", page)


def quiet(name):
    return replace(made_up.sarah(), client=name)


@pytest.fixture(scope="module")
def many():
    """More than fit into one file: those who ask for attention first."""
    asking = [made_up.renamed(made_up.callum(), f"a{n}") for n in range(ASKING)]
    clients = [*asking, *(quiet(f"q{n}") for n in range(QUIET))]
    counted = {"cases": len(clients), "cases_asking_for_attention": ASKING}
    return text_of(replace(made_up.reading(clients), summary=counted))


@pytest.mark.slow
def test_everybody_is_counted_though_only_a_part_is_in_the_file(many):
    assert f"{ASKING + QUIET:,} clients" in many
    assert f"a0 first. Then {ASKING - 1} more are worth a thought." in many
    assert f"In the other {QUIET:,} cases nothing in the answers asks for attention." in many


@pytest.mark.slow
def test_what_is_left_out_is_said(many):
    assert f"(200 of {ASKING})" in many
    assert f"know the first 2,000 of {ASKING + QUIET:,} cases" in many
    assert ">a199<" in many
    assert ">q2299<" not in many


def test_a_case_is_never_cut_in_two():
    together = [replace(quiet(name), case="Ash") for name in ("b", "c")]
    clients = [quiet("a"), *together, quiet("d")]
    found = groups(made_up.reading(clients), at_most=2)
    assert [group.name for group in found] == ["a"]
    assert [g.name for g in groups(made_up.reading(clients), at_most=3)] == ["a", "b and c"]


def test_who_was_asked_for_first_stands_first_even_where_nothing_asks_for_attention():
    clients = [made_up.sarah(), made_up.callum()]
    said = text_of(replace(made_up.reading(clients), settings={"first": ["Sarah"]}))
    assert "<h1>Begin with Sarah. Then Callum is worth a thought.</h1>" in said
    assert said.index("To begin with") < said.index("To think about")
