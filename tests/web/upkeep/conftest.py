"""A practice in a folder of its own: real files, as `rapport init` leaves them."""

import shutil
from contextlib import contextmanager

import pytest
from django.core.management import call_command
from django.db import connection
from practice_cast import NOW, Cast

from rapport.web.core import engine
from rapport.web.core.access import inside
from rapport.web.core.keys import KeyStore, using
from rapport.web.people.actions import open_practice
from rapport.web.upkeep.databases import at_file, working_on

PRACTICE_KEY = bytes(range(32))


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory, django_db_blocker, django_db_setup):
    """A database of today's shape without a row, made once."""
    place = tmp_path_factory.mktemp("empty") / "rapport.sqlite3"
    with django_db_blocker.unblock(), working_on(at_file(place)):
        call_command("migrate", verbosity=0, interactive=False)
    return place


@pytest.fixture
def house(tmp_path, settings, monkeypatch, django_db_blocker, empty_database):
    """Work in a folder as in an installation; another one with the same key can be entered, too."""
    monkeypatch.setenv("RAPPORT_PRACTICE_KEY", PRACTICE_KEY.hex())

    @contextmanager
    def live_in(name, *, empty=False):
        home = tmp_path / name
        home.mkdir(exist_ok=True, mode=0o700)
        settings.HOME, settings.RAPPORT_KEYS = home, home / "keys.sqlite3"
        settings.RAPPORT_BACKUPS = tmp_path / "backups"
        settings.RAPPORT_KEY_BACKUPS = tmp_path / "key-backups"
        place = home / "rapport.sqlite3"
        if not empty and not place.exists():
            shutil.copy(empty_database, place)
        opened = at_file(place)
        opened["OPTIONS"] = opened["OPTIONS"] | {"init_command": engine.opening()}
        with django_db_blocker.unblock(), working_on(opened):
            yield home

    return live_in


@pytest.fixture
def home(house):
    """A practice with its people, at work in its folder."""
    with house("home") as place:
        store = KeyStore(place / "keys.sqlite3", practice_key=PRACTICE_KEY)
        with using(store):
            practice = open_practice(
                name="Made-up practice", zone="Europe/Berlin", language="en", consent_age=16,
                by=Cast.RAPPORT, at=NOW, made_up=True,
            )  # fmt: skip
            with inside(practice):
                yield place
            connection.close()
        store.close()


@pytest.fixture
def cast(home):
    return Cast()
