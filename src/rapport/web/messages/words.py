"""What messages say, in the language of whoever gets them; made of two links and nothing else."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

HERE = Path(__file__).resolve().parent / "words"
LANGUAGES = tuple(sorted(path.stem for path in HERE.glob("*.toml")))
DEFAULT = "en"
TEXTS = {"invitation": "invitation", "link": "invitation", "reminder": "reminder"}


@dataclass(frozen=True, kw_only=True)
class Said:
    """A message as it is read; an SMS has no subject."""

    subject: str
    text: str


@cache
def words_in(language: str) -> dict[str, str]:
    """All texts in one language, English where there is none."""
    name = language if language in LANGUAGES else DEFAULT
    found: dict[str, str] = tomllib.loads((HERE / f"{name}.toml").read_text("utf-8"))
    return found | {"code": name}


def to_client(*, kind: str, way: str, language: str, link: str, stop: str) -> Said:
    """What a client reads. No name, day or practice goes in, so none can come out."""
    words, text = words_in(language), TEXTS[kind]
    if way == "sms":
        return Said(subject="", text=words[f"sms_{text}"].format(link=link, stop=stop))
    whole = f"{words[text]}\n\n-- \n{words['stop']}\n"
    return Said(subject=words["subject"], text=whole.format(link=link, stop=stop))


def to_staff(*, language: str, link: str) -> Said:
    """What somebody who works here reads: that something waits, and where."""
    words = words_in(language)
    return Said(subject=words["notice_subject"], text=words["notice"].format(link=link) + "\n")
