"""Tables of single answers: read, handed to a scorer, and its faults placed in the file."""

import numpy as np
import polars as pl
import pytest

from rapport.files.faults import Fault, TableFaults
from rapport.science.errors import BadInputError

HEADER = "client,session,instrument,item,answer\n"


def add_up(frame):
    """The least a scorer can be: one sum per form."""
    form = ["client", "session", "respondent", *(c for c in ("case", "date") if c in frame.columns)]
    return frame.group_by(form, maintain_order=True).agg(
        pl.lit("sum").alias("scale"),
        pl.col("answer").cast(pl.Float64, strict=False).sum().alias("score"),
    )


def test_answers_become_scores_and_stay_answers(read):
    text = HEADER + "b,1,own,q1,2\nb,1,own,q2,3\na,1,own,q1,\na,1,own,q2,NA\nb,2,own,q1,1\n"
    table = read(text, score_items=add_up)
    assert table.scale_names == ("sum",)
    assert table.courses(scale="sum").clients.tolist() == ["b", "a"]
    assert table.courses(scale="sum").of(0)[1].tolist() == [5, 1]
    np.testing.assert_array_equal(table.items.answer, [2, 3, np.nan, np.nan, 1])
    assert [table.items.item.at(row) for row in (0, 1, 4)] == ["q1", "q2", "q1"]
    assert table.client_ids[table.items.client].tolist() == ["b", "b", "a", "a", "b"]


def test_what_stands_beside_the_answers_is_carried_along(read):
    text = "client,session,instrument,item,answer,case,date\na,1,own,q1,2,c1,2026-01-05\n"
    table = read(text, score_items=add_up)
    assert table.case.at(0) == "c1"
    assert str(table.date[0]) == "2026-01-05"


def test_answers_in_words_are_kept_as_written(read):
    table = read(HEADER + 'a,1,own,q1,2\na,1,own,why,"rather more quiet, please"\n',
                 score_items=add_up)  # fmt: skip
    assert table.items.words.tolist() == [None, "rather more quiet, please"]
    assert np.isnan(table.items.answer[1])


def test_a_decimal_comma_is_a_number_and_not_a_word(read):
    table = read("client;session;instrument;item;answer\na;1;own;q1;2,5\n", score_items=add_up)
    assert table.items.answer.tolist() == [2.5]
    assert table.items.words is None


def test_the_scorers_faults_carry_file_row_and_column(faults):
    def refuse(frame):
        raise TableFaults([Fault(file="answers", row=3, column="answer", what="9", do="mend it")])

    text = "client,session,instrument,item,reply\na,1,own,q1,2\n\na,1,own,q2,9\n"
    lines = faults(text, mapping={"answer": "reply"}, score_items=refuse)
    assert lines == ["sessions.csv, row 4, column reply: 9; mend it"]


def test_missing_parts_of_an_answer_are_faults(faults):
    lines = faults(HEADER + "a,1,,q1,2\na,1,own,,2\n,x,own,q1,2\n", score_items=add_up)
    assert [line.split(";")[0].removeprefix("sessions.csv, ") for line in lines] == [
        "row 2, column instrument: is empty",
        "row 3, column item: is empty",
        "row 4, column client: is empty",
        "row 4, column session: 'x' is not a number",
    ]


def test_without_a_scorer_the_way_out_is_named(read):
    with pytest.raises(BadInputError, match="rapport instruments score"):
        read(HEADER + "a,1,own,q1,2\n")
