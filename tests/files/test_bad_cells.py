"""Every bad cell is one line: file, row, column, what, what to do."""

import pytest

from rapport.science.records.scales import Scale

HEADER = "client,session,scale,score\n"


def one_score(cell):
    return f"{HEADER}a,1,wai,5\na,2,wai,{cell}\n"


@pytest.mark.parametrize("cell", ["abc", "1_000", "0x10", "3;5", "٣", "1 2", "=1+1"])
def test_text_is_not_a_number(faults, cell):
    assert faults(one_score(cell)) == [
        f"sessions.csv, row 3, column score: {cell!r} is not a number; "
        "write a number, or leave the cell empty if it is missing"
    ]


@pytest.mark.parametrize("cell", ["NaN", "nan", "inf", "-inf", "Infinity", "1e999"])
def test_nan_and_infinity_are_faults_and_not_missing(faults, cell):
    assert faults(one_score(cell)) == [
        f"sessions.csv, row 3, column score: {cell!r} is not a finite number; "
        "leave the cell empty if it is missing"
    ]


@pytest.mark.parametrize("cell", ["", "NA", "null", " NA "])
def test_empty_na_and_null_are_missing_and_stay_so(read, cell):
    assert str(read(one_score(cell)).score.tolist()) == "[5.0, nan]"


def test_a_decimal_comma_in_a_comma_file_gets_its_correction(faults):
    assert faults(one_score('"3,5"'))[0].endswith("'3,5' is not a number; write 3.5")


def test_a_session_must_be_a_number(faults):
    lines = faults(HEADER + "a,s3,wai,5\na,,wai,5\na,inf,wai,5\n")
    assert lines[0].startswith("sessions.csv, row 2, column session: 's3' is not a number")
    assert lines[1].startswith("sessions.csv, row 3, column session: is empty")
    assert lines[2].startswith("sessions.csv, row 4, column session: 'inf' is not a finite")


def test_a_row_without_client_or_scale_is_a_fault(faults):
    lines = faults(HEADER + ",1,wai,5\na,1,,5\n")
    assert lines[0].startswith("sessions.csv, row 2, column client: is empty; fill it in")
    assert lines[1].startswith("sessions.csv, row 3, column scale: is empty; fill it in")


def test_a_score_outside_its_scale_names_the_ends(faults):
    wai = Scale(name="wai", minimum=1, maximum=7)
    lines = faults(HEADER + "a,1,WAI,7\na,2,WAI,8\na,3,WAI,0.5\n", scales={"wai": wai})
    assert [line.split(";")[0] for line in lines] == [
        "sessions.csv, row 3, column score: '8' is outside the scale WAI (1 to 7)",
        "sessions.csv, row 4, column score: '0.5' is outside the scale WAI (1 to 7)",
    ]


def test_an_unknown_scale_is_one_fault_where_it_first_stands(faults):
    def judge(name):
        return None if name == "wai" else f"describe [scales.{name}] in scales.toml"

    lines = faults(HEADER + "a,1,wai,7\na,1,mood,8\na,2,mood,3\n", judge_scale=judge)
    assert lines == [
        "sessions.csv, row 3, column scale: unknown scale 'mood'; "
        "describe [scales.mood] in scales.toml"
    ]


def test_a_repeated_row_and_two_scores_are_told_apart(faults):
    lines = faults(HEADER + "a,1,wai,5\na,1,wai,5\nb,1,wai,5\nb,1,wai,6\nb,1,phq-9,6\n")
    assert lines == [
        "sessions.csv, row 3, column session: the same row again for client 'a', session 1, wai "
        "(first in row 2); keep one, or number the sessions anew",
        "sessions.csv, row 5, column session: a second, different score for client 'b', session 1, "
        "wai (first in row 4); keep one, or number the sessions anew",
    ]


def test_client_and_therapist_may_rate_the_same_session(read):
    text = "client,session,scale,score,respondent\na,1,wai,5,client\na,1,wai,6,Therapist\n"
    assert read(text).respondent.tolist() == [0, 1]


def test_another_respondent_is_a_fault(faults):
    lines = faults("client,session,scale,score,respondent\na,1,wai,5,mother\n")
    assert "'mother' is not one of client, therapist, observer" in lines[0]


@pytest.mark.parametrize("cell", ["05/01/2026", "5.1.2026", "2026-1-5", "2026-02-30", "20260105"])
def test_days_in_mixed_formats_are_faults(faults, cell):
    text = f"client,session,scale,score,date\na,1,wai,5,2026-01-04\na,2,wai,5,{cell}\n"
    assert faults(text) == [
        f"sessions.csv, row 3, column date: {cell!r} is not a day written as 2026-01-31; "
        "write every date as year-month-day"
    ]


def test_a_time_after_the_day_is_left_away(read):
    text = "client,session,scale,score,date\na,1,wai,5,2026-01-04T10:30:00Z\na,2,wai,5,\n"
    assert [str(day) for day in read(text).date] == ["2026-01-04", "NaT"]


def test_at_most_twenty_lines_and_then_a_count(faults):
    lines = faults(HEADER + "".join(f"a,{i},wai,x\n" for i in range(33)))
    assert len(lines) == 21
    assert lines[19].startswith("sessions.csv, row 21,")
    assert lines[20] == "and 13 more faults like these"


def test_faults_stand_in_the_order_of_the_file(faults):
    rows = [line.split(",")[1] for line in faults(HEADER + "a,1,wai,x\n,2,wai,5\na,x,wai,5\n")]
    assert rows == [" row 2", " row 3", " row 4"]


def test_ids_that_look_like_formulas_are_plain_text_with_a_warning(read):
    table = read(HEADER + "=cmd()|x,1,wai,5\n-5,1,wai,5\n")
    assert table.client_ids.tolist() == ["=cmd()|x", "-5"]
    assert table.warnings[0].startswith("1 client id looks like a spreadsheet formula")


def test_attended_is_yes_no_or_not_said(read, faults):
    header = "client,session,scale,score,attended\n"
    assert read(header + "a,1,wai,5,yes\na,2,wai,,FALSE\na,3,wai,4,\n").attended.tolist() == [
        1, 0, -1,
    ]  # fmt: skip
    assert "'perhaps' is neither yes nor no" in faults(header + "a,1,wai,5,perhaps\n")[0]
