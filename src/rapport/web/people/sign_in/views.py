"""The pages on the way in that allauth does not have."""

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from rapport.web.core.clock import now
from rapport.web.people.sign_in import actions, sessions


def enter(request: HttpRequest, token: str) -> HttpResponse:
    """The landing of a one-time link: looking uses up nothing, the button signs in once."""
    if request.method == "GET":
        return render(request, "sign_in/enter.html")
    account = actions.use_link(token=token, at=now())
    request.session.flush()
    request.session[sessions.BY_LINK] = True
    record_authentication(request, account, method="link", reauthenticated=True)
    reply: HttpResponse = perform_login(request, Login(user=account))
    return reply


def set_up(request: HttpRequest) -> HttpResponse:
    """Choose a second factor; nothing else opens before."""
    return render(request, "sign_in/set_up.html")
