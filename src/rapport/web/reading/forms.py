"""What is ticked before anything is forecast."""

from django import forms


class SwitchForm(forms.Form):
    """On or off; on only after reading."""

    on = forms.BooleanField(required=False, widget=forms.HiddenInput)
    has_read = forms.BooleanField(
        required=False, label="I have read what forecasts can and cannot do."
    )
