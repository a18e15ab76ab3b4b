"""What may be wrong with an installation; each finding says what to do."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor

from rapport.web.core import engine, environment
from rapport.web.core.access import inside
from rapport.web.core.clock import now
from rapport.web.core.errors import DoesNotOpen
from rapport.web.core.keys import key_store
from rapport.web.jobs.queries import worker_silence
from rapport.web.messages.ways import sms_hook
from rapport.web.people.queries import the_practice
from rapport.web.site.doctor_people import findings_in_practice
from rapport.web.site.doctor_upkeep import upkeep_findings
from rapport.web.site.finding import Finding

PRAGMAS = {"foreign_keys": (1,), "synchronous": (2,), "secure_delete": (1,)}
LOCAL = {"localhost", "127.0.0.1", "[::1]"}


def findings() -> Iterator[Finding]:
    """Everything there is to look at, one after the other."""
    yield _settings()
    yield _hosts()
    yield from _modes()
    yield _engine()
    yield from _database()
    yield _keys()
    yield _zones()
    yield _mail()
    yield _sms()
    yield from _practice()
    yield from _upkeep()


def _practice() -> Iterator[Finding]:
    """What is found in the practice itself, where there is one that answers."""
    try:
        practice = None if unapplied() else the_practice()
    except (Error, RuntimeError):
        return  # said already
    if practice is not None:
        with inside(practice.practice):
            yield from findings_in_practice(at=now())


def unapplied() -> list[str]:
    """Steps from the database's shape to the one this version expects."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{step.app_label}.{step.name}" for step, _ in plan]


def _settings() -> Finding:
    what = "keys are set"
    if len(settings.SECRET_KEY) < 40:
        return Finding(
            what=what,
            wrong="RAPPORT_SECRET_KEY is missing or shorter than 40 characters",
            do="run `rapport init`, or set one made by a random generator",
        )
    try:
        environment.key("RAPPORT_PRACTICE_KEY")
    except environment.Misconfigured as fault:
        return Finding(what=what, wrong=str(fault), do="set the key that `rapport init` printed")
    return Finding(what=what)


def _hosts() -> Finding:
    what = "only named hosts, and TLS where others can reach it"
    if "*" in settings.ALLOWED_HOSTS:
        return Finding(
            what=what, wrong="RAPPORT_HOSTS allows every name", do="name the hosts one by one"
        )
    if not settings.TLS and set(settings.ALLOWED_HOSTS) - LOCAL:
        return Finding(
            what=what,
            wrong="RAPPORT_HOSTS names a host, but RAPPORT_TLS is off",
            do="put a certificate before it and set RAPPORT_TLS=on",
        )
    return Finding(what=what)


def _modes() -> Iterator[Finding]:
    for name in ("practice.key", "secret.key", "keys.sqlite3", "rapport.sqlite3"):
        place = Path(settings.HOME) / name
        if place.exists():
            yield _mode(place)


def _mode(place: Path) -> Finding:
    mode = stat.S_IMODE(os.stat(place).st_mode)
    what = f"{place.name} is for its owner alone"
    if mode & 0o077:
        return Finding(what=what, wrong=f"its mode is {mode:o}", do=f"chmod 600 {place}")
    return Finding(what=what)


def _engine() -> Finding:
    what = f"SQLite {engine.sqlite3.sqlite_version}, journal {engine.journal_mode()}"
    if connection.vendor == "sqlite" and engine.journal_mode() != "wal":
        return Finding(
            what=what,
            wrong="its write-ahead log may lose commits, so a slower journal is used",
            do="install the package pysqlite3",
        )
    return Finding(what=what)


