"""People: how they are reached, what they agreed to, why they leave, what they want."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.core.validators import RegexValidator

from rapport.web.casework.forms.edits import Edit, Folding

LANGUAGES = [("en", "English"), ("de", "Deutsch"), ("es", "Español")]
POLICIES = [("limited", "Limited secrets"), ("no-secrets", "No secrets")]
EMPTY_FOR_KIND = {"individual": 1, "couple": 2, "family": 3, "group": 4}
PHONE = RegexValidator(
    r"^[+\d][\d\s()/.-]{3,}$", "Write the number in digits, with + and the country before it."
)
CONSENTS = [
    ("treatment", "Treatment"),
    ("recording", "Recording of sessions"),
    ("research", "Research"),
    ("own yes", "A young person's own yes"),
]
LEAVING = [
    ("discharged", "Discharged: the work is done"),
    ("left", "Left"),
    ("transferred", "Transferred to somebody else"),
]


def zones() -> list[str]:
    """Names of time zones, for the list under the field."""
    return sorted(name for name in available_timezones() if "/" in name)


class ContactsForm(Folding):
    """How one person is reached. The safe way stands apart: it is asked for, never guessed."""

    name = forms.CharField(label="Name", max_length=200)
    email = forms.EmailField(label="E-mail", required=False, max_length=254)
    phone = forms.CharField(label="Phone", required=False, max_length=40, validators=[PHONE])
    safe_way = forms.CharField(
        label="Safe way to reach them",
        help_text="What nobody else at home can read or hear.",
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": 300}),
    )
    born = forms.DateField(
        label="Born", required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    language = forms.ChoiceField(label="Language of the questions", choices=LANGUAGES)
    zone = forms.CharField(
        label="Time zone", max_length=64, widget=forms.TextInput(attrs={"list": "zones"})
    )

    folded = ("born", "language", "zone")
    folded_title = "Born, language, time zone"

    def clean_zone(self) -> str:
        """A zone that clocks know."""
        zone: str = self.cleaned_data["zone"].strip()
        if zone not in available_timezones():
            raise forms.ValidationError("Choose a zone from the list, such as Europe/Berlin.")
        return zone

    def clean_born(self) -> date | None:
        """A day on which somebody alive can have been born."""
        born: date | None = self.cleaned_data["born"]
        if born is not None and not 1900 <= born.year <= date.max.year:
            raise forms.ValidationError("Write the year in four digits.")
        return born

    def told(self) -> dict[str, str]:
        """What is kept."""
        found = {name: self.cleaned_data[name] for name in ContactsForm.base_fields}
        return {**found, "born": found["born"].isoformat() if found["born"] else ""}


class EditContactsForm(ContactsForm, Edit):
    """The same of somebody who is there."""


class CaseForm(forms.Form):
    """What kind of case, and how secrets are handled in it."""

    kind = forms.ChoiceField(choices=[(k, k) for k in EMPTY_FOR_KIND], widget=forms.HiddenInput)
    policy = forms.ChoiceField(label="Secrets", choices=POLICIES, required=False)

    def clean_policy(self) -> str:
        """Limited secrets where nobody chose, since that promises the most."""
        return self.cleaned_data["policy"] or "limited"


MembersForm = forms.formset_factory(ContactsForm, extra=0, max_num=20, absolute_max=20)


def empty_members(kind: str, started: Mapping[str, str], typed: list[dict[str, Any]]) -> Any:
    """Blocks for the people of a case: what was typed so far, and one more where that is asked."""
    wanted = max(EMPTY_FOR_KIND[kind], len(typed))
    initial = [{**started, **(typed[n] if n < len(typed) else {})} for n in range(wanted)]
    return MembersForm(initial=initial)


def typed_members(data: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What stands in the blocks as it was typed, checked or not."""
    bound = MembersForm(data)
    return [{name: form[name].value() for name in form.fields} for form in bound.forms]


class ConsentForm(Folding):
    """What somebody agreed to; a guardian's name where a guardian did."""

    about = forms.ChoiceField(label="Agreed to", choices=CONSENTS)
    guardian = forms.CharField(
        label="Guardian who agreed", help_text="For a young person.", required=False, max_length=200
    )
    text_version = forms.CharField(
        label="Version of the text that was read", max_length=24, initial="1"
    )


class LeaveForm(Folding):
    """Why a member leaves."""

    why = forms.ChoiceField(label="How it ends", choices=LEAVING)


class GoalForm(Folding):
    """A goal in the client's own words."""

    words = forms.CharField(
        label="A goal, in their own words",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": 300}),
    )
