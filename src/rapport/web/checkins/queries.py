"""What a writer sees of the own check-in, and what a therapist reads of it afterwards."""

import json
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from rapport.web.checkins.actions import is_open
from rapport.web.checkins.errors import LinkEnded
from rapport.web.checkins.models import Answers, Link, Occasion, Receipt
from rapport.web.checkins.tokens import hashed
from rapport.web.measures.queries import FormToFill, form
from rapport.web.people.queries import Reader, must_care_for


@dataclass(frozen=True, kw_only=True)
class ToFill:
    """A check-in as its writer sees it: what is still open, never what was answered before.

    Attributes:
        forms: all forms, in order.
        answered: ids of the questions that have an answer already, by form; not the answers.
    """

    occasion: UUID
    moment: str
    writer: str
    forms: tuple[FormToFill, ...]
    answered: dict[UUID, frozenset[str]]

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
        answers: by form id and question; None: not answered, which is not zero.
    """

    session: UUID
    writer: str
    moment: str
    answered_at: datetime
    words: str | None
    scores: dict[UUID, dict[str, float | None]]
    answers: dict[UUID, dict[str, int | None]]


def to_fill(*, cookie: str, at: datetime) -> ToFill:
    """The check-in that a cookie belongs to.

    Raises:
        LinkEnded: it is answered, too old or ended.
    """
    link = Link.objects.select_related("occasion").filter(cookie=hashed(cookie)).first()
    if link is None or not is_open(link, at):
        raise LinkEnded
    of = link.occasion
    return ToFill(
        occasion=of.pk,
        moment=of.moment,
        writer=of.writer,
        forms=tuple(form(UUID(asked)) for asked in of.forms),
        answered=_answered(of),
    )


def check_ins_of(membership: UUID, *, reader: Reader) -> list[CheckIn]:
    """Everything that came in from and about one member, oldest first, for their therapist.

    Raises:
        NotAllowed, NotHere: it is not the reader's to see.
    """
    must_care_for(membership, reader=reader)
    receipts = Receipt.objects.filter(occasion__membership_id=membership)
    receipts = receipts.select_related("occasion__session", "occasion__membership")
    kept: dict[UUID, list[Answers]] = {}
    for row in Answers.objects.filter(occasion__membership_id=membership).select_related(
        "occasion__membership"
    ):
        kept.setdefault(row.occasion_id, []).append(row)
    ordered = receipts.order_by("occasion__session__number", "occasion__moment", "received_at")
    return [_check_in(receipt, kept.get(receipt.occasion_id, [])) for receipt in ordered]


def _answered(of: Occasion) -> dict[UUID, frozenset[str]]:
    draft = getattr(of, "draft", None)
    content = json.loads(draft.get("content") or "{}") if draft is not None else {}
    return {
        UUID(asked): frozenset(q for q, value in given.items() if value is not None)
        for asked, given in content.items()
    }


def _check_in(receipt: Receipt, kept: list[Answers]) -> CheckIn:
    of = receipt.occasion
    return CheckIn(
        session=of.session_id,
        writer=of.writer,
        moment=of.moment,
        answered_at=receipt.answered_at,
        words=receipt.get("words"),
        scores={row.form_id: json.loads(row.get("scores") or "{}") for row in kept},
        answers={row.form_id: json.loads(row.get("content") or "{}") for row in kept},
    )
