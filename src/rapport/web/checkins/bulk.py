"""Write many made-up check-ins at once; only for a practice in which nobody exists.

The rows are made by the same functions as in `actions`. An answer that a person must answer is
refused here: it comes in through `receive_checkin` alone, which raises its flag. The log line is
written by whoever calls (`site.made_up`, the only importer).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from rapport.web.checkins.actions import OPEN_DAYS, Submission, answers_row, receipt_row
from rapport.web.checkins.errors import NotInBulk
from rapport.web.checkins.models import Answers, Occasion, Receipt
from rapport.web.checkins.risk import meets
from rapport.web.measures.errors import BadAnswers
from rapport.web.measures.queries import FormToFill, form
from rapport.web.people.queries import must_be_made_up


@dataclass(frozen=True, kw_only=True)
class MadeUpCheckIn:
    """One check-in of one writer, as it came in.

    Attributes:
        person: whose key seals it.
        submission: with the answers by form id.
    """

    session: UUID
    starts_at: datetime
    membership: UUID
    person: UUID
    writer: str
    about: UUID
    moment: str
    submission: Submission


def keep_checkins(check_ins: Sequence[MadeUpCheckIn]) -> None:
    """Keep occasions, receipts and answers with their scores.

    Raises:
        NotMadeUp: real people may be in this practice.
        NotInBulk: an answer has to be answered by a person.
        BadAnswers: an answer is not one of the form's.
    """
    must_be_made_up()
    occasions = [_occasion(made) for made in check_ins]
    Occasion.keep_many(occasions)
    Receipt.keep_many(
        [
            receipt_row(of, made.submission, made.submission.answered_at)
            for of, made in zip(occasions, check_ins, strict=True)
        ]
    )
    Answers.keep_many(list(_answers(occasions, check_ins)))


def _occasion(made: MadeUpCheckIn) -> Occasion:
    opened = made.submission.answered_at
    return Occasion(
        session_id=made.session,
        membership=_membership(made.membership, made.person),
        writer=made.writer,
        about_id=made.about,
        moment=made.moment,
        forms=list(made.submission.answers),
        opens_at=opened,
        closes_at=max(opened, made.starts_at) + timedelta(days=OPEN_DAYS),
        state="answered",
    )


@cache
def _membership_model() -> Any:
    return Occasion._meta.get_field("membership").related_model


def _membership(membership: UUID, person: UUID) -> Any:
    """As much of a membership as sealing needs; it is in the database already."""
    return _membership_model()(pk=membership, person_id=person)


def _answers(
    occasions: Sequence[Occasion], check_ins: Sequence[MadeUpCheckIn]
) -> Iterator[Answers]:
    """Form by form, so that each form's scores are computed in one go."""
    by_form: dict[str, list[int]] = {}
    for position, made in enumerate(check_ins):
        for asked in made.submission.answers:
            by_form.setdefault(asked, []).append(position)
    for asked, positions in by_form.items():
        filled = form(UUID(asked))
        given = [check_ins[position].submission.answers[asked] for position in positions]
        _refuse(filled, given)
        scores = filled.scores_of_many(given)
        for position, answers, scored in zip(positions, given, scores, strict=True):
            yield answers_row(occasions[position], filled, answers, scored)


def _refuse(filled: FormToFill, many: Sequence[Mapping[str, int | None]]) -> None:
    judged_by_scoring = {item.id for item in filled.content.items}
    asks_about_risk = [question for question in filled.questions if question.safety]
    for given in many:
        rest = {name: given[name] for name in given.keys() - judged_by_scoring}
        if rest and (faults := filled.out_of_range(rest)):
            raise BadAnswers(faults)
        if any(meets(filled, question, given.get(question.id)) for question in asks_about_risk):
            raise NotInBulk
