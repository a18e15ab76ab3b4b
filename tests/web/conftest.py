"""A practice with the cast in it, on a real file or a real server, with a key store of its own."""

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.db.backends.base.operations import BaseDatabaseOperations
from practice_cast import NOW, Cast

from rapport.web.audit import guards
from rapport.web.core.access import inside
from rapport.web.core.keys import KeyStore, using
from rapport.web.people.actions import open_practice

PRACTICE_KEY = bytes(range(32))
django_settings.SECRET_KEY = "a key that signs nothing but tests, and is long enough"


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings, tmp_path_factory):
    """SQLite in a file, as in a practice: memory knows neither a journal nor a second process."""
    from django.conf import settings

    database = settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3"):
        place = tmp_path_factory.mktemp("database") / "rapport.sqlite3"
        database.setdefault("TEST", {})["NAME"] = str(place)


@pytest.fixture(autouse=True, scope="session")
def the_log_lets_itself_be_emptied():
    """Between tests the database is emptied, which the log refuses in a practice."""
    emptying = BaseDatabaseOperations.execute_sql_flush

    def without_guards(operations, statements):
        with guards.down(operations.connection):
            emptying(operations, statements)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseDatabaseOperations, "execute_sql_flush", without_guards)
        yield


@pytest.fixture(autouse=True)
def heads_of_the_log_of_this_test(settings, tmp_path):
    """What is lodged outside the database is lodged in the test's own folder."""
    settings.RAPPORT_AUDIT_ANCHORS = tmp_path / "audit-heads.log"


@pytest.fixture(autouse=True)
def fresh_limits():
    """Tries of other tests don't count here."""
    cache.clear()


@pytest.fixture(autouse=True)
def quick_passwords(settings):
    """Argon2 is slow on purpose; tests of other things don't wait for it."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def keys(tmp_path):
    with using(KeyStore(tmp_path / "keys.sqlite3", practice_key=PRACTICE_KEY)) as store:
        yield store
        store.close()


@pytest.fixture
def practice(db, keys):
    """Inside a practice that was just opened."""
    opened = open_practice(
        name="Made-up practice", zone="Europe/Berlin", language="en", consent_age=16,
        by=Cast.RAPPORT, at=NOW, made_up=True,
    )  # fmt: skip
    with inside(opened):
        yield opened


@pytest.fixture
def cast(practice):
    """The people of the tests: Imani and Benedikt work here; Sarah, Marta and the others come."""
    return Cast()
