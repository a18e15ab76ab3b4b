"""The practice: where its parts are, what it is called, who may do what."""

from dataclasses import asdict

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from rapport.web.core.clock import now
from rapport.web.core.edits import both_versions
from rapport.web.core.errors import Stale
from rapport.web.office import queries
from rapport.web.office.forms import PracticeForm
from rapport.web.people.asking import reader_in
from rapport.web.people.office.actions import change_practice
from rapport.web.people.office.queries import practice_settings
from rapport.web.people.roles import May, allowed


def office(request: HttpRequest) -> HttpResponse:
    """Everything that is kept here, and what asks for thought."""
    found = queries.my_part(reader=reader_in(request), at=now())
    forgets = allowed(reader_in(request).roles, May.FORGET_CLIENTS)
    return render(request, "office/office.html", {"part": found, "forgets": forgets})


def roles(request: HttpRequest) -> HttpResponse:
    """Who may do what, made from the roles themselves."""
    found = queries.roles_page(reader=reader_in(request))
    return render(request, "office/roles.html", {"page": found})


def settings(request: HttpRequest) -> HttpResponse:
    """Name, zone, language, age of consent."""
    if request.method != "POST":
        stored = practice_settings(reader=reader_in(request))
        return _form(request, PracticeForm(initial=asdict(stored)))
    form = PracticeForm(request.POST)
    if not form.is_valid():
        return _form(request, form)
    told = {key: value for key, value in form.cleaned_data.items() if key != "version"}
    try:
        change_practice(**told, seen=form.seen, reader=reader_in(request), at=now())
    except Stale:
        return _stale(request, form)
    return redirect("office")


def _form(request: HttpRequest, form: PracticeForm) -> HttpResponse:
    status = 422 if form.errors else 200
    return render(request, "office/settings.html", {"form": form}, status=status)


def _stale(request: HttpRequest, form: PracticeForm) -> HttpResponse:
    return both_versions(
        request,
        what="page",
        form=form,
        now_stored=asdict(practice_settings(reader=reader_in(request))),
        action=reverse("practice-settings"),
        back=reverse("office"),
    )
