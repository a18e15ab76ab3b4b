"""Who works in a case."""

from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from rapport.web.casework import queries
from rapport.web.casework.views.common import done
from rapport.web.core.clock import now
from rapport.web.people.asking import reader_in
from rapport.web.people.belonging import actions


class ColleagueForm(forms.Form):
    """A therapist of the practice."""

    staff = forms.UUIDField()


def therapists(request: HttpRequest, case: UUID) -> HttpResponse:
    """Who works in it; ask a colleague in."""
    form = ColleagueForm(request.POST or None)
    if request.method == "POST" and done(
        form,
        lambda: actions.add_therapist(
            case=case, staff=form.cleaned_data["staff"], reader=reader_in(request), at=now()
        ),
    ):
        return redirect("therapists", case=case)
    return _page(request, case, form)


def end(request: HttpRequest, case: UUID, staff: UUID) -> HttpResponse:
    """A therapist works in it no more."""
    form = ColleagueForm({"staff": staff})
    if done(
        form, lambda: actions.end_care(case=case, staff=staff, reader=reader_in(request), at=now())
    ):
        return _left(request, case, staff)
    return _page(request, case, form)


def hand_over(request: HttpRequest, case: UUID, staff: UUID) -> HttpResponse:
    """A colleague takes over, sessions included."""
    form = ColleagueForm(request.POST)
    if done(
        form,
        lambda: actions.hand_over(
            case=case,
            from_staff=staff,
            to_staff=form.cleaned_data["staff"],
            reader=reader_in(request),
            at=now(),
        ),
    ):
        return _left(request, case, staff)
    return _page(request, case, form)


def _left(request: HttpRequest, case: UUID, staff: UUID) -> HttpResponse:
    """Whoever handed over the own case does not see it any more."""
    if staff == reader_in(request).staff:
        return redirect("home")
    return redirect("therapists", case=case)


def _page(request: HttpRequest, case: UUID, form: forms.Form) -> HttpResponse:
    found = queries.therapists_page(case, reader=reader_in(request), at=now())
    status = 422 if form.errors else 200
    return render(request, "casework/therapists.html", {"page": found, "form": form}, status=status)
