"""How secrets are handled: in one case, and in the practice's own words."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from rapport.web.casework import queries
from rapport.web.casework.forms.plans import StatePolicyForm, WritePolicyForm
from rapport.web.casework.views.common import done, stale, status_of
from rapport.web.core.clock import now
from rapport.web.core.errors import Stale
from rapport.web.people.asking import practice_in, reader_in
from rapport.web.people.secrets import actions
from rapport.web.people.secrets import queries as secrets


def policy(request: HttpRequest, case: UUID) -> HttpResponse:
    """The policy of a case, as its members read it."""
    language = practice_in(request).language
    page = queries.policy_page(case, reader=reader_in(request), at=now(), language=language)
    form = StatePolicyForm(
        request.POST or None, initial={"kind": page.kind, "seen": page.case.version}
    )
    if request.method == "POST":
        try:
            if done(form, lambda: _state(request, case, form)):
                return redirect("policy", case=case)
        except Stale:
            return stale(
                request,
                form=form,
                kept={"kind": page.kind},
                seen=page.case.version,
                back=reverse("policy", args=[case]),
            )
    told = {"page": page, "form": form}
    return render(request, "casework/policy.html", told, status=status_of(form))


def policies(request: HttpRequest) -> HttpResponse:
    """Both kinds in every language."""
    found = secrets.all_written(reader=reader_in(request))
    return render(request, "casework/policies.html", {"texts": found})


def write(request: HttpRequest, kind: str, language: str) -> HttpResponse:
    """Write one in the practice's own words."""
    found = secrets.written(kind=kind, language=language, reader=reader_in(request))
    kept = {"words": found.words, "seen": found.row_version}
    form = WritePolicyForm(request.POST or None, initial=kept)
    if request.method == "POST":
        try:
            if done(form, lambda: _write(request, kind, language, form)):
                return redirect("policies")
        except Stale:
            back = reverse("write-policy", args=[kind, language])
            return stale(request, form=form, kept=kept, seen=found.row_version, back=back)
    told = {"text": found, "form": form}
    return render(request, "casework/write_policy.html", told, status=status_of(form))


def _state(request: HttpRequest, case: UUID, form: StatePolicyForm) -> None:
    actions.state_policy(case=case, reader=reader_in(request), at=now(), **form.cleaned_data)


def _write(request: HttpRequest, kind: str, language: str, form: WritePolicyForm) -> None:
    actions.write_policy(
        kind=kind, language=language, reader=reader_in(request), at=now(), **form.cleaned_data
    )
