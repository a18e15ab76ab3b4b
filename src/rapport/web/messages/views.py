"""The page that stops all messages: one button, no sign-in, and it tells nothing of anybody."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt

from rapport.web.checkins.words import chosen_language
from rapport.web.core.clock import now
from rapport.web.messages import actions
from rapport.web.messages.words import LANGUAGES, words_in


@csrf_exempt  # mail programs press the button, too, and have no cookie of ours (RFC 8058)
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """A look stops nothing; the button does. A token of nobody gets the same two pages."""
    if request.method == "POST":
        actions.stop(token=token, at=now())
    accepted = request.headers.get("Accept-Language", "")
    words = words_in(chosen_language(request.GET.get("in"), accepted, "en"))
    told = {"words": words, "stopped": request.method == "POST", "languages": _offered()}
    return render(request, "messages/stop.html", told)


def _offered() -> list[tuple[str, str]]:
    return [(code, words_in(code)["language"]) for code in LANGUAGES]
