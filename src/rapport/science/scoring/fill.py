"""Lay a practice's own text over a skeleton: words are added, known structure stays as it is."""

from typing import Any

from rapport.science.errors import BadInputError
from rapport.science.scoring.checks import same_answers
from rapport.science.scoring.read import instrument_from

WORDS = ("text", "left", "right", "explanation", "free_text_label")
_FORM = ("title", "version", "recall", "language", "instruction", "stem")


def fill(*, skeleton: dict[str, Any], given: dict[str, Any], name: str) -> dict[str, Any]:
    """The tables of a filled instrument.

    A practice may give: instruction, stem, language, version, title, recall; ``items`` with
    ``id`` and wording; ``answers``; and, where the skeleton's key was not read (method "none"),
    ``scores`` and which items are reversed.

    Args:
        skeleton: parsed TOML of ours.
        given: parsed TOML of the practice, with the same id.
        name: of the practice's file, for messages.

    Raises:
        BadInputError: a key that may not be changed, an unknown item, an item left without
            wording, or answers or a scoring key that contradict what is known.
    """
    _refuse_shipped(skeleton, name)
    _refuse_other_keys(given, name)
    key_open = any(score["method"] == "none" for score in skeleton["scores"])
    if "scores" in given and not key_open:
        raise BadInputError(f"{name}: scores: the scoring of this form is known; remove them")
    filled = {**skeleton, **{key: given[key] for key in _FORM if key in given}}
    filled["items"] = _items(skeleton, given, name=name, key_open=key_open)
    filled["answers"] = {**skeleton.get("answers", {}), **given.get("answers", {})}
    filled["scores"] = given.get("scores", skeleton["scores"])
    filled["own_text"] = True
    _refuse_other_answers(skeleton, filled, name)
    return filled


def _refuse_shipped(skeleton: dict[str, Any], name: str) -> None:
    if any("text" in item or "left" in item for item in skeleton["items"]):
        raise BadInputError(
            f"{name}: the wording of {skeleton['id']} comes with Rapport and stays unchanged; give "
            "your form an id of its own"
        )


def _refuse_other_keys(given: dict[str, Any], name: str) -> None:
    allowed = {"id", "items", "answers", "scores", *_FORM}
    for key in given:
        if key not in allowed:
            raise BadInputError(
                f"{name}: {key} can't be changed in this form; remove it (allowed: "
                f"{', '.join(sorted(allowed))})"
            )
    items, answers = given.get("items", []), given.get("answers", {})
    if not (isinstance(items, list) and all(isinstance(item, dict) for item in items)):
        raise BadInputError(f"{name}: items must be tables; write each as [[items]]")
    if not isinstance(answers, dict):
        raise BadInputError(f"{name}: answers must be tables; write each as [answers.NAME]")


def _items(
    skeleton: dict[str, Any], given: dict[str, Any], *, name: str, key_open: bool
) -> list[dict[str, Any]]:
    wording = {str(item.get("id")): item for item in given.get("items", [])}
    known = {item["id"] for item in skeleton["items"]}
    for item_id in wording:
        if item_id not in known:
            raise BadInputError(
                f"{name}: items {item_id}: this form has no such item; it has "
                f"{', '.join(sorted(known))}"
            )
    if len(wording) < len(given.get("items", [])):
        raise BadInputError(f"{name}: items: an id stands twice or is missing; correct it")
    return [
        _item(item, wording.get(item["id"], {}), name=name, key_open=key_open)
        for item in skeleton["items"]
    ]


def _item(
    ours: dict[str, Any], given: dict[str, Any], *, name: str, key_open: bool
) -> dict[str, Any]:
    where = f"{name}: items {ours['id']}"
    if not (given.get("text") or (given.get("left") and given.get("right"))):
        raise BadInputError(f"{where}: no wording; add text (or left and right)")
    allowed = {"id", "number", "answers", *WORDS, *(("reverse", "subscales") if key_open else ())}
    for key, value in given.items():
        if key not in allowed and ours.get(key, False) != value:
            raise BadInputError(f"{where}: {key} is known and can't be changed; remove it")
    return {**ours, **given}


def _refuse_other_answers(skeleton: dict[str, Any], filled: dict[str, Any], name: str) -> None:
    """Words of the answers may be the practice's own; the numbers stored stay as published."""
    before = instrument_from(skeleton, name=skeleton["id"])
    after = instrument_from(filled, name=name)
    for old, new in zip(before.items, after.items, strict=True):
        known = before.answers_of(old)
        if new.answers is not None and new.answers not in after.answers:
            raise BadInputError(f"{name}: items {new.id}: no answers named {new.answers!r}; add it")
        if known is not None and known.options and not same_answers(known, after.answers_of(new)):
            raise BadInputError(
                f"{name}: items {new.id}: the form's answers are {known.in_words()}; keep these"
            )
