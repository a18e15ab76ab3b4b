"""What is asked when, in one case or in all cases of a kind."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from rapport.web.casework import actions, queries
from rapport.web.casework.forms.plans import EndLineForm, LineForm
from rapport.web.casework.views.common import done, status_of
from rapport.web.core.clock import now
from rapport.web.people.asking import reader_in


def asked(request: HttpRequest, case: UUID) -> HttpResponse:
    """The plan of a case; add a line."""
    page = queries.asked_page(case, reader=reader_in(request), at=now())
    form = LineForm(request.POST or None, page=page)
    if request.method == "POST" and done(
        form,
        lambda: actions.plan_form(case=case, item=form.line(), reader=reader_in(request), at=now()),
    ):
        return redirect("asked", case=case)
    told = {"page": page, "form": form}
    return render(request, "casework/asked.html", told, status=status_of(form))


def end_line(request: HttpRequest, case: UUID) -> HttpResponse:
    """Ask a line no more in this case."""
    actions.unplan_form(case=case, **_line(request), reader=reader_in(request), at=now())
    return redirect("asked", case=case)


def asked_by_default(request: HttpRequest, kind: str) -> HttpResponse:
    """The practice's default for a kind of case; add a line."""
    page = queries.default_page(kind, reader=reader_in(request), at=now())
    form = LineForm(request.POST or None, page=page)
    if request.method == "POST" and done(
        form,
        lambda: actions.plan_default(
            kind=kind, item=form.line(), reader=reader_in(request), at=now()
        ),
    ):
        return redirect("asked-by-default", kind=kind)
    told = {"page": page, "form": form, "kinds": queries.KINDS}
    return render(request, "casework/asked.html", told, status=status_of(form))


def end_default(request: HttpRequest, kind: str) -> HttpResponse:
    """Ask a line no more in cases of a kind."""
    actions.unplan_default(kind=kind, **_line(request), reader=reader_in(request), at=now())
    return redirect("asked-by-default", kind=kind)


def _line(request: HttpRequest) -> dict[str, Any]:
    """Which line; what names none is stale, once the case is known to be the reader's."""
    form = EndLineForm(request.POST)
    return form.cleaned_data if form.is_valid() else {"place": -1, "asks": ""}
