"""Django's settings. What an installation may choose is read from the environment."""

from pathlib import Path

from rapport.web.core import engine, environment  # engine: Django opens what it chose

HOME = Path(environment.text("RAPPORT_HOME", "."))
RAPPORT_KEYS = HOME / "keys.sqlite3"
SECRET_KEY = environment.text("RAPPORT_SECRET_KEY", "")  # Django refuses to work with an empty one
DEBUG = False
ALLOWED_HOSTS = environment.text("RAPPORT_HOSTS", "localhost,127.0.0.1").split(",")

INSTALLED_APPS = ["rapport.web.audit", "rapport.web.people", "rapport.web.measures", "rapport.web.safety"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGES = [("en", "English"), ("es", "Español"), ("de", "Deutsch")]


def databases() -> dict[str, dict[str, object]]:
    """SQLite in the home folder, or the PostgreSQL that RAPPORT_DATABASE names."""
    named = environment.text("RAPPORT_DATABASE", "")
    return {"default": _postgresql(named) if named else _sqlite(HOME / "rapport.sqlite3")}


def _sqlite(path: Path) -> dict[str, object]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",  # a reader that turns writer can't be refused half-way
            "timeout": 20,
            "init_command": engine.opening(),
        },
    }


def _postgresql(name: str) -> dict[str, object]:
    parts = dict(part.split("=", 1) for part in name.split())
    known = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD"}
    rest = {known[part]: value for part, value in parts.items() if part in known}
    return {"ENGINE": "django.db.backends.postgresql", "NAME": parts["dbname"], **rest}


DATABASES = databases()
