"""Words that nobody else would write: who they belong to, and in which field they stand.

A canary looks like ``qz0sarah0goal0words0qz`` and survives every escaping. What has to be a date or
a number is told apart by its value. ``planted`` fills every sealed field of every row, from the
fields themselves: a new field gets its canary without anybody thinking of it.
"""

import re
from dataclasses import dataclass

from django.apps import apps
from django.db import IntegrityError, models, transaction
from matrix import registry
from practice_cast import NOW

from rapport.web.core.models import Sealed, Stored
from rapport.web.core.privacy import Kept

MARK = re.compile(r"qz0(?P<owner>[a-z]+)0(?P<model>[a-z]+)0(?P<field>[a-z]+)0qz")
HASH = re.compile(r"\b[0-9a-f]{64}\b")
UNLOGGED = "audit"  # the log shows its own hashes to whoever checks it


@dataclass(frozen=True)
class Found:
    """A canary somebody saw: of whom, and from which field."""

    owner: str
    model: str
    field: str

    @property
    def place(self):
        return f"{self.model}.{self.field}"


def canary(owner, model, field):
    """The canary of one field of one owner."""
    return f"qz0{owner}0{model}0{field.replace('_', '')}0qz"


def sealed_fields(model):
    return [field.name for field in model._meta.local_fields if isinstance(field, Sealed)]


def sealed_models():
    """Every model that keeps something of a client sealed."""
    stored = [model for model in apps.get_models() if issubclass(model, Stored)]
    return [model for model in stored if sealed_fields(model)]


class Canaries:
    """All canaries of a practice: planted, and found again in what somebody was shown."""

    def __init__(self, owners):
        self.owners = owners  # person id -> name of the owner
        self._by_value = {}
        self._hashes = set()

    def planted(self):
        """A row of every kind for every owner, and a canary in every sealed field of it."""
        for model in sealed_models():
            for person, owner in self.owners.items():
                rows = self.rows_of(model, person) or [self._made(model, person)]
                for row in rows:
                    self._fill(row, owner)
        self._hashes = set(_kept_hashes())

    def rows_of(self, model, person):
        return [row for row in model.objects.all() if row.sealed_for == str(person)]

    def in_text(self, text):
        """Every canary in a text, secrets of links and passwords included."""
        found = {Found(*match.groups()) for match in MARK.finditer(text)}
        found |= {one for value, one in self._by_value.items() if value in text}
        stolen = self._hashes.intersection(HASH.findall(text))
        return found | {Found("nobody", "a", "hash") for _ in stolen}

    def _fill(self, row, owner):
        model = type(row).__name__
        for field in sealed_fields(type(row)):
            special = registry.FILLS.get((model, field))
            word = canary(owner, model.lower(), field)
            number = sorted(self.owners.values()).index(owner)
            told = special(row, word, number) if special else word
            if self._put(row, field, told):
                self._know(told, Found(owner, model.lower(), field))

    def _put(self, row, field, told):
        """A field that has to be empty in this state, as the note of an open flag, stays so."""
        before = getattr(row, field)
        row.put(field, told)
        try:
            with transaction.atomic():
                row.save()
        except IntegrityError:
            setattr(row, field, before)
            return False
        return True

    def _know(self, told, found):
        """A canary that is no word is known by its value."""
        for value in registry.VALUES.findall(told):
            self._by_value[value] = found

    def _made(self, model, person):
        """A row that nobody made: from its own fields, and from what the registry says of it."""
        told = dict(registry.ROWS.get(model.__name__, {}))
        row = model(**{f.name: self._value(f, person) for f in _needed(model, told)} | told)
        try:
            with transaction.atomic():
                row.save()
        except (IntegrityError, ValueError) as fault:
            raise AssertionError(
                f"{model.__name__} keeps something sealed and has no row in the practice of the "
                f"access matrix, and one could not be made ({fault}). Make it with its action in "
                "tests/web/matrix/practice.py, or say in ROWS of tests/web/matrix/registry.py how "
                "its fields are filled."
            ) from fault
        return row

    def _value(self, field, person):
        if isinstance(field, models.ForeignKey):
            return self._related(field.related_model, person)
        kinds = {
            "DateTimeField": NOW,
            "DateField": NOW.date(),
            "JSONField": {},
            "UUIDField": person,
        }
        number = isinstance(field, models.IntegerField)
        return kinds.get(field.get_internal_type(), 1 if number else False)

    def _related(self, model, person):
        for row in model.objects.all():
            try:
                if row.sealed_for == str(person):
                    return row
            except NotImplementedError:
                return row
        return self._made(model, person)


def _needed(model, told):
    """Fields that can't be left empty."""
    common = set(Stored.COMMON) | set(told)
    fields = [f for f in model._meta.local_fields if f.name not in common]
    return [f for f in fields if not (f.null or f.has_default() or isinstance(f, Sealed))]


def _kept_hashes():
    for model in apps.get_models():
        if not model.__module__.startswith("rapport.") or model._meta.app_label == UNLOGGED:
            continue
        for name in [n for n, kept in model.privacy.items() if kept is Kept.HASH]:
            values = model._base_manager.values_list(name, flat=True)
            yield from (value for value in values if value)
