"""What a writer sees of the own check-in, and what a therapist reads of it afterwards."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import CharField, UUIDField
from django.utils import translation
from django.utils.formats import date_format

from rapport.web.audit.actions import record_seen
from rapport.web.checkins.errors import LinkEnded
from rapport.web.checkins.help import (
    ABOUT_A_LIFE,
    HelpFirst,
    choice_of,
    help_for_answers,
    help_for_questions,
    if_skipped,
)
from rapport.web.checkins.models import Answers, Link, Occasion, Receipt
from rapport.web.checkins.seen import FEAR, answers_seen, scores_seen
from rapport.web.checkins.tokens import hashed
from rapport.web.checkins.words import version_of, who_sees, words_in
from rapport.web.core.asked_often import AnyOf, AskedOften, ColumnsAskedOften
from rapport.web.measures.queries import FormToFill, form
from rapport.web.people.course import next_planned
from rapport.web.people.queries import Reader, must_care_for
from rapport.web.safety.queries import MayBeTold, fear_may_be_asked, help_for, raised_with


@dataclass(frozen=True, kw_only=True)
class Landing:
    """What everybody sees who opens any link, a true one or not: nothing of anybody."""

    words: dict[str, str]
    who_sees: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Kept:
    """That answers were kept, and what is said to the writer then.

    Attributes:
        received_at: when they came in the first time.
        thanks: who reads them, and when it can be talked about.
        help: what stands first where somebody may be in danger; empty: nothing was flagged.
        skipped: said where a question about one's own life was left open; "": none was.
        may_tell: of an answer that nobody was told of, whom the writer can still tell.
        marks: questions that the writer may mark as better not talked about: field and text.
    """

    occasion: UUID
    received_at: datetime
    language: str
    thanks: str
    help: tuple[HelpFirst, ...]
    skipped: str
    may_tell: tuple[MayBeTold, ...]
    marks: tuple[tuple[str, str], ...]
    who_sees: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Said:
    """What a client wrote at a check-in."""

    membership: UUID
    session: int
    moment: str
    words: str


@dataclass(frozen=True, kw_only=True)
class ToFill:
    """A check-in as its writer sees it: what is still open, never what was answered before.

    Attributes:
        forms: all forms, in order.
        answered: ids of the questions that have an answer already, by form; not the answers.
        words: what is said around the questions.
        who_sees: version of the sentences that said who reads it.
        help: shown at once when a question about risk is answered so, one for each kind.
        therapist: name of the one it is about.
        may_tell: among whom the writer chooses who is told of fear of the therapist.
        languages: in which its own words can be shown.
    """

    occasion: UUID
    moment: str
    writer: str
    forms: tuple[FormToFill, ...]
    answered: dict[UUID, frozenset[str]]
    words: dict[str, str]
    who_sees: str
    help: tuple[HelpFirst, ...]
    therapist: str
    may_tell: tuple[MayBeTold, ...]
    risk_told: str

    @property
    def left(self) -> int:
        """How many questions are still open."""
        every = sum(len(asked.questions) for asked in self.forms)
        return every - sum(len(done) for done in self.answered.values())


@dataclass(frozen=True, kw_only=True)
class CheckIn:
    """One check-in that came in, as the therapist reads it.

    Attributes:
        scores: by form id and name of the score; None: too few answers.
        answers: by form id and question; None: not answered, which is not zero. An answer about
            fear of the therapist is not among them, given or not, nor any score made with it.
        rather_not: questions the client would rather not talk about, by form id.
    """

    session: UUID
    writer: str
    moment: str
    answered_at: datetime
    words: str | None
    scores: dict[UUID, dict[str, float | None]]
    answers: dict[UUID, dict[str, int | None]]
    rather_not: dict[UUID, frozenset[str]] = field(default_factory=dict)


Filled = tuple[FormToFill, dict[str, int | None]]  # a form and what was answered

_ANSWERS = AskedOften(
    lambda occasion: Answers.objects.select_related("occasion__membership").filter(
        occasion_id=occasion
    ),
    occasion=UUIDField(),
)
_ENTERED = AskedOften(
    lambda cookie: Link.objects.select_related(
        "occasion__membership__person",
        "occasion__membership__case",
        "occasion__about",
        "occasion__draft",
        "occasion__receipt",
    ).filter(cookie=cookie)[:1],
    cookie=CharField(),
)


def link_of(cookie: str) -> Link | None:
    """The link of a cookie, with its check-in, whose it is, and what was kept so far."""
    return _ENTERED.first(cookie=hashed(cookie))


def entered(cookie: str, *, at: datetime) -> Occasion:
    """The open check-in that a cookie belongs to.

    Raises:
        LinkEnded: it is answered, too old or ended.
    """
    link = link_of(cookie)
    if link is None or not link.is_open(at):
        raise LinkEnded
    return link.occasion


def to_fill(*, cookie: str, at: datetime) -> ToFill:
    """The check-in that a cookie belongs to, as its writer sees it.

    Raises:
        LinkEnded: it is answered, too old or ended.
    """
    return as_writer_sees(entered(cookie, at=at))


def as_writer_sees(of: Occasion) -> ToFill:
    """A check-in with what was kept of it so far."""
    language, therapist = language_of(of), of.about.name
    risk_told = help_for(language).who
    forms = forms_to_ask(of, language=language)
    kinds = {question.safety or "" for asked in forms for question in asked.questions}
    return ToFill(
        occasion=of.pk,
        moment=of.moment,
        writer=of.writer,
        forms=forms,
        answered=_answered(of),
        words=words_in(language),
        who_sees=version_of(who_sees(language, responder=risk_told or None)),
        help=help_for_questions(kinds, language=language, therapist=therapist),
        therapist=therapist,
        may_tell=choice_of(therapist=of.about_id) if FEAR in kinds else (),
        risk_told=risk_told,
    )


def language_of(of: Occasion) -> str:
    """In which language a check-in is shown: chosen on its page, else the writer's usual one."""
    usual: str = of.membership.person.language
    return of.language or usual


