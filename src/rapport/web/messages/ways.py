"""Who carries messages: e-mail by SMTP, short messages by a hook of two methods."""

import hmac
import json
import smtplib
import sys
from dataclasses import dataclass
from hashlib import sha256
from http.client import HTTPException
from typing import Any, Protocol
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from django.conf import settings
from django.core.mail import EmailMessage, get_connection

from rapport.web.messages.errors import NotHandedOver

SECONDS = 10
LOCAL = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, kw_only=True)
class Parcel:
    """What is carried.

    Attributes:
        id: the same at each try.
        to: address or number, looked up when it goes.
        stop: address that stops all messages; "": there is none.
    """

    id: str
    to: str
    subject: str
    text: str
    stop: str


class Carrier(Protocol):
    """Takes messages over; whatever it does not take it refuses with NotHandedOver."""

    def open(self) -> None:
        """Get ready, so that a hand-over is short."""

    def hand_over(self, parcel: Parcel) -> None:
        """Take one message over."""

    def close(self) -> None:
        """Let go."""


class Mail:
    """E-mail, by Django's own settings; without a server it is printed."""

    def __init__(self) -> None:
        self._post = get_connection()

    def open(self) -> None:
        """Connect and sign in."""
        try:
            self._post.open()
        except (OSError, smtplib.SMTPException) as fault:
            raise NotHandedOver(type(fault).__name__) from None

    def hand_over(self, parcel: Parcel) -> None:
        """Hand one message to the server and wait until it has taken it."""
        try:
            self._post.send_messages([_letter(parcel)])
        except (OSError, smtplib.SMTPException, ValueError) as fault:  # ValueError: no address
            self.close()
            raise NotHandedOver(type(fault).__name__, unsure=_unsure(fault)) from None

    def close(self) -> None:
        """Say goodbye; a server that hangs up first does no harm."""
        try:
            self._post.close()
        except (OSError, smtplib.SMTPException):
            self._post = get_connection()


def _unsure(fault: Exception) -> bool:
    """A server that answers has refused; one that falls silent may have taken it."""
    refused = (smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused, ValueError)
    return not isinstance(fault, refused)


def _letter(parcel: Parcel) -> EmailMessage:
    host = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip(">")
    headers = {
        "Message-ID": f"<{parcel.id}@{host}>",  # the same at each try: mailboxes know it again
        "Auto-Submitted": "auto-generated",
    }
    if parcel.stop:
        headers |= {
            "List-Unsubscribe": f"<{parcel.stop}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        }
    return EmailMessage(subject=parcel.subject, body=parcel.text, to=[parcel.to], headers=headers)


class Sms(Protocol):
    """The hook for short messages: a practice's own carrier has these two methods."""

    def send(self, to: str, text: str) -> None:
        """Send one.

        Raises:
            NotHandedOver: it was not taken.
        """

    def check(self) -> str:
        """What is wrong with its settings, without sending anything; "": nothing."""


class Console:
    """Prints short messages: for a made-up practice."""

    def send(self, to: str, text: str) -> None:
        """Print it."""
        sys.stdout.write(f"SMS to {to}\n{text}\n")
        sys.stdout.flush()

    def check(self) -> str:
        """Nothing can be wrong."""
        return ""


class _StayHere(HTTPRedirectHandler):
    """A number is handed to the one address that was set, and not further."""

    def redirect_request(self, *_args: Any, **_named: Any) -> None:
        """No."""
        return


class Webhook:
    """Posts JSON to one address, signed: X-Rapport-Signature is the HMAC-SHA-256 of the body."""

    def __init__(self, url: str, secret: str) -> None:
        self._url, self._secret = url, secret.encode()

    def send(self, to: str, text: str) -> None:
        """Post it; anything but a 2xx is a refusal."""
        body = json.dumps({"to": to, "text": text}).encode()
        signed = hmac.new(self._secret, body, sha256).hexdigest()
        request = Request(
            self._url,
            data=body,
            headers={"Content-Type": "application/json", "X-Rapport-Signature": signed},
        )
        try:
            with build_opener(_StayHere).open(request, timeout=SECONDS):
                return
        except HTTPError as fault:
            fault.close()
            raise NotHandedOver(f"HTTP {fault.code}") from None
        except (OSError, HTTPException) as fault:
            raise NotHandedOver(type(fault).__name__, unsure=_after_connecting(fault)) from None

    def check(self) -> str:
        """Whether address and secret are there, and the address is a safe one."""
        place = urlsplit(self._url)
        if not self._secret:
            return "RAPPORT_SMS_SECRET is not set"
        if place.scheme == "https" or (place.scheme == "http" and place.hostname in LOCAL):
            return ""
        return "RAPPORT_SMS_URL has to begin with https://"


def _after_connecting(fault: Exception) -> bool:
    """Whether the request may have arrived: its answer did not come, or only in part."""
    reason = getattr(fault, "reason", None)
    return not isinstance(reason, OSError)  # urllib names a reason where it never got through


class ShortMessages:
    """The hook, as a carrier."""

    def __init__(self, hook: Sms) -> None:
        self._hook = hook

    def open(self) -> None:
        """Nothing to get ready."""

    def hand_over(self, parcel: Parcel) -> None:
        """Send it."""
        self._hook.send(parcel.to, parcel.text)

    def close(self) -> None:
        """Nothing to let go."""


def sms_hook() -> Sms:
    """The hook that RAPPORT_SMS names."""
    if settings.RAPPORT_SMS == "webhook":
        return Webhook(settings.RAPPORT_SMS_URL, settings.RAPPORT_SMS_SECRET)
    return Console()


def carrier(way: str) -> Carrier:
    """Who carries this kind of message."""
    return Mail() if way == "email" else ShortMessages(sms_hook())


def is_set_up(way: str, *, made_up: bool) -> bool:
    """Whether messages of this kind to clients go anywhere.

    What is printed stands in the log of a machine, address and link included. So only a made-up
    practice prints; a real one sends nothing until it has a server.
    """
    if way == "email":
        return made_up or settings.RAPPORT_MAIL
    return made_up or (settings.RAPPORT_SMS == "webhook" and not sms_hook().check())
