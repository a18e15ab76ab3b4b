"""Headers that every reply carries; nothing of a practice stays in a browser's cache."""

from collections.abc import Callable
from functools import cache

from csp.constants import HEADER
from csp.middleware import CheckableLazyObject, CSPMiddleware
from csp.utils import build_policy
from django.http import HttpRequest, HttpResponseBase
from django.utils.crypto import get_random_string
from whitenoise.middleware import WhiteNoiseFileResponse

REFUSED_FEATURES = (
    "accelerometer", "autoplay", "browsing-topics", "camera", "display-capture",
    "encrypted-media", "fullscreen", "geolocation", "gyroscope", "hid", "idle-detection",
    "magnetometer", "microphone", "midi", "payment", "serial", "usb",
)  # fmt: skip
PERMISSIONS = ", ".join(
    [f"{feature}=()" for feature in REFUSED_FEATURES]
    + ["publickey-credentials-get=(self)", "publickey-credentials-create=(self)"]
)
STAYS_CLOSED = {
    "Permissions-Policy": PERMISSIONS,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Nothing goes to other origins. With no-referrer a browser would also send "Origin: null" with
    # our own forms, and the check that a form came from our own page could not hold.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}

_NONCE = get_random_string(22)  # stands where a reply's own will


class Policy(CSPMiddleware):
    """The policy of settings.py, which from one reply to the next differs by its nonce alone.

    The library puts it together anew each time, which is a tenth of what a small page takes.
    """

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        """Set it; who asks for a nonce afterwards gets an error, as by the library itself."""
        nonce = getattr(request, "_csp_nonce", None)
        response[HEADER] = _policy(with_nonce=nonce is not None).replace(_NONCE, nonce or "")
        if nonce is None:
            too_late = CheckableLazyObject(self._csp_nonce_post_response)
            request.csp_nonce = too_late  # type: ignore[attr-defined]
        return response


@cache
def _policy(*, with_nonce: bool) -> str:
    return build_policy(nonce=_NONCE if with_nonce else None)


class Headers:
    """Set on whatever reply comes out, errors and refusals included."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, with every header."""
        response = self.get_response(request)
        for name, value in STAYS_CLOSED.items():
            response[name] = value
        if not isinstance(response, WhiteNoiseFileResponse):
            response["Cache-Control"] = "no-store"
        return response
