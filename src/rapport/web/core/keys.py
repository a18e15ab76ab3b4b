"""The key store: one key per person, in a file of its own, outside the database and its backups.

Each key is wrapped under the practice's key, so the file alone opens nothing. Forgetting a person
destroys the key here and leaves a tombstone in its place: a keyed hash of the person's id and the
time. Whatever an old backup of the database still holds then stays shut, and a restore knows whom
to forget again.
"""

import hmac
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from rapport.web.core import environment
from rapport.web.core.engine import sqlite3
from rapport.web.core.errors import Forgotten
from rapport.web.core.sealing import drop_ciphers, new_key, seal, unseal

# EXTRA syncs the folder too after the journal is removed; secure_delete overwrites a destroyed key.
_SETTINGS = ("journal_mode = DELETE", "synchronous = EXTRA", "secure_delete = ON")
_TABLES = (
    "CREATE TABLE IF NOT EXISTS keys (person TEXT PRIMARY KEY, wrapped BLOB NOT NULL)",
    "CREATE TABLE IF NOT EXISTS forgotten (person TEXT PRIMARY KEY, at TEXT NOT NULL)",
)

AT_HAND = 2048  # keys kept opened in memory, 0.2 kB each: those of the people of one busy hour


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
        self._looked = threading.local()  # lately: None: ask each time; False: not yet; True: asked
        path.touch(mode=0o600)
        self._file = sqlite3.connect(
            path, timeout=20, isolation_level=None, check_same_thread=False
        )
        for setting in _SETTINGS:
            self._file.execute(f"PRAGMA {setting}")
        for table in _TABLES:
            self._file.execute(table)

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
                if len(self._opened) >= AT_HAND:
                    del self._opened[next(iter(self._opened))]
                self._opened[person] = self._open(person)
            return self._opened[person]

    @contextmanager
    def looked_once(self) -> Iterator[None]:
        """Within this block ask only once whether another process destroyed a key.

        For one page: what was destroyed while it was made is shut from the next page on. What this
        process destroys is gone at once.
        """
        before = getattr(self._looked, "lately", None)
        self._looked.lately = False
        try:
            yield
        finally:
            self._looked.lately = before

    def destroy(self, person: str, *, at: datetime) -> None:
        """Destroy a key for good. What it sealed is lost everywhere, old backups included.

        The tombstone that stays says that somebody was forgotten, and not who.
        """
        with self._lock, self._whole():
            self._opened.pop(person, None)
            drop_ciphers()
            stone = (self._stone(person), at.isoformat())
            self._file.execute("INSERT OR IGNORE INTO forgotten VALUES (?, ?)", stone)
            self._file.execute("DELETE FROM keys WHERE person = ?", (person,))

    def is_forgotten(self, person: str) -> bool:
        """Whether a tombstone stands for this person."""
        with self._lock:
            asked = "SELECT 1 FROM forgotten WHERE person = ?"
            return self._file.execute(asked, (self._stone(person),)).fetchone() is not None

    def tombstones(self) -> dict[str, str]:
        """Every tombstone with its time."""
        with self._lock:
            return dict(self._file.execute("SELECT person, at FROM forgotten").fetchall())

    def remember(self, tombstones: Mapping[str, str]) -> int:
        """Take over tombstones of another copy and destroy the keys of who is forgotten there.

        Returns:
            How many keys were destroyed.
        """
        gone = [one for one in self.people() if self._stone(one) in tombstones]
        with self._lock, self._whole():
            self._opened.clear()
            add = "INSERT OR IGNORE INTO forgotten VALUES (?, ?)"
            self._file.executemany(add, list(tombstones.items()))
            self._file.executemany("DELETE FROM keys WHERE person = ?", [(one,) for one in gone])
        return len(gone)

    def copy_to(self, place: Path) -> None:
        """Write a whole copy of the file while others go on using it."""
        place.touch(mode=0o600)
        with self._lock, closing(sqlite3.connect(place)) as copy:
            self._file.backup(copy)

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

    def _stone(self, person: str) -> str:
        return hmac.new(self._practice_key, f"forgotten:{person}".encode(), sha256).hexdigest()

    def _open(self, person: str) -> bytes:
        found = self._file.execute(
            "SELECT wrapped FROM keys WHERE person = ?", (person,)
        ).fetchone()
        if found is None:
            raise Forgotten
        return unseal(found[0], key=self._practice_key, place=_place(person))

    def _forget_what_others_destroyed(self) -> None:
        """Another process may have destroyed a key that this one has in memory."""
        lately = getattr(self._looked, "lately", None)
        if lately:
            return
        if lately is False:
            self._looked.lately = True
        (version,) = self._file.execute("PRAGMA data_version").fetchone()
        if version != self._seen:
            self._opened.clear()
            drop_ciphers()
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


def close_key_store() -> None:
    """Close this installation's key store; a process that splits must not carry it over open."""
    while _current:
        _current.pop().close()


@contextmanager
def using(store: KeyStore) -> Iterator[KeyStore]:
    """Use another key store for a while: a restored one, or a test's."""
    before = list(_current)
    _current[:] = [store]
    try:
        yield store
    finally:
        _current[:] = before
