"""The therapist's own calendar, for the program they use anyway."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from rapport.web.casework import actions, queries
from rapport.web.casework.calendar import as_ics
from rapport.web.core.clock import now
from rapport.web.people.asking import practice_in, reader_in


def calendar(request: HttpRequest) -> HttpResponse:
    """Whether there is an address, and what it gives away. A new one is shown this one time."""
    reader = reader_in(request)
    address = ""
    if request.method == "POST":
        token = actions.make_feed(reader=reader, at=now())
        address = request.build_absolute_uri(reverse("feed", args=[token]))
    made_at = queries.feed_made_at(reader=reader)
    return render(request, "casework/calendar.html", {"made_at": made_at, "address": address})


def end(request: HttpRequest) -> HttpResponse:
    """End the address."""
    actions.end_feed(reader=reader_in(request), at=now())
    return redirect("calendar")


def feed(request: HttpRequest, token: str) -> HttpResponse:
    """The calendar itself, for a program that holds the address."""
    at = now()
    feed_id, appointments = queries.appointments_at(token, at=at)
    language = practice_in(request).language
    content = as_ics(appointments, feed=feed_id, language=language, at=at)
    return HttpResponse(content, content_type="text/calendar; charset=utf-8")
