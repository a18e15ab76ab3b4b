"""What is the same for everybody is rendered once, and kept in the memory of the process.

Nothing of a client is in it: what a client wrote, or has answered already, is rendered each time,
and what differs from one page to the next is put into its place.
"""

from dataclasses import dataclass, field, replace
from functools import lru_cache
from uuid import UUID

from django.template.loader import render_to_string
from django.utils.html import escape
from django.utils.safestring import SafeString

from rapport.web.checkins.forms import own_words, steps_of
from rapport.web.checkins.help import HelpFirst
from rapport.web.checkins.queries import Kept, Landing, ToFill
from rapport.web.checkins.tokens import new_token
from rapport.web.checkins.words import offered, words_in
from rapport.web.measures.catalogue import GOALS
from rapport.web.safety.queries import MayBeTold

_KEY, _NONCE, _THANKS = (new_token().encode() for _ in range(3))  # stand where another will


def landing_page(page: Landing, *, chosen: bool, made_up: bool) -> str:
    """The page behind every link, before Start.

    Args:
        chosen: the language was chosen on it.
        made_up: the practice is.
    """
    return _landing(page.words["code"], page.who_sees, chosen, made_up)


@lru_cache(maxsize=64)
def _landing(language: str, who_sees: tuple[str, ...], chosen: bool, made_up: bool) -> str:
    told = {
        "page": Landing(words=words_in(language), who_sees=who_sees),
        "languages": offered(),
        "chosen": chosen,
        "practice": {"made_up": made_up},
    }
    return render_to_string("checkins/landing.html", told)


@dataclass(frozen=True, kw_only=True)
class _Asked:
    """Everything that a page of questions depends on; the page itself goes with it."""

    forms: tuple[tuple[UUID, str | None, tuple[str, ...]], ...]
    language: str
    moment: str
    therapist: str
    risk_told: str
    may_tell: tuple[MayBeTold, ...]
    help: tuple[HelpFirst, ...]
    who_sees: str
    made_up: bool
    page: ToFill = field(compare=False, repr=False)


def questions_page(page: ToFill, *, key: str, nonce: str, made_up: bool) -> bytes:
    """The questions that are still open, and what stands around them.

    Args:
        key: of the submission.
        nonce: under which the page's script may run.
        made_up: the practice is.
    """
    asked = _asked(page, made_up)
    own = any(page.answered.values()) or any(form.instrument == GOALS for form in page.forms)
    whole = _questions(asked) if own else _same_questions(asked)
    return whole.replace(_KEY, _shown(key)).replace(_NONCE, _shown(nonce))


def _asked(page: ToFill, made_up: bool) -> _Asked:
    return _Asked(
        forms=tuple(
            (form.id, form.wanted_language, tuple(q.id for q in form.questions))
            for form in page.forms
        ),
        language=page.words["code"],
        moment=page.moment,
        therapist=page.therapist,
        risk_told=page.risk_told,
        may_tell=page.may_tell,
        help=page.help,
        who_sees=page.who_sees,
        made_up=made_up,
        page=page,
    )


@lru_cache(maxsize=256)
def _same_questions(asked: _Asked) -> bytes:
    return _questions(asked)


def _questions(asked: _Asked) -> bytes:
    page = asked.page
    told = {
        "page": page,
        "words": page.words,
        "steps": _steps(page),
        "key": _KEY.decode(),
        "nonce": _NONCE.decode(),
        "own": own_words(page),
        "about": page.words[f"{page.moment}_with"].format(who=page.therapist),
        "reads": page.words["foot"].format(who=page.therapist),
        "languages": offered(),
        "practice": {"made_up": asked.made_up},
    }
    return render_to_string("checkins/questions.html", told).encode()


def _steps(page: ToFill) -> SafeString:
    first = page.may_tell[0].name if page.may_tell else ""
    told = {
        "page": page,
        "words": page.words,
        "steps": [step for step in steps_of(page) if not step.done],
        "tell_open": page.words["tell_open"].format(who=first),
    }
    return render_to_string("checkins/steps.html", told)


@dataclass(frozen=True, kw_only=True)
class _Thanked:
    """Everything that a page of thanks depends on, but for who reads the answers and when."""

    language: str
    skipped: str
    marks: tuple[tuple[str, str], ...]
    who_sees: tuple[str, ...]
    made_up: bool
    kept: Kept = field(compare=False, repr=False)


def thanks_page(kept: Kept, *, said: str, made_up: bool) -> bytes:
    """The page after the answers.

    Args:
        said: name of the sentence that says what was done there; "": it comes for the first time.
        made_up: the practice is.
    """
    thanked = _Thanked(
        language=words_in(kept.language)["code"],
        skipped=kept.skipped,
        marks=kept.marks,
        who_sees=kept.who_sees,
        made_up=made_up,
        kept=replace(kept, thanks=_THANKS.decode()),
    )
    own = kept.help or kept.may_tell or said
    whole = _thanks(thanked, said) if own else _same_thanks(thanked)
    return whole.replace(_THANKS, _shown(kept.thanks))


@lru_cache(maxsize=128)
def _same_thanks(thanked: _Thanked) -> bytes:
    return _thanks(thanked, "")


def _thanks(thanked: _Thanked, said: str) -> bytes:
    words, kept = words_in(thanked.language), thanked.kept
    told = {
        "kept": kept,
        "words": words,
        "said": words.get(said, ""),
        "tell": [(one.staff, words["tell_later"].format(who=one.name)) for one in kept.may_tell],
        "practice": {"made_up": thanked.made_up},
    }
    return render_to_string("checkins/thanks.html", told).encode()


def _shown(text: str) -> bytes:
    return escape(text).encode()
