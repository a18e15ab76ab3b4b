"""After "forget me": the oldest backup, today's keys and the practice's key show nothing (P36).

Every file there is gets searched for the words in clear, and every sealed value of every copy is
tried with every key of every key store. Controls show that both searches do find what is there.
"""

from contextlib import closing
from datetime import timedelta
from uuid import UUID

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.apps import apps
from django.db import connection
from matrix.canaries import MARK
from practice_cast import NOW, Cast

from rapport.web.audit.queries import verify
from rapport.web.core.access import inside
from rapport.web.core.engine import sqlite3
from rapport.web.core.errors import Forgotten
from rapport.web.core.keys import KeyStore, key_store, using
from rapport.web.core.models import Sealed
from rapport.web.core.sealing import unseal
from rapport.web.people import actions as people
from rapport.web.people.errors import KeptByLaw
from rapport.web.people.models import Person
from rapport.web.people.queries import Reader, practices
from rapport.web.safety import actions as safety
from rapport.web.safety.errors import FlagStillOpen
from rapport.web.safety.models import Flag, Notice
from rapport.web.upkeep import actions, files, forgetting

PRACTICE_KEY = bytes(range(32))
LATER = NOW + timedelta(hours=2)
BY = {"by": Cast.RAPPORT}
STAFF = {"imani", "benedikt", "sunniva", "lea", "ruth", "adam"}  # their addresses stand in clear


@pytest.fixture
def home(world):
    """The folder of the whole practice."""
    return world.home


def answered(name, world):
    """Close this client's flags as somebody who was told of them."""
    for flag in Flag.objects.filter(membership__person_id=world.people[name], closed_at=None):
        told = Notice.objects.filter(flag=flag).first().to_id
        reader = Reader(staff=told, roles=("therapist",))
        safety.close(flag=flag.pk, note="n", reader=reader, at=NOW)


def every_key(place):
    """Every key of every copy of the key store: in use, put aside, backed up."""
    stores = [place / "keys.sqlite3", *place.glob("before-restore-*/keys.sqlite3")]
    for n, backup in enumerate(files.backups_in(place.parent / "key-backups", "keys")):
        with files.opened(backup.place, key=PRACTICE_KEY, kind="keys") as (_, parts):
            stores.append(place.parent / f"unpacked-{n}.sqlite3")
            stores[-1].unlink(missing_ok=True)
            files.write_parts(stores[-1], parts)
    keys = {PRACTICE_KEY}
    for store in stores:
        with closing(KeyStore(store, practice_key=PRACTICE_KEY)) as opened:
            keys |= {opened.of(person) for person in opened.people()}
    return keys


def databases(place):
    """The database in use and every backed-up one, unpacked."""
    yield place / "rapport.sqlite3"
    for n, backup in enumerate(files.backups_in(place.parent / "backups", "database")):
        with files.opened(backup.place, key=PRACTICE_KEY, kind="database") as (_, parts):
            copy = place.parent / f"database-{n}.sqlite3"
            copy.unlink(missing_ok=True)
            files.write_parts(copy, parts)
        yield copy


def opened_values(place):
    """What opens of all sealed values of all databases with any key, at whatever place it stood."""
    keys = [AESGCM(key) for key in every_key(place)]
    for database in databases(place):
        for label, field, row, sealed in sealed_values(database):
            where = f"{label}.{field}:{row}".encode()
            for key in keys:
                try:
                    yield key.decrypt(sealed[1:13], sealed[13:], where).decode()
                except InvalidTag:
                    continue


def sealed_values(database):
    with closing(sqlite3.connect(database)) as file:
        for model in apps.get_models():
            for field in [f for f in model._meta.local_fields if isinstance(f, Sealed)]:
                asked = f"SELECT id, {field.column} FROM {model._meta.db_table}"
                for row, sealed in file.execute(f"{asked} WHERE {field.column} IS NOT NULL"):
                    yield model._meta.label_lower, field.name, UUID(row), sealed


def owners_in(texts):
    return {match["owner"] for text in texts for match in MARK.finditer(text)}


def in_clear(place):
    """Owners whose words stand in clear in any file, unpacked backups included."""
    for _ in databases(place):
        pass
    all_files = [path for path in place.parent.rglob("*") if path.is_file()]
    assert len(all_files) >= 8
    return owners_in(path.read_bytes().decode("latin-1") for path in all_files)


def test_nothing_of_a_forgotten_client_opens_with_all_there_is(home, world):
    sarah = world.people["sarah"]
    actions.back_up(at=NOW)
    answered("sarah", world)
    actions.back_up(at=NOW + timedelta(hours=1))
    assert "sarah" in owners_in(opened_values(home))  # the search does find what can be opened
    forgetting.forget(person=sarah, why="asked", at=LATER, **BY)
    opened = owners_in(opened_values(home))
    assert "sarah" not in opened
    assert opened == set(world.people) - {"sarah"}
    assert in_clear(home) == STAFF
    with pytest.raises(Forgotten):
        key_store().of(str(sarah))


def test_the_oldest_backup_restored_with_todays_keys_shows_nothing(home, world):
    oldest = actions.back_up(at=NOW)  # an answer of hers still waits in it
    sarah = world.people["sarah"]
    answered("sarah", world)
    forgetting.forget(person=sarah, why="asked", at=LATER, **BY)
    looked, aside = actions.restore(file=oldest.database, at=LATER, replace=True)
    assert (looked.forgotten, looked.unreadable) == (1, 0)
    (practice,) = practices()
    with inside(practice):
        assert not Person.objects.filter(pk=sarah).exists()
        assert Flag.objects.filter(membership__person_id=sarah).count() == 0
        assert Person.objects.count() == len(world.people) - 1
        assert verify().fault is None
    assert "sarah" not in owners_in(opened_values(home))
    assert aside is not None


