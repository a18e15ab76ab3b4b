"""What a therapist sees before typing: the mirror's questions, or a paper form's."""

from base64 import b32encode
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import UUIDField

from rapport.web.checkins.models import Occasion
from rapport.web.checkins.queries import forms_to_ask, given_of, language_of
from rapport.web.checkins.seen import FEAR
from rapport.web.checkins.words import version_of, who_sees, words_in
from rapport.web.core.asked_often import AnyOf, ColumnsAskedOften
from rapport.web.core.errors import NotHere
from rapport.web.measures.queries import FormToFill
from rapport.web.people.queries import (
    Reader,
    must_care_for,
    names_of,
    session_of,
    the_practice,
)
from rapport.web.people.roles import May
from rapport.web.safety.queries import Help, Raised, flags_to_answer, help_for, raised_with


@dataclass(frozen=True, kw_only=True)
class ToType:
    """A check-in as somebody at the desk types it in.

    Attributes:
        code: names the occasion on paper, and nobody.
        name: of the member.
        day: of the session, in the practice's zone.
        today: the last day on which it can have been filled in.
        who_sees: sentences that stand on the paper; ``version`` of them is kept.
        help: crisis lines for the paper; None: no question about risk is on it.
    """

    occasion: UUID
    case: UUID
    membership: UUID
    name: str
    session: int
    day: date
    today: date
    moment: str
    forms: tuple[FormToFill, ...]
    code: str
    language: str
    words: dict[str, str]
    who_sees: tuple[str, ...]
    help: Help | None
    own: str

    @property
    def version(self) -> str:
        """Of the sentences that said who reads it."""
        return version_of(self.who_sees)


def to_type(occasion: UUID, *, reader: Reader, at: datetime) -> ToType:
    """A check-in of an own case that is still open.

    Raises:
        NotAllowed, NotHere: not the reader's, or it was answered.
    """
    of = own_occasion(occasion, reader=reader)
    if of.state != "open":
        raise NotHere("open check-in")
    return _to_type(of, at)


def mirror_of(*, session: UUID, membership: UUID, reader: Reader, at: datetime) -> ToType:
    """The reader's own mirror of one member, answered or not.

    Raises:
        NotHere: it was never opened.
    """
    of = Occasion.objects.filter(
        session_id=session, membership_id=membership, writer="therapist", about_id=reader.staff
    ).first()
    if of is None:
        raise NotHere("mirror")
    return _to_type(own_occasion(of.pk, reader=reader), at)


def _to_type(of: Occasion, at: datetime) -> ToType:
    session, zone = session_of(of.session_id), _zone()
    on_paper = of.writer == "client"
    language = language_of(of) if on_paper else _practice_language()
    forms = forms_to_ask(of, language=language, on_paper=on_paper)
    risky = any(q.safety for asked in forms for q in asked.questions)
    found = help_for(language)
    words = words_in(language)
    return ToType(
        occasion=of.pk,
        case=session.case,
        membership=of.membership_id,
        name=names_of([of.membership_id])[of.membership_id],
        session=session.number,
        day=session.starts_at.astimezone(zone).date(),
        today=at.astimezone(zone).date(),
        moment=of.moment,
        forms=forms,
        code=code_of(of.pk),
        language=language,
        words=words,
        who_sees=who_sees(language, responder=found.who or None),
        help=found if risky else None,
        own=next(
            (q.text for asked in forms for q in asked.questions if q.kind == "words"),
            words["words"],
        ),
    )


def own_occasion(occasion: UUID, *, reader: Reader) -> Occasion:
    """A check-in of a member of an own case."""
    reader.must(May.WRITE_OWN_CASES)
    of = Occasion.one(occasion)
    must_care_for(of.membership_id, reader=reader)
    return of


_GIVEN = ColumnsAskedOften(
    lambda sessions: Occasion.objects.filter(
        session_id__in=sessions, writer="therapist", state="answered"
    ).values_list("session_id", "membership_id"),
    sessions=AnyOf(UUIDField()),
)


def own_side_given(sessions: Iterable[UUID]) -> frozenset[tuple[UUID, UUID]]:
    """Of these sessions, about whom the therapist has answered: session and membership."""
    return frozenset((session, member) for session, member in _GIVEN.all(sessions=sessions))


def code_of(occasion: UUID) -> str:
    """What is printed on a paper form to find its check-in again; says nothing of anybody.

    >>> code_of(UUID(int=1 << 120))
    'AEAA-AAAA'
    """
    letters = b32encode(occasion.bytes[:5]).decode()
    return f"{letters[:4]}-{letters[4:]}"


def occasion_of(code: str, *, reader: Reader) -> UUID:
    """The check-in whose code stands on a paper form, among the reader's own.

    Raises:
        NotHere: there is none, or two by a rare chance.
    """
    reader.must(May.WRITE_OWN_CASES)
    typed = code.strip().upper().replace(" ", "").replace("-", "")
    mine = Occasion.objects.filter(
        state="open",
        writer="client",
        membership__case__care__staff_id=reader.staff,
        membership__case__care__until=None,
    )
    ids = mine.values_list("pk", flat=True)
    found = [one for one in ids if code_of(one).replace("-", "") == typed]
    if len(found) != 1:
        raise NotHere("open check-in of this code")
    return found[0]


@dataclass(frozen=True, kw_only=True)
class FlagHere:
    """A flag that a form on paper raised; ``mine``: the reader was told and can open it."""

    raised: Raised
    mine: bool


@dataclass(frozen=True, kw_only=True)
class Typed:
    """That a form on paper was kept.

    Attributes:
        left_open: how many questions were not answered; they stay unanswered.
        flags: answers that a person must answer, the steps for which follow at once.
    """

    case: UUID
    membership: UUID
    name: str
    left_open: int
    flags: tuple[FlagHere, ...]


def typed(occasion: UUID, *, reader: Reader) -> Typed:
    """What is said when a form on paper was kept."""
    of = own_occasion(occasion, reader=reader)
    mine = {flag.flag for flag in flags_to_answer(reader=reader)}
    raised = [FlagHere(raised=one, mine=one.flag in mine) for one in raised_with(of.pk)]
    return Typed(
        case=session_of(of.session_id).case,
        membership=of.membership_id,
        name=names_of([of.membership_id])[of.membership_id],
        left_open=_left_open(of),
        flags=tuple(flag for flag in raised if flag.raised.kind != FEAR),
    )


def _left_open(of: Occasion) -> int:
    return sum(
        given.get(question.id) is None
        for asked, given in given_of(of)
        for question in asked.questions
        if question.kind != "words" and question.safety != FEAR
    )


def _zone() -> ZoneInfo:
    practice = the_practice()
    return ZoneInfo(practice.zone if practice else "UTC")


def _practice_language() -> str:
    practice = the_practice()
    return practice.language if practice else "en"
