"""Django's sessions in the database, looked up by a query that is worked out once.

Every page of staff begins with this look and the one for whose session it is.
"""

from datetime import datetime
from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db.models import BigIntegerField, CharField, DateTimeField
from django.utils import timezone

from rapport.web.core.asked_often import AskedOften
from rapport.web.people.accounts import Account


def _alive(key: str, now: datetime) -> Any:
    return Session.objects.filter(session_key=key, expire_date__gt=now)


_SESSION = AskedOften(_alive, key=CharField(), now=DateTimeField())
_ACCOUNT = AskedOften(lambda id: Account.objects.filter(pk=id), id=BigIntegerField())


class SessionStore(db.SessionStore):
    """A session that is written by Django and found by ours."""

    def _get_session_from_db(self) -> Session | None:
        found = _SESSION.first(key=self.session_key, now=timezone.now())
        if found is None:
            self._session_key = None
        return found


class AccountBackend(AuthenticationBackend):  # type: ignore[misc]
    """allauth's way in; whoever is in already is found by ours."""

    def get_user(self, user_id: int) -> Account | None:
        """The account of a session; None: it is gone or closed."""
        found = _ACCOUNT.first(id=user_id)
        return found if found is not None and self.user_can_authenticate(found) else None
