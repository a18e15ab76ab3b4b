"""Backups while clients are being added: every one that was kept before is in each (P16).

Ten in `make test`; as many as RAPPORT_BACKUPS_UNDER_LOAD says, a hundred in the full form. The
control copies the file as anybody would: what stands in the write-ahead log is missing there.
"""

import os
import shutil
import subprocess
import sys
import threading
import time
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from practice_cast import NOW

from rapport.web.core.engine import sqlite3
from rapport.web.upkeep import actions, files

WRITER = Path(__file__).with_name("writer.py")
BACKUPS = int(os.environ.get("RAPPORT_BACKUPS_UNDER_LOAD", "10"))
PRACTICE_KEY = bytes(range(32))
pytestmark = pytest.mark.slow


@contextmanager
def writing(home):
    """Another process adds clients; gives the growing list of those it was promised are kept."""
    told = {
        "RAPPORT_HOME": str(home), "RAPPORT_PRACTICE_KEY": PRACTICE_KEY.hex(),
        "RAPPORT_SECRET_KEY": "unused " * 8, "RAPPORT_DATABASE": "",
    }  # fmt: skip
    command = [sys.executable, WRITER]
    with subprocess.Popen(
        command, env=os.environ | told, stdout=subprocess.PIPE, text=True
    ) as running:
        kept = []
        reader = threading.Thread(target=lambda: kept.extend(map(str.strip, running.stdout)))
        reader.start()
        try:
            _until(lambda: len(kept) >= 5)
            yield kept
        finally:
            running.kill()
            reader.join()


def _until(true):
    end = time.monotonic() + 120
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)


def clients_in(database):
    with closing(sqlite3.connect(database)) as file:
        return {str(UUID(row)) for (row,) in file.execute("SELECT id FROM people_person")}


def test_no_kept_client_is_missing_in_any_backup(home, tmp_path, capsys):
    missing = 0
    with writing(home) as kept:
        for n in range(BACKUPS):
            before = list(kept)
            made = actions.back_up(at=NOW + timedelta(minutes=n))
            looked = actions.drill(at=NOW + timedelta(minutes=n))
            with files.opened(made.database, key=PRACTICE_KEY, kind="database") as (_, parts):
                copy = tmp_path / f"{n}.sqlite3"
                files.write_parts(copy, parts)
            missing += len(set(before) - clients_in(copy))
            assert looked.people >= len(before)
            assert looked.unreadable == 0
            copy.unlink()
            _until(lambda before=before: len(kept) > len(before))
    with capsys.disabled():
        print(f"\n{BACKUPS} backups under load, each restored: {len(kept)} clients kept meanwhile, "
              f"{missing} missing")  # fmt: skip
    assert missing == 0


def test_a_plain_copy_of_the_file_does_miss_some(home, tmp_path, capsys):
    missing = 0
    with writing(home) as kept:
        for n in range(3):
            before = list(kept)
            shutil.copy(home / "rapport.sqlite3", copy := tmp_path / f"{n}.sqlite3")
            try:
                missing += len(set(before) - clients_in(copy))
            except sqlite3.DatabaseError:
                missing += len(before)  # copied in the middle of a page: it does not open at all
            _until(lambda before=before: len(kept) > len(before))
    with capsys.disabled():
        print(f"\ncontrol, 3 plain copies: {missing} missing")
    assert missing > 0
