"""Secrets of links: made by the system's chance, kept as a hash, never as themselves."""

import hmac
import secrets
from hashlib import sha256

BYTES = 20  # 160 bits; a guess at a million links finds one with probability below 1e-42


def new_token() -> str:
    """A secret for an address or a cookie."""
    return secrets.token_urlsafe(BYTES)


def hashed(token: str) -> str:
    """What is stored of a secret that nobody could guess."""
    return sha256(token.encode()).hexdigest()


def keyed(content: bytes, *, key: bytes) -> str:
    """A hash of something that could be guessed, such as answers: it needs the person's key."""
    return hmac.new(key, content, sha256).hexdigest()
