"""When the next sessions are, in the practice's time; and who came."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms

from rapport.web.casework.forms.edits import Edit, Folding
from rapport.web.people.belonging.queries import Arranged
from rapport.web.people.meetings.actions import AT_ONCE
from rapport.web.people.meetings.errors import NoSuchTime, TwoSuchTimes
from rapport.web.people.meetings.queries import Planned
from rapport.web.people.meetings.times import EARLIER, LATER, weekly, which_of_two

PLACES = [("room", "In the room"), ("online", "Online")]
EVERY = [("1", "every week"), ("2", "every second week"), ("4", "every fourth week")]
CAME = [("came", "Came"), ("did not come", "Did not come"), ("excused", "Excused")]
WHOSE = [("client", "The client"), ("therapist", "The therapist"), ("practice", "The practice")]
LOCAL = "%Y-%m-%dT%H:%M"


class MomentForm(Folding):
    """A day and a time. Where the clocks change, the form asks instead of guessing."""

    starts_at = forms.DateTimeField(
        label="Day and time",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=LOCAL),
    )
    which = forms.ChoiceField(
        label="Which of the two", required=False, choices=(), widget=forms.HiddenInput
    )
    minutes = forms.IntegerField(label="Minutes", min_value=10, max_value=480, initial=50)
    place = forms.ChoiceField(label="Where", choices=PLACES)
    staff = forms.ChoiceField(label="With")

    def __init__(self, *args: Any, case: Arranged, zone: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.made_with = {"case": case, "zone": zone}
        self._zone = zone
        self.fields["starts_at"].help_text = f"Time in {zone}."
        therapists = [(str(one.staff), one.name) for one in case.working]
        self.fields["staff"].choices = therapists  # type: ignore[attr-defined]
        self.fields["which"].choices = _both()  # type: ignore[attr-defined]
        if self.initial.get("which"):
            self.fields["which"].widget = forms.Select(choices=_both())
        if len(therapists) == 1:
            self.fields["staff"].widget = forms.HiddenInput()
            self.fields["staff"].initial = therapists[0][0]

    def clean(self) -> dict[str, Any]:
        """Read the time in the practice's zone."""
        told = super().clean() or {}
        typed = told.get("starts_at")
        if typed is not None:
            self._read(typed.replace(tzinfo=None), told)
        return told

    def _read(self, typed: datetime, told: dict[str, Any]) -> None:
        try:
            self.moments = weekly(
                typed, zone=self._zone, which=told.get("which", ""), **self.series(told)
            )
        except NoSuchTime as refused:
            self.add_error("starts_at", str(refused))
        except TwoSuchTimes as refused:
            self.add_error("starts_at", str(refused))
            self.fields["which"].widget = forms.Select(choices=_both())

    def series(self, told: dict[str, Any]) -> dict[str, int]:  # noqa: ARG002 - one time, unless a series is planned
        """How many times, and every so many weeks."""
        return {"times": 1, "every": 1}


class PlanForm(MomentForm):
    """One session or a weekly series; for everybody or for some."""

    members = forms.MultipleChoiceField(
        label="Who is expected", widget=forms.CheckboxSelectMultiple, required=False
    )
    times = forms.IntegerField(label="How many sessions", min_value=1, max_value=AT_ONCE, initial=1)
    every = forms.ChoiceField(label="How often", choices=EVERY, required=False)

    folded = ("times", "every")
    folded_title = "Several sessions, weekly"

    def __init__(self, *args: Any, case: Arranged, zone: str, **kwargs: Any) -> None:
        super().__init__(*args, case=case, zone=zone, **kwargs)
        here = [(str(member.membership), member.name) for member in case.here]
        self.fields["members"].choices = here  # type: ignore[attr-defined]
        self.fields["members"].initial = [key for key, _ in here]
        if len(here) < 2:
            del self.fields["members"]

    def series(self, told: dict[str, Any]) -> dict[str, int]:
        """How many times, and every so many weeks."""
        return {"times": told.get("times") or 1, "every": int(told.get("every") or 1)}

    def clean(self) -> dict[str, Any]:
        """Somebody is expected."""
        told = super().clean()
        if "members" in self.fields and not told.get("members"):
            self.add_error("members", "Choose who is expected.")
        return told

    def expected(self) -> Sequence[UUID] | None:
        """Whom the session is for; None: everybody."""
        chosen = self.cleaned_data.get("members")
        return [UUID(one) for one in chosen] if chosen else None


class MoveForm(MomentForm, Edit):
    """Another time, place or therapist for a planned session."""


def as_typed(session: Planned, *, zone: str) -> dict[str, Any]:
    """A session as the form shows it, in the practice's time."""
    local = session.starts_at.astimezone(ZoneInfo(zone))
    return {
        "starts_at": f"{local:{LOCAL}}",
        "minutes": session.minutes,
        "place": session.place,
        "staff": str(session.staff),
        "which": which_of_two(local),
    }


def _both() -> list[tuple[str, str]]:
    return [
        ("", "Choose"),
        (EARLIER, "The first, before the clocks go back"),
        (LATER, "The second, after they went back"),
    ]


class HeldForm(Edit):
    """Of everybody expected, whether they came."""

    def __init__(self, *args: Any, session: Planned, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.made_with = {"session": session}
        for member in session.attending:
            self.fields[str(member.membership)] = forms.ChoiceField(
                label=member.name,
                choices=CAME,
                widget=forms.RadioSelect,
                error_messages={"required": "Say whether they came."},
            )

    def attendance(self) -> dict[UUID, str]:
        """Who came, by membership."""
        return {UUID(name): said for name, said in self.cleaned_data.items() if name != "seen"}


class CallOffForm(Edit):
    """Who called it off."""

    whose = forms.ChoiceField(label="Who called it off", choices=WHOSE)
