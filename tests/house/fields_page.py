"""Prints docs/reference/fields.md, made from the models themselves: `make docs` runs it."""

import os
from collections.abc import Iterator
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rapport.web.site.settings")

import django
from django.apps import apps

if not apps.ready:
    django.setup()

from rapport.web.core.models import Stored
from rapport.web.core.privacy import Kept

HEAD = """# Which fields are sealed and which stay plain

Made by `make docs` from the models themselves; a test fails for a field without a class. What is
sealed opens only with the key of the person it is about; that key is destroyed when the person is
forgotten ([how](../explanation/forgetting.md)). What stays plain stays plain in backups, too.
"""


def models() -> list[Any]:
    """Every model of ours, in the order of the parts."""
    return [model for model in apps.get_models() if model.__module__.startswith("rapport.")]


def classes(model: Any) -> dict[str, Kept]:
    """How each field is kept."""
    common = Stored.COMMON if issubclass(model, Stored) else {}
    return common | model.privacy


def page() -> str:
    """All fields as Markdown, the sealed ones first."""
    lines = [HEAD, *_sealed(), "", *_plain(), ""]
    return "\n".join(lines)


def _sealed() -> Iterator[str]:
    yield from ("## Sealed", "", "| of | fields |", "|---|---|")
    for model in models():
        fields = [name for name, kept in classes(model).items() if kept is Kept.SEALED]
        if fields:
            yield f"| {model._meta.verbose_name} | {', '.join(fields)} |"


def _plain() -> Iterator[str]:
    yield from ("## Plain, and why", "", "| of | fields | why |", "|---|---|---|")
    for model in models():
        for kept in Kept:
            fields = [name for name, found in classes(model).items() if found is kept]
            if fields and kept is not Kept.SEALED:
                yield f"| {model._meta.verbose_name} | {', '.join(fields)} | {kept.value} |"


if __name__ == "__main__":
    print(page(), end="")
