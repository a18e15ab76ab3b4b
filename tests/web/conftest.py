"""A practice with the cast in it, on a real file or a real server, with a key store of its own."""

import pytest
from browsing import CHROMIUM
from django.conf import settings as django_settings
from django.db.backends.base.operations import BaseDatabaseOperations
from doors_cast import signed_in
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


@pytest.fixture(scope="module")
def chromium():
    sync_api = pytest.importorskip("playwright.sync_api")
    with pytest.MonkeyPatch.context() as patch, sync_api.sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # the driver has a loop of its own
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def opened(chromium, live_server):
    """Open a browser: of nobody, or of somebody who works here. None may ask another origin.

    Each page holds what it ``asked`` for, and the ``faults`` of its scripts.
    """
    contexts, came_in = [], {}

    def watched(page):
        page.set_default_timeout(12_000)
        page.asked, page.faults = [], []
        page.on("request", lambda request: page.asked.append(request.url))
        page.on("pageerror", lambda fault: page.faults.append(str(fault)))

    def made(width=390, scheme="light", *, staff=None, fresh=False, **more):
        size = {"width": width, "height": 844}
        context = chromium.new_context(
            viewport=size, color_scheme=scheme, base_url=live_server.url, **more
        )
        contexts.append(context)
        if staff is not None:
            name = django_settings.SESSION_COOKIE_NAME
            if (staff, fresh) not in came_in:
                came_in[staff, fresh] = signed_in(staff, fresh=fresh).cookies[name].value
            value = came_in[staff, fresh]
            context.add_cookies([{"name": name, "value": value, "url": live_server.url}])
        context.on("page", watched)
        return context.new_page()

    yield made
    asked = [url for context in contexts for page in context.pages for url in page.asked]
    assert [url for url in asked if not url.startswith(live_server.url)] == []
    for context in contexts:
        context.close()
