"""What a check-in says around its questions, in the client's language."""

import tomllib
from functools import cache, lru_cache
from hashlib import sha256
from pathlib import Path

from rapport.web.people.roles import ROLES, May

HERE = Path(__file__).resolve().parent / "words"
LANGUAGES = tuple(sorted(path.stem for path in HERE.glob("*.toml")))
DEFAULT = "en"


@cache
def words_in(language: str) -> dict[str, str]:
    """All sentences in one language, English where there is none."""
    name = language if language in LANGUAGES else DEFAULT
    found: dict[str, str] = tomllib.loads((HERE / f"{name}.toml").read_text("utf-8"))
    return found | {"code": name}


def offered() -> tuple[tuple[str, str], ...]:
    """Every language by its code and its own name."""
    return tuple((code, words_in(code)["language"]) for code in LANGUAGES)


def who_sees(language: str, *, responder: str | None = None) -> tuple[str, ...]:
    """Who reads an answer, sentence by sentence, made from what the roles really allow.

    Args:
        language: of whoever is told.
        responder: who is told of a risk answer; None: no question about risk is asked.
    """
    words = words_in(language)
    readers = {name for name, role in ROLES.items() if May.SEE_OWN_CASES in role.may}
    shown = {name for name, role in ROLES.items() if May.SEE_SHARED_CASES in role.may}
    told = [words[name] for name in ("therapist", "supervisor") if name in readers | shown]
    if readers & {"front-desk", "administrator", "practice-lead"}:
        raise RuntimeError("a role reads answers that the page does not name")
    told += [words["others"], words["desk"]]
    if responder:
        told.append(words["risk"].format(who=responder))
    return (*told, words["watched"])


@lru_cache(maxsize=64)
def version_of(sentences: tuple[str, ...]) -> str:
    """By which it is known later what a writer was told.

    >>> version_of(("Your therapist reads it.",))
    'c8b8d1c129d2'
    """
    return sha256("\n".join(sentences).encode()).hexdigest()[:12]


def chosen_language(asked: str | None, accepted: str, default: str) -> str:
    """The language of a page: asked for, else of the browser, else of the practice.

    >>> chosen_language(None, "de-AT,de;q=0.9,en;q=0.8", "es")
    'de'
    """
    wanted = [
        asked or "",
        *(part.split(";")[0].strip()[:2].lower() for part in accepted.split(",")),
    ]
    return next((name for name in [*wanted, default] if name in LANGUAGES), DEFAULT)
