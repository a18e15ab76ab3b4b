"""Ways in for tests: a signed-in browser without a device to touch."""

import time

from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.account.internal.flows.login import _AUTHENTICATION_METHODS_USER_SESSION_KEY
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client

from rapport.web.audit.actions import SYSTEM
from rapport.web.core.clock import now
from rapport.web.people.accounts import Account
from rapport.web.people.sign_in import actions, sessions

PASSWORD = "pear-lantern-orbit-moss"


def account_of(staff, *, second_factor=True):
    """An account with a password and a code app; its secret stands beside it."""
    actions.make_link(staff=staff, by=SYSTEM, at=now())
    account = Account.objects.get(staff__id=staff)
    account.set_password(PASSWORD)
    account.save()
    if second_factor:
        account.secret = generate_totp_secret()
        TOTP.activate(account, account.secret)
    return account


def signed_in(staff, *, second_factor=True, fresh=False, **options):
    """A browser in which somebody is signed in; fresh: within the last minutes."""
    client = Client(**options)
    account = account_of(staff, second_factor=second_factor)
    client.force_login(account)
    session = client.session
    sessions.begin(session, at=now())
    entered = {"method": "mfa", "at": time.time() if fresh else 0}
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [entered]
    session[_AUTHENTICATION_METHODS_USER_SESSION_KEY] = str(account.pk)
    session.save()
    return client
