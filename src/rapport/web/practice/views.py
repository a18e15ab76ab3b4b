"""The first page, and the pages of a case."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from rapport.web.core.clock import now
from rapport.web.people.asking import practice_in, reader_in
from rapport.web.practice import actions, queries
from rapport.web.practice.forms import SessionForm


def today(request: HttpRequest) -> HttpResponse:
    """What waits for a person, who comes today, and what clients wrote."""
    found = queries.today(reader=reader_in(request), at=now())
    return render(request, "practice/today.html", {"today": found})


def cases(request: HttpRequest) -> HttpResponse:
    """Every open case; a name that is looked for is sent in the body: addresses hold no names."""
    q = request.POST.get("q", "")[:100]
    found = queries.all_cases(reader=reader_in(request), at=now(), called=q)
    return render(request, "practice/cases.html", {"page": found, "q": q})


def case(request: HttpRequest, case: UUID, membership: UUID | None = None) -> HttpResponse:
    """A case: its sessions, and one member at a time."""
    found = queries.case_page(case, reader=reader_in(request), at=now(), membership=membership)
    return render(request, "practice/case.html", {"page": found, "form": SessionForm()})


def plan(request: HttpRequest, case: UUID) -> HttpResponse:
    """Plan the next session."""
    form = SessionForm(request.POST)
    if not form.is_valid():
        found = queries.case_page(case, reader=reader_in(request), at=now())
        told = {"page": found, "form": form}
        return render(request, "practice/case.html", told, status=422)
    zone = practice_in(request).zone
    starts_at, place = form.moment(zone), form.cleaned_data["place"]
    actions.plan_next(
        case=case, starts_at=starts_at, place=place, reader=reader_in(request), at=now()
    )
    return redirect("case", case=case)


def link(request: HttpRequest, session: UUID, membership: UUID, moment: str) -> HttpResponse:
    """Make a personal link. It is shown this one time; making another ends it."""
    token = actions.link_for(
        session=session, membership=membership, moment=moment, reader=reader_in(request), at=now()
    )
    address = request.build_absolute_uri(f"/c/{token}")
    return render(request, "practice/link.html", {"address": address})


def send(
    request: HttpRequest, session: UUID, membership: UUID, moment: str, way: str
) -> HttpResponse:
    """Send the link instead of copying it; it goes with the next round of the worker."""
    case = actions.send(
        session=session,
        membership=membership,
        moment=moment,
        way=way,
        reader=reader_in(request),
        at=now(),
    )
    return redirect("member", case=case, membership=membership)
