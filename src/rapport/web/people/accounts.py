"""What sign-in keeps: an account, and one-time links. Second factors are kept by allauth."""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

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
