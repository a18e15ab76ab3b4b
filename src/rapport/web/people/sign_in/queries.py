"""Who is signed in, and whether they hold a second factor."""

from dataclasses import dataclass
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db.models import BigIntegerField

from rapport.web.core.asked_often import AskedOften, ColumnsAskedOften
from rapport.web.people.accounts import Account
from rapport.web.people.models import Staff
from rapport.web.people.queries import Reader

FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


@dataclass(frozen=True, kw_only=True)
class Colleague:
    """Somebody who works here, as the page's head shows them."""

    reader: Reader
    name: str
    has_second_factor: bool


_WHO = AskedOften(
    lambda account: Staff.objects.filter(account_id=account, left_at=None).order_by("pk")[:1],
    account=BigIntegerField(),
)
_FACTORS_OF = ColumnsAskedOften(
    lambda account: Authenticator.objects.filter(user_id=account, type__in=FACTORS).values_list(
        "type"
    ),
    account=BigIntegerField(),
)


def colleague(account: Account) -> Colleague | None:
    """Whom an account belongs to; None: to nobody who still works here."""
    member = _WHO.first(account=account.pk)
    if member is None or not account.is_active:
        return None
    return Colleague(
        reader=Reader(staff=member.pk, roles=tuple(member.roles)),
        name=member.name,
        has_second_factor=has_second_factor(account),
    )


def has_second_factor(account: Account) -> bool:
    """Whether this account can come in again by itself: passkey, or password and code."""
    kinds = {kind for (kind,) in _FACTORS_OF.all(account=account.pk)}
    with_code = Authenticator.Type.TOTP in kinds and account.has_usable_password()
    return Authenticator.Type.WEBAUTHN in kinds or with_code


def staff_by_email(email: str) -> UUID | None:
    """Somebody who works here, by address."""
    found = Staff.objects.filter(email__iexact=email, left_at=None).first()
    return found.pk if found else None
