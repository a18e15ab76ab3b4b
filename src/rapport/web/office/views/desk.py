"""The front desk's day."""

from datetime import date
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from rapport.web.core.clock import now
from rapport.web.office import queries
from rapport.web.office.views import reader_in, zone_of
from rapport.web.people.desk.actions import note_arrival


def day(request: HttpRequest, day: date | None = None) -> HttpResponse:
    """Who comes when, to whom and where."""
    found = queries.desk_page(day, zone=zone_of(request), reader=reader_in(request), at=now())
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
    shown = queries.day_of(session, zone=zone_of(request), reader=reader_in(request))
    return redirect("desk-day", day=shown)
