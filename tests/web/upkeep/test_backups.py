"""A backup holds everything, a restore shows it again, and no fault leaves anything half done."""

import json
import os
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from practice_cast import NOW, Cast

from rapport.web.audit.queries import lines_about, verify
from rapport.web.core.access import inside
from rapport.web.core.engine import sqlite3
from rapport.web.core.keys import KeyStore, key_store, using
from rapport.web.people.actions import add_person
from rapport.web.people.models import Person
from rapport.web.people.queries import practices
from rapport.web.upkeep import actions, envelope, errors, files, records
from rapport.web.upkeep.queries import state

PRACTICE_KEY = bytes(range(32))
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def made(cast):
    """A backup of a practice with two clients."""
    assert cast.sarah
    assert cast.dev
    return actions.back_up(at=NOW)


def everything_under(folder):
    """Files and what is in them; without what SQLite keeps beside an open database."""
    files = [place for place in sorted(folder.rglob("*")) if place.is_file()]
    return {place: place.read_bytes() for place in files if place.name[-4:] not in ("-wal", "-shm")}


def names(practice=None):
    """Names of all clients, opened with the keys that lie in the folder."""
    (practice,) = practices()
    with inside(practice):
        return sorted(person.get("name") for person in Person.objects.all())


def test_in_an_empty_folder_everything_is_there_again(house, home, made):
    connection.close()
    with house("other") as other:
        looked, aside = actions.restore(file=made.database, keys=made.keys, at=LATER)
        store = KeyStore(other / "keys.sqlite3", practice_key=PRACTICE_KEY)
        with using(store):
            assert names() == ["Dev Raman", "Sarah Lindqvist"]
            (practice,) = practices()
            with inside(practice):
                assert verify().fault is None
        store.close()
        assert aside is None
        assert sorted(place.name for place in other.iterdir()) == [
            "keys.sqlite3", "rapport.sqlite3", "rapport.sqlite3-shm", "rapport.sqlite3-wal",
            "upkeep.json",
        ]  # fmt: skip
    assert (looked.people, looked.forgotten, looked.unreadable) == (2, 0, 0)
    assert looked.opened == 2


def test_what_is_here_is_replaced_only_when_told_and_kept_aside(home, cast, made):
    assert cast.marta
    with pytest.raises(errors.AlreadyThere, match="--replace"):
        actions.restore(file=made.database, at=LATER)
    assert "Marta Ferreira" in names()
    _, aside = actions.restore(file=made.database, at=LATER, replace=True)
    assert names() == ["Dev Raman", "Sarah Lindqvist"]
    assert [place.name for place in aside.iterdir()] == ["rapport.sqlite3"]
    shutil.copy(aside / "rapport.sqlite3", home / "rapport.sqlite3")
    connection.close()
    assert "Marta Ferreira" in names()


def test_the_restore_stands_in_the_log(home, made):
    actions.restore(file=made.database, at=LATER, replace=True)
    (practice,) = practices()
    with inside(practice):
        assert lines_about(practice)[-1].deed == "restored from a backup"
        assert verify().fault is None


def test_the_keys_are_not_in_the_backup_and_the_backup_says_nothing(made, monkeypatch):
    wrapped = key_store()._file.execute("SELECT wrapped FROM keys").fetchall()
    sealed = made.database.read_bytes()
    with files.opened(made.database, key=PRACTICE_KEY, kind="database") as (manifest, parts):
        whole = json.dumps(manifest).encode() + b"".join(parts)
    assert whole.count(b"SQLite format 3")
    assert not any(key in whole for (key,) in wrapped)
    for word in (b"SQLite", b"people_person", b"example.org", b"Imani", b"Sarah"):
        assert word not in sealed
        assert (word in whole) == (word != b"Sarah")


def test_both_files_are_for_their_owner_alone(made):
    for place in (made.database, made.keys):
        assert place.stat().st_mode & 0o077 == 0
    assert made.database.parent != made.keys.parent


