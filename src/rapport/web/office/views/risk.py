"""Who answers when somebody may be at risk."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from rapport.web.core.clock import now
from rapport.web.core.edits import both_versions
from rapport.web.core.errors import Refused, Stale
from rapport.web.office import queries
from rapport.web.office.forms import PlanForm
from rapport.web.people.asking import reader_in
from rapport.web.safety.response.actions import change_plan


def plan(request: HttpRequest) -> HttpResponse:
    """The plan as it stands, and what is missing."""
    found = queries.risk_page(reader=reader_in(request), at=now())
    return render(request, "office/risk.html", {"page": found})


def change(request: HttpRequest) -> HttpResponse:
    """Change it, all fields at once."""
    found = queries.risk_page(reader=reader_in(request), at=now())
    if request.method != "POST":
        form = PlanForm(initial=queries.stored_plan(found.plan), staff=found.can_answer)
        return _form(request, form)
    form = PlanForm(request.POST, staff=found.can_answer)
    if not form.is_valid():
        return _form(request, form)
    try:
        change_plan(wished=form.wished(), seen=form.seen, reader=reader_in(request), at=now())
    except Stale:
        return _stale(request, form)
    except Refused as refused:
        form.add_error(None, str(refused))
        return _form(request, form)
    return redirect("risk-plan")


def _form(request: HttpRequest, form: PlanForm) -> HttpResponse:
    status = 422 if form.errors else 200
    return render(request, "office/risk_change.html", {"form": form}, status=status)


def _stale(request: HttpRequest, form: PlanForm) -> HttpResponse:
    found = queries.risk_page(reader=reader_in(request), at=now())
    return both_versions(
        request,
        what="plan",
        form=form,
        now_stored=queries.stored_plan(found.plan),
        action=reverse("risk-plan-change"),
        back=reverse("risk-plan"),
    )
