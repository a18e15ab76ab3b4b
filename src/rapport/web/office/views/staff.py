"""Those who work here."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse

from rapport.web.core.clock import now
from rapport.web.core.edits import both_versions
from rapport.web.core.errors import Refused, Stale
from rapport.web.office import queries
from rapport.web.office.forms import AwayForm, StaffForm, TakesOverForm
from rapport.web.people.asking import practice_in, reader_in
from rapport.web.people.staff import actions
from rapport.web.people.staff.handover import hand_over_cases, therapists_but
from rapport.web.people.staff.queries import WorksHere


def everybody(request: HttpRequest) -> HttpResponse:
    """Who works here, who is away, who has left."""
    found = queries.staff_page(reader=reader_in(request), at=now())
    return render(request, "office/staff.html", {"page": found})


def new(request: HttpRequest) -> HttpResponse:
    """Add somebody; their way in is made on the page that follows."""
    form = StaffForm(request.POST or None, initial={"version": 0})
    if request.method == "POST" and form.is_valid():
        try:
            added = actions.add(**_typed(form), reader=reader_in(request), at=now())
            return redirect("staff-one", staff=added)
        except Refused as refused:
            form.add_error(None, str(refused))
    status = 422 if form.errors else 200
    return render(request, "office/staff_new.html", {"form": form}, status=status)


def one(request: HttpRequest, staff: UUID) -> HttpResponse:
    """One of them: change name, address and roles."""
    if request.method != "POST":
        return _page(request, staff)
    form = StaffForm(request.POST)
    if not form.is_valid():
        return _page(request, staff, form)
    told = {**_typed(form), "seen": form.seen, "reader": reader_in(request), "at": now()}
    try:
        actions.change(staff=staff, **told)
    except Stale:
        return _stale(request, staff, form)
    except Refused as refused:
        form.add_error(None, str(refused))
        return _page(request, staff, form)
    return redirect("staff")


def away(request: HttpRequest, staff: UUID) -> HttpResponse:
    """Away until a day: others are told instead."""
    form = AwayForm(request.POST)
    if not form.is_valid():
        return _page(request, staff, away=form)
    until = form.moment(practice_in(request).zone)
    try:
        actions.set_away(staff=staff, until=until, reader=reader_in(request), at=now())
    except Refused as refused:
        form.add_error("until", str(refused))
        return _page(request, staff, away=form)
    return redirect("staff")


def back(request: HttpRequest, staff: UUID) -> HttpResponse:
    """Back again."""
    actions.come_back(staff=staff, reader=reader_in(request), at=now())
    return redirect("staff-one", staff=staff)


def link(request: HttpRequest, staff: UUID) -> HttpResponse:
    """A one-time sign-in link, shown this once."""
    lost = "lost_device" in request.POST
    token = actions.give_link(staff=staff, lost_device=lost, reader=reader_in(request), at=now())
    found = queries.one_of_staff(staff, reader=reader_in(request), at=now())
    address = request.build_absolute_uri(reverse("enter", kwargs={"token": token}))
    told = {"one": found, "address": address, "lost": lost}
    return render(request, "office/staff_link.html", told)


def let_go(request: HttpRequest, staff: UUID) -> HttpResponse:
    """Somebody stops working here; the page before says what that means, and who takes over."""
    found = queries.one_of_staff(staff, reader=reader_in(request), at=now())
    posted = request.POST if request.method == "POST" else None
    form = _takes_over(request, found, posted, nobody=True)
    if request.method == "POST" and (form is None or form.is_valid()):
        to = form.therapist() if form else None
        actions.let_go(staff=staff, to=to, reader=reader_in(request), at=now())
        return redirect("staff")
    told = {"one": found, "form": form}
    return render(request, "office/staff_let_go.html", told, status=_status(form))


def hand_over(request: HttpRequest, staff: UUID) -> HttpResponse:
    """Another therapist takes over the open cases of somebody who left."""
    found = queries.one_of_staff(staff, reader=reader_in(request), at=now())
    form = _takes_over(request, found, request.POST, nobody=False)
    if form is None:  # somebody was faster
        return redirect("staff-one", staff=staff)
    if not form.is_valid():
        told = {"one": found, "takes_over": form}
        return render(request, "office/staff_one.html", told, status=422)
    to = UUID(form.cleaned_data["to"])
    hand_over_cases(staff=staff, to=to, reader=reader_in(request), at=now())
    return redirect("staff-one", staff=staff)


def _page(
    request: HttpRequest,
    staff: UUID,
    form: StaffForm | None = None,
    away: AwayForm | None = None,
) -> HttpResponse:
    found = queries.one_of_staff(staff, reader=reader_in(request), at=now())
    wrong = (form is not None and form.errors) or (away is not None and away.errors)
    told = {
        "one": found,
        "form": form or StaffForm(initial=queries.stored_staff(found)),
        "away": away or AwayForm(),
        "takes_over": _takes_over(request, found, None, nobody=False) if found.left_at else None,
    }
    return render(request, "office/staff_one.html", told, status=422 if wrong else 200)


def _takes_over(
    request: HttpRequest, one: WorksHere, posted: QueryDict | None, *, nobody: bool
) -> TakesOverForm | None:
    """The question who takes over; None where there is nothing to take over."""
    if not one.open_cases:
        return None
    return TakesOverForm(
        posted,
        cases=one.open_cases,
        therapists=therapists_but(one.staff, reader=reader_in(request)),
        nobody=nobody,
    )


def _status(form: TakesOverForm | None) -> int:
    return 422 if form is not None and form.errors else 200


def _stale(request: HttpRequest, staff: UUID, form: StaffForm) -> HttpResponse:
    found = queries.one_of_staff(staff, reader=reader_in(request), at=now())
    place = reverse("staff-one", kwargs={"staff": staff})
    return both_versions(
        request,
        what="entry",
        form=form,
        now_stored=queries.stored_staff(found),
        action=place,
        back=place,
    )


def _typed(form: StaffForm) -> dict[str, Any]:
    return {name: form.cleaned_data[name] for name in ("name", "email", "roles")}