def forms_to_ask(of: Occasion, *, language: str, on_paper: bool = False) -> tuple[FormToFill, ...]:
    """The forms of a check-in as they may be asked now.

    A question about fear of the therapist is left out where nobody else could be told, and on
    paper, which that therapist types in.
    """
    forms = tuple(form(UUID(asked), wanted_language=language) for asked in of.forms)
    asks_fear = any(question.safety == FEAR for asked in forms for question in asked.questions)
    if not asks_fear or (not on_paper and fear_may_be_asked(therapist=of.about_id)):
        return forms
    return tuple(
        replace(asked, questions=tuple(q for q in asked.questions if q.safety != FEAR))
        for asked in forms
    )


def landing(*, language: str) -> Landing:
    """The page behind every link, before anybody pressed Start."""
    return Landing(words=words_in(language), who_sees=tuple(_who_sees(language)))


def kept_answers(
    of: Occasion, receipt: Receipt, *, given: list[Filled] | None = None, flagged: bool = True
) -> Kept:
    """What is said when answers were kept, the first time and every time they are sent again.

    Args:
        given: what was answered, where it is at hand.
        flagged: whether any of it was flagged, where that is known.
    """
    flags = raised_with(of.pk) if flagged else ()
    given = given_of(of) if given is None else given
    return Kept(
        occasion=of.pk,
        received_at=receipt.received_at,
        language=receipt.language,
        thanks=_thanks(of, receipt),
        help=help_for_answers(flags, language=receipt.language, therapist=of.about.name)
        if flags
        else (),
        skipped=if_skipped(receipt.language) if _left_open(given) else "",
        may_tell=choice_of(therapist=of.about_id) if any(f.kept_back for f in flags) else (),
        marks=tuple(_marks(given)),
        who_sees=tuple(_who_sees(receipt.language)),
    )


def _left_open(given: Iterable[Filled]) -> bool:
    """Whether a question about one's own life or another's was left open."""
    return any(
        question.safety in ABOUT_A_LIFE and answers.get(question.id) is None
        for asked, answers in given
        for question in asked.questions
    )


def given_of(of: Occasion) -> list[Filled]:
    """Each form of a check-in that came in, with its answers: for the writer alone."""
    kept = {row.form_id: row for row in _ANSWERS.all(occasion=of.pk)}
    return [
        (form(UUID(asked)), json.loads(kept[UUID(asked)].get("content") or "{}"))
        for asked in of.forms
        if UUID(asked) in kept
    ]


def _marks(given: Iterable[Filled]) -> Iterable[tuple[str, str]]:
    """What was answered, without the answers; questions about safety are never listed."""
    for asked, answers in given:
        for question in asked.questions:
            if question.safety is None and answers.get(question.id) is not None:
                yield f"m.{asked.id}.{question.id}", question.text


def _thanks(of: Occasion, receipt: Receipt) -> str:
    member, words = of.membership, words_in(receipt.language)
    starts_at = next_planned(case=member.case_id, membership=member.pk, after=receipt.received_at)
    if starts_at is None:
        return words["reads"].format(who=of.about.name)
    day = starts_at.astimezone(ZoneInfo(member.person.zone))
    with translation.override(words["code"]):
        told = date_format(day, "DATE_FORMAT")
    return words["reads_before"].format(who=of.about.name, day=told)