def test_also_with_a_copy_of_the_keys_from_before(home, world, house, tmp_path):
    """A copy of the key store that was carried away, put back where a tombstone stands."""
    oldest = actions.back_up(at=NOW)
    carried = tmp_path / "elsewhere.backup"
    carried.write_bytes(oldest.keys.read_bytes())
    answered("sarah", world)
    forgetting.forget(person=world.people["sarah"], why="asked", at=LATER, **BY)
    looked, _ = actions.restore(file=oldest.database, keys=carried, at=LATER, replace=True)
    assert looked.forgotten == 1
    carried.unlink()
    assert "sarah" not in owners_in(opened_values(home))


def test_where_everything_was_lost_the_newest_copy_of_the_keys_knows_who_was_forgotten(
    home, world, house
):
    oldest = actions.back_up(at=NOW)
    answered("sarah", world)
    forgetting.forget(person=world.people["sarah"], why="asked", at=LATER, **BY)
    newest = files.backups_in(home.parent / "key-backups", "keys")
    assert len(newest) == 1  # older copies went with the key
    connection.close()
    with house("other"):
        looked, _ = actions.restore(file=oldest.database, keys=newest[0].place, at=LATER)
        assert looked.forgotten == 1


def test_the_log_of_the_database_is_empty_and_pages_are_overwritten(home, world):
    sarah = Person.one(world.people["sarah"])
    sealed = bytes(sarah.name)
    files_of = [home / f"rapport.sqlite3{end}" for end in ("", "-wal")]
    assert any(sealed in place.read_bytes() for place in files_of)
    answered("sarah", world)
    people.forget(person=sarah.pk, at=LATER, **BY)
    assert any(sealed in place.read_bytes() for place in files_of)  # the log still has images
    assert forgetting.clear_traces(at=LATER)
    assert not any(sealed in place.read_bytes() for place in files_of)
    assert (home / "rapport.sqlite3-wal").stat().st_size == 0


def test_a_key_store_kept_aside_by_a_restore_forgets_too(home, world):
    answered("sarah", world)
    made = actions.back_up(at=NOW)
    actions.restore(file=made.database, keys=made.keys, at=LATER, replace=True)
    assert list(home.glob("before-restore-*/keys.sqlite3"))
    with closing(KeyStore(home / "keys.sqlite3", practice_key=PRACTICE_KEY)) as new, using(new):
        forgetting.forget(person=world.people["sarah"], why="asked", at=LATER, **BY)
    assert "sarah" not in owners_in(opened_values(home))
    with closing(KeyStore(home / "keys.sqlite3", practice_key=PRACTICE_KEY)) as new, using(new):
        forgetting.finish_forgetting(at=LATER + timedelta(days=8))
    assert not list(home.glob("before-restore-*/keys.sqlite3"))


def test_what_was_interrupted_between_key_and_rows_is_finished(home, world):
    sarah = world.people["sarah"]
    key_store().destroy(str(sarah), at=LATER)  # then the power went
    assert Person.objects.filter(pk=sarah).exists()
    assert forgetting.finish_forgetting(at=LATER) == 1
    assert not Person.objects.filter(pk=sarah).exists()
    assert forgetting.finish_forgetting(at=LATER) == 0


def test_a_full_disk_does_not_undo_forgetting_and_the_worker_tries_again(home, world, monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    actions.back_up(at=NOW)
    answered("sarah", world)
    with monkeypatch.context() as broken:
        broken.setattr(forgetting, "back_up_keys", full)
        forgetting.forget(person=world.people["sarah"], why="asked", at=LATER, **BY)
    assert "sarah" in owners_in(opened_values(home))  # the copy of the keys is still there: control
    forgetting.finish_forgetting(at=LATER)
    assert "sarah" not in owners_in(opened_values(home))


def test_an_open_flag_holds_forgetting_and_nothing_is_lost(home, world):
    sarah = world.people["sarah"]
    with pytest.raises(FlagStillOpen):
        forgetting.forget(person=sarah, why="asked", at=LATER, **BY)
    assert "sarah" in Person.one(sarah).get("name")
    assert not key_store().is_forgotten(str(sarah))


def test_the_law_holds_forgetting_until_its_day(home, world):
    nora = world.people["nora"]
    answered("nora", world)
    people.keep_until(person=nora, until=LATER.date() + timedelta(days=1), at=NOW, **BY)
    with pytest.raises(KeptByLaw, match="until 2026-07-07"):
        forgetting.forget(person=nora, why="asked", at=LATER, **BY)
    assert "nora" in Person.one(nora).get("name")
    forgetting.forget(person=nora, why="asked", at=LATER + timedelta(days=1), **BY)
    assert not Person.objects.filter(pk=nora).exists()


def test_a_tombstone_says_that_and_when_and_not_who(home, world):
    answered("sarah", world)
    sarah = str(world.people["sarah"])
    forgetting.forget(person=world.people["sarah"], why="asked", at=LATER, **BY)
    ((stone, at),) = key_store().tombstones().items()
    assert at == LATER.isoformat()
    assert sarah not in stone
    assert sarah.encode() not in (home / "keys.sqlite3").read_bytes()
    assert unseal(key_store().seal_own(b"a", place="b"), key=PRACTICE_KEY, place="b") == b"a"
