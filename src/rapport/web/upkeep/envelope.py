"""The form of a backup file: sealed and authenticated chunk by chunk, in little memory.

    magic      7 bytes   RAPPORT
    version    1 byte    1
    salt      16 bytes   fresh chance for each file
    check      8 bytes   tells "another key" from "damaged"
    chunks               AES-256-GCM of 1 MiB each, the last one shorter or empty

Key and check come by HKDF-SHA256 from the practice's key and the salt. The nonce of a chunk is its
number and whether it is the last one, and the head is authenticated with each: a chunk that was
changed, moved, left out or added does not open, and a file that was cut does not end.
"""

import os
import struct
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from rapport.web.upkeep.errors import Damaged, NotABackup, WrongKey, WrongVersion

MAGIC, VERSION = b"RAPPORT", 1
SALT, CHECK, TAG = 16, 8, 16
HEAD = len(MAGIC) + 1 + SALT + CHECK
CHUNK = 1 << 20


def write_sealed(target: BinaryIO, parts: Iterable[bytes], *, key: bytes) -> None:
    """Seal parts of any length, one after the other, into a file."""
    salt = os.urandom(SALT)
    cipher, check = _derived(key, salt)
    head = MAGIC + bytes([VERSION]) + salt + check
    target.write(head)
    number, waiting = 0, b""
    for chunk in _chunks(parts):
        if waiting:
            target.write(cipher.encrypt(_nonce(number, last=False), waiting, head))
            number += 1
        waiting = chunk
    target.write(cipher.encrypt(_nonce(number, last=True), waiting, head))


def read_sealed(source: BinaryIO, *, key: bytes) -> Iterator[bytes]:
    """Open a file chunk by chunk. What comes out counts only when the end was reached.

    Raises:
        NotABackup, WrongVersion, WrongKey, Damaged.
    """
    head = source.read(HEAD)
    cipher = _cipher_of(head, key)
    number, chunk = 0, source.read(CHUNK + TAG)
    while True:
        following = source.read(CHUNK + TAG)
        yield _opened(cipher, _nonce(number, last=not following), chunk, head)
        if not following:
            return
        number, chunk = number + 1, following


def _cipher_of(head: bytes, key: bytes) -> AESGCM:
    if not head.startswith(MAGIC):
        raise NotABackup
    if len(head) < HEAD:
        raise Damaged("it ends after a few bytes")
    if head[len(MAGIC)] != VERSION:
        raise WrongVersion(f"format {head[len(MAGIC)]}")
    cipher, check = _derived(key, head[len(MAGIC) + 1 :][:SALT])
    if check != head[-CHECK:]:
        raise WrongKey
    return cipher


def _opened(cipher: AESGCM, nonce: bytes, chunk: bytes, head: bytes) -> bytes:
    try:
        return cipher.decrypt(nonce, chunk, head)
    except InvalidTag as fault:
        raise Damaged("it was cut off or changed") from fault


def _derived(key: bytes, salt: bytes) -> tuple[AESGCM, bytes]:
    made = HKDF(algorithm=SHA256(), length=32 + CHECK, salt=salt, info=b"rapport backup").derive(
        key
    )
    return AESGCM(made[:32]), made[32:]


def _nonce(number: int, *, last: bool) -> bytes:
    return bytes(3) + struct.pack(">Q", number) + bytes([last])


def _chunks(parts: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in pieces of one size; the last may be shorter."""
    gathered = bytearray()
    for part in parts:
        gathered += part
        while len(gathered) >= CHUNK:
            yield bytes(gathered[:CHUNK])
            del gathered[:CHUNK]
    if gathered:
        yield bytes(gathered)
