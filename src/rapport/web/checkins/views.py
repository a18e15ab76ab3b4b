"""The pages of a check-in: for whoever holds the link, without an account."""

from collections.abc import Callable

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt

from rapport.web.checkins import actions, afterwards, agreeing, languages, queries, rendered
from rapport.web.checkins.cards.actions import open_with_card
from rapport.web.checkins.entering import enter_from
from rapport.web.checkins.errors import LinkEnded, NotOpened
from rapport.web.checkins.forms import (
    answers_of,
    marks_of,
    one_answer,
    submission_of,
)
from rapport.web.checkins.tokens import new_token
from rapport.web.checkins.words import chosen_language, offered, words_in
from rapport.web.core.clock import now
from rapport.web.people.asking import practice_in

# SameSite=Strict does what a form token would: no other site's request carries this cookie.
COOKIE = "__Host-checkin" if settings.TLS else "checkin"
# As long as a link lives, so that a network that is dead for hours only delays what was answered.
# Whoever finds the page sees the next open question and never an answer.
THREE_DAYS = actions.HOURS * 3600


@csrf_exempt
def landing(request: HttpRequest, token: str) -> HttpResponse:
    """Who reads what, and a button. A look shows nothing of anybody and uses nothing up."""
    if request.method != "POST":
        page = queries.landing(language=_language(request))
        practice = practice_in(request)
        chosen = "in" in request.GET
        return HttpResponse(rendered.landing_page(page, chosen=chosen, made_up=practice.made_up))
    entered = redirect("checkin")
    cookie = enter_from(
        token=token, place=_place(request), language=request.POST.get("in", ""), at=now()
    )
    return _with(entered, cookie)


@csrf_exempt
def card(request: HttpRequest, token: str) -> HttpResponse:
    """The address on a card: asks for the digits, the same of a true card and of a false one."""
    words = words_in(_language(request))
    told = {"words": words, "languages": offered(), "refused": ""}
    if request.method != "POST":
        return render(request, "checkins/card.html", told)
    pin = request.POST.get("pin", "")[:20]
    try:
        cookie = open_with_card(token=token, pin=pin, place=_place(request), at=now())
    except NotOpened as refused:
        told["refused"] = str(refused)
        return render(request, "checkins/card.html", told, status=refused.status)
    return _with(redirect("checkin"), cookie)


@csrf_exempt
def checkin(request: HttpRequest) -> HttpResponse:
    """The questions; and, when they are sent, thanks, with help first where it is needed."""
    cookie = _cookie(request)
    if request.method == "POST":
        return _received(request, cookie)
    page = agreeing.page_of(cookie=cookie, at=now())
    if isinstance(page, agreeing.ToAgree):
        return _with(render(request, "checkins/agree.html", {"page": page}), cookie)
    nonce, practice = str(request.csp_nonce), practice_in(request)  # type: ignore[attr-defined]
    shown = rendered.questions_page(page, key=new_token(), nonce=nonce, made_up=practice.made_up)
    return _with(HttpResponse(shown), cookie)


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
def language(request: HttpRequest) -> HttpResponse:
    """The same questions in another language; what stood on the page is kept."""
    cookie = _cookie(request)
    languages.switch_language(
        cookie=cookie,
        language=request.POST.get("in", ""),
        answers=answers_of(request.POST),
        at=now(),
    )
    return _with(redirect("checkin"), cookie)


@csrf_exempt
def mark(request: HttpRequest) -> HttpResponse:
    """Mark what one would rather not talk about."""
    marks = marks_of(request.POST)
    return _afterwards(
        request, "rather_not_done", lambda c: afterwards.rather_not(cookie=c, marks=marks, at=now())
    )


@csrf_exempt
def stop(request: HttpRequest) -> HttpResponse:
    """Get no more messages."""
    return _afterwards(
        request, "messages_stopped", lambda c: afterwards.stop_messages(cookie=c, at=now())
    )


@csrf_exempt
def tell(request: HttpRequest) -> HttpResponse:
    """Tell somebody after all."""
    staff = request.POST.get("tell", "")
    return _afterwards(
        request, "", lambda c: afterwards.tell_somebody(cookie=c, staff=staff, at=now())
    )


@csrf_exempt
def mine(request: HttpRequest) -> HttpResponse:
    """Take along what was just answered, as plain text under a name that says nothing."""
    text = afterwards.own_answers(cookie=_cookie(request), at=now())
    taken = HttpResponse(text, content_type="text/plain; charset=utf-8")
    taken["Content-Disposition"] = 'attachment; filename="notes.txt"'
    return taken


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
    # The cookie stays: what is sent twice gets the same reply.
    return _with(_thanks(request, kept), cookie)


def _afterwards(
    request: HttpRequest, said: str, act: Callable[[str], queries.Kept]
) -> HttpResponse:
    cookie = _cookie(request)
    return _with(_thanks(request, act(cookie), said), cookie)


def _thanks(request: HttpRequest, kept: queries.Kept, said: str = "") -> HttpResponse:
    practice = practice_in(request)
    return HttpResponse(rendered.thanks_page(kept, said=said, made_up=practice.made_up))


def _with(answer: HttpResponse, cookie: str) -> HttpResponse:
    answer.set_cookie(
        COOKIE,
        cookie,
        max_age=THREE_DAYS,
        httponly=True,
        samesite="Strict",
        secure=settings.TLS,
    )
    return answer


def _place(request: HttpRequest) -> str:
    """From which place of the network a request comes; only a keyed hash of it is ever kept."""
    place: str = get_adapter().get_client_ip(request)
    return place


def _cookie(request: HttpRequest) -> str:
    cookie = request.COOKIES.get(COOKIE)
    if not cookie:
        raise LinkEnded
    return cookie


def _language(request: HttpRequest) -> str:
    accepted = request.headers.get("Accept-Language", "")
    return chosen_language(request.GET.get("in"), accepted, "en")
