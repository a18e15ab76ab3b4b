"""What is written down when a flag closes."""

from django import forms


class NoteForm(forms.Form):
    """A note in sentences; without one nothing closes."""

    note = forms.CharField(
        label="What was asked, said and agreed",
        widget=forms.Textarea(attrs={"rows": 5, "maxlength": 4000}),
        max_length=4000,
        error_messages={"required": "Write a sentence or two. Then it closes."},
    )
