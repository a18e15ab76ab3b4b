"""Every stored field has a class; what is about a client is sealed or says why it is not."""

import pytest
from django.apps import apps

from rapport.web.core.models import Sealed, Stored
from rapport.web.core.privacy import Kept

MODELS = [model for model in apps.get_models() if model.__module__.startswith("rapport.")]


def classes(model):
    common = Stored.COMMON if issubclass(model, Stored) else {}
    return common | model.privacy


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_field_is_classified_and_no_class_is_left_over(model):
    fields = {field.name for field in model._meta.local_fields}
    assert set(classes(model)) == fields


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_a_sealed_field_is_stored_sealed_and_no_other_is_called_so(model):
    for field in model._meta.local_fields:
        assert isinstance(field, Sealed) == (classes(model)[field.name] is Kept.SEALED)


@pytest.mark.parametrize("model", [m for m in MODELS if issubclass(m, Stored)])
def test_free_text_is_never_plain(model):
    """A plain text field is short: a state, a language; longer ones are about staff or a rule."""
    for field in model._meta.local_fields:
        if (
            field.get_internal_type() in ("TextField", "CharField")
            and (field.max_length or 999) > 64
        ):
            assert classes(model)[field.name] in (Kept.STAFF, Kept.PRACTICE, Kept.RULE)
