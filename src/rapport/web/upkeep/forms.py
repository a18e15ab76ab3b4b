"""What is asked before somebody is forgotten."""

from django import forms

WHY = [
    ("asked", "The client asked for it"),
    ("time over", "The records need not be kept any longer"),
    ("mistake", "Added by mistake"),
]


class ForgetForm(forms.Form):
    """Why, and the name once more, typed: nothing brings it back."""

    why = forms.ChoiceField(label="Why", choices=WHY)
    name = forms.CharField(
        label="Type the client's name",
        max_length=300,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class KeepForm(forms.Form):
    """Until when the law asks to keep the records."""

    until = forms.DateField(
        label="Keep until", required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
