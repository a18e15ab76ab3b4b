"""How long a session lasts: 15 minutes without a request, 12 hours in all (promise P29)."""

from collections.abc import MutableMapping
from datetime import datetime, timedelta
from typing import Any

from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY

IDLE = timedelta(minutes=15)
WHOLE = timedelta(hours=12)
SELDOM = timedelta(seconds=30)  # a session is written at most this often for being used
BEGAN, SEEN, BY_LINK = "rapport_began", "rapport_seen", "rapport_by_link"

Session = MutableMapping[str, Any]


def begin(session: Session, *, at: datetime) -> None:
    """Start both clocks."""
    session[BEGAN] = session[SEEN] = at.timestamp()


def is_alive(session: Session, *, at: datetime) -> bool:
    """Whether the session may go on; one without clocks may not."""
    began, seen = session.get(BEGAN), session.get(SEEN)
    if began is None or seen is None:
        return False
    now = at.timestamp()
    idle, whole = IDLE.total_seconds(), WHOLE.total_seconds()
    return bool(now - seen < idle and now - began < whole)


def keep_alive(session: Session, *, at: datetime) -> None:
    """Note that the session was used."""
    if at.timestamp() - session[SEEN] >= SELDOM.total_seconds():
        session[SEEN] = at.timestamp()


def is_strong(session: Session) -> bool:
    """Whether this session itself began with a second factor, or with a one-time link."""
    records = session.get(AUTHENTICATION_METHODS_SESSION_KEY, [])
    return bool(session.get(BY_LINK)) or any(r.get("method") == "mfa" for r in records)
