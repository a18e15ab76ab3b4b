"""An edit carries the version it saw; a stale one is answered with both versions (promise P11).

A form that edits something has the field ``version`` (``Seen``), and its action takes it as
``seen=`` and keeps the change by ``save_if_unchanged``. Where that raises ``Stale``, the view
answers with ``both_versions``: what stands there now beside what was typed, nothing lost, and one
button that sends what was typed on top of what was just read.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


class Seen(forms.Form):
    """The part of a form that says which version was open while somebody typed."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    @property
    def seen(self) -> int:
        """The version."""
        seen: int = self.cleaned_data["version"]
        return seen


@dataclass(frozen=True, kw_only=True)
class Both:
    """One field in two versions, as a person reads them."""

    name: str
    label: str
    theirs: str
    mine: str


def both_versions(
    request: HttpRequest,
    *,
    what: str,
    form: Seen,
    now_stored: Mapping[str, Any],
    action: str,
    back: str,
) -> HttpResponse:
    """The page that answers a stale edit, with status 409.

    Args:
        what: what was edited, as "response plan".
        form: the valid form that was sent.
        now_stored: the same fields as they stand now, the version among them.
        action: where the form is sent.
        back: where somebody goes on who keeps what stands there.
    """
    found = differences(form, now_stored)
    told = {
        "what": what,
        "differences": found,
        "differ": [one.name for one in found],
        "form": _sent_again(form, int(now_stored["version"])),
        "action": action,
        "back": back,
    }
    return render(request, "site/stale.html", told, status=409)


def differences(form: Seen, now_stored: Mapping[str, Any]) -> list[Both]:
    """Fields that differ, in the order of the form."""
    found = [
        Both(
            name=name,
            label=str(field.label or name),
            theirs=_read(field, now_stored.get(name)),
            mine=_read(field, form.cleaned_data.get(name)),
        )
        for name, field in form.fields.items()
        if name != "version"
    ]
    return [one for one in found if one.theirs != one.mine]


def _sent_again(form: Seen, version: int) -> Seen:
    """The same form with what was typed, on top of the version that stands there now."""
    data: Any = form.data
    data = data.copy()
    data["version"] = str(version)
    again: Seen = type(form)(data, **getattr(form, "made_with", {}))
    return again


def _read(field: forms.Field, value: Any) -> str:
    """A value in words: of a choice its label, of nothing a dash."""
    if value in (None, "", []):
        return "–"
    values = value if isinstance(value, list | tuple) else [value]
    choices = {str(key): str(label) for key, label in getattr(field, "choices", ())}
    return ", ".join(choices.get(str(one), str(one)) for one in values)
