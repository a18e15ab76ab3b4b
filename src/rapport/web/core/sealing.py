"""Seal what is personal: AES-256-GCM under one person's key, bound to the place it stands in.

The sealed form is one byte of format, twelve of nonce, then cipher text and tag. The place (table,
field and row) is authenticated with it, so a value moved to another row does not open.
"""

import os
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from rapport.web.core.errors import DoesNotOpen

KEY_BYTES = 32
NONCE_BYTES = 12
FORMAT = b"\x01"


def new_key() -> bytes:
    """A key for one person, from the system's own source of chance."""
    return AESGCM.generate_key(bit_length=8 * KEY_BYTES)


def seal(value: bytes, *, key: bytes, place: str) -> bytes:
    """Seal a value for one place.

    >>> key = new_key()
    >>> unseal(seal(b"Sarah", key=key, place="person.name:1"), key=key, place="person.name:1")
    b'Sarah'
    """
    nonce = os.urandom(NONCE_BYTES)
    return FORMAT + nonce + _cipher(key).encrypt(nonce, value, place.encode())


def unseal(sealed: bytes, *, key: bytes, place: str) -> bytes:
    """Open a sealed value.

    Raises:
        DoesNotOpen: it was changed, stands in another place, or another key sealed it.
    """
    nonce, text = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
    if sealed[:1] != FORMAT or len(nonce) < NONCE_BYTES:
        raise DoesNotOpen(place)
    try:
        return _cipher(key).decrypt(nonce, text, place.encode())
    except InvalidTag as fault:
        raise DoesNotOpen(place) from fault


def drop_ciphers() -> None:
    """Forget every key that was used: one of them may have been destroyed."""
    _cipher.cache_clear()


@lru_cache(maxsize=1024)  # 2.5 kB each: a caseload's people, not everybody who ever answered
def _cipher(key: bytes) -> AESGCM:
    return AESGCM(key)
