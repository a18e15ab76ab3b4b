"""The pages of a check-in: for whoever holds the link, without an account."""

from collections.abc import Mapping

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt

from rapport.web.checkins import actions, agreeing, queries
from rapport.web.checkins.errors import LinkEnded
from rapport.web.checkins.forms import one_answer, own_words, steps_of, submission_of
from rapport.web.checkins.tokens import new_token
from rapport.web.checkins.words import LANGUAGES, chosen_language, words_in
from rapport.web.core.clock import now

# SameSite=Strict does what a form token would: no other site's request carries this cookie.
COOKIE = "__Host-checkin" if settings.TLS else "checkin"
HALF_AN_HOUR = 1800


@csrf_exempt
def landing(request: HttpRequest, token: str) -> HttpResponse:
    """Who reads what, and a button. A look shows nothing of anybody and uses nothing up."""
    if request.method != "POST":
        page = queries.landing(language=_language(request))
        return render(request, "checkins/landing.html", {"page": page, "languages": _offered()})
    entered = redirect("checkin")
    cookie = actions.enter(token=token, at=now())
    return _with(entered, cookie)


@csrf_exempt
def checkin(request: HttpRequest) -> HttpResponse:
    """The questions; and, when they are sent, thanks, with help first where it is needed."""
    cookie = _cookie(request)
    if request.method == "POST":
        return _received(request, cookie)
    first = agreeing.asked(cookie=cookie, at=now())
    if first is not None:
        return _with(render(request, "checkins/agree.html", {"page": first}), cookie)
    page = queries.to_fill(cookie=cookie, at=now())
    return _with(render(request, "checkins/questions.html", _shown(page)), cookie)


@csrf_exempt
def agree(request: HttpRequest) -> HttpResponse:
    """Accept how secrets are handled; then the questions come."""
    cookie = _cookie(request)
    agreeing.agree(cookie=cookie, version=request.POST.get("version", "")[:24], at=now())
    return _with(redirect("checkin"), cookie)


@csrf_exempt
def one(request: HttpRequest) -> HttpResponse:
    """Keep one answer of a check-in that is not finished."""
    form, question, value = one_answer(request.POST)
    actions.keep_draft(
        cookie=_cookie(request), form_id=form, question=question, value=value, at=now()
    )
    return HttpResponse(status=204)


@csrf_exempt
def leave(request: HttpRequest) -> HttpResponse:
    """Leave at once: the cookie goes, and the page that comes says nothing."""
    if request.method == "POST":
        left = redirect("checkin-left")
        left.delete_cookie(COOKIE, path="/", samesite="Strict")
        left["Clear-Site-Data"] = '"cache", "storage"'
        return left
    words = words_in(_language(request))
    return render(request, "checkins/left.html", {"words": words})


def _received(request: HttpRequest, cookie: str) -> HttpResponse:
    at = now()
    kept = actions.receive_by_link(cookie=cookie, submission=submission_of(request.POST, at), at=at)
    words = words_in(request.POST.get("language", ""))
    # The cookie stays: what is sent twice gets the same reply.
    return _with(render(request, "checkins/thanks.html", {"kept": kept, "words": words}), cookie)


def _with(answer: HttpResponse, cookie: str) -> HttpResponse:
    answer.set_cookie(
        COOKIE,
        cookie,
        max_age=HALF_AN_HOUR,
        httponly=True,
        samesite="Strict",
        secure=settings.TLS,
    )
    return answer


def _shown(page: queries.ToFill) -> Mapping[str, object]:
    steps = [step for step in steps_of(page) if not step.done]
    return {
        "page": page,
        "words": page.words,
        "steps": steps,
        "key": new_token(),
        "own": own_words(page),
    }


def _cookie(request: HttpRequest) -> str:
    cookie = request.COOKIES.get(COOKIE)
    if not cookie:
        raise LinkEnded
    return cookie


def _language(request: HttpRequest) -> str:
    accepted = request.headers.get("Accept-Language", "")
    return chosen_language(request.GET.get("in"), accepted, "en")


def _offered() -> list[tuple[str, str]]:
    return [(code, words_in(code)["language"]) for code in LANGUAGES]
