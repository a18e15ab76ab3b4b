"""Ways in for tests: a signed-in browser without a device to touch."""

from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
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


def signed_in(staff, *, second_factor=True, **options):
    """A browser in which somebody is signed in."""
    client = Client(**options)
    account = account_of(staff, second_factor=second_factor)
    client.force_login(account)
    session = client.session
    sessions.begin(session, at=now())
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "mfa", "at": 0}]
    session.save()
    return client
