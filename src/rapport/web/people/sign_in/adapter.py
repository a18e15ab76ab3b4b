"""What allauth is told about this house."""

import base64
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.forms import BooleanField
from django.http import HttpRequest
from django.urls import reverse

from rapport.web.core.clock import now
from rapport.web.core.keys import key_store
from rapport.web.people.sign_in import actions, sessions
from rapport.web.people.sign_in.queries import FACTORS, has_second_factor

PLACE = "sign-in:second factor"


class Accounts(DefaultAccountAdapter):  # type: ignore[misc]
    """Nobody signs up by themselves; every entry is noted."""

    def is_open_for_signup(self, _request: HttpRequest) -> bool:
        return False

    def login(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        """Sign in and start the clocks; the log and the session stand together."""
        super().login(request, user)
        sessions.begin(request.session, at=now())
        actions.note_entry(account=user.pk, at=now())

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        done = has_second_factor(request.user)  # type: ignore[arg-type]
        return reverse("mfa_index" if done else "mfa_activate_totp")

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Sign-in sends no mail: an address alone opens nothing."""


class SecondFactors(DefaultMFAAdapter):  # type: ignore[misc]
    """Secrets are sealed under the practice's key, and the last factor stays."""

    def encrypt(self, text: str) -> str:
        return base64.b64encode(key_store().seal_own(text.encode(), place=PLACE)).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return key_store().open_own(base64.b64decode(encrypted_text), place=PLACE).decode()

    def get_totp_issuer(self) -> str:
        return "Rapport"

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        mine = Authenticator.objects.filter(user_id=authenticator.user_id, type__in=FACTORS)
        return bool(mine.exclude(pk=authenticator.pk).exists())


class Passkey(AddWebAuthnForm):  # type: ignore[misc]
    """A key that signs in by itself, so it always checks finger, face or PIN."""

    passwordless = BooleanField(initial=True, required=False)

    def clean(self) -> dict[str, Any]:
        """Refuse a key that needs a password beside it: its owner could not come in again."""
        self.cleaned_data["passwordless"] = True
        cleaned = dict(super().clean())
        told = (cleaned.get("credential") or {}).get("clientExtensionResults", {})
        if told.get("credProps", {}).get("rk") is False:
            raise ValidationError("This key can't sign in by itself. Choose another one.")
        return cleaned
