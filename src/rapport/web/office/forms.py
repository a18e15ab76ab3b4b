"""What is typed in the office."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo, available_timezones

from django import forms

from rapport.web.core.edits import Seen
from rapport.web.core.errors import Refused
from rapport.web.office.queries import LANGUAGES
from rapport.web.people.meetings.errors import TwoSuchTimes
from rapport.web.people.meetings.times import EARLIER, LATER, moment_of
from rapport.web.people.roles import ROLES
from rapport.web.safety.response.actions import Wished

LANGUAGE_CHOICES = list(LANGUAGES.items())
NOT_YET = "nobody"
NOBODY = [("", "Nobody yet")]
DAY = forms.DateInput(attrs={"type": "date"})
LOCAL = "%Y-%m-%dT%H:%M"
PLACES = [("room", "In the room"), ("online", "Online")]
WHICH = [
    ("", "Choose"),
    (EARLIER, "The first, before the clocks go back"),
    (LATER, "The second, after they went back"),
]
MOMENT = {"type": "datetime-local"}


class StaffForm(Seen):
    """Somebody who works here."""

    name = forms.CharField(label="Name", max_length=200)
    email = forms.EmailField(label="E-mail address")
    roles = forms.MultipleChoiceField(
        label="Roles",
        choices=[(key, role.name) for key, role in ROLES.items()],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose a role at least."},
    )


class AwayForm(forms.Form):
    """Until which day somebody is away."""

    until = forms.DateField(label="Away until the morning of", widget=DAY)

    def moment(self, zone: str) -> datetime:
        """The beginning of that day, in the practice's zone."""
        return datetime.combine(self.cleaned_data["until"], time(), ZoneInfo(zone)).astimezone(UTC)


class TakesOverForm(forms.Form):
    """Which therapist takes over the open cases of somebody who leaves or left."""

    to = forms.ChoiceField(error_messages={"required": "Choose who takes over."})

    def __init__(
        self,
        *args: Any,
        cases: int,
        therapists: Iterable[tuple[UUID, str]],
        nobody: bool,
        **kwargs: Any,
    ) -> None:
        """``nobody``: whether it may be left open for now, on purpose."""
        super().__init__(*args, **kwargs)
        self.fields["to"].label = _takes_over(cases)
        people = [("", "Choose"), *((str(pk), name) for pk, name in therapists)]
        later = [(NOT_YET, "Nobody yet")] if nobody else []
        self.fields["to"].choices = people + later  # type: ignore[attr-defined]

    def therapist(self) -> UUID | None:
        """Who takes over; None: nobody yet."""
        to = self.cleaned_data["to"]
        return None if to == NOT_YET else UUID(to)


def _takes_over(cases: int) -> str:
    return f"Who takes over their {'open case' if cases == 1 else f'{cases} open cases'}"


