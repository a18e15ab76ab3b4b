"""The page of the one switch: what forecasts can and cannot do, and who turned them on."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from rapport.web.core.clock import now
from rapport.web.core.errors import Refused
from rapport.web.people.asking import reader_in
from rapport.web.reading import actions, queries
from rapport.web.reading.forms import SwitchForm


def forecasts(request: HttpRequest) -> HttpResponse:
    """Read what it means; turn it on or off."""
    if request.method != "POST":
        return _page(request)
    form = SwitchForm(request.POST)
    form.is_valid()
    try:
        actions.switch_forecasts(
            on=form.cleaned_data["on"],
            has_read=form.cleaned_data["has_read"],
            reader=reader_in(request),
            at=now(),
        )
    except Refused as refused:
        return _page(request, str(refused), refused.status)
    return redirect("forecasts")


def _page(request: HttpRequest, refused: str = "", status: int = 200) -> HttpResponse:
    told = {"page": queries.switch_page(), "refused": refused}
    return render(request, "reading/forecasts.html", told, status=status)
