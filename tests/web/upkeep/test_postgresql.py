"""The same on PostgreSQL: backed up by pg_dump, tried and restored beside the one in use."""

from contextlib import closing
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from practice_cast import NOW, Cast

from rapport.web.core.access import inside
from rapport.web.core.keys import KeyStore, using
from rapport.web.people import actions as people
from rapport.web.people.models import Person
from rapport.web.people.queries import practices
from rapport.web.upkeep import actions, errors, files, postgresql_copies
from rapport.web.upkeep.databases import here, working_on

PRACTICE_KEY = bytes(range(32))
LATER = NOW + timedelta(hours=1)
NAME = "rapport_upkeep_test"
BY = {"by": Cast.RAPPORT, "at": NOW}


@pytest.fixture
def server(tmp_path, settings, monkeypatch, django_db_blocker, django_db_setup):
    """A practice in a database of its own on the server of the tests."""
    if connection.vendor != "postgresql":
        pytest.skip("this is about PostgreSQL: tests/on_postgresql.sh")
    monkeypatch.setenv("RAPPORT_PRACTICE_KEY", PRACTICE_KEY.hex())
    settings.HOME, settings.RAPPORT_KEYS = tmp_path, tmp_path / "keys.sqlite3"
    settings.RAPPORT_BACKUPS = tmp_path / "backups"
    settings.RAPPORT_KEY_BACKUPS = tmp_path / "key-backups"
    store = KeyStore(tmp_path / "keys.sqlite3", practice_key=PRACTICE_KEY)
    with django_db_blocker.unblock(), closing(store), using(store):
        postgresql_copies._serve(f"CREATE DATABASE {NAME}")
        try:
            with working_on(here() | {"NAME": NAME}):
                call_command("migrate", verbosity=0, interactive=False)
                yield
        finally:
            for left in made_here():
                postgresql_copies.drop(here() | {"NAME": left})


def made_here():
    asked = "SELECT datname FROM pg_database WHERE datname ~ '^(rapport_|before_restore_)'"
    with working_on(here() | {"NAME": "postgres"}), connection.cursor() as cursor:
        cursor.execute(asked)
        return sorted(name for (name,) in cursor.fetchall())


@pytest.fixture
def sarah(server):
    opened = people.open_practice(
        name="Made-up practice", zone="Europe/Berlin", language="en", consent_age=16, **BY
    )
    with inside(opened):
        yield people.add_person(name="Sarah Lindqvist", language="en", zone="UTC", **BY)


def names():
    (practice,) = practices()
    with inside(practice):
        return [person.get("name") for person in Person.objects.all()]


def test_a_backup_is_tried_and_leaves_no_database_behind(sarah):
    made = actions.back_up(at=NOW)
    before = made_here()
    looked = actions.drill(at=LATER)
    assert (looked.people, looked.opened, looked.unreadable) == (1, 1, 0)
    assert made_here() == before == [NAME]
    with files.opened(made.database, key=PRACTICE_KEY, kind="database") as (manifest, parts):
        assert manifest["engine"] == "postgresql"
        assert b"".join(parts).startswith(b"PGDMP")


def test_a_restore_takes_the_name_and_keeps_the_old_database(sarah):
    made = actions.back_up(at=NOW)
    people.add_person(name="Dev Raman", language="en", zone="UTC", **BY)
    with pytest.raises(errors.AlreadyThere):
        actions.restore(file=made.database, at=LATER)
    actions.restore(file=made.database, at=LATER, replace=True)
    assert names() == ["Sarah Lindqvist"]
    kept = [name for name in made_here() if name != NAME]
    assert len(kept) == 1
    with working_on(here() | {"NAME": kept[0]}):
        assert len(names()) == 2


def test_whoever_was_forgotten_is_forgotten_again(sarah):
    made = actions.back_up(at=NOW)
    people.forget(person=sarah, **BY)
    looked, _ = actions.restore(file=made.database, at=LATER, replace=True)
    assert looked.forgotten == 1
    assert names() == []


def test_a_damaged_file_leaves_no_database_behind(sarah):
    made = actions.back_up(at=NOW)
    made.database.write_bytes(made.database.read_bytes()[:-5])
    with pytest.raises(errors.Refused):
        actions.restore(file=made.database, at=LATER, replace=True)
    assert made_here() == [NAME]
    assert names() == ["Sarah Lindqvist"]


def test_while_somebody_is_connected_it_is_not_replaced(sarah):
    made = actions.back_up(at=NOW)
    with working_on(here()):
        assert names() == ["Sarah Lindqvist"]
        other = connection.connection
        from django.db.utils import load_backend

        running = load_backend(here()["ENGINE"]).DatabaseWrapper(here(), "other")
        running.ensure_connection()
        assert other is not None
        with pytest.raises(errors.StillInUse):
            actions.restore(file=made.database, at=LATER, replace=True)
        running.close()


def test_without_the_programs_it_says_which(sarah, monkeypatch):
    monkeypatch.setattr("shutil.which", lambda name: None)
    with pytest.raises(errors.ToolMissing, match="pg_dump is not installed"):
        actions.back_up(at=NOW)
