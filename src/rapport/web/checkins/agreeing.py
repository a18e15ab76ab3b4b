"""One page before the first answer: how secrets are handled, and a young person's own yes.

It comes after Start, so that a stranger with the link learns nothing from it, and it is the same
for every member of a case. Answers that arrive without it are refused.
"""

import tomllib
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from django.db import transaction

from rapport.web.audit.actions import By
from rapport.web.checkins.models import Occasion
from rapport.web.checkins.queries import ToFill, as_writer_sees, entered
from rapport.web.checkins.words import HERE, words_in
from rapport.web.people.secrets.actions import accept
from rapport.web.people.secrets.errors import NotAgreed
from rapport.web.people.secrets.queries import Agreement, still_to_accept


@dataclass(frozen=True, kw_only=True)
class ToAgree:
    """The page as a member sees it."""

    agreement: Agreement
    words: dict[str, str]
    around: dict[str, str]


def page_of(*, cookie: str, at: datetime) -> ToAgree | ToFill:
    """What the holder of a cookie still has to accept; else the questions.

    Raises:
        LinkEnded: the check-in is answered, too old or ended.
    """
    of = entered(cookie, at=at)
    needed = _needed(of, at)
    if needed is None:
        return as_writer_sees(of)
    language = of.membership.person.language
    return ToAgree(agreement=needed, words=words_in(language), around=words_around(language))


@transaction.atomic
def agree(*, cookie: str, version: str, at: datetime) -> None:
    """Keep that a member accepted what they read."""
    of = entered(cookie, at=at)
    by = By(kind=of.writer, id=str(of.membership_id))
    accept(membership=of.membership_id, version=version, by=by, at=at)


def must_have_agreed(of: Occasion, *, at: datetime) -> None:
    """Refuse an answer that comes before the agreement.

    Raises:
        NotAgreed: say so on the page, and ask.
    """
    if _needed(of, at) is not None:
        raise NotAgreed


@cache
def words_around(language: str) -> dict[str, str]:
    """What stands around the text, in one language."""
    code = words_in(language)["code"]
    found: dict[str, str] = tomllib.loads((HERE / "agreeing" / f"{code}.toml").read_text("utf-8"))
    return found


def _needed(of: Occasion, at: datetime) -> Agreement | None:
    return still_to_accept(of.membership, at=at) if of.writer == "client" else None
