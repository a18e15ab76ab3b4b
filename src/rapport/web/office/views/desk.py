"""The front desk's day."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from rapport.web.core.clock import now
from rapport.web.core.edits import Seen, both_versions
from rapport.web.core.errors import NotHere, Refused, Stale
from rapport.web.office import queries
from rapport.web.office.forms import CallOffForm, MoveForm, NextForm, said
from rapport.web.people.asking import practice_in, reader_in
from rapport.web.people.desk import actions
from rapport.web.people.desk.actions import note_arrival
from rapport.web.people.errors import NotAllowed


def day(request: HttpRequest, day: date | None = None) -> HttpResponse:
    """Who comes when, to whom and where."""
    found = queries.desk_page(
        day, zone=practice_in(request).zone, reader=reader_in(request), at=now()
    )
    return render(request, "office/day.html", {"page": found})


def arrival(request: HttpRequest, session: UUID, membership: UUID) -> HttpResponse:
    """Somebody is here, or the note was a slip."""
    note_arrival(
        session=session,
        membership=membership,
        arrived="slip" not in request.POST,
        reader=reader_in(request),
        at=now(),
    )
    return _to_its_day(request, session)


def appointment(request: HttpRequest, session: UUID) -> HttpResponse:
    """One appointment: move it, call it off, plan the next one."""
    return _page(request, session)


def move(request: HttpRequest, session: UUID) -> HttpResponse:
    """Another time or place."""
    form = MoveForm(request.POST, zone=practice_in(request).zone, auto_id="move_%s")
    if not form.is_valid():
        return _page(request, session, move=form)
    told = {"starts_at": form.moment, "place": form.cleaned_data["place"], "seen": form.seen}
    try:
        actions.move(session=session, reader=reader_in(request), at=now(), **told)
    except Stale:
        return _stale(request, session, form, "desk-move")
    except Refused as refused:
        return _page(request, session, move=_refused(form, refused))
    return _to_its_day(request, session)


def call_off(request: HttpRequest, session: UUID) -> HttpResponse:
    """It does not take place, and who said so."""
    form = CallOffForm(request.POST, auto_id="off_%s")
    if not form.is_valid():
        return _page(request, session, off=form)
    told = {"whose": form.cleaned_data["whose"], "seen": form.seen}
    try:
        actions.call_off(session=session, reader=reader_in(request), at=now(), **told)
    except Stale:
        return _stale(request, session, form, "desk-call-off")
    except Refused as refused:
        return _page(request, session, off=_refused(form, refused))
    return _to_its_day(request, session)


def plan_next(request: HttpRequest, session: UUID) -> HttpResponse:
    """One more, of the same people with the same therapist."""
    form = NextForm(request.POST, zone=practice_in(request).zone, auto_id="next_%s")
    if not form.is_valid():
        return _page(request, session, next=form)
    told = {"starts_at": form.moment, "place": form.cleaned_data["place"]}
    try:
        planned = actions.plan_next(session=session, reader=reader_in(request), at=now(), **told)
    except Refused as refused:
        return _page(request, session, next=_refused(form, refused))
    return _to_its_day(request, planned)


def _refused(form: Any, refused: Refused) -> Any:
    """The form with the refusal as a sentence; what is not there or not allowed has a page."""
    if isinstance(refused, NotHere | NotAllowed):
        raise refused
    form.add_error(None, str(refused))
    return form


def _page(request: HttpRequest, session: UUID, **wrong: Any) -> HttpResponse:
    """One appointment, with the form that has to be filled in anew where one has."""
    zone = practice_in(request).zone
    found = queries.desk_one(session, zone=zone, reader=reader_in(request), at=now())
    seen = {"version": found.appointment.version}
    told = {
        "one": found.appointment,
        "day": found.day,
        "move": MoveForm(initial=found.now_stored, zone=zone, auto_id="move_%s"),
        "off": CallOffForm(initial=seen, auto_id="off_%s"),
        "next": NextForm(initial=found.a_week_later, zone=zone, auto_id="next_%s"),
    }
    status = 422 if wrong else 200
    return render(request, "office/appointment.html", told | wrong, status=status)


def _stale(request: HttpRequest, session: UUID, form: Seen, action: str) -> HttpResponse:
    zone = practice_in(request).zone
    found = queries.desk_one(session, zone=zone, reader=reader_in(request), at=now())
    when = said(found.now_stored["starts_at"])
    stored: Mapping[str, Any] = found.now_stored | {"starts_at": when, "whose": "–"}
    return both_versions(
        request,
        what="appointment",
        form=form,
        now_stored=stored,
        action=reverse(action, kwargs={"session": session}),
        back=reverse("appointment", kwargs={"session": session}),
    )


def _to_its_day(request: HttpRequest, session: UUID) -> HttpResponse:
    shown = queries.day_of(session, zone=practice_in(request).zone, reader=reader_in(request))
    return redirect("desk-day", day=shown)
