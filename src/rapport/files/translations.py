"""Translations of our own forms: words laid over the English file, never its structure.

A translation is a file ``translations/<form>.<language>.toml``. It names the version it was made
from, every question and every answer; numbers, reversals, scores and rules stay those of the
English file, so a score can't depend on the language. Until somebody who grew up with the language
has read it, its mark stands in the notice that each reader of the form sees.
"""

from pathlib import Path
from typing import Any

from rapport.science.errors import BadInputError
from rapport.science.scoring.read import parse_toml
from rapport.science.scoring.table import Table

HOME = Path(__file__).resolve().parent.parent / "instruments" / "translations"


def translations_of(name: str, *, home: Path = HOME) -> dict[str, Path]:
    """File of each translation of a form, by language: ``{"de": ..., "es": ...}``."""
    found = sorted(home.glob(f"{name}.*.toml"))
    return {path.name.removesuffix(".toml").rpartition(".")[2]: path for path in found}


def translated(data: dict[str, Any], language: str, *, home: Path = HOME) -> dict[str, Any]:
    """The tables of a form in another language.

    Args:
        data: parsed TOML of the form.
        language: code of a language in `translations_of`, or the form's own.
        home: folder of the translations.

    Raises:
        BadInputError: no such translation, made from another version, or not whole.
    """
    if language == data["language"]:
        return data
    path = translations_of(data["id"], home=home).get(language)
    if path is None:
        known = ", ".join([data["language"], *translations_of(data["id"], home=home)])
        raise BadInputError(f"{data['id']}: no text in {language!r}; there is {known}")
    words = Table(parse_toml(text=path.read_text("utf-8"), name=path.name), where=path.name)
    made = _laid_over(data, words, where=path.name)
    words.done()
    return made


def _laid_over(data: dict[str, Any], words: Table, *, where: str) -> dict[str, Any]:
    if words.needed_text("of_version") != data["version"]:
        raise BadInputError(
            f"{where}: made from another version than {data['version']!r}; translate the changes"
        )
    notice = words.needed_text("notice")
    mark = words.text("not_yet_read")  # gone from the file once somebody has read it
    answers = words.table("answers")
    items, explanations = words.table("items"), words.table("explanations")
    scores = words.table("scores")
    made = data | {
        "title": words.needed_text("title"),
        "recall": words.needed_text("recall"),
        "instruction": words.needed_text("instruction"),
        "language": words.needed_text("language"),
        "notice": " ".join(text for text in (notice, mark) if text),
        "verification": data["verification"] | {"text": mark or "our own wording, translated"},
        "answers": {n: _answers(n, a, answers, where) for n, a in data["answers"].items()},
        "items": [_item(item, items, explanations) for item in data["items"]],
        "extra_items": [_item(i, items, explanations) for i in data.get("extra_items", [])],
        "scores": [_score(score, scores) for score in data["scores"]],
    }
    for table in (answers, items, explanations, scores):
        table.done()
    return made


def _answers(name: str, answers: dict[str, Any], words: Table, where: str) -> dict[str, Any]:
    if "options" not in answers:
        return answers | {"described": words.needed_text(name)}
    labels, options = words.texts(name), answers["options"]
    if len(labels) != len(options):
        raise BadInputError(f"{where}: answers {name}: {len(options)} words needed; translate all")
    return answers | {
        "options": [o | {"label": label} for o, label in zip(options, labels, strict=True)]
    }


def _item(item: dict[str, Any], words: Table, explanations: Table) -> dict[str, Any]:
    told = {"text": words.needed_text(item["id"])}
    if "explanation" in item:
        told["explanation"] = explanations.needed_text(item["id"])
    return item | told


def _score(score: dict[str, Any], words: Table) -> dict[str, Any]:
    return score | {"title": words.needed_text(score["id"])} if "title" in score else score
