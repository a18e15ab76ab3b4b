"""backup and restore as somebody types them: the printed key, two files, an empty folder."""

import os
import resource
import shutil
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

RAPPORT = Path(sys.executable).with_name("rapport")
ANSWERS = ("Lindenhof", "Europe/Berlin", "en", "16", "Imani Okafor <imani@example.org>")
SMALL = 300_000  # bytes a file may have on a disk that is nearly full


def rapport(home, *words, input=None, largest_file=None, **told):
    """One command in a process of its own, with nothing set but the folder."""

    def on_a_full_disk():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (largest_file, largest_file))

    kept = {key: value for key, value in os.environ.items() if not key.startswith("RAPPORT_")}
    return subprocess.run(
        [RAPPORT, *map(str, words)], env=kept | {"RAPPORT_HOME": str(home)} | told,
        capture_output=True, text=True, input=input,
        preexec_fn=on_a_full_disk if largest_file else None,
    )  # fmt: skip


@pytest.fixture
def begun(tmp_path):
    """A practice, its printed key, and one backup of it."""
    home = tmp_path / "home"
    assert rapport(home, "init", input="\n".join(ANSWERS) + "\n").returncode == 0
    said = rapport(home, "backup", "--drill")
    assert said.returncode == 0, said.stderr
    key = (home / "practice.key").read_text().strip()
    database, keys = (next((home / n).iterdir()) for n in ("backups", "key-backups"))
    assert str(database) in said.stdout
    assert str(keys) in said.stdout
    assert "Tried: " in said.stdout
    return home, key, database, keys


def test_from_nothing_but_the_printed_key_and_the_two_files(begun, tmp_path):
    home, key, database, keys = begun
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    database, keys = (Path(shutil.move(place, elsewhere)) for place in (database, keys))
    shutil.rmtree(home)
    new = tmp_path / "new" / "home"
    said = rapport(new, "restore", database, "--keys", keys, input=f"{key}\n")
    assert said.returncode == 0, said.stderr
    assert "3 lines of the log" in said.stdout
    assert key not in said.stdout + said.stderr
    modes = {p.name: stat.S_IMODE(p.stat().st_mode) for p in new.iterdir() if p.is_file()}
    assert set(modes.values()) == {0o600}
    assert {"practice.key", "secret.key", "keys.sqlite3", "rapport.sqlite3"} <= set(modes)
    assert (new / "practice.key").read_text().strip() == key
    assert "create-admin" not in rapport(new, "create-admin", "imani@example.org").stderr
    assert rapport(new, "backup").returncode == 0
    said = rapport(new, "doctor").stdout.splitlines()
    wrong = [line.split(":")[0] for line in said if line.startswith("WRONG")]
    # No worker was started here, and it is the worker that tries a restore on a backup.
    assert set(wrong) <= {"WRONG  the worker goes round", "WRONG  backups are made and tried"}
    assert "right  the key store opens with the practice's key" in "\n".join(said)


@pytest.mark.parametrize(
    ("typed", "told"),
    [("ab" * 32, "another practice key"), ("abc", "64 hexadecimal digits"), ("", "")],
)
def test_with_a_wrong_key_nothing_is_made(begun, tmp_path, typed, told):
    _, _, database, keys = begun
    new = tmp_path / "new"
    said = rapport(new, "restore", database, "--keys", keys, input=f"{typed}\n")
    assert said.returncode != 0
    assert told in said.stderr
    assert list(new.rglob("*")) == [] or not new.exists()


def test_a_disk_that_fills_up_leaves_no_half_backup(begun):
    home, *_ = begun
    before = sorted(home.rglob("*"))
    said = rapport(home, "backup", largest_file=SMALL)
    assert said.returncode == 2
    assert len(said.stderr.splitlines()) == 1
    assert "Nothing was left half done" in said.stderr
    assert sorted(home.rglob("*")) == before


def test_a_disk_that_fills_up_while_restoring_leaves_the_old_as_it_was(begun):
    home, _, database, _ = begun
    before = {place: place.read_bytes() for place in home.rglob("*") if place.is_file()}
    said = rapport(home, "restore", database, "--replace", largest_file=SMALL)
    assert said.returncode == 2
    assert len(said.stderr.splitlines()) == 1
    after = {place: place.read_bytes() for place in home.rglob("*") if place.is_file()}
    kept = {place for place in before if not place.name.endswith(("-wal", "-shm"))}
    assert {place: after[place] for place in kept} == {place: before[place] for place in kept}
    assert {p.name for p in set(after) - set(before)} <= {"rapport.sqlite3-wal"}


def test_over_a_practice_it_asks_for_replace_and_keeps_the_old(begun):
    home, _, database, _ = begun
    said = rapport(home, "restore", database)
    assert (said.returncode, "--replace" in said.stderr) == (2, True)
    said = rapport(home, "restore", database, "--replace")
    assert said.returncode == 0
    (aside,) = home.glob("before-restore-*")
    assert str(aside) in said.stdout
    assert (aside / "rapport.sqlite3").exists()


def test_backups_go_where_they_are_told_and_the_drill_finds_them_there(begun, tmp_path):
    home, *_ = begun
    said = rapport(home, "backup", tmp_path / "usb", "--keys", tmp_path / "safe", "--drill")
    assert said.returncode == 0
    assert [len(list((tmp_path / name).iterdir())) for name in ("usb", "safe")] == [1, 1]
