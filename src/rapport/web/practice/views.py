"""The first page after sign-in."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from rapport.web.core.clock import now
from rapport.web.practice import queries


def today(request: HttpRequest) -> HttpResponse:
    """What waits for a person, who comes today, and what clients wrote."""
    found = queries.today(reader=request.reader, at=now())  # type: ignore[attr-defined]
    return render(request, "practice/today.html", {"today": found})
