"""Open a case with how everybody is reached, see its arrangement, close it and open it again."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from rapport.web.casework import actions, queries
from rapport.web.casework.forms.edits import Edit
from rapport.web.casework.forms.members import (
    EMPTY_FOR_KIND,
    CaseForm,
    MembersForm,
    empty_members,
    typed_members,
    zones,
)
from rapport.web.casework.views.common import done
from rapport.web.core.clock import now
from rapport.web.people.asking import practice_in, reader_in
from rapport.web.people.belonging import actions as belonging


def open_case(request: HttpRequest) -> HttpResponse:
    """A new case: what kind, and how each of its members is reached."""
    if request.method != "POST":
        return _blocks(request, request.GET.get("kind", "individual"), [])
    if "more" in request.POST:
        typed = [*typed_members(request.POST), {}]
        return _blocks(request, request.POST.get("kind", ""), typed)
    form, members = CaseForm(request.POST), MembersForm(request.POST)
    if members.is_valid() and form.is_valid():
        opened: list[UUID] = []
        if done(form, lambda: opened.append(_begun(request, form, members))):
            return redirect("arrange", case=opened[0])
    return _page(request, form, members, status=422)


def arrange(request: HttpRequest, case: UUID) -> HttpResponse:
    """A case at a glance."""
    found = queries.arrange_page(case, reader=reader_in(request), at=now())
    return render(request, "casework/arrange.html", {"page": found})


def close(request: HttpRequest, case: UUID) -> HttpResponse:
    """Close it."""
    actions.close(case=case, seen=_seen(request), reader=reader_in(request), at=now())
    return redirect("arrange", case=case)


def reopen(request: HttpRequest, case: UUID) -> HttpResponse:
    """Open it again."""
    belonging.reopen_case(case=case, seen=_seen(request), reader=reader_in(request), at=now())
    return redirect("arrange", case=case)


def _blocks(request: HttpRequest, kind: str, typed: list[dict[str, Any]]) -> HttpResponse:
    chosen = kind if kind in EMPTY_FOR_KIND else "individual"
    practice = practice_in(request)
    started = {"zone": practice.zone, "language": practice.language}
    form = CaseForm(initial={"kind": chosen, "policy": request.POST.get("policy", "limited")})
    return _page(request, form, empty_members(chosen, started, typed), status=200)


def _page(request: HttpRequest, form: CaseForm, members: Any, *, status: int) -> HttpResponse:
    told = {
        "form": form,
        "members": members,
        "kind": form["kind"].value(),
        "zones": zones(),
    }
    return render(request, "casework/open.html", told, status=status)


def _begun(request: HttpRequest, form: CaseForm, members: Any) -> UUID:
    return actions.begin_case(
        kind=form.cleaned_data["kind"],
        policy=form.cleaned_data["policy"],
        members=[one.told() for one in members if one.has_changed() or "name" in one.cleaned_data],
        reader=reader_in(request),
        at=now(),
    )


def _seen(request: HttpRequest) -> int:
    """The version that was seen; 0 is none, and stale."""
    form = Edit(request.POST)
    return int(form.cleaned_data["seen"]) if form.is_valid() else 0
