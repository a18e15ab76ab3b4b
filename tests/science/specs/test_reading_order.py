"""A reading rests on the sessions, not on how the rows of the table happen to stand."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from packaged import load
from sessions import of, read, session_table

from rapport.science.reading.settled_order import in_settled_order
from rapport.science.records.result import plain
from rapport.science.records.session_table import Labels

PEOPLE = [f"c{number}" for number in range(12)]
PHQ9 = {"phq-9": load("phq-9")}
RNG = np.random.default_rng(5)
ROWS = [
    (person, session, scale, float(RNG.integers(10, 30)), who)
    for person in PEOPLE
    for session in range(1, 6)
    for scale, who in (("wai", "client"), ("wai", "therapist"), ("mood", "client"))
]
ITEMS = [(p, k, "phq-9", f"q{i}", float(RNG.integers(0, 4))) for p in PEOPLE for k in (1, 2)
         for i in (9, 1)]  # fmt: skip
CASES = {"c0": "Ash", "c1": "Ash", "c2": "Birch", "c3": "Birch"}


def a_table(rows, items):
    """Everything a table may hold: cases, days, words and a therapist not named in every row."""
    made = session_table(rows, cases=CASES, items=items)
    named = [-1 if who == "therapist" else int(person[1:]) % 2 for person, *_, who in rows]
    days = [f"2026-01-{int(k):02d}" if who == "client" else "NaT" for _, k, *_, who in rows]
    return replace(
        made,
        therapist=Labels(codes=np.array(named), names=np.array(["Ito", "Ada"], dtype=object)),
        date=np.array(days, dtype="datetime64[D]"),
        words=np.array([f"{scale} {who}" if k == 2 else None for _, k, scale, _, who in rows]),
    )


def as_json(rows, items):
    return plain(
        {
            "clients": list(made.clients),
            "cases": made.cases,
            "summary": made.summary,
            "settings": made.settings,
            "methods": made.methods,
        }
        if (made := read(a_table(rows, items), instruments=PHQ9))
        else {}
    )


@cache
def as_written():
    return as_json(ROWS, ITEMS)


@pytest.mark.slow
@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.permutations(ROWS), st.permutations(ITEMS))
def test_shuffling_the_rows_changes_nothing(rows, items):
    assert as_json(rows, items) == as_written()


def test_clients_with_equal_claims_stand_by_name_and_two_comes_before_ten():
    rows = [(f"c{n}", 1, "wai", 30.0) for n in (10, 2, 1)]
    assert [c.client for c in read(session_table(rows)).clients] == ["c1", "c2", "c10"]


def test_a_table_in_order_is_not_copied():
    table = session_table([("c1", 1, "mood", 3.0), ("c2", 1, "wai", 3.0)])
    assert in_settled_order(table).client is table.client
    assert in_settled_order(table).scale is table.scale


def test_an_id_with_a_leading_zero_is_another_id():
    rows = [("1", 1, "wai", 30.0), ("01", 1, "wai", 20.0)]
    reading = read(session_table(rows))
    assert of(reading, "01").alliance.series.scores == [20]
    assert of(reading, "1").alliance.series.scores == [30]


def test_an_empty_cell_of_the_last_row_hides_no_therapist():
    rows = [("c1", 1, "wai", 30.0), ("c1", 2, "wai", 31.0)]
    names = Labels(codes=np.array([0, -1]), names=np.array(["Ada"], dtype=object))
    assert of(read(replace(session_table(rows), therapist=names)), "c1").therapist == "Ada"


def test_the_members_of_a_case_stand_together_where_the_first_of_them_stands():
    rows = [(f"c{n}", k, "wai", 30.0) for n in (1, 2, 3) for k in (1, 2, 3)]
    reading = read(session_table(rows, cases={"c1": "Ash", "c3": "Ash"}))
    assert [c.client for c in reading.clients] == ["c1", "c3", "c2"]
    assert (reading.summary["clients"], reading.summary["cases"]) == (3, 2)
