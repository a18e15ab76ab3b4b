"""A line of a plan, and how secrets are handled."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms

from rapport.web.casework.forms.edits import Edit, Folding
from rapport.web.casework.forms.members import POLICIES
from rapport.web.casework.queries import AskedPage
from rapport.web.measures.queries import (
    EACH_MEMBER,
    ONE_MEMBER,
    THERAPIST,
    Choosable,
    PlannedForm,
)
from rapport.web.people.secrets.actions import LETTERS

MOMENTS = [("before", "Before the session"), ("after", "After the session")]


class LineForm(Folding):
    """What is asked, of whom, and at which sessions."""

    instrument = forms.ChoiceField(label="Form")
    moment = forms.ChoiceField(label="When", choices=MOMENTS)
    who = forms.ChoiceField(label="Who")
    every = forms.IntegerField(label="At every n-th session", min_value=1, max_value=99, initial=1)
    first_session = forms.IntegerField(label="From session", min_value=1, max_value=999, initial=1)
    last_session = forms.IntegerField(
        label="Up to session", min_value=1, max_value=999, required=False
    )

    folded = ("every", "first_session", "last_session")
    folded_title = "Not at every session"

    def __init__(self, *args: Any, page: AskedPage, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._forms = {one.instrument: one for one in page.choosable}
        self.fields["instrument"].choices = _titles(page.choosable)  # type: ignore[attr-defined]
        self.fields["who"].choices = _who(page)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A therapist's form is for the therapist, a client's for clients."""
        told = super().clean() or {}
        chosen = self._forms.get(told.get("instrument", ""))
        if chosen is not None and "who" in told:
            for_therapist = chosen.informant.startswith("therapist")
            if for_therapist != (told["who"] == THERAPIST):
                who = "the therapist" if for_therapist else "a client"
                self.add_error("who", f"This form is written for {who}.")
        return told

    def line(self) -> PlannedForm:
        """The line as it is planned."""
        told = dict(self.cleaned_data)
        if told["who"] not in (EACH_MEMBER, THERAPIST):
            return PlannedForm(**{**told, "who": ONE_MEMBER, "membership": UUID(told["who"])})
        return PlannedForm(**told)


def _titles(choosable: Sequence[Choosable]) -> list[tuple[str, str]]:
    return [(one.instrument, one.title) for one in choosable]


def _who(page: AskedPage) -> list[tuple[str, str]]:
    everybody = [(EACH_MEMBER, "Each member"), (THERAPIST, "The therapist")]
    if page.case is None or len(page.case.here) < 2:
        return everybody
    return [*everybody, *((str(one.membership), f"{one.name} alone") for one in page.case.here)]


class EndLineForm(forms.Form):
    """Which line is asked no more."""

    place = forms.IntegerField(min_value=0)
    asks = forms.CharField(max_length=64)


class StatePolicyForm(Edit):
    """How secrets are handled in one case."""

    kind = forms.ChoiceField(label="Secrets", choices=POLICIES, widget=forms.RadioSelect)


class WritePolicyForm(Edit):
    """The practice's own words for one kind in one language."""

    words = forms.CharField(
        label="The text that members read",
        help_text="{therapist} becomes the therapist's name. An empty line begins a paragraph.",
        max_length=LETTERS,
        widget=forms.Textarea(attrs={"rows": 14, "maxlength": LETTERS}),
    )
