"""Show a check-in that is not finished in another language."""

import json
from datetime import datetime
from uuid import UUID

from django.db import transaction

from rapport.web.audit.actions import By, record_about
from rapport.web.checkins.actions import Given
from rapport.web.checkins.models import Draft, Occasion
from rapport.web.checkins.queries import entered
from rapport.web.checkins.words import LANGUAGES
from rapport.web.core.errors import NotHere
from rapport.web.measures.actions import pin_form
from rapport.web.measures.queries import FormToFill, form


@transaction.atomic
def switch_language(*, cookie: str, language: str, answers: Given, at: datetime) -> None:
    """Ask the same questions in another language; what was answered so far stays answered.

    A form without a text in that language stays as it is, and says so. Which text was read is
    kept with the answers.

    Args:
        answers: what stood on the page and was not kept yet.

    Raises:
        LinkEnded: the check-in is not open.
        NotHere: nothing here is said in that language.
    """
    if language not in LANGUAGES:
        raise NotHere("language")
    of = entered(cookie, at=at)
    by = By(kind=of.writer, id=str(of.membership_id))
    before = list(of.forms)
    of.language = language
    of.forms = [_in(language, UUID(asked), by=by, at=at) for asked in before]
    of.save()
    _move_draft(of, dict(zip(before, of.forms, strict=True)), answers)
    record_about(of, "language chosen", by=by, at=at, language=language)


def _in(language: str, form_id: UUID, *, by: By, at: datetime) -> str:
    asked = form(form_id)
    if asked.language == language:
        return str(form_id)
    other = pin_form(instrument=asked.instrument, language=language, by=by, at=at)
    same = form(other)
    # A text that was changed meanwhile may have other questions: then the one begun goes on.
    return str(other) if _shape(same) == _shape(asked) else str(form_id)


def _shape(filled: FormToFill) -> list[tuple[str, list[int], str | None]]:
    return [(q.id, [o.value for o in q.options], q.safety) for q in filled.questions]


def _move_draft(of: Occasion, moved: dict[str, str], answers: Given) -> None:
    draft = Draft.objects.filter(occasion=of).first() or Draft(occasion=of)
    for field, fresh in (("content", answers), ("flagged", {})):
        kept = json.loads(draft.get(field) or "{}")
        for asked, given in fresh.items():
            if asked in moved and not form(UUID(asked)).out_of_range(given):
                kept.setdefault(asked, {}).update(
                    {q: value for q, value in given.items() if value is not None}
                )
        draft.put(field, json.dumps({moved[asked]: given for asked, given in kept.items()}))
    draft.save()
