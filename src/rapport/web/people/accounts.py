"""What sign-in keeps: an account, one-time links, and for minutes who tried what.

Second factors are kept by allauth.
"""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.crypto import salted_hmac

from rapport.web.core.privacy import Kept


class Accounts(BaseUserManager["Account"]):
    """Accounts by their address."""

    def get_by_natural_key(self, username: str | None) -> "Account":
        return self.get(email__iexact=username)


class Account(AbstractBaseUser):
    """What somebody who works here signs in with. What they may do is said by their roles."""

    email = models.EmailField(unique=True)
    is_active = models.BooleanField(default=True)

    objects = Accounts()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    privacy: ClassVar[dict[str, Kept]] = {
        "id": Kept.ID,
        "email": Kept.STAFF,
        "password": Kept.HASH,
        "last_login": Kept.STAFF,
        "is_active": Kept.STAFF,
    }

    class Meta:
        verbose_name = "account"


class EntryLink(models.Model):
    """A link that signs somebody in once. Only the hash of its token is kept."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="links")
    token_hash = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    privacy: ClassVar[dict[str, Kept]] = {
        "id": Kept.COUNT,
        "account": Kept.ID,
        "token_hash": Kept.HASH,
        "expires_at": Kept.TIME,
        "used_at": Kept.TIME,
    }

    class Meta:
        verbose_name = "one-time link"


class Attempt(models.Model):
    """How often somebody tried to sign in lately, or a code that was used.

    Django's cache keeps it here for allauth, so that all processes count together and nothing is
    forgotten by a new start. Its columns are those of Django's own table for a cache.
    """

    cache_key = models.CharField(max_length=64, primary_key=True)
    value = models.TextField()  # times, or that a code was used
    expires = models.DateTimeField(db_index=True)

    privacy: ClassVar[dict[str, Kept]] = {
        "cache_key": Kept.HASH,
        "value": Kept.TIME,
        "expires": Kept.TIME,
    }

    class Meta:
        verbose_name = "attempt to sign in"
        db_table = "people_attempt"


def hidden_key(key: str, prefix: str, version: int) -> str:
    """A keyed hash in place of what is tried: that names an address, of mail or of the network."""
    return salted_hmac(
        "rapport.attempts", f"{prefix}:{version}:{key}", algorithm="sha256"
    ).hexdigest()
