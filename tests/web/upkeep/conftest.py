"""A practice in a folder of its own: real files, as `rapport init` leaves them."""

import shutil
from contextlib import ExitStack, closing, contextmanager

import pytest
from django.core.management import call_command
from matrix.practice import Practice
from practice_cast import NOW, Cast

from rapport.web.core import engine
from rapport.web.core.access import inside
from rapport.web.core.keys import KeyStore, using
from rapport.web.people.actions import open_practice
from rapport.web.people.queries import practices
from rapport.web.upkeep.databases import at_file, working_on

PRACTICE_KEY = bytes(range(32))


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory, django_db_blocker, django_db_setup):
    """A database of today's shape without a row, made once."""
    place = tmp_path_factory.mktemp("empty") / "rapport.sqlite3"
    with django_db_blocker.unblock(), working_on(at_file(place)):
        call_command("migrate", verbosity=0, interactive=False)
    return place


@pytest.fixture(scope="session")
def whole_practice(tmp_path_factory, django_db_blocker, empty_database):
    """The practice of the access matrix in a folder, made once: (folder, practice)."""
    home = tmp_path_factory.mktemp("whole")
    shutil.copy(empty_database, home / "rapport.sqlite3")
    store = KeyStore(home / "keys.sqlite3", practice_key=PRACTICE_KEY)
    database = at_file(home / "rapport.sqlite3")
    here = (django_db_blocker.unblock(), working_on(database), closing(store), using(store))
    with ExitStack() as stack:
        for one in here:
            stack.enter_context(one)
        stack.enter_context(inside(opened()))
        return home, Practice()


def opened():
    return open_practice(
        name="Made-up practice", zone="Europe/Berlin", language="en", consent_age=16,
        by=Cast.RAPPORT, at=NOW, made_up=True,
    )  # fmt: skip


@pytest.fixture
def house(tmp_path, settings, monkeypatch, django_db_blocker):
    """Work in a folder as in an installation; another one with the same key can be entered, too."""
    monkeypatch.setenv("RAPPORT_PRACTICE_KEY", PRACTICE_KEY.hex())
    settings.RAPPORT_BACKUPS = tmp_path / "backups"
    settings.RAPPORT_KEY_BACKUPS = tmp_path / "key-backups"

    @contextmanager
    def live_in(name, *, begun_as=None):
        home = tmp_path / name
        home.mkdir(exist_ok=True, mode=0o700)
        for place in begun_as.iterdir() if begun_as else ():
            shutil.copy(place, home / place.name)
        settings.HOME, settings.RAPPORT_KEYS = home, home / "keys.sqlite3"
        database = at_file(home / "rapport.sqlite3")
        database["OPTIONS"] = database["OPTIONS"] | {"init_command": engine.opening()}
        with django_db_blocker.unblock(), working_on(database):
            yield home

    return live_in


@pytest.fixture
def lived_in(house):
    """Live in a folder with the keys that lie there."""

    @contextmanager
    def live(begun_as):
        with house("home", begun_as=begun_as) as home:
            store = KeyStore(home / "keys.sqlite3", practice_key=PRACTICE_KEY)
            with closing(store), using(store):
                yield home

    return live


@pytest.fixture
def home(lived_in, empty_database):
    """A practice that was just opened, at work in its folder."""
    with lived_in(empty_database.parent) as place, inside(opened()):
        yield place


@pytest.fixture
def world(lived_in, whole_practice):
    """The whole practice of the access matrix, with a canary in every sealed field."""
    begun_as, practice = whole_practice
    with lived_in(begun_as) as place:
        (only,) = practices()
        with inside(only):
            practice.home = place
            yield practice


@pytest.fixture
def cast(home):
    return Cast()
