"""An edit carries the version it saw; a stale one is shown beside what is kept now."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms


class Folding(forms.Form):
    """A form whose rarer fields stand folded, open where something in them asks for thought."""

    folded: ClassVar[tuple[str, ...]] = ()
    folded_title: ClassVar[str] = ""

    @property
    def folded_open(self) -> bool:
        """Whether a folded field has an error or was changed."""
        asks = [*self.errors, *self.changed_data] if self.is_bound else []
        return any(name in asks for name in self.folded)


class Edit(Folding):
    """A form that changes a row that is there."""

    seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput)


@dataclass(frozen=True, kw_only=True)
class Beside:
    """One field, twice."""

    label: str
    mine: str
    kept: str

    @property
    def differs(self) -> bool:
        """Whether the two are not the same."""
        return self.mine != self.kept


def side_by_side(form: forms.Form, kept: Mapping[str, Any]) -> tuple[Beside, ...]:
    """What was typed and what is kept, as a person reads it: the fields that differ."""
    both = tuple(
        Beside(
            label=str(form[name].label),
            mine=_read(form.fields[name], form[name].value()),
            kept=_read(form.fields[name], kept[name]),
        )
        for name in form.fields
        if name in kept and name != "seen"
    )
    return tuple(one for one in both if one.differs) or both


def sent_again(form: forms.Form, *, seen: int) -> forms.Form:
    """The same form with the version of now, so that it can be sent once more on purpose."""
    data = form.data.copy()  # type: ignore[attr-defined]
    data["seen"] = str(seen)
    again: forms.Form = type(form)(data, **getattr(form, "made_with", {}))
    return again


def _read(field: forms.Field, value: Any) -> str:
    names = {str(key): str(name) for key, name in getattr(field, "choices", ())}
    if isinstance(value, list | tuple):
        return ", ".join(names.get(str(one), str(one)) for one in value)
    return names.get(str(value), "" if value is None else str(value))