def _database() -> Iterator[Finding]:
    try:
        yield from _pragmas()
        waiting = unapplied()
        practice = None if waiting else the_practice()
    except Error as fault:
        wrong = type(fault).__name__
        yield Finding(what="the database answers", wrong=wrong, do="look at RAPPORT_DATABASE")
        return
    except RuntimeError as fault:
        yield Finding(what="one practice", wrong=str(fault), do="give each its own database")
        return
    yield _shape(waiting)
    if not waiting and practice is None:
        yield Finding(what="a practice", wrong="there is none", do="run `rapport init`")
    elif not waiting:
        yield _worker()


def is_worker_silent() -> bool:
    """Whether there is a practice, and its worker has not gone round for ten minutes."""
    practice = the_practice()
    if practice is None:
        return False
    with inside(practice.practice):
        return worker_silence(at=now()) is not None


def _worker() -> Finding:
    what = "the worker goes round"
    if is_worker_silent():
        return Finding(
            what=what,
            wrong="it gave no sign for ten minutes: no message goes out",
            do="keep `rapport worker` running beside `rapport serve`",
        )
    return Finding(what=what)


def _mail() -> Finding:
    if not settings.RAPPORT_MAIL:
        return Finding(what="no mail server is set: e-mail is printed, and none goes to clients")
    what = "e-mail"
    if settings.DEFAULT_FROM_EMAIL.endswith("@localhost"):
        return Finding(
            what=what, wrong="it has no sender", do="set RAPPORT_MAIL_FROM to a neutral address"
        )
    if set(settings.ALLOWED_HOSTS) - LOCAL and "//localhost" in settings.RAPPORT_ADDRESS:
        return Finding(
            what=what,
            wrong="links in messages lead to localhost",
            do="set RAPPORT_ADDRESS to the address that clients open",
        )
    return Finding(what=what)


def _sms() -> Finding:
    if settings.RAPPORT_SMS == "console":
        return Finding(what="no hook for SMS is set: they are printed, and none goes to clients")
    wrong = sms_hook().check()
    return Finding(what="SMS", wrong=wrong, do="see docs/reference/settings.md")


def _pragmas() -> Iterator[Finding]:
    if connection.vendor != "sqlite":
        return
    for name, right in PRAGMAS.items():
        with connection.cursor() as cursor:
            found = cursor.execute(f"PRAGMA {name}").fetchone()
        wrong = "" if tuple(found) == right else f"it is {found[0]}"
        yield Finding(what=f"database setting {name}", wrong=wrong, do="update Rapport")


def _shape(waiting: list[str]) -> Finding:
    what = "the database has the shape of this version"
    if waiting:
        wrong = f"{len(waiting)} steps are missing"
        return Finding(what=what, wrong=wrong, do="back up, then `rapport serve --update`")
    return Finding(what=what)


def _keys() -> Finding:
    what = "the key store opens with the practice's key"
    if not Path(settings.RAPPORT_KEYS).exists():
        return Finding(
            what=what, wrong="keys.sqlite3 is not there", do="restore it from its backup"
        )
    try:
        store = key_store()
        for person in sorted(store.people())[:1]:
            store.of(person)
    except environment.Misconfigured as fault:
        return Finding(what=what, wrong=str(fault), do="set the key that `rapport init` printed")
    except DoesNotOpen:
        return Finding(
            what=what,
            wrong="it was made under another practice key",
            do="set the key that belongs to this keys.sqlite3",
        )
    except engine.sqlite3.Error as fault:
        wrong = type(fault).__name__
        return Finding(what=what, wrong=wrong, do="restore keys.sqlite3 from its backup")
    return Finding(what=what)


def _upkeep() -> Iterator[Finding]:
    try:
        practice = None if unapplied() else the_practice()
    except (Error, RuntimeError):
        return  # said above
    if practice is not None:
        with inside(practice.practice):
            yield from upkeep_findings(at=now())


def _zones() -> Finding:
    what = "time zones are known"
    try:
        ZoneInfo("Europe/Berlin")
    except ZoneInfoNotFoundError:
        return Finding(what=what, wrong="no time zone data", do="install the package tzdata")
    return Finding(what=what)
