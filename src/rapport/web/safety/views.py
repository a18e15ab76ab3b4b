"""The page of one flag: the answer first, what helps next, and the note that closes it."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from rapport.web.core.clock import now
from rapport.web.people.asking import reader_in
from rapport.web.safety import actions
from rapport.web.safety.forms import NoteForm


def flag(request: HttpRequest, flag: UUID) -> HttpResponse:
    """Read a flag."""
    found = actions.read_flag(flag=flag, reader=reader_in(request), at=now())
    return render(request, "safety/flag.html", {"flag": found, "form": NoteForm()})


def take(request: HttpRequest, flag: UUID) -> HttpResponse:
    """Take it on: nobody else is told any more."""
    actions.acknowledge(flag=flag, reader=reader_in(request), at=now())
    return redirect("flag", flag=flag)


def close(request: HttpRequest, flag: UUID) -> HttpResponse:
    """Close it with a note; what was typed is never lost."""
    form = NoteForm(request.POST)
    if not form.is_valid():
        found = actions.read_flag(flag=flag, reader=reader_in(request), at=now())
        told = {"flag": found, "form": form}
        return render(request, "safety/flag.html", told, status=422)
    note = form.cleaned_data["note"]
    actions.close(flag=flag, note=note, reader=reader_in(request), at=now())
    return redirect("home")
