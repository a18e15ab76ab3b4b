"""What came in over a whole course, as rows that a reading is made from."""

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, DateTimeField, Max, Q, QuerySet, UUIDField

from rapport.web.checkins.models import Answers, Occasion, Receipt
from rapport.web.core.asked_often import AnyOf, ColumnsAskedOften

# A check-in after a session counts as not answered from the next day on; before that it is only
# not answered yet (ours).
GRACE = timedelta(days=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Filled:
    """One form of one check-in.

    Attributes:
        about: the therapist it is about.
        session: its number in the case; ``day`` is when it was.
        scores, answers: by scale and by question; None: too little, or not answered.
    """

    occasion: UUID
    membership: UUID
    about: UUID
    writer: str
    moment: str
    session: int
    day: datetime
    form: UUID
    scores: dict[str, float | None]
    answers: dict[str, int | None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Written:
    """A writer's own words at one check-in."""

    membership: UUID
    writer: str
    moment: str
    session: int
    day: datetime
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Silent:
    """A client's check-in that was asked for and not answered; silence is not zero."""

    membership: UUID
    about: UUID
    moment: str
    session: int
    day: datetime
    forms: tuple[UUID, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Stand:
    """How far a member's check-ins have come: it changes when an answer comes or stays out."""

    answered: int
    latest: datetime | None
    silent: int


def filled_forms(memberships: Collection[UUID] | None) -> Iterator[Filled]:
    """Every form these members and their therapists filled in; None: the whole practice's."""
    if memberships is None:
        rows = Answers.objects.values_list(*_FILLED).iterator(chunk_size=2_000)
        return (_filled(*row) for row in rows)
    return (_filled(*row) for one in memberships for row in _FILLED_BY.all(membership=one))


def written_words(memberships: Collection[UUID]) -> list[Written]:
    """What these members wrote, the latest of each first."""
    rows = [row for one in memberships for row in _WRITTEN_BY.all(membership=one)]
    return [
        Written(
            membership=membership,
            writer=writer,
            moment=moment,
            session=number,
            day=day,
            text=Receipt.opened("words", words, of=pk, key=person),
        )
        for pk, words, membership, person, writer, moment, number, day in rows
    ]


def silent_check_ins(memberships: Collection[UUID] | None, *, at: datetime) -> list[Silent]:
    """Clients' check-ins whose session is a day past, and that nobody answered."""
    before = at - GRACE
    if memberships is None:
        return [_unanswered(*row) for row in _silences(_silent(before))]
    rows = (row for one in memberships for row in _SILENT_OF.all(membership=one, before=before))
    return [_unanswered(*row) for row in rows]


def stands(memberships: Collection[UUID], *, at: datetime) -> dict[UUID, Stand]:
    """How far each member's check-ins have come, in two looks for all of them.

    Two, since only the few that stay open have to be looked up together with their sessions.
    """
    answered = {
        membership: (times, latest)
        for membership, times, latest in _ANSWERED.all(memberships=memberships)
    }
    silent = dict(_STILL.all(memberships=memberships, before=at - GRACE))
    return {
        membership: Stand(
            answered=answered.get(membership, (0, None))[0],
            latest=answered.get(membership, (0, None))[1],
            silent=silent.get(membership, 0),
        )
        for membership in answered.keys() | silent.keys()
    }


_ANSWERED = ColumnsAskedOften(
    lambda memberships: (
        Receipt.objects.filter(occasion__membership_id__in=memberships)
        .values_list("occasion__membership_id")
        .annotate(times=Count("pk"), latest=Max("received_at"))
    ),
    memberships=AnyOf(UUIDField()),
)


def _silent(before: datetime) -> Q:
    """Open and past, or ended without an answer; of a session that was called off nothing."""
    past = Q(session__starts_at__lt=before, session__state__in=("planned", "held"))
    return Q(writer="client", state__in=("open", "ended")) & past


def _silences(which: Q) -> QuerySet[Occasion, tuple[Any, ...]]:
    found = Occasion.objects.filter(which).order_by("session__number")
    return found.values_list(
        *("membership_id", "about_id", "moment"),
        *("session__number", "session__starts_at", "forms"),
    )


def _unanswered(
    membership: UUID, about: UUID, moment: str, session: int, day: datetime, forms: list[str]
) -> Silent:
    return Silent(
        membership=membership,
        about=about,
        moment=moment,
        session=session,
        day=day,
        forms=tuple(UUID(asked) for asked in forms),
    )


_STILL = ColumnsAskedOften(
    lambda memberships, before: (
        Occasion.objects.filter(_silent(before), membership_id__in=memberships)
        .values_list("membership_id")
        .annotate(times=Count("pk"))
    ),
    memberships=AnyOf(UUIDField()),
    before=DateTimeField(),
)

_FILLED = (
    *("pk", "form_id", "scores", "content", "occasion_id"),
    *("occasion__membership_id", "occasion__membership__person_id", "occasion__about_id"),
    *("occasion__writer", "occasion__moment"),
    *("occasion__session__number", "occasion__session__starts_at"),
)
_FILLED_BY = ColumnsAskedOften(
    lambda membership: Answers.objects.filter(occasion__membership_id=membership).values_list(
        *_FILLED
    ),
    membership=UUIDField(),
)
_WRITTEN_BY = ColumnsAskedOften(
    lambda membership: (
        Receipt.objects.filter(
            occasion__membership_id=membership, occasion__writer="client", words__isnull=False
        )
        .order_by("-occasion__session__number", "-received_at")
        .values_list(
            *("pk", "words", "occasion__membership_id", "occasion__membership__person_id"),
            *("occasion__writer", "occasion__moment"),
            *("occasion__session__number", "occasion__session__starts_at"),
        )
    ),
    membership=UUIDField(),
)
_SILENT_OF = ColumnsAskedOften(
    lambda membership, before: _silences(Q(membership_id=membership) & _silent(before)),
    membership=UUIDField(),
    before=DateTimeField(),
)


def _filled(
    pk: UUID,
    form: UUID,
    scores: bytes | None,
    content: bytes | None,
    occasion: UUID,
    membership: UUID,
    person: UUID,
    about: UUID,
    writer: str,
    moment: str,
    session: int,
    day: datetime,
) -> Filled:
    return Filled(
        occasion=occasion,
        membership=membership,
        about=about,
        writer=writer,
        moment=moment,
        session=session,
        day=day,
        form=form,
        scores=json.loads(Answers.opened("scores", scores, of=pk, key=person) or "{}"),
        answers=json.loads(Answers.opened("content", content, of=pk, key=person) or "{}"),
    )