def _who_sees(language: str) -> list[str]:
    found = help_for(language)
    told = who_sees(language, responder=found.who or None)
    return [*told, *(line for line in (found.consent or "").splitlines() if line.strip())]


def check_ins_of(membership: UUID, *, reader: Reader, at: datetime) -> list[CheckIn]:
    """Everything that came in from and about one member, oldest first, for their therapist.

    That it was seen stands in the log before it is given.

    Raises:
        NotAllowed, NotHere: it is not the reader's to see.
    """
    must_care_for(membership, reader=reader)
    found = Receipt.objects.filter(occasion__membership_id=membership)
    receipts = found.select_related("occasion__session", "occasion__membership").order_by(
        "occasion__session__number", "occasion__moment", "received_at"
    )
    seen = {receipt.occasion.membership.person_id for receipt in receipts}
    record_seen("answers seen", clients=seen, by=reader.by, at=at)
    kept: dict[UUID, list[Answers]] = {}
    for row in Answers.objects.filter(occasion__membership_id=membership).select_related(
        "occasion__membership"
    ):
        kept.setdefault(row.occasion_id, []).append(row)
    forms = {id: form(id) for id in {row.form_id for rows in kept.values() for row in rows}}
    return [_check_in(receipt, kept.get(receipt.occasion_id, []), forms) for receipt in receipts]


def _answered(of: Occasion) -> dict[UUID, frozenset[str]]:
    draft = getattr(of, "draft", None)
    content = json.loads(draft.get("content") or "{}") if draft is not None else {}
    return {
        UUID(asked): frozenset(q for q, value in given.items() if value is not None)
        for asked, given in content.items()
    }


def _check_in(receipt: Receipt, kept: list[Answers], forms: dict[UUID, FormToFill]) -> CheckIn:
    of = receipt.occasion
    marked = json.loads(receipt.get("rather_not") or "{}")
    return CheckIn(
        session=of.session_id,
        writer=of.writer,
        moment=of.moment,
        answered_at=receipt.answered_at,
        words=receipt.get("words"),
        scores={
            row.form_id: scores_seen(forms[row.form_id], json.loads(row.get("scores") or "{}"))
            for row in kept
        },
        answers={
            row.form_id: answers_seen(forms[row.form_id], json.loads(row.get("content") or "{}"))
            for row in kept
        },
        rather_not={UUID(asked): frozenset(questions) for asked, questions in marked.items()},
    )


def said_lately(
    memberships: Iterable[UUID], *, since: datetime, most: int, reader: Reader, at: datetime
) -> list[Said]:
    """The latest own words of these members that came in since then, the latest first.

    Whose words they are was asked before; that they were seen stands in the log before they are
    given.
    """
    wanted = set(memberships)
    lately = Receipt.objects.filter(
        occasion__writer="client", received_at__gte=since, words__isnull=False
    ).order_by("-received_at")
    # Not by a list of members: of everybody's words of these days the latest are found at once.
    columns = lately.values_list(
        *("pk", "words", "occasion__membership_id", "occasion__membership__person_id"),
        *("occasion__session__number", "occasion__moment"),
    ).iterator(chunk_size=200)
    found = list(islice((row for row in columns if row[2] in wanted), most))
    record_seen("words seen", clients={row[3] for row in found}, by=reader.by, at=at)
    return [
        Said(
            membership=membership,
            session=session,
            moment=moment,
            words=Receipt.opened("words", words, of=pk, key=person),
        )
        for pk, words, membership, person, session, moment in found
    ]


_ANSWERED_BEFORE = ColumnsAskedOften(
    lambda sessions: Occasion.objects.filter(
        session_id__in=sessions, writer="client", moment="before", state="answered"
    ).values_list("session_id"),
    sessions=AnyOf(UUIDField()),
)


def answered_before(sessions: list[UUID]) -> frozenset[UUID]:
    """Those of these sessions before which a client has answered."""
    return frozenset(session for (session,) in _ANSWERED_BEFORE.all(sessions=sessions))


def check_in_ids_of(memberships: Iterable[str]) -> list[str]:
    """Ids of all check-ins of these members and of their links, for finding them in the log."""
    of = Occasion.objects.filter(membership_id__in=list(memberships))
    links = Link.objects.filter(occasion__in=of)
    both = (*of.values_list("pk", flat=True), *links.values_list("pk", flat=True))
    return [str(pk) for pk in both]
