"""What somebody types to open a case or to plan a session."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from django import forms

KINDS = [
    ("individual", "One person"),
    ("couple", "A couple"),
    ("family", "A family"),
    ("group", "A group"),
]


class CaseForm(forms.Form):
    """Who comes. One name a line; contacts can be added later."""

    kind = forms.ChoiceField(label="Who comes", choices=KINDS)
    names = forms.CharField(
        label="Names, one a line",
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": 1000}),
        max_length=1000,
    )
    language = forms.ChoiceField(
        label="Language of the questions",
        choices=[("en", "English"), ("de", "Deutsch"), ("es", "Español")],
    )

    def people(self) -> list[str]:
        """The names, without empty lines."""
        return [line.strip() for line in self.cleaned_data["names"].splitlines() if line.strip()]


class SessionForm(forms.Form):
    """When the next session is, in the practice's time."""

    starts_at = forms.DateTimeField(
        label="Day and time", widget=forms.DateTimeInput(attrs={"type": "datetime-local"})
    )
    place = forms.ChoiceField(
        label="Where", choices=[("room", "in the room"), ("online", "online")]
    )

    def moment(self, zone: str) -> datetime:
        """The chosen moment, read in the practice's zone."""
        typed: datetime = self.cleaned_data["starts_at"]
        return typed.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
