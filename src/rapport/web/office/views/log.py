"""Who saw and did what."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from rapport.web.core.clock import now
from rapport.web.office import actions, queries
from rapport.web.office.forms import LogForm
from rapport.web.people.asking import practice_in, reader_in


def log(request: HttpRequest) -> HttpResponse:
    """Lines of the log in sentences, the newest first; that they were read is a line itself."""
    form = LogForm(request.GET, staff=queries.staff_of_log(reader=reader_in(request)))
    if not form.is_valid():
        return render(request, "office/log.html", {"form": form}, status=422)
    since, until = form.span(practice_in(request).zone)
    wished = actions.LogWished(
        since=since,
        until=until,
        client=form.cleaned_data["client"],
        staff=form.cleaned_data["staff"],
        before=form.cleaned_data["before"],
    )
    found = actions.read_log(wished=wished, reader=reader_in(request), at=now())
    told = {"form": form, "page": found, "more": _more(request, found.next_before)}
    return render(request, "office/log.html", told)


def _more(request: HttpRequest, before: int | None) -> str:
    if before is None:
        return ""
    asked = request.GET.copy()
    asked["before"] = str(before)
    return f"?{asked.urlencode()}"
