"""The page of fields is what the models say."""

from pathlib import Path

import fields_page

from rapport.web.core.privacy import Kept

ROOT = Path(__file__).resolve().parents[2]


def test_the_page_of_fields_is_what_make_docs_writes():
    assert (ROOT / "docs/reference/fields.md").read_text("utf-8") == fields_page.page()


def test_every_field_of_every_model_stands_on_it():
    rows = [row.split("|") for row in fields_page.page().splitlines() if row.startswith("| ")]
    told = [(of.strip(), names.replace(" ", "").split(","), rest) for _, of, names, *rest in rows]
    for model in fields_page.models():
        for name, kept in fields_page.classes(model).items():
            found = [
                rest for of, names, rest in told if of == model._meta.verbose_name and name in names
            ]
            assert len(found) == 1, (model, name)
            assert (kept.value in found[0][0]) == (kept is not Kept.SEALED)
