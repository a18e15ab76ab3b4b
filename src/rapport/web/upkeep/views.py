"""The pages of forgetting: who could be, one client with a typed name, and that it is done."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from rapport.web.core.clock import now
from rapport.web.people.asking import reader_in
from rapport.web.people.leaving.queries import one_leaving, who_left
from rapport.web.upkeep import forgetting
from rapport.web.upkeep.forms import ForgetForm, KeepForm


def leaving(request: HttpRequest) -> HttpResponse:
    """Clients whose cases are over."""
    return render(request, "upkeep/leaving.html", {"left": who_left(reader=reader_in(request))})


def forget(request: HttpRequest, person: UUID) -> HttpResponse:
    """Forget one client; what was typed wrongly deletes nothing."""
    form = ForgetForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        forgetting.forget_for(
            person=person, reader=reader_in(request), at=now(), **form.cleaned_data
        )
        return redirect("forgotten")
    return _page(request, person, form)


def keep(request: HttpRequest, person: UUID) -> HttpResponse:
    """Say until when the records have to be kept."""
    form = KeepForm(request.POST)
    if not form.is_valid():
        return _page(request, person, ForgetForm(), form)
    until = form.cleaned_data["until"]
    forgetting.keep_for(person=person, until=until, reader=reader_in(request), at=now())
    return redirect("forget", person=person)


def forgotten(request: HttpRequest) -> HttpResponse:
    """That it is done, and what stays; of whom is said nowhere any more."""
    return render(request, "upkeep/forgotten.html")


def _page(
    request: HttpRequest, person: UUID, form: ForgetForm, keep_form: KeepForm | None = None
) -> HttpResponse:
    client = one_leaving(person, reader=reader_in(request))
    keep_form = keep_form or KeepForm(initial={"until": client.keep_until})
    held = client.keep_until is not None and now().date() < client.keep_until
    told = {"client": client, "form": form, "keep": keep_form, "held": held}
    wrong = form.errors or keep_form.errors
    return render(request, "upkeep/forget.html", told, status=422 if wrong else 200)
