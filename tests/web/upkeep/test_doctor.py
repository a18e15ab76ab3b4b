"""`rapport doctor` finds what is wrong: each planted fault alone; nothing where nothing is (P32).

Twelve and more, each planted into a practice in which everything else is right.
"""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from practice_cast import NOW

from rapport.web.audit.anchors import lodge
from rapport.web.core.keys import KeyStore, key_store, using
from rapport.web.jobs.actions import beat
from rapport.web.people import actions as people
from rapport.web.site import doctor
from rapport.web.upkeep import actions, files, records

PRACTICE_KEY = bytes(range(32))
LATER = NOW + timedelta(days=9)


@pytest.fixture
def right(home, cast, settings, monkeypatch):
    """A practice nine days old, with nothing wrong; gives what `doctor` finds wrong."""
    assert cast.sarah
    for place in (home, home.parent):
        place.chmod(0o700)
    for name in ("practice.key", "secret.key"):
        (home / name).write_text("x")
    for place in home.iterdir():
        place.chmod(0o600)
    settings.SECRET_KEY, settings.ALLOWED_HOSTS, settings.TLS = "s" * 64, ["localhost"], False
    monkeypatch.setattr(doctor, "now", lambda: LATER)
    actions.back_up(at=LATER - timedelta(hours=9))
    actions.drill(at=LATER - timedelta(hours=9))
    people.add_staff(
        name="Kim Larsen", email="kim@example.org", roles=["administrator"],
        by=cast.RAPPORT, at=NOW,
    )  # fmt: skip
    beat(at=LATER)
    lodge(at=LATER)

    def wrong():
        return [found for found in doctor.findings() if found.wrong]

    assert wrong() == []
    return wrong


def backups(home):
    return files.backups_in(home.parent / "backups", "database")


def set_to(name, value):
    def plant(home, settings, monkeypatch):
        setattr(settings, name, value)

    return plant


def opened_up(name):
    def plant(home, settings, monkeypatch):
        (home / name).chmod(0o644)

    return plant


def short_practice_key(home, settings, monkeypatch):
    monkeypatch.setenv("RAPPORT_PRACTICE_KEY", "abc")


def another_practice_key(home, settings, monkeypatch):
    monkeypatch.setattr(key_store(), "_practice_key", bytes(32))
    key_store()._opened.clear()


def unsound_engine(home, settings, monkeypatch):
    monkeypatch.setattr("rapport.web.core.engine.journal_mode", lambda: "truncate")


def no_sync(home, settings, monkeypatch):
    connection.cursor().execute("PRAGMA synchronous = OFF")


def no_overwriting(home, settings, monkeypatch):
    connection.cursor().execute("PRAGMA secure_delete = OFF")


def older_shape(home, settings, monkeypatch):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'people' AND name > '0007'")


def no_key_store(home, settings, monkeypatch):
    (home / "keys.sqlite3").unlink()


def no_backup(home, settings, monkeypatch):
    for one in backups(home):
        one.place.unlink()


def old_backup(home, settings, monkeypatch):
    for folder, kind in (("backups", "database"), ("key-backups", "keys")):
        for one in files.backups_in(home.parent / folder, kind):
            old = (LATER - timedelta(days=5)).strftime(files.STAMP)
            one.place.rename(one.place.with_name(f"{kind}-{old}.backup"))


def old_keys(home, settings, monkeypatch):
    (made,) = files.backups_in(home.parent / "key-backups", "keys")
    old = (LATER - timedelta(days=20)).strftime(files.STAMP)
    shutil.copy(made.place, made.place.with_name(f"keys-{old}.backup"))


def no_drill(home, settings, monkeypatch):
    records.note("good drill", at=LATER - timedelta(days=8))


def failed_drill(home, settings, monkeypatch):
    backups(home)[-1].place.write_bytes(b"RAPPORT")
    with pytest.raises(Exception, match="damaged"):
        actions.drill(at=LATER)


def one_place(home, settings, monkeypatch):
    place = str(home.parent / "backups")
    records.note("backup", at=LATER, folder=place, keys=f"{place}/keys")


def key_among_backups(home, settings, monkeypatch):
    place = home.parent / "backups" / "practice.key"
    place.write_text("x")


def open_backups(home, settings, monkeypatch):
    backups(home)[-1].place.chmod(0o640)


