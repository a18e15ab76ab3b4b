"""Is it still the same person? Asked before roles, ways in and the response plan change (P29)."""

import time

from allauth.account import app_settings
from allauth.account.adapter import get_adapter
from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.reauthentication import (
    did_recently_reauthenticate,
    suspend_request,
)
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

STRONGEST_FIRST = ("mfa_reauthenticate_webauthn", "mfa_reauthenticate", "account_reauthenticate")


def is_fresh(request: HttpRequest) -> bool:
    """Whether somebody signed in, or said again who they are, within the last five minutes."""
    records = get_authentication_records(request, request.user)
    strong: list[float] = [record["at"] for record in records if record.get("method") == "mfa"]
    limit = time.time() - app_settings.REAUTHENTICATION_TIMEOUT
    return bool(did_recently_reauthenticate(request)) or max(strong, default=0) > limit


def ask_again(request: HttpRequest) -> HttpResponse:
    """Lead to the page that asks; afterwards what was asked for, or sent, goes on."""
    held = {way["url"] for way in get_adapter().get_reauthentication_methods(request.user)}
    places = [place for place in map(reverse, STRONGEST_FIRST) if place in held]
    reply: HttpResponse = suspend_request(request, places[0] if places else reverse("home"))
    return reply
