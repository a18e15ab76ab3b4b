"""A refusal becomes a page that says what happened and what to do; a fault becomes a silent one."""

import logging
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from rapport.web.core.errors import Refused

log = logging.getLogger("rapport.web")

TITLES = {
    400: "That did not work",
    403: "This page is not yours to open",
    404: "There is nothing here",
    405: "That did not work",
    409: "That is not possible as things stand",
    410: "This is gone",
    500: "Something went wrong on our side",
    503: "Not ready yet",
}
TEXTS = {
    400: "What was sent could not be understood. Go back and try once more.",
    403: "Your role does not allow it. Ask whoever leads the practice.",
    404: "The address may be mistyped, or the thing is not yours to see. Both get this answer.",
    405: "This address does not take what was sent. Go back and try once more.",
    500: "Nothing was half-saved. Go back and try once more; if it happens again, tell whoever "
    "keeps the installation.",
}
NO_PRACTICE = "No practice has been set up yet. On the server, run: rapport init"


class Refusals:
    """Turns core.errors.Refused into its status and page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, fault: Exception) -> HttpResponse | None:
        """A refusal is answered here; anything else is a fault of the program."""
        return refuse(request, fault) if isinstance(fault, Refused) else None


def refuse(request: HttpRequest, refused: Refused) -> HttpResponse:
    """The page of a refusal; its text was written for people and holds no content."""
    if refused.status >= 500:
        log.error("a refusal that is a fault", exc_info=refused)
    return answer(request, refused.status, str(refused), refused.title)


def answer(request: HttpRequest, status: int, text: str = "", title: str = "") -> HttpResponse:
    """A page that says what happened, and what to do."""
    title = title or TITLES.get(status, TITLES[400])
    told = {"title": title, "text": text or TEXTS.get(status, "")}
    request.faulty = status >= 500  # type: ignore[attr-defined]
    return render(request, "site/refusal.html", told, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """400, without what was sent."""
    return answer(request, 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """403, without what was asked for."""
    return answer(request, 403)


def not_here(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """404, the same for what is foreign and what is not."""
    return answer(request, 404)


def fault(request: HttpRequest) -> HttpResponse:
    """500, without any detail."""
    return answer(request, 500)


def too_often(request: HttpRequest) -> HttpResponse:
    """429: somebody guesses, or mistypes in a hurry."""
    text = "Too many tries in a short time. Wait a few minutes, then try once more."
    return answer(request, 429, text)


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001
    """A form that did not come from our page, or from one opened too long ago."""
    text = "This page was open for too long. Go back, load it anew and send it once more."
    return answer(request, 403, text)
