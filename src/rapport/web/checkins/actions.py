"""Open check-ins and take in answers; ``receive_checkin`` is the only way in, by every route."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction
from django.db.models import CharField, DateTimeField, UUIDField

from rapport.web.audit.actions import By, record_about
from rapport.web.checkins.agreeing import must_have_agreed
from rapport.web.checkins.errors import AlreadyAnswered, LinkEnded, WrongForm
from rapport.web.checkins.inviting import (
    HOURS,
    OPEN_DAYS,
    end_links_of,
    invite,
    make_link,
    open_occasion,
    open_planned,
)
from rapport.web.checkins.models import Answers, Draft, Link, Occasion, Receipt
from rapport.web.checkins.queries import Kept, entered, kept_answers, link_of
from rapport.web.checkins.risk import (
    flag_on_the_way,
    flagged_on_the_way,
    not_flagged_yet,
    note_later_answers,
    raise_flags,
)
from rapport.web.checkins.tokens import hashed, keyed, new_token
from rapport.web.core.asked_often import AskedOften
from rapport.web.core.errors import NotHere
from rapport.web.core.keys import key_store
from rapport.web.core.written_often import ChangedOften
from rapport.web.measures.errors import BadAnswers
from rapport.web.measures.queries import FormToFill, form

__all__ = [
    "HOURS",
    "OPEN_DAYS",
    "Given",
    "Submission",
    "end_links_of",
    "enter",
    "invite",
    "keep_draft",
    "make_link",
    "open_occasion",
    "open_planned",
    "receive_by_link",
    "receive_checkin",
]

Given = Mapping[str, Mapping[str, int | None]]  # form id -> question -> value; None: not answered


@dataclass(frozen=True, kw_only=True)
class Submission:
    """What a route hands in.

    Attributes:
        key: made by the page; the same one again is the same submission.
        answers: by form and question; what was not answered is None or left out.
        words: in the writer's own words, or nothing.
        route: link, card, mirror, kiosk, paper, file or fhir.
        language: in which the form was read.
        who_sees: version of the sentence that told the writer who reads it.
        answered_at: the true date; of a form on paper, the day it was filled in.
        tell: whom the writer chose to tell of fear of the therapist: an id, "nobody" or "".
    """

    key: str
    answers: Given
    words: str | None
    route: str
    language: str
    who_sees: str
    answered_at: datetime
    tell: str = ""


_BY_TOKEN = AskedOften(
    lambda token: (
        Link.objects.select_for_update(of=("self",))
        .select_related("occasion__membership")
        .filter(token=token)
    ),
    token=CharField(),
)
_LOCK = AskedOften(
    lambda occasion: Occasion.objects.select_for_update(of=("self",)).filter(pk=occasion),
    occasion=UUIDField(),
)
_WHOLE = AskedOften(
    lambda occasion: Occasion.objects.select_related(
        "membership__person", "membership__case", "about", "draft", "receipt"
    ).filter(pk=occasion),
    occasion=UUIDField(),
)
_ENTER = ChangedOften(
    lambda link, **_: Link.objects.filter(pk=link),
    lambda cookie, **_: {"cookie": cookie},
    link=UUIDField(),
    cookie=CharField(),
)
_END_LINKS = ChangedOften(
    lambda occasion, **_: Link.objects.filter(occasion_id=occasion, ended_at=None),
    lambda at, **_: {"ended_at": at},
    occasion=UUIDField(),
    at=DateTimeField(),
)
_ANSWERED = ChangedOften(
    lambda occasion: Occasion.objects.filter(pk=occasion),
    lambda **_: {"state": "answered"},
    occasion=UUIDField(),
)


@transaction.atomic
def enter(*, token: str, at: datetime) -> str:
    """Exchange a token for a cookie when a person pressed Start; an earlier cookie ends.

    Raises:
        LinkEnded: never made, used, too old or ended.
    """
    link = _BY_TOKEN.first(token=hashed(token))
    if link is None or not link.is_open(at):
        raise LinkEnded
    cookie = new_token()
    _ENTER(link=link.pk, cookie=hashed(cookie))
    return cookie


@transaction.atomic
def keep_draft(
    *, cookie: str, form_id: UUID, question: str, value: int | None, at: datetime
) -> None:
    """Keep one answer of a check-in that is not finished; it counts for nothing yet.

    Only an answer that a person must answer counts at once: whoever closes the page after it is
    not forgotten. Of fear of the therapist nobody is told before the client has said who.
    """
    occasion = _locked(entered(cookie, at=at).pk)
    must_have_agreed(occasion, at=at)
    filled = form(form_id)
    places = filled.out_of_range({question: value})
    if str(form_id) not in occasion.forms:
        raise WrongForm
    if places:
        raise BadAnswers(places)
    draft = _draft_of(occasion) or Draft(occasion=occasion)
    content = json.loads(draft.get("content") or "{}")
    content.setdefault(str(form_id), {})[question] = value
    draft.put("content", json.dumps(content))
    flag_on_the_way(occasion, draft, filled, question, value, at)
    draft.save()


@transaction.atomic
def receive_by_link(*, cookie: str, submission: Submission, at: datetime) -> Kept:
    """Take in answers of whoever came by a link; the link says who, for which session and form."""
    link = link_of(cookie)
    if link is None:
        raise LinkEnded
    if not _alone():
        link.occasion = _locked(link.occasion_id)
    of = link.occasion
    if link.is_open(at):
        must_have_agreed(of, at=at)
    elif _receipt_of(of) is None:
        raise LinkEnded
    by = By(kind=of.writer, id=str(of.membership_id))
    return _receive(of, replace(submission, route=link.route), by, at)


@transaction.atomic
def receive_checkin(*, occasion: UUID, submission: Submission, by: By, at: datetime) -> Kept:
    """Keep answers, score them, raise flags and write the audit line: all of it or nothing.

    The same submission again gives the same receipt. Answers to a check-in that was answered with
    others are refused; nothing is ever overwritten.

    Raises:
        AlreadyAnswered: other answers came in before.
        WrongForm: answers to a form that is not asked here.
        BadAnswers: a value or a question that the form does not have.
    """
    return _receive(_locked(occasion), submission, by, at)


def _receive(of: Occasion, submission: Submission, by: By, at: datetime) -> Kept:
    before = _receipt_of(of)
    if before is not None:
        return _the_same(of, before, submission)
    draft = _draft_of(of)
    given, flagged = _with_draft(draft, submission.answers), flagged_on_the_way(draft)
    forms = _forms(of, given)
    receipt = receipt_row(of, submission, at)
    Receipt.keep_many([receipt])
    raised = len(flagged)
    for filled in forms:
        answers = given.get(str(filled.id), {})
        _keep_answers(of, filled, answers)
        fresh = not_flagged_yet(answers, flagged.get(str(filled.id), {}))
        raised += raise_flags(of, filled, fresh, by=by, at=at, wish=submission.tell)
        on_the_way = flagged.get(str(filled.id), {})
        note_later_answers(of, filled, answers, on_the_way, by=by, at=at)
    _finish(of, draft, at)
    record_about(of, "check-in received", by=by, at=at, route=submission.route)
    came = [(filled, dict(given.get(str(filled.id), {}))) for filled in forms]
    return kept_answers(of, receipt, given=came, flagged=raised > 0)


def _locked(occasion: UUID) -> Occasion:
    """The check-in and what was kept of it, so that two submissions come one after the other."""
    if not _alone():
        _LOCK.first(occasion=occasion)  # what others keep meanwhile has to be read after it
    found = _WHOLE.first(occasion=occasion)
    if found is None:
        raise NotHere("check-in")
    return found


def _alone() -> bool:
    """Whether nobody else writes while this transaction lasts: so on SQLite, where it is begun."""
    return not connection.features.has_select_for_update


def _draft_of(of: Occasion) -> Draft | None:
    return getattr(of, "draft", None)


def _receipt_of(of: Occasion) -> Receipt | None:
    return getattr(of, "receipt", None)


def _body(of: Occasion, submission: Submission) -> str:
    content = {"answers": submission.answers, "words": submission.words or ""}
    if submission.tell:
        content["tell"] = submission.tell
    text = json.dumps(content, sort_keys=True, default=dict)
    return keyed(text.encode(), key=key_store().of(of.sealed_for))


def _the_same(of: Occasion, before: Receipt, submission: Submission) -> Kept:
    if before.key != hashed(submission.key) or before.body != _body(of, submission):
        raise AlreadyAnswered
    return kept_answers(of, before)


def _with_draft(draft: Draft | None, answers: Given) -> Given:
    """What was sent, and before that what was kept on the way and not answered anew."""
    kept: dict[str, dict[str, int | None]] = json.loads((draft and draft.get("content")) or "{}")
    merged = {form_id: dict(given) for form_id, given in kept.items()}
    for form_id, given in answers.items():
        sent: dict[str, int | None] = {q: v for q, v in given.items() if v is not None}
        merged[form_id] = merged.get(form_id, {}) | sent
    return merged


def _forms(of: Occasion, answers: Given) -> list[FormToFill]:
    """All forms of the check-in; refuses answers to others and answers that they don't have."""
    if set(answers) - set(of.forms):
        raise WrongForm
    forms = [form(UUID(asked)) for asked in of.forms]
    faults = [fault for f in forms for fault in f.out_of_range(answers.get(str(f.id), {}))]
    if faults:
        raise BadAnswers(faults)
    return forms


