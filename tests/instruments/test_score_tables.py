"""Tables of answers, long and wide: the right scores, and every fault with its row."""

import polars as pl
import pytest

from rapport.files.answers import read_answers, score_long, score_wide, write_scores
from rapport.files.faults import TableFaults
from rapport.files.instruments import load_instrument
from rapport.science.errors import BadInputError

PHQ2 = load_instrument("phq-2")


def rows(*lines, columns="client,session,instrument,item,answer"):
    return "\n".join([columns, *lines]) + "\n"


@pytest.fixture
def table(tmp_path):
    def write(text):
        path = tmp_path / "answers.csv"
        path.write_text(text, "utf-8")
        return read_answers(path)

    return write


def faults(table, text):
    with pytest.raises(TableFaults) as caught:
        score_long(table(text))
    return caught.value.lines()


def scored(table, *lines, **kwargs):
    return score_long(table(rows(*lines, **kwargs))).rows()


def test_answers_in_any_order_become_one_score_per_form(table):
    lines = ["a,2,phq-2,q1,3", "b,1,phq-2,q2,1", "a,1,phq-2,q2,2", "b,1,phq-2,q1,0"]
    lines += ["a,1,phq-2,q1,1", "a,2,phq-2,q2,3"]
    assert scored(table, *lines) == [
        ("a", 1.0, "phq-2", 3.0),
        ("a", 2.0, "phq-2", 6.0),
        ("b", 1.0, "phq-2", 1.0),
    ]


def test_a_missing_answer_leaves_no_total_and_never_a_zero(table):
    lines = ["a,1,phq-2,q1,0", "a,1,phq-2,q2,", "b,1,phq-2,q1,NA", "b,1,phq-2,q2,null"]
    lines += ["c,1,phq-2,q1,0"]
    assert [score for *_, score in scored(table, *lines)] == [None, None, None]


def test_several_instruments_stand_in_one_table(table):
    lines = ["a,1,phq-2,q1,1", "a,1,gad-2,q1,2", "a,1,phq-2,q2,1", "a,1,gad-2,q2,2"]
    assert scored(table, *lines) == [("a", 1.0, "phq-2", 2.0), ("a", 1.0, "gad-2", 4.0)]


def test_client_and_therapist_forms_of_one_session_stay_apart(table):
    columns = "client,session,respondent,instrument,item,answer"
    lines = [f"a,1,{who},phq-2,q{n},{n}" for who in ("client", "therapist") for n in (1, 2)]
    found = scored(table, *lines, columns=columns)
    assert found == [("a", 1.0, "phq-2", 3.0, "client"), ("a", 1.0, "phq-2", 3.0, "therapist")]


def test_what_was_written_in_own_words_is_left_aside(table):
    items = ("myself", "taken_in", "clear_goal", "topics_count", "made_sense", "enough_say")
    name = "rapport-checkin-client"
    lines = [f"a,1,{name},{item},3" for item in items]
    lines += [f"a,1,{name},kept_back,1", f"a,1,{name},tension,0", f"a,1,{name},talked_about,1"]
    lines += [f'a,1,{name},next_time,"More time, please"']
    assert scored(table, *lines) == [("a", 1.0, name, 25.0)]


def test_a_questionnaire_of_which_nothing_is_computed_gives_no_rows(table):
    assert scored(table, "a,1,hat,helpfulness_rating,7") == []


@pytest.mark.parametrize(
    ("line", "row", "what"),
    [
        ("a,1,phq-2,q2,4", 3, "4 is not an answer; allowed: 0, 1, 2, 3; correct it"),
        ("a,1,phq-2,q2,-1", 3, "-1 is not an answer"),
        ("a,1,phq-2,q2,1.5", 3, "1.5 is not an answer"),
        ("a,1,phq-2,q2,NaN", 3, "not a finite number; leave the cell empty"),
        ("a,1,phq-2,q2,inf", 3, "not a finite number"),
        ("a,1,phq-2,q2,often", 3, "'often' is not a number"),
        ("a,1,phq-2,q3,1", 3, "'q3' is no item of phq-2; use one of q1, q2"),
        ("a,1,phq-2,q1,1", 3, "a second answer of this client to this item in this session"),
        ("a,first,phq-2,q2,1", 3, "'first' is not a number"),
        (",1,phq-2,q2,1", 3, "is empty; fill it in"),
        ("a,1,phq-2,,1", 3, "is empty; fill it in"),
        ("a,1,phq-8,q1,1", None, "no instrument 'phq-8'; did you mean phq-2, phq-9?"),
    ],
)
def test_an_impossible_line_is_refused_with_its_row_and_the_remedy(table, line, row, what):
    [message] = faults(table, rows("a,1,phq-2,q1,1", line))
    assert what in message
    assert (f"row {row}," in message) == (row is not None)