class NextForm(forms.Form):
    """When and where an appointment is, in the practice's time."""

    starts_at = forms.DateTimeField(
        label="Day and time", widget=forms.DateTimeInput(attrs=MOMENT, format=LOCAL)
    )
    which = forms.ChoiceField(
        label="Which of the two", required=False, choices=WHICH, widget=forms.HiddenInput
    )
    place = forms.ChoiceField(label="Where", choices=PLACES)

    def __init__(self, *args: Any, zone: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.made_with = {"zone": zone}
        if self.initial.get("which"):
            self._ask_which()

    def clean(self) -> dict[str, Any]:
        """A time that is none is refused; of one that comes twice the form asks which."""
        told = super().clean() or {}
        typed = told.get("starts_at")
        if typed is None:
            return told
        told["starts_at"] = said(typed)  # for both versions side by side; the moment stands apart
        try:
            self.moment = moment_of(
                typed.replace(tzinfo=None),
                zone=self.made_with["zone"],
                which=told.get("which", ""),
            )
        except Refused as refused:
            self.add_error("starts_at", str(refused))
            if isinstance(refused, TwoSuchTimes):
                self._ask_which()
        return told

    def _ask_which(self) -> None:
        self.fields["which"].widget = forms.Select(choices=WHICH)


def said(local: datetime) -> str:
    """A local time as a person reads it."""
    return f"{local:%-d %B %Y, %H:%M}"


class MoveForm(Seen, NextForm):
    """Another time or place."""


class CallOffForm(Seen):
    """Who called an appointment off."""

    whose = forms.ChoiceField(
        label="Who called it off",
        choices=[(one, f"The {one}") for one in ("client", "therapist", "practice")],
    )


class PracticeForm(Seen):
    """The practice itself."""

    name = forms.CharField(label="Name", max_length=200)
    zone = forms.ChoiceField(
        label="Time zone", choices=[(zone, zone) for zone in sorted(available_timezones())]
    )
    language = forms.ChoiceField(label="Language", choices=LANGUAGE_CHOICES)
    consent_age = forms.IntegerField(
        label="Age from which the young consent themselves", min_value=0, max_value=25
    )


def _long(label: str) -> forms.CharField:
    return forms.CharField(
        label=label, required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )


class PlanForm(Seen):
    """Who answers, when and how; what is not known yet stays empty."""

    responder = forms.ChoiceField(label="Who answers", required=False)
    backup = forms.ChoiceField(label="Who steps in", required=False)
    lead = forms.ChoiceField(label="Who is told if neither has", required=False)
    outside = forms.CharField(
        label="Somebody outside the practice, with a number",
        required=False,
        max_length=300,
    )
    hours = forms.CharField(label="When answers are read", required=False, max_length=300)
    minutes = forms.IntegerField(
        label="Minutes until the next person is told", required=False, min_value=1, max_value=10_080
    )
    emergency = forms.CharField(label="Emergency number", required=False, max_length=40)

    def __init__(self, *args: Any, staff: Iterable[tuple[UUID, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.made_with = {"staff": list(staff)}
        people = NOBODY + [(str(pk), name) for pk, name in self.made_with["staff"]]
        for role in ("responder", "backup", "lead"):
            self.fields[role].choices = people  # type: ignore[attr-defined]
        for code, language in LANGUAGES.items():
            self.fields[f"help_{code}"] = _long(f"Help lines and places, in {language}")
            self.fields[f"consent_{code}"] = _long(f"What clients agree to, in {language}")
        self.order_fields([*self.fields])

    def wished(self) -> Wished:
        """What was typed, as a plan."""
        typed = self.cleaned_data
        people = {r: UUID(typed[r]) if typed[r] else None for r in ("responder", "backup", "lead")}
        return Wished(
            **people,
            outside=typed["outside"],
            hours=typed["hours"],
            minutes=typed["minutes"],
            emergency=typed["emergency"],
            help_text={code: typed[f"help_{code}"] for code in LANGUAGES},
            consent_text={code: typed[f"consent_{code}"] for code in LANGUAGES},
        )


class LogForm(forms.Form):
    """Which lines of the log are wanted."""

    since = forms.DateTimeField(
        label="From", required=False, widget=forms.DateTimeInput(attrs=MOMENT)
    )
    until = forms.DateTimeField(
        label="To", required=False, widget=forms.DateTimeInput(attrs=MOMENT)
    )
    client = forms.RegexField(
        label="Number of a client",
        regex=r"^[0-9a-fA-F-]{8,36}$",
        required=False,
        error_messages={
            "invalid": "The number stands at the foot of the case; it has 8 signs or more."
        },
    )
    staff = forms.ChoiceField(label="By whom", required=False)
    before = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, staff: Sequence[tuple[UUID, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = [("", "Everybody"), *((str(pk), name) for pk, name in staff)]
        self.fields["staff"].choices = people  # type: ignore[attr-defined]

    def span(self, zone: str) -> tuple[datetime | None, datetime | None]:
        """Both ends in UTC; typed to the minute, so the last minute counts whole."""
        since, until = self.cleaned_data["since"], self.cleaned_data["until"]
        ends = since, until and until + timedelta(seconds=59, microseconds=999_999)
        return _in_zone(ends[0], zone), _in_zone(ends[1], zone)


def _in_zone(typed: datetime | None, zone: str) -> datetime | None:
    return typed.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC) if typed else None
