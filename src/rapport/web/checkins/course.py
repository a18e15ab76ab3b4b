"""What came in over a whole course, as rows that a reading is made from."""

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, Max, Q

from rapport.web.checkins.models import Answers, Occasion, Receipt

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
    rows = Answers.objects.all()
    if memberships is not None:
        rows = rows.filter(occasion__membership_id__in=memberships)
    return (_filled(*row) for row in rows.values_list(*_FILLED).iterator(chunk_size=2_000))


def written_words(memberships: Collection[UUID]) -> list[Written]:
    """What these members wrote, the latest first."""
    rows = Receipt.objects.filter(
        occasion__membership_id__in=memberships, occasion__writer="client", words__isnull=False
    ).select_related("occasion__session", "occasion__membership")
    ordered = rows.order_by("-occasion__session__number", "-received_at")
    return [
        Written(
            membership=row.occasion.membership_id,
            writer=row.occasion.writer,
            moment=row.occasion.moment,
            session=row.occasion.session.number,
            day=row.occasion.session.starts_at,
            text=row.get("words") or "",
        )
        for row in ordered
    ]


def silent_check_ins(memberships: Collection[UUID] | None, *, at: datetime) -> list[Silent]:
    """Clients' check-ins whose session is a day past, and that nobody answered."""
    rows = Occasion.objects.filter(_silent(at)).select_related("session")
    if memberships is not None:
        rows = rows.filter(membership_id__in=memberships)
    return [
        Silent(
            membership=row.membership_id,
            about=row.about_id,
            moment=row.moment,
            session=row.session.number,
            day=row.session.starts_at,
            forms=tuple(UUID(asked) for asked in row.forms),
        )
        for row in rows.order_by("session__number")
    ]


def stands(memberships: Collection[UUID], *, at: datetime) -> dict[UUID, Stand]:
    """How far each member's check-ins have come, in two looks for all of them.

    Two, since only the few that stay open have to be looked up together with their sessions.
    """
    of = Occasion.objects.filter(membership_id__in=memberships)
    came = of.filter(receipt__received_at__isnull=False).values_list("membership_id")
    answered = {
        membership: (times, latest)
        for membership, times, latest in came.annotate(
            times=Count("pk"), latest=Max("receipt__received_at")
        )
    }
    still = of.filter(_silent(at)).values_list("membership_id")
    silent = dict(still.annotate(times=Count("pk")))
    return {
        membership: Stand(
            answered=answered.get(membership, (0, None))[0],
            latest=answered.get(membership, (0, None))[1],
            silent=silent.get(membership, 0),
        )
        for membership in answered.keys() | silent.keys()
    }


def _silent(at: datetime) -> Q:
    """Open and past, or ended without an answer; of a session that was called off nothing."""
    past = Q(session__starts_at__lt=at - GRACE, session__state__in=("planned", "held"))
    return Q(writer="client", state__in=("open", "ended")) & past


_FILLED = (
    *("pk", "form_id", "scores", "content", "occasion_id"),
    *("occasion__membership_id", "occasion__membership__person_id", "occasion__about_id"),
    *("occasion__writer", "occasion__moment"),
    *("occasion__session__number", "occasion__session__starts_at"),
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