def test_spaces_around_cells_and_blank_lines_change_nothing(table):
    lines = ["", "a, 1 ,phq-2, q1 , 1", " a ,1, phq-2 ,q2,2", ""]
    assert scored(table, *lines) == [("a", 1.0, "phq-2", 3.0)]


def test_semicolons_decimal_commas_and_a_byte_order_mark_are_read(tmp_path):
    items = ("relationship", "goals_and_topics", "approach_or_method", "overall")
    lines = [f"a;1;srs;{item};9,5" for item in items]
    path = tmp_path / "answers.csv"
    path.write_text(
        rows(*lines).replace(",s", ";s").replace(",i", ";i").replace(",a", ";a"), "utf-8-sig"
    )
    assert score_long(read_answers(path)).rows() == [("a", 1.0, "srs", 38.0)]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "is empty (0 bytes)"),
        ("client,session,instrument,item,answer\n", "has a header and no rows"),
        ("client,session,instrument,item,answer,answer\n", "column answer: this name stands twice"),
        (rows("a,1,phq-2,q1,1,7"), "row 2: 6 cells where the header has 5"),
        (rows("\x00\x01"), "is a binary file"),
    ],
)
def test_what_is_no_table_is_refused(table, text, what):
    with pytest.raises(TableFaults) as caught:
        table(text)
    assert what in str(caught.value)


def test_a_cell_of_a_million_characters_is_shown_short(table):
    [line] = faults(table, rows("a,1,phq-2," + "x" * 1_000_000 + ",1"))
    assert "(1,000,000 characters) is no item of phq-2" in line
    assert "x" * 41 not in line


def test_many_faults_are_shown_twenty_at_a_time_and_counted(table):
    lines = [f"c{n},1,phq-2,q1,9" for n in range(50)]
    found = faults(table, rows(*lines))
    assert len(found) == 21
    assert found[-1] == "and 30 more faults like these"


def test_a_long_table_without_a_needed_column_is_refused():
    with pytest.raises(BadInputError, match="no column item, answer; add it"):
        score_long(pl.DataFrame({"client": ["a"], "session": [1], "instrument": ["phq-2"]}))


def test_a_frame_with_whole_numbers_scores_like_a_file():
    frame = pl.DataFrame(
        {
            "client": [7, 7],
            "session": [1, 1],
            "instrument": ["phq-2", "phq-2"],
            "item": ["q1", "q2"],
            "answer": [1, 3],
        }
    )
    assert score_long(frame).rows() == [(7, 1.0, "phq-2", 4.0)]


def test_far_apart_session_numbers_do_not_cost_memory_and_score_alike():
    frame = pl.DataFrame({"client": [f"c{n}" for n in range(300)]}).join(
        pl.DataFrame({"item": ["q1", "q2"]}), how="cross"
    )
    frame = frame.with_columns(
        session=pl.int_range(pl.len()) // 2 * 1.5, instrument=pl.lit("phq-2"), answer=1
    )
    assert score_long(frame)["score"].to_list() == [2.0] * 300


def test_wide_rows_keep_their_other_columns_and_gain_a_score():
    frame = pl.DataFrame({"client": ["a", "b"], "PHQ-2_1": [1, 3], "phq2_q2": [2, None]})
    assert score_wide(frame, instrument=PHQ2).to_dicts() == [
        {"client": "a", "phq-2": 3.0},
        {"client": "b", "phq-2": None},
    ]


def test_wide_faults_name_row_and_column():
    frame = pl.DataFrame({"q1": [1, 9], "q2": [1.5, 2.0]})
    with pytest.raises(TableFaults) as caught:
        score_wide(frame, instrument=PHQ2)
    first, second = caught.value.lines()
    assert "row 2, column q2: 1.5 is not an answer" in first
    assert "row 3, column q1: 9 is not an answer" in second


def test_a_wide_form_given_twice_is_refused():
    frame = pl.DataFrame({"client": ["a", "a"], "session": [1, 1], "q1": [1, 1], "q2": [1, 1]})
    with pytest.raises(TableFaults, match="row 3, column client: a second form of this client"):
        score_wide(frame, instrument=PHQ2)


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_scores_are_written_whole_and_read_back(tmp_path, suffix):
    scores = pl.DataFrame({"client": ["a"], "score": [3.0]})
    path = tmp_path / f"scores.{suffix}"
    write_scores(scores, path)
    back = pl.read_parquet(path) if suffix == "parquet" else pl.read_csv(path)
    assert back.equals(scores)
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


def test_answers_in_parquet_are_read_too(tmp_path):
    frame = pl.DataFrame(
        {"client": ["a"] * 2, "session": [1] * 2, "instrument": ["phq-2"] * 2, "answer": [1, 2]}
    ).with_columns(item=pl.Series(["q1", "q2"]))
    frame.write_parquet(tmp_path / "answers.parquet")
    assert score_long(read_answers(tmp_path / "answers.parquet")).rows() == [
        ("a", 1.0, "phq-2", 3.0)
    ]
