"""What somebody types to plan a session."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from django import forms


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
