"""`rapport read` on what can't be read: status 2, a line per fault, and nothing is written."""

import pytest
from commands import run

from rapport.cli import reading as read_command

GOOD = ("a,1,wai,30", "a,2,wai,31", "b,1,wai,20")
BAD_ROWS = {
    "header only": ((), "has a header and no rows; add one row per score"),
    "the same row again": ((*GOOD, "a,1,wai,30"), "row 5, column session: the same row again"),
    "a second score": ((*GOOD, "a,1,wai,29"), "row 5, column session: a second, different score"),
    "NaN": ((*GOOD, "b,2,wai,NaN"), "row 5, column score"),
    "infinity": ((*GOOD, "b,2,wai,inf"), "row 5, column score"),
    "words": ((*GOOD, "b,2,wai,good"), "row 5, column score"),
    "above the scale": ((*GOOD, "b,2,wai,41"), "'41' is outside the scale wai (0 to 40)"),
    "below the scale": ((*GOOD, "b,2,wai,-1"), "'-1' is outside the scale wai (0 to 40)"),
    "no client": ((*GOOD, ",2,wai,3"), "row 5, column client"),
    "unknown scale": ((*GOOD, "b,1,trust,3"), "row 5, column scale: unknown scale 'trust'"),
}
BAD_FLAGS = {
    "budget of nothing": (("--false-alarms", "0"), "give a share between 0 and 1"),
    "budget of all": (("--false-alarms", "1"), "give a share between 0 and 1"),
    "budget below": (("--false-alarms=-0.1",), "give a share between 0 and 1"),
    "budget nan": (("--false-alarms", "nan"), "give a share between 0 and 1"),
    "half a map": (("--map", "client"), "--map client: write name=column pairs"),
    "map to nothing": (("--map", "client="), "write name=column pairs"),
    "map to no column": (("--map", "client=person"), "person"),
    "map of no part": (("--map", "colour=client"), "colour"),
    "no such alliance": (("--alliance", "trust"), "--alliance trust: the table has no such scale"),
    "no such outcome": (("--outcome", "trust"), "--outcome trust: the table has no such scale"),
    "both at once": (("--alliance", "wai", "--outcome", "wai"), "can't be alliance and outcome"),
    "bad pattern": (("--wide-pattern", "(?P<scale"), "--wide-pattern"),
    "no such reference": (("--reference", "none.csv"), "none.csv: no such file"),
    "no such scales": (("--scales", "none.toml"), "none.toml"),
}


@pytest.fixture
def refused(folder, tmp_path):
    """Read, expect status 2 and an empty folder, and give the lines."""

    def lines(path, *flags):
        known = () if "--scales" in flags else ("--scales", tmp_path / "scales.toml")
        places = ("--json", folder / "r.json", "--html", folder / "r.html")
        done = run("read", path, *known, *places, *flags)
        assert done.exit_code == 2, done.output
        assert list(folder.iterdir()) == []
        assert done.stdout == ""
        return done.stderr.splitlines()

    return lines


@pytest.mark.parametrize(("rows", "words"), BAD_ROWS.values(), ids=BAD_ROWS)
def test_bad_rows_are_one_line_with_file_row_and_column(table, refused, rows, words):
    (line,) = refused(table(*rows))
    assert "sessions.csv" in line
    assert words in line


@pytest.mark.parametrize(("flags", "words"), BAD_FLAGS.values(), ids=BAD_FLAGS)
def test_bad_flags_are_one_line(table, refused, flags, words):
    (line,) = refused(table(*GOOD), *flags)
    assert words in line


def test_an_empty_file_and_a_missing_one_are_named(table, refused, tmp_path):
    assert "empty" in refused(table(header=""))[0]
    assert "none.csv: no such file" in refused(tmp_path / "none.csv")[0]


def test_each_fault_has_its_line_up_to_twenty_and_the_rest_is_counted(table, refused):
    lines = refused(table(*(f"a,{k},wai,many" for k in range(30))))
    assert len(lines) == 21
    assert [f"row {row}," in line for row, line in enumerate(lines[:20], 2)] == [True] * 20
    assert lines[-1] == "and 10 more faults like these"


def test_an_unknown_scale_comes_with_its_remedy(table, refused):
    (line,) = refused(table("a,1,trust,3", "a,2,trust,4"))
    assert "[scales.trust] role, higher_is_better" in line
    assert "--alliance trust" in line


def test_a_fault_in_the_second_table_stops_both(table, refused):
    good, bad = table(*GOOD), table("a,3,wai,99", name="later.csv")
    (line,) = refused(good, bad)
    assert "later.csv, row 2" in line


def test_one_score_in_two_tables_is_refused(table, refused):
    (line,) = refused(table(*GOOD), table(GOOD[0], name="again.csv"))
    assert "client a, session 1, wai: scores in two tables" in line


@pytest.mark.parametrize("flag", ["--json", "--html"])
def test_a_folder_that_is_not_there_is_found_before_the_work_begins(
    table, tmp_path, monkeypatch, flag
):
    monkeypatch.setattr(read_command, "tables_of", lambda *_, **__: pytest.fail("read in vain"))
    done = run("read", table(*GOOD), flag, tmp_path / "none" / "r")
    assert done.exit_code == 2
    assert "no such folder; make it, or write elsewhere" in done.stderr


def test_no_table_is_written_over(table, refused):
    path = table(*GOOD)
    before = path.read_bytes()
    assert "written over" in refused(path, "--json", path)[0]
    assert path.read_bytes() == before


def test_json_and_report_need_two_names(table, folder, refused):
    assert "name another file" in refused(table(*GOOD), "--html", folder / "r.json")[0]


def test_a_folder_is_no_file(table, tmp_path, refused):
    assert "is a folder" in refused(table(*GOOD), "--json", tmp_path)[0]


@pytest.mark.parametrize(("place", "named"), [(("r.html",), "r.html"), ((), "the reading")])
def test_where_the_report_fails_the_json_does_not_appear_and_the_old_files_stay(
    table, folder, tmp_path, monkeypatch, place, named
):
    def full(*_, **__):
        raise OSError(28, "No space left on device", *place)

    monkeypatch.setattr(read_command, "write_report", full)
    for name in ("r.json", "r.html"):
        (folder / name).write_text("the old one")
    done = run("read", table(*GOOD), "--scales", tmp_path / "scales.toml",
               "--json", folder / "r.json", "--html", folder / "r.html")  # fmt: skip
    assert done.exit_code == 2
    assert f"{named}: can't be read or written (No space left on device)" in done.stderr
    assert {p.name: p.read_text() for p in folder.iterdir()} == {
        "r.json": "the old one",
        "r.html": "the old one",
    }
