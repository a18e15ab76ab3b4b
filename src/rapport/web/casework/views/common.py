"""What every page of an arrangement does the same way."""

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from rapport.web.casework.forms.edits import sent_again, side_by_side
from rapport.web.core.errors import NotHere, Refused, Stale
from rapport.web.people.errors import NotAllowed


def done(form: forms.Form, act: Callable[[], object]) -> bool:
    """Whether it was done. A refusal becomes a sentence on the form, and what was typed stays.

    Raises:
        NotAllowed, NotHere, Stale: these have pages of their own.
    """
    if not form.is_valid():
        return False
    try:
        act()
    except (NotAllowed, NotHere, Stale):
        raise
    except Refused as refused:
        form.add_error(None, str(refused))
        return False
    return True


def status_of(form: forms.Form) -> int:
    """200, or 422 where something has to be typed anew."""
    return 422 if form.errors else 200


def stale(
    request: HttpRequest,
    *,
    form: forms.Form,
    kept: Mapping[str, Any],
    seen: int,
    back: str,
    again: bool = True,
) -> HttpResponse:
    """What was typed beside what somebody else kept meanwhile; nothing was overwritten.

    Args:
        kept: by field, as it is now.
        seen: the version of now, for sending it once more on purpose.
        back: address of the page that shows what is kept.
        again: whether sending once more can succeed.
    """
    told = {
        "beside": side_by_side(form, kept),
        "form": sent_again(form, seen=seen) if again else None,
        "back": back,
    }
    return render(request, "casework/stale.html", told, status=409)
