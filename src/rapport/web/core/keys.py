"""The key store: one key per person, in a file of its own, outside the database and its backups.

Each key is wrapped under the practice's key, so the file alone opens nothing. Forgetting a person
destroys the key here; whatever an old backup of the database still holds then stays shut.
"""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from rapport.web.core import environment
from rapport.web.core.engine import sqlite3
from rapport.web.core.errors import Forgotten
from rapport.web.core.sealing import new_key, seal, unseal

# EXTRA syncs the folder too after the journal is removed; secure_delete overwrites a destroyed key.
_SETTINGS = ("journal_mode = DELETE", "synchronous = EXTRA", "secure_delete = ON")
_TABLE = "CREATE TABLE IF NOT EXISTS keys (person TEXT PRIMARY KEY, wrapped BLOB NOT NULL)"


class KeyStore:
    """Keys of persons by the person's id.

    Args:
        path: the file; it is made where it is missing, for its owner alone.
        practice_key: 32 bytes under which every key is wrapped.
    """

    def __init__(self, path: Path, *, practice_key: bytes) -> None:
        self._path, self._practice_key = path, practice_key
        self._opened: dict[str, bytes] = {}
        self._seen = -1
        self._lock = threading.Lock()
        path.touch(mode=0o600)
        self._file = sqlite3.connect(
            path, timeout=20, isolation_level=None, check_same_thread=False
        )
        for setting in _SETTINGS:
            self._file.execute(f"PRAGMA {setting}")
        self._file.execute(_TABLE)

    def create(self, person: str) -> bytes:
        """Make and keep a key; it is on the disk when this returns.

        A key without its person does no harm; a person without a key could never be read again. So
        the key comes first, and an own transaction keeps it if the one around fails.
        """
        key = new_key()
        wrapped = seal(key, key=self._practice_key, place=_place(person))
        with self._lock:
            self._file.execute("INSERT INTO keys VALUES (?, ?)", (person, wrapped))
        return key

    def create_many(self, people: Sequence[str]) -> None:
        """Make and keep the keys of many, all of them or none, with one wait for the disk."""
        rows = [
            (person, seal(new_key(), key=self._practice_key, place=_place(person)))
            for person in people
        ]
        with self._lock, self._whole():
            self._file.executemany("INSERT INTO keys VALUES (?, ?)", rows)

    def of(self, person: str) -> bytes:
        """The key of a person.

        Raises:
            Forgotten: there is none any more.
            DoesNotOpen: the practice's key is another one.
        """
        with self._lock:
            self._forget_what_others_destroyed()
            if person not in self._opened:
                self._opened[person] = self._open(person)
            return self._opened[person]

    def destroy(self, person: str) -> None:
        """Destroy a key for good. What it sealed is lost everywhere, old backups included."""
        with self._lock:
            self._opened.pop(person, None)
            self._file.execute("DELETE FROM keys WHERE person = ?", (person,))

    def seal_own(self, value: bytes, *, place: str) -> bytes:
        """Seal what belongs to the installation itself, under the practice's key."""
        return seal(value, key=self._practice_key, place=place)

    def open_own(self, sealed: bytes, *, place: str) -> bytes:
        """Open what ``seal_own`` sealed."""
        return unseal(sealed, key=self._practice_key, place=place)

    def people(self) -> set[str]:
        """Everyone who has a key."""
        with self._lock:
            return {person for (person,) in self._file.execute("SELECT person FROM keys")}

    def close(self) -> None:
        """Close the file and drop what was opened."""
        with self._lock:
            self._opened.clear()
            self._file.close()

    @contextmanager
    def _whole(self) -> Iterator[None]:
        self._file.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._file.execute("ROLLBACK")
            raise
        self._file.execute("COMMIT")

    def _open(self, person: str) -> bytes:
        found = self._file.execute(
            "SELECT wrapped FROM keys WHERE person = ?", (person,)
        ).fetchone()
        if found is None:
            raise Forgotten
        return unseal(found[0], key=self._practice_key, place=_place(person))

    def _forget_what_others_destroyed(self) -> None:
        """Another process may have destroyed a key that this one has in memory."""
        (version,) = self._file.execute("PRAGMA data_version").fetchone()
        if version != self._seen:
            self._opened.clear()
            self._seen = version


def _place(person: str) -> str:
    return f"key:{person}"


_current: list[KeyStore] = []


def key_store() -> KeyStore:
    """The key store of this installation, opened once per process."""
    if not _current:
        from django.conf import settings

        practice_key = environment.key("RAPPORT_PRACTICE_KEY")
        _current.append(KeyStore(settings.RAPPORT_KEYS, practice_key=practice_key))
    return _current[0]


@contextmanager
def using(store: KeyStore) -> Iterator[KeyStore]:
    """Use another key store for a while: a restored one, or a test's."""
    before = list(_current)
    _current[:] = [store]
    try:
        yield store
    finally:
        _current[:] = before
