"""What may be wrong with backups, their places, and forgetting."""

import stat
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings

from rapport.web.core.errors import DoesNotOpen
from rapport.web.core.keys import key_store
from rapport.web.people.queries import begun_at, everyone
from rapport.web.site.finding import Finding
from rapport.web.upkeep.actions import KEYS_LIVE
from rapport.web.upkeep.queries import State, folders, state, traces_cleared

BACKUP_AGE = timedelta(days=2)  # one night may fail
DRILL_AGE = timedelta(days=7)
PATIENCE = timedelta(days=2)  # for a practice that has just begun
NIGHTLY = "let `rapport worker` run; or now: rapport backup --drill"


def upkeep_findings(*, at: datetime) -> Iterator[Finding]:
    """Everything there is to look at."""
    found = state()
    if at - begun_at() > PATIENCE:
        yield _age("a backup of the database", found.backup, at, BACKUP_AGE)
        yield _age("a backup of the key store", found.keys, at, BACKUP_AGE)
        yield _drill(found, at)
    yield _old_keys(found, at)
    yield _two_places()
    yield from _closed()
    yield from _people()


def _age(what: str, made: datetime | None, at: datetime, most: timedelta) -> Finding:
    if made is None:
        return Finding(what=what, wrong="there is none", do=NIGHTLY)
    if at - made > most:
        wrong = f"the newest is from {made:%d %B %Y}"
        return Finding(what=what, wrong=wrong, do=NIGHTLY)
    return Finding(what=what)


def _drill(found: State, at: datetime) -> Finding:
    what = "the newest backup was restored on trial"
    if found.fault:
        return Finding(what=what, wrong=found.fault, do="rapport backup --drill")
    if found.good_drill is None or at - found.good_drill > DRILL_AGE:
        last = f"last on {found.good_drill:%d %B %Y}" if found.good_drill else "never"
        return Finding(what=what, wrong=last, do="rapport backup --drill")
    return Finding(what=what)


def _old_keys(found: State, at: datetime) -> Finding:
    what = "no copy of the key store is older than seven days"
    if found.oldest_keys is not None and at - found.oldest_keys > KEYS_LIVE + timedelta(days=1):
        wrong = f"one is from {found.oldest_keys:%d %B %Y}: forgetting does not reach it"
        return Finding(what=what, wrong=wrong, do="rapport backup")
    return Finding(what=what)


def _two_places() -> Finding:
    what = "keys lie apart from backups"
    folder, keys = (place.resolve() for place in folders())
    home = Path(settings.HOME).resolve()
    if folder in (keys, home) or folder in keys.parents or keys in folder.parents:
        return Finding(
            what=what,
            wrong="backups of the database and of the key store share a folder",
            do="set RAPPORT_BACKUPS and RAPPORT_KEY_BACKUPS to two places",
        )
    if any(folder.rglob("practice.key")):
        wrong = "practice.key lies among the backups"
        return Finding(what=what, wrong=wrong, do="take it away; keep it on paper")
    return Finding(what=what)


def _closed() -> Iterator[Finding]:
    """The folders, and each file in those of backups, are for their owner alone."""
    for place in (Path(settings.HOME), *folders()):
        what = f"{place.name or 'the home folder'} is for its owner alone"
        files = [] if place == Path(settings.HOME) else list(place.glob("*.backup"))
        there = [one for one in (place, *files) if one.exists()]
        wrong = [one for one in there if stat.S_IMODE(one.stat().st_mode) & 0o077]
        if wrong:
            yield Finding(what=what, wrong="others may open it", do=f"chmod -R go= {place}")
        elif there:
            yield Finding(what=what)


def _people() -> Iterator[Finding]:
    if not Path(settings.RAPPORT_KEYS).exists():
        return  # said above; asking would make a new one
    try:
        store = key_store()
        without = {str(person) for person in everyone()} - store.people()
        gone = sum(store.is_forgotten(person) for person in without)
    except (DoesNotOpen, SystemExit):
        return  # said above
    yield _lost(len(without) - gone)
    yield _forgotten(gone)


def _lost(lost: int) -> Finding:
    what = "every client has a key"
    if lost:
        do = "restore the key store from its newest backup"
        return Finding(what=what, wrong=f"{lost} have none and can't be read", do=do)
    return Finding(what=what)


def _forgotten(gone: int) -> Finding:
    what = "forgotten means gone"
    if gone:
        wrong = f"rows of {gone} who were forgotten are still there"
        return Finding(what=what, wrong=wrong, do="let `rapport worker` run")
    if not traces_cleared():
        wrong = "the database's log or copies of the key store could not be cleared"
        return Finding(what=what, wrong=wrong, do="let `rapport worker` run")
    return Finding(what=what)
