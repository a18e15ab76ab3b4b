"""Several tables of sessions are one table: same id, same client; nothing is lost or doubled."""

import numpy as np
import pytest

from rapport.science.errors import BadInputError
from rapport.science.records.session_table import (
    RESPONDENTS,
    ItemAnswers,
    Labels,
    SessionTable,
    joined,
)


def coded(names):
    different = list(dict.fromkeys(names))
    codes = np.array([different.index(name) for name in names], dtype=np.int64)
    return Labels(codes=codes, names=np.array(different, dtype=object))


def table(*rows, scale="wai", **columns):
    """Rows are (client, session, score)."""
    client = coded([row[0] for row in rows])
    return SessionTable(
        client=client.codes,
        client_ids=client.names,
        session=np.array([row[1] for row in rows], dtype=float),
        scale=np.zeros(len(rows), dtype=np.int64),
        scale_names=(scale,),
        score=np.array([row[2] for row in rows], dtype=float),
        respondent=np.zeros(len(rows), dtype=np.int8),
        **columns,
    )


def words(*texts):
    return np.array(texts, dtype=object)


def test_the_same_id_is_the_same_client_and_new_ones_follow():
    both = joined(tables=[table(("b", 1, 5), ("a", 1, 6)), table(("a", 2, 7), ("c", 1, 8))])
    assert both.client_ids.tolist() == ["b", "a", "c"]
    assert both.courses(scale="wai").of(1)[1].tolist() == [6, 7]


def test_scales_keep_their_names():
    both = joined(tables=[table(("a", 1, 5)), table(("a", 1, 9), scale="phq-9")])
    assert both.courses(scale="phq-9").score.tolist() == [9]
    assert both.courses(scale="wai").score.tolist() == [5]


def test_what_only_one_table_knows_is_missing_in_the_rows_of_the_other():
    dated = table(("a", 1, 5), date=np.array(["2026-01-05"], "datetime64[D]"), case=coded(["c1"]),
                  attended=np.ones(1, np.int8), words=words("Good."))  # fmt: skip
    both = joined(tables=[table(("b", 1, 4)), dated])
    assert [str(day) for day in both.date] == ["NaT", "2026-01-05"]
    assert [both.case.at(row) for row in (0, 1)] == [None, "c1"]
    assert both.attended.tolist() == [-1, 1]
    assert both.words.tolist() == [None, "Good."]
    assert both.therapist is None


def test_an_empty_form_gives_way_to_the_scored_one_and_leaves_its_words():
    empty = table(("a", 1, np.nan), ("a", 2, np.nan), words=words("I was ill.", None))
    both = joined(tables=[empty, table(("a", 1, 5))])
    assert both.session.tolist() == [2, 1]
    np.testing.assert_array_equal(both.score, [np.nan, 5])
    assert both.words.tolist() == [None, "I was ill."]


def test_two_scores_for_one_form_are_refused():
    with pytest.raises(BadInputError, match="client a, session 1, wai: scores in two tables"):
        joined(tables=[table(("a", 1, 5)), table(("a", 1, 5))])
    with pytest.raises(BadInputError, match="give at least one"):
        joined(tables=[])


def test_single_answers_follow_their_clients():
    def answered(client, answer):
        return ItemAnswers(
            client=np.zeros(1, np.int64), session=np.ones(1), instrument=coded(["own"]),
            item=coded([f"q-{client}"]), answer=np.array([answer]), respondent=np.zeros(1, np.int8),
        )  # fmt: skip

    one = table(("a", 1, 5), items=answered("a", 2.0))
    both = joined(tables=[table(("b", 1, 5)), one, table(("c", 1, 5), items=answered("c", 3.0))])
    assert both.client_ids[both.items.client].tolist() == ["a", "c"]
    assert [both.items.item.at(row) for row in (0, 1)] == ["q-a", "q-c"]
    assert both.items.answer.tolist() == [2, 3]


def test_an_unknown_scale_or_respondent_is_named():
    with pytest.raises(BadInputError, match="no scale 'phq-9' in the table; it has wai"):
        table(("a", 1, 5)).courses(scale="phq-9")
    with pytest.raises(BadInputError, match=f"use one of {', '.join(RESPONDENTS)}"):
        table(("a", 1, 5)).courses(scale="wai", respondent="mother")
