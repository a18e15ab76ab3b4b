"""verify-audit and the doctor's questions, on an installation of its own."""

import sqlite3

import pytest
from test_installation import options, rapport

from rapport.web.audit.guards import GUARDS

pytestmark = pytest.mark.slow


@pytest.fixture
def home(tmp_path):
    place = tmp_path / "home"
    assert rapport(place, "init", *options()).returncode == 0
    return place


def lodge(home):
    code = (
        "import django; django.setup();"
        "from rapport.web.audit.anchors import lodge;"
        "from rapport.web.core.access import inside; from rapport.web.core.clock import now;"
        "from rapport.web.people.queries import the_practice as p\n"
        "with inside(p().practice): lodge(at=now())"
    )
    return python(home, code)


def python(home, code):
    import os
    import subprocess
    import sys

    kept = {key: value for key, value in os.environ.items() if not key.startswith("RAPPORT_")}
    told = {"RAPPORT_HOME": str(home), "DJANGO_SETTINGS_MODULE": "rapport.web.site.settings"}
    done = subprocess.run(
        [sys.executable, "-c", code], env=kept | told, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def with_the_file(home, *statements):
    """What somebody can do who holds the database's file: first the guards go."""
    with sqlite3.connect(home / "rapport.sqlite3") as database:
        for name in GUARDS:
            database.execute(f"DROP TRIGGER IF EXISTS {name}")
        for statement in statements:
            database.execute(statement)
    database.close()


def test_an_untouched_log_is_right_with_status_0(home):
    lodge(home)
    said = rapport(home, "verify-audit")
    assert said.returncode == 0, said.stdout + said.stderr
    assert "3 lines hold together, 1 times lodged outside" in said.stdout


def test_a_changed_line_is_named_with_status_1(home):
    with_the_file(home, "UPDATE audit_entry SET deed = 'nothing' WHERE number = 2")
    said = rapport(home, "verify-audit")
    assert said.returncode == 1
    assert "line 2 was changed" in said.stdout


def test_a_cut_tail_with_a_mended_head_is_found_by_what_lies_outside(home):
    lodge(home)
    mend = "(SELECT chain FROM audit_entry WHERE number = 2)"
    cut = "DELETE FROM audit_entry WHERE number > 2"
    with_the_file(home, cut, f"UPDATE audit_head SET number = 2, chain = {mend}")
    said = rapport(home, "verify-audit")
    assert said.returncode == 1
    assert "lines after 2 are missing; there were 3" in said.stdout
    looked = rapport(home, "doctor")
    assert looked.returncode == 1
    assert "is not the one that was kept outside" in looked.stdout


def test_guards_taken_down_are_found_by_both(home):
    with_the_file(home)
    for command in ("verify-audit", "doctor"):
        said = rapport(home, command)
        assert said.returncode == 1
        assert "audit_entry_remains" in said.stdout


def test_an_engine_that_is_asked_directly_refuses(home):
    with sqlite3.connect(home / "rapport.sqlite3") as database:
        for change in ("UPDATE audit_entry SET deed = ''", "DELETE FROM audit_entry"):
            with pytest.raises(sqlite3.IntegrityError, match="only ever added to"):
                database.execute(change)
    database.close()


def test_without_a_practice_it_says_what_to_do(tmp_path, home):
    said = rapport(tmp_path / "nowhere", "verify-audit")
    assert said.returncode == 2
    assert "rapport init" in said.stderr


def test_the_printed_key_is_compared_and_neither_is_shown(home):
    key = (home / "practice.key").read_text().strip()
    spaced = " ".join(key[k : k + 8].upper() for k in range(0, 64, 8))
    for typed, status in [(key, 0), (spaced, 0), ("0" * 64, 1), ("pear", 1)]:
        said = rapport(home, "doctor", "--key", input=f"{typed}\n")
        assert said.returncode == status, said.stdout
        assert key not in said.stdout + said.stderr
        assert len(said.stdout.splitlines()) <= 3


def test_the_doctor_says_what_the_practice_still_has_to_decide(home):
    said = rapport(home, "doctor")
    wrong = [line for line in said.stdout.splitlines() if line.startswith("WRONG")]
    assert [line.split(":")[0] for line in wrong] == [
        "WRONG  the worker goes round"
    ]  # none started
    to_do = [line for line in said.stdout.splitlines() if line.startswith("to do")]
    assert [line.split(":")[0] for line in to_do] == [
        "to do  somebody answers when a client may be at risk",
        "to do  more than one person can let others in",
        "to do  each role has somebody",
    ]


def test_the_doctor_finds_that_nobody_can_let_others_in_and_cases_without_a_therapist(home):
    with_the_file(home, "UPDATE people_staff SET left_at = '2026-01-01 00:00:00'")
    said = rapport(home, "doctor")
    assert said.returncode == 1
    assert "WRONG  more than one person can let others in: nobody can" in said.stdout


def test_the_doctor_finds_that_nothing_was_lodged_for_long(home):
    chain = "UPDATE audit_entry SET at = '2026-01-01 00:00:00'"
    with_the_file(home, chain)
    assert "never yet" in rapport(home, "doctor").stdout
