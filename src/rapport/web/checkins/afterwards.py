"""What a writer can still do when the answers are in: mark, take along, stop, tell somebody.

Only for a short time, by the cookie of the page they were sent from.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import translation
from django.utils.formats import date_format

from rapport.web.audit.actions import By, record_about
from rapport.web.checkins.errors import LinkEnded, NobodyToTell
from rapport.web.checkins.models import Link, Occasion, Receipt
from rapport.web.checkins.queries import Kept, given_of, kept_answers
from rapport.web.checkins.tokens import hashed
from rapport.web.checkins.words import words_in
from rapport.web.measures.queries import FormToFill, Question
from rapport.web.people import actions as people
from rapport.web.safety.actions import tell_now
from rapport.web.safety.queries import kept_back, who_may_be_told

AFTERWARDS = timedelta(minutes=30)


@dataclass(frozen=True, kw_only=True)
class Sent:
    """A check-in that came in just now, and who wrote it."""

    occasion: Occasion
    receipt: Receipt

    @property
    def by(self) -> By:
        """The writer, for the audit log."""
        return By(kind=self.occasion.writer, id=str(self.occasion.membership_id))


def sent_just_now(*, cookie: str, at: datetime) -> Sent:
    """What was sent from the page of this cookie.

    Raises:
        LinkEnded: nothing was, or too long ago.
    """
    link = Link.objects.select_related("occasion__membership").filter(cookie=hashed(cookie)).first()
    receipt = Receipt.objects.filter(occasion=link.occasion).first() if link else None
    if link is None or receipt is None or at >= receipt.received_at + AFTERWARDS:
        raise LinkEnded
    return Sent(occasion=link.occasion, receipt=receipt)


@transaction.atomic
def rather_not(*, cookie: str, marks: Iterable[tuple[UUID, str]], at: datetime) -> Kept:
    """Keep which answers the writer would rather not talk about. They are read all the same."""
    sent = sent_just_now(cookie=cookie, at=at)
    asked = {(form.id, q.id) for form, _ in given_of(sent.occasion) for q in form.questions}
    kept: dict[str, list[str]] = {}
    for form_id, question in sorted(asked & set(marks), key=str):
        kept.setdefault(str(form_id), []).append(question)
    sent.receipt.put("rather_not", json.dumps(kept))
    sent.receipt.save()
    record_about(sent.receipt, "answers marked", by=sent.by, at=at)
    return kept_answers(sent.occasion, sent.receipt)


@transaction.atomic
def stop_messages(*, cookie: str, at: datetime) -> Kept:
    """Send this client nothing more for this case."""
    sent = sent_just_now(cookie=cookie, at=at)
    people.stop_messages(membership=sent.occasion.membership_id, by=sent.by, at=at)
    return kept_answers(sent.occasion, sent.receipt)


@transaction.atomic
def tell_somebody(*, cookie: str, staff: str, at: datetime) -> Kept:
    """The client changed their mind: somebody of the practice is told after all.

    Raises:
        NobodyToTell: it is none of those who can be told.
    """
    sent = sent_just_now(cookie=cookie, at=at)
    there = who_may_be_told(therapist=sent.occasion.about_id)
    chosen = next((person for person in there if str(person.staff) == staff), None)
    if chosen is None:
        raise NobodyToTell
    for flag in kept_back(sent.occasion.pk):
        tell_now(flag=flag, staff=chosen.staff, by=sent.by, at=at)
    return kept_answers(sent.occasion, sent.receipt)


@transaction.atomic
def own_answers(*, cookie: str, at: datetime) -> str:
    """What was sent just now, as plain text to take along; answers about safety stay out of it."""
    sent = sent_just_now(cookie=cookie, at=at)
    words = words_in(sent.receipt.language)
    lines = [words["mine_title"].format(day=_day(sent, words["code"])), ""]
    for form, given in given_of(sent.occasion):
        lines += [_line(question, given, words) for question in _shown(form)]
    own = sent.receipt.get("words")
    lines += ["", words["mine_words"] + ":", own] if own else []
    record_about(sent.receipt, "answers taken along", by=sent.by, at=at)
    return "\n".join([*lines, "", words["mine_safety"], ""])


def _shown(form: FormToFill) -> list[Question]:
    return [q for q in form.questions if q.safety is None and q.kind != "words"]


def _line(question: Question, given: dict[str, int | None], words: dict[str, str]) -> str:
    value = given.get(question.id)
    if value is None:
        return f"{question.text}: {words['mine_open']}"
    said = next((option.label for option in question.options if option.value == value), str(value))
    return f"{question.text}: {said}"


def _day(sent: Sent, language: str) -> str:
    zone = ZoneInfo(sent.occasion.membership.person.zone)
    with translation.override(language):
        return date_format(sent.receipt.answered_at.astimezone(zone), "DATE_FORMAT")
