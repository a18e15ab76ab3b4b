"""What is the same for everybody is rendered once, and kept in the memory of the process.

Nothing of a client is in it: what a client wrote, or has answered already, is rendered each time.
"""

from dataclasses import dataclass, field
from functools import lru_cache
from uuid import UUID

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from rapport.web.checkins.forms import steps_of
from rapport.web.checkins.queries import Landing, ToFill
from rapport.web.checkins.words import LANGUAGES, words_in
from rapport.web.measures.catalogue import GOALS
from rapport.web.safety.queries import MayBeTold


def landing_page(page: Landing, *, chosen: bool, made_up: bool) -> str:
    """The page behind every link, before Start.

    Args:
        chosen: the language was chosen on it.
        made_up: the practice is.
    """
    return _landing(page.words["code"], page.who_sees, chosen, made_up)


@dataclass(frozen=True, kw_only=True)
class _Asked:
    """Everything that the questions on a page depend on; the page itself goes with it."""

    forms: tuple[tuple[UUID, str | None, tuple[str, ...]], ...]
    language: str
    therapist: str
    risk_told: str
    may_tell: tuple[MayBeTold, ...]
    page: ToFill = field(compare=False, repr=False)


def questions(page: ToFill) -> SafeString:
    """The questions that are still open."""
    own = any(page.answered.values()) or any(asked.instrument == GOALS for asked in page.forms)
    if own:
        return _rendered(page)
    return _same_questions(
        _Asked(
            forms=tuple(
                (asked.id, asked.wanted_language, tuple(q.id for q in asked.questions))
                for asked in page.forms
            ),
            language=page.words["code"],
            therapist=page.therapist,
            risk_told=page.risk_told,
            may_tell=page.may_tell,
            page=page,
        )
    )


@lru_cache(maxsize=256)
def marks(offered: tuple[tuple[str, str], ...], language: str) -> SafeString:
    """Boxes to mark what one would rather not talk about, in the words of the forms."""
    told = {"marks": offered, "words": words_in(language)}
    return render_to_string("checkins/marks.html", told)


@lru_cache(maxsize=64)
def _landing(language: str, who_sees: tuple[str, ...], chosen: bool, made_up: bool) -> str:
    told = {
        "page": Landing(words=words_in(language), who_sees=who_sees),
        "languages": [(code, words_in(code)["language"]) for code in LANGUAGES],
        "chosen": chosen,
        "practice": {"made_up": made_up},
    }
    return render_to_string("checkins/landing.html", told)


@lru_cache(maxsize=256)
def _same_questions(asked: _Asked) -> SafeString:
    return _rendered(asked.page)


def _rendered(page: ToFill) -> SafeString:
    steps = [step for step in steps_of(page) if not step.done]
    first = page.may_tell[0].name if page.may_tell else ""
    told = {
        "page": page,
        "words": page.words,
        "steps": steps,
        "tell_open": page.words["tell_open"].format(who=first),
    }
    return render_to_string("checkins/steps.html", told)
