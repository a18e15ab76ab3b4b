"""The key store: a key a person, on the disk before anything is sealed with it; destroyed, gone."""

import stat

import pytest
from practice_cast import NOW

from rapport.web.core.engine import sqlite3
from rapport.web.core.errors import DoesNotOpen, Forgotten
from rapport.web.core.keys import KeyStore

PRACTICE_KEY = bytes(32)


@pytest.fixture
def place(tmp_path):
    return tmp_path / "keys.sqlite3"


@pytest.fixture
def store(place):
    return KeyStore(place, practice_key=PRACTICE_KEY)


def test_a_key_is_the_same_after_a_restart(store, place):
    key = store.create("sarah")
    store.close()
    assert KeyStore(place, practice_key=PRACTICE_KEY).of("sarah") == key


def test_the_file_alone_opens_nothing(store, place):
    key = store.create("sarah")
    store.close()
    assert key not in place.read_bytes()
    with pytest.raises(DoesNotOpen):
        KeyStore(place, practice_key=bytes([1] * 32)).of("sarah")


def test_only_its_owner_reads_the_file(store, place):
    assert stat.S_IMODE(place.stat().st_mode) == 0o600


def test_a_destroyed_key_is_gone_and_leaves_nothing_in_the_file(store, place):
    store.create("sarah")
    wrapped = store._file.execute("SELECT wrapped FROM keys").fetchone()[0]
    store.destroy("sarah", at=NOW)
    with pytest.raises(Forgotten):
        store.of("sarah")
    store.close()
    assert wrapped not in place.read_bytes()


def test_a_key_destroyed_by_another_process_is_not_kept_in_memory(store, place):
    store.create("sarah")
    store.create("dev")
    here = store.of("sarah")
    another = KeyStore(place, practice_key=PRACTICE_KEY)
    assert another.of("sarah") == here
    another.destroy("sarah", at=NOW)
    with pytest.raises(Forgotten):
        store.of("sarah")
    assert store.people() == {"dev"}


def test_nobody_gets_a_second_key(store):
    key = store.create("sarah")
    with pytest.raises(Exception, match="UNIQUE"):
        store.create("sarah")
    assert store.of("sarah") == key


def test_keys_of_many_are_made_all_or_none(store, place):
    store.create_many(["sarah", "marta"])
    with pytest.raises(sqlite3.IntegrityError):
        store.create_many(["dev", "sarah"])  # Sarah has one: hers stays, and Dev gets none
    store.close()
    again = KeyStore(place, practice_key=PRACTICE_KEY)
    assert again.people() == {"sarah", "marta"}
    assert again.of("sarah") != again.of("marta")


def test_only_so_many_keys_are_at_hand_and_all_of_them_can_be_had(store, monkeypatch):
    monkeypatch.setattr("rapport.web.core.keys.AT_HAND", 2)
    made = {person: store.create(person) for person in ("a", "b", "c")}
    for _ in range(2):
        assert {person: store.of(person) for person in made} == made
        assert len(store._opened) == 2