def open_home(home, settings, monkeypatch):
    home.chmod(0o755)


def lost_key(home, settings, monkeypatch):
    key_store()._file.execute("DELETE FROM keys")


def half_forgotten(home, settings, monkeypatch):
    for person in key_store().people():
        key_store().destroy(person, at=LATER)


def traces_left(home, settings, monkeypatch):
    records.note("traces", at=LATER, cleared=False)


PLANTED = {
    "a short secret": (set_to("SECRET_KEY", "short"), "shorter than 40"),
    "every host": (set_to("ALLOWED_HOSTS", ["*"]), "allows every name"),
    "a host without TLS": (set_to("ALLOWED_HOSTS", ["clinic.example"]), "RAPPORT_TLS is off"),
    "a practice key that is none": (short_practice_key, "64 hexadecimal digits"),
    "another practice key": (another_practice_key, "another practice key"),
    "practice.key open to others": (opened_up("practice.key"), "its mode is 644"),
    "the key store open to others": (opened_up("keys.sqlite3"), "its mode is 644"),
    "the database open to others": (opened_up("rapport.sqlite3"), "its mode is 644"),
    "the home folder open to others": (open_home, "others may open it"),
    "an unsound engine": (unsound_engine, "may lose commits"),
    "commits that are not synced": (no_sync, "it is 0"),
    "deleted pages that stay": (no_overwriting, "it is 0"),
    "a database of an older version": (older_shape, "steps are missing"),
    "no key store": (no_key_store, "keys.sqlite3 is not there"),
    "no backup": (no_backup, "there is none"),
    "an old backup": (old_backup, "the newest is from"),
    "a copy of the keys kept too long": (old_keys, "forgetting does not reach it"),
    "no drill for a week": (no_drill, "last on"),
    "a drill that failed": (failed_drill, "damaged"),
    "keys beside the database": (one_place, "share a folder"),
    "the practice key among backups": (key_among_backups, "practice.key lies among"),
    "a backup open to others": (open_backups, "others may open it"),
    "a client without a key": (lost_key, "can't be read"),
    "rows of somebody forgotten": (half_forgotten, "are still there"),
    "traces that were not cleared": (traces_left, "could not be cleared"),
}


@pytest.mark.parametrize("name", PLANTED)
def test_each_planted_fault_is_found_and_says_what_to_do(right, home, settings, monkeypatch, name):
    plant, told = PLANTED[name]
    plant(home, settings, monkeypatch)
    found = right()
    assert any(told in finding.wrong for finding in found), found
    assert (home / "keys.sqlite3").exists() == (name != "no key store")
    assert all(finding.do for finding in found)
    assert len(found) <= 3


def test_twelve_at_once_are_all_found(right, home, settings, monkeypatch):
    together = [
        "a short secret", "every host", "practice.key open to others", "a backup open to others",
        "the database open to others", "the home folder open to others", "an unsound engine",
        "commits that are not synced", "deleted pages that stay", "no drill for a week",
        "a copy of the keys kept too long", "a client without a key",
        "traces that were not cleared",
    ]  # fmt: skip
    for name in together:
        PLANTED[name][0](home, settings, monkeypatch)
    found = " ".join(finding.wrong for finding in right())
    assert [name for name in together if PLANTED[name][1] not in found] == []
    assert len(together) >= 12


def test_a_practice_that_has_just_begun_is_not_scolded(home, monkeypatch, settings):
    settings.SECRET_KEY = "s" * 64
    monkeypatch.setattr(doctor, "now", lambda: NOW + timedelta(hours=3))
    assert not [one for one in doctor.findings() if "backup" in one.what and one.wrong]


def test_a_database_that_is_missing_everything_is_not_asked_more(house, settings, monkeypatch):
    settings.SECRET_KEY = "s" * 64
    with house("new") as home:
        store = KeyStore(home / "keys.sqlite3", practice_key=PRACTICE_KEY)
        with using(store):
            found = [finding.wrong for finding in doctor.findings() if finding.wrong]
            assert any("steps are missing" in wrong for wrong in found)
            call_command("migrate", verbosity=0)
            found = [finding.wrong for finding in doctor.findings() if finding.wrong]
            assert "there is none" in found
        store.close()
    assert Path(home).exists()