def faults(made, tmp_path):
    """Ways in which a file can be wrong, with the answer to each."""
    whole = made.database.read_bytes()
    changed = bytearray(whole)
    changed[len(whole) // 2] ^= 1
    for name, content, answer in (
        ("cut in the middle", whole[: len(whole) // 2], errors.Damaged),
        ("cut by one byte", whole[:-1], errors.Damaged),
        ("cut after its head", whole[:40], errors.Damaged),
        ("empty", b"", errors.NotABackup),
        ("changed", bytes(changed), errors.Damaged),
        ("something else", b"PK" + bytes(999), errors.NotABackup),
        ("of a later version", whole[:7] + b"\x09" + whole[8:], errors.WrongVersion),
        ("keys instead", made.keys.read_bytes(), errors.WrongKind),
    ):
        place = tmp_path / f"{name}.backup"
        place.write_bytes(content)
        yield place, answer
    yield tmp_path / "nowhere.backup", errors.NoBackup


def test_no_wrong_file_changes_anything(home, made, tmp_path):
    connection.close()
    for place, answer in faults(made, tmp_path):
        before = everything_under(home)
        with pytest.raises(answer) as refused:
            actions.restore(file=place, at=LATER, replace=True)
        assert "\n" not in str(refused.value)
        assert everything_under(home) == before, place.name


def test_under_another_practice_key_it_says_so_and_changes_nothing(home, made, monkeypatch):
    connection.close()
    before = everything_under(home)
    monkeypatch.setenv("RAPPORT_PRACTICE_KEY", "ab" * 32)
    with pytest.raises(errors.WrongKey):
        actions.restore(file=made.database, at=LATER, replace=True)
    assert everything_under(home) == before


def test_a_manifest_that_does_not_fit_is_found_though_the_seal_is_right(home, made):
    """Rows, the log's end, words that do not open: each looked at, not only the seal."""
    with files.opened(made.database, key=PRACTICE_KEY, kind="database") as (manifest, parts):
        content = b"".join(parts)
    rows = manifest["rows"] | {"people_person": 3}
    for n, (wrong, told) in enumerate((
        (manifest | {"rows": rows}, "people_person has not the 3 rows"),
        (manifest | {"heads": []}, "log does not end where it ended"),
        (manifest | {"steps": [*manifest["steps"], "people/9999_later"]}, "newer Rapport"),
    )):  # fmt: skip
        wrong = wrong | {"at": (NOW + timedelta(minutes=n)).isoformat()}
        place = files.write_backup(
            made.database.parent, manifest=wrong, parts=[content], key=PRACTICE_KEY
        )
        connection.close()
        before = everything_under(home)
        with pytest.raises((errors.Damaged, errors.WrongVersion), match=told):
            actions.restore(file=place, at=LATER, replace=True)
        assert everything_under(home) == before


def test_a_line_of_the_log_that_was_changed_before_the_backup_is_found(home, made):
    with connection.cursor() as cursor:
        asked = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit_entry'"
        for (guard,) in cursor.execute(asked).fetchall():
            cursor.execute(f"DROP TRIGGER {guard}")
        cursor.execute("UPDATE audit_entry SET deed = 'nothing' WHERE number = 2")
    later = actions.back_up(at=LATER)
    with pytest.raises(errors.Damaged, match="line 2 was changed"):
        actions.drill(at=LATER)
    with pytest.raises(errors.Damaged):
        actions.restore(file=later.database, at=LATER, replace=True)
    assert "line 2" in state().fault
    assert state().good_drill is None


def test_a_key_store_that_opens_nothing_is_found(home, house, made, tmp_path):
    connection.close()
    with house("other") as other:
        stranger = KeyStore(other / "keys.sqlite3", practice_key=PRACTICE_KEY)
        stranger.create("somebody else")
        stranger.close()
        with pytest.raises(errors.Damaged, match="nothing in it opens"):
            actions.restore(file=made.database, at=LATER)
        assert [place.name for place in other.iterdir()] == ["keys.sqlite3"]


def test_without_any_key_store_it_asks_for_its_backup(house, made):
    with house("other"), pytest.raises(errors.NoKeys, match="--keys FILE"):
        actions.restore(file=made.database, at=LATER)


def test_a_client_whose_key_came_later_is_counted_as_unreadable(home, cast, made):
    assert cast.marta
    later = actions.back_up(at=LATER)
    looked, _ = actions.restore(file=later.database, keys=made.keys, at=LATER, replace=True)
    assert (looked.people, looked.unreadable) == (3, 1)


def test_while_the_practice_runs_it_is_not_replaced(home, made):
    connection.close()
    running = sqlite3.connect(home / "rapport.sqlite3")
    running.execute("SELECT COUNT(*) FROM people_person").fetchall()
    with pytest.raises(errors.StillInUse, match="Stop `rapport serve`"):
        actions.restore(file=made.database, at=LATER, replace=True)
    running.close()
    actions.restore(file=made.database, at=LATER, replace=True)


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_disk_that_refuses_leaves_nothing_behind(home, cast, monkeypatch, step, tmp_path):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    assert cast.sarah
    connection.close()
    before = everything_under(home)
    with monkeypatch.context() as broken:
        broken.setattr(*((os, "fsync", full) if step == "fsync" else (Path, "replace", full)))
        with pytest.raises(errors.NoRoom, match="No space left"):
            actions.back_up(at=NOW)
    assert list((tmp_path / "backups").iterdir()) == []
    connection.close()
    assert everything_under(home) == before


def test_copies_of_the_keys_end_after_seven_days_those_of_the_database_thin_out(home, cast):
    """Twice a day for forty days; then one backup is made."""
    last = NOW + timedelta(days=40)
    for folder, kind in (("backups", "database"), ("key-backups", "keys")):
        (home.parent / folder).mkdir()
        for hours in range(0, 24 * 40, 12):
            at = (NOW + timedelta(hours=hours)).strftime(files.STAMP)
            (home.parent / folder / f"{kind}-{at}.backup").write_bytes(b"x")
    actions.back_up(at=last)
    keys = files.backups_in(home.parent / "key-backups", "keys")
    assert (keys[0].at, keys[-1].at) == (last - timedelta(days=7), last)
    stored = [one.at for one in files.backups_in(home.parent / "backups", "database")]
    assert stored[0] >= last - timedelta(days=30)
    assert len([at for at in stored if last - at <= timedelta(days=2)]) == 5
    older = [at.date() for at in stored if last - at > timedelta(days=2)]
    assert len(older) == len(set(older)) == 28


def test_a_removed_copy_of_the_keys_was_overwritten_first(tmp_path):
    place, kept = tmp_path / "keys", tmp_path / "kept"
    place.write_bytes(b"wrapped key" * 200_000)
    kept.hardlink_to(place)
    files.shred(place)
    assert not place.exists()
    assert set(kept.read_bytes()) == {0}


def test_the_drill_restores_the_newest_and_records_it(home, made, tmp_path):
    connection.close()
    before = everything_under(home)
    looked = actions.drill(at=LATER)
    assert (looked.people, looked.opened) == (2, 2)
    assert (state().good_drill, state().fault) == (LATER, "")
    after = everything_under(home)
    changed = {place.name for place in after if after[place] != before.get(place)}
    assert changed <= {"upkeep.json", "rapport.sqlite3-shm"}
    made.database.write_bytes(made.database.read_bytes()[:-9])
    with pytest.raises(errors.Damaged):
        actions.drill(at=LATER + timedelta(days=1))
    assert state().good_drill == LATER
    assert "damaged" in state().fault


def test_without_a_backup_the_drill_says_so(home, cast):
    with pytest.raises(errors.NoBackup):
        actions.drill(at=NOW)
    assert records.last()["drill"]["fault"]


def test_the_file_is_many_chunks_so_that_memory_stays_small(made, monkeypatch):
    assert made.database.stat().st_size > 3 * 64
    monkeypatch.setattr(envelope, "CHUNK", 4096)
    again = actions.back_up(at=LATER)
    with files.opened(again.database, key=PRACTICE_KEY, kind="database") as (_, parts):
        assert sum(1 for _ in parts) > 100


def test_a_client_added_meanwhile_has_a_key_too_many_never_one_too_few(home, cast, monkeypatch):
    """Whoever is in the database's copy has a key in the key store's copy, which comes after it."""
    before = actions.write_backup

    def and_one_more(*given, **told):
        if told["manifest"]["kind"] == "database":
            add_person(name="New", language="en", zone="UTC", by=Cast.RAPPORT, at=NOW)
        return before(*given, **told)

    assert cast.sarah
    monkeypatch.setattr(actions, "write_backup", and_one_more)
    actions.back_up(at=NOW)
    assert actions.drill(at=LATER).unreadable == 0
