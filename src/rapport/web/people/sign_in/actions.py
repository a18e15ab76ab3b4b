"""Let somebody in for the first time, note who came in, and close the door behind who left."""

import secrets
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session
from django.db import transaction

from rapport.web.audit.actions import By, record_about
from rapport.web.people.accounts import Account, Attempt, EntryLink
from rapport.web.people.errors import WrongState
from rapport.web.people.last import must_not_be_last
from rapport.web.people.models import Staff
from rapport.web.people.sign_in.errors import LinkGone

LINK_LIVES = timedelta(hours=24)


@transaction.atomic
def make_link(*, staff: UUID, by: By, at: datetime, lost_device: bool = False) -> str:
    """Make a one-time link and give its token, which is kept nowhere; earlier links end.

    Args:
        lost_device: forget the second factors too, so that new ones can be set up. Without it a
            link replaces a forgotten password, and a second factor is asked for all the same.
    """
    member = Staff.one(staff)
    if member.left_at is not None:
        raise WrongState("member of staff", "gone", "let in")
    account = _account_of(member)
    account.links.filter(used_at=None).update(used_at=at)
    if lost_device:
        Authenticator.objects.filter(user_id=account.pk).delete()
        account.set_unusable_password()
        account.save()
    token = secrets.token_urlsafe(32)
    EntryLink.objects.create(account=account, token_hash=_hash(token), expires_at=at + LINK_LIVES)
    lost = "yes" if lost_device else "no"
    record_about(member, "sign-in link made", by=by, at=at, lost_device=lost)
    return token


@transaction.atomic
def use_link(*, token: str, at: datetime) -> Account:
    """Use a link up and give its account. Of two at once, one gets in.

    Raises:
        LinkGone: it was used, has expired, or never was.
    """
    fresh = EntryLink.objects.filter(
        token_hash=_hash(token), used_at=None, expires_at__gt=at, account__is_active=True
    )
    link = fresh.select_related("account").first()
    if link is None or not fresh.update(used_at=at):
        raise LinkGone
    return link.account


@transaction.atomic
def note_entry(*, account: int, at: datetime) -> None:
    """Keep in the log that somebody signed in."""
    member = Staff.objects.filter(account_id=account).first()
    if member is not None:
        record_about(member, "signed in", by=_by(member), at=at)


@transaction.atomic
def note_second_factor(*, account: int, kind: str, added: bool, at: datetime) -> None:
    """Keep in the log that a second factor was added or taken away."""
    member = Staff.objects.filter(account_id=account).first()
    if member is not None:
        deed = "second factor added" if added else "second factor removed"
        record_about(member, deed, by=_by(member), at=at, kind=kind)


@transaction.atomic
def let_go(*, staff: UUID, by: By, at: datetime) -> None:
    """Somebody stops working here; every session of theirs ends with its next request.

    Raises:
        LastInRole: nobody else could let people in, or answer for the practice.
    """
    member = Staff.one(staff)
    if member.left_at is not None:
        raise WrongState("member of staff", "gone", "let go again")
    must_not_be_last(member, losing=member.roles)
    member.left_at = at
    member.save()
    if member.account is not None:
        member.account.is_active = False
        member.account.save()
        member.account.links.filter(used_at=None).update(used_at=at)
    record_about(member, "staff left", by=by, at=at)


@transaction.atomic
def drop_ended(*, at: datetime) -> None:
    """Delete sessions and counted attempts whose time is over: they open and close nothing now."""
    Session.objects.filter(expire_date__lt=at).delete()
    Attempt.objects.filter(expires__lt=at).delete()


def _account_of(member: Staff) -> Account:
    if member.account is None:
        account = Account(email=member.email)
        account.set_unusable_password()
        account.save()
        member.account = account
        member.save()
    return member.account


def _hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def _by(member: Staff) -> By:
    return By(kind="staff", id=str(member.pk))
