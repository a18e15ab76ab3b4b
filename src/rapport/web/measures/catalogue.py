"""Which forms there are: those that come along or that the practice added, and our goals."""

from functools import lru_cache
from hashlib import sha256
from pathlib import Path

import tomli_w

from rapport.files import instruments
from rapport.files.translations import translated, translations_of
from rapport.science.errors import BadInputError
from rapport.science.scoring.instrument import Instrument
from rapport.science.scoring.read import parse_toml, read_instrument
from rapport.web.measures.errors import NoText

HERE = Path(__file__).resolve().parent / "forms"
GOALS = "rapport-goals"


def definition_of(instrument: str, *, wanted: str) -> str:
    """The whole of an instrument as TOML text, in the wanted language or its own.

    Raises:
        NoText: unknown, or its wording may not be shown.
    """
    try:
        return _definition(instrument, wanted, instruments.state_of_texts())
    except BadInputError as fault:
        raise NoText(instrument) from fault


@lru_cache(maxsize=512)
def _definition(instrument: str, wanted: str, state: tuple[object, ...]) -> str:  # noqa: ARG001 - a changed text is read anew
    if instrument == GOALS:
        path = HERE / f"{GOALS}.toml"
        data = parse_toml(text=path.read_text("utf-8"), name=path.name)
        known = {data["language"], *translations_of(GOALS, home=HERE)}
        language = wanted if wanted in known else data["language"]
        return tomli_w.dumps(translated(data, language, home=HERE))
    languages = instruments.languages_of(instrument)
    language = wanted if wanted in languages else languages[0]
    return instruments.definition_of(instrument, language=language)


def all_names() -> tuple[str, ...]:
    """Ids of all forms there are, ours among them, with or without a text."""
    return (*instruments.available(noncommercial=instruments.declares_noncommercial()), GOALS)


def content_hash(definition: str) -> str:
    """SHA-256 of a definition, by which the same form is found again."""
    return sha256(definition.encode()).hexdigest()


@lru_cache(maxsize=256)
def read(definition: str) -> Instrument:
    """The instrument of a definition; reading TOML for each answer would cost more than scoring."""
    return read_instrument(text=definition, name="form")


def may_be_asked(instrument: str) -> bool:
    """Whether there is a text of it that may be shown."""
    try:
        definition_of(instrument, wanted="en")
    except NoText:
        return False
    return True


def has_risk_item(instrument: str) -> bool:
    """Whether a question of it asks about somebody's safety, by the data of the form.

    Raises:
        NoText: unknown, or its wording may not be shown.
    """
    found = read(definition_of(instrument, wanted="en"))
    return any(item.safety is not None for item in (*found.items, *found.extra_items))