def receipt_row(of: Occasion, submission: Submission, at: datetime) -> Receipt:
    """The receipt of a submission, not kept yet."""
    receipt = Receipt(
        occasion=of,
        key=hashed(submission.key),
        body=_body(of, submission),
        route=submission.route,
        language=submission.language,
        who_sees=submission.who_sees,
        answered_at=submission.answered_at,
        received_at=at,
    )
    receipt.put("words", submission.words)
    return receipt


def _keep_answers(of: Occasion, filled: FormToFill, given: Mapping[str, int | None]) -> None:
    scores = {score.scale: score.value for score in filled.scores(given, judged=True)}
    Answers.keep_many([answers_row(of, filled, given, scores)])


def answers_row(
    of: Occasion,
    filled: FormToFill,
    given: Mapping[str, int | None],
    scores: Mapping[str, float | None],
) -> Answers:
    """The answers to one form and their scores, sealed, not kept yet."""
    every = {question.id: given.get(question.id) for question in filled.questions}
    kept = Answers(occasion=of, form_id=filled.id)
    kept.put("content", json.dumps(every))
    kept.put("scores", json.dumps(scores))
    return kept


def _finish(of: Occasion, draft: Draft | None, at: datetime) -> None:
    if draft is not None:
        draft.delete()
    _END_LINKS(occasion=of.pk, at=at)
    _ANSWERED(occasion=of.pk)
