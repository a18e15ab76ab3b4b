"""Answers to single questions: what moved, what speaks for itself, what a person must read."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from rapport.science.alliance.direct_answers import direct_rules, find_direct_answers
from rapport.science.reading import sentences
from rapport.science.reading.attention import Attention
from rapport.science.reading.model import Item
from rapport.science.records.courses import FloatArray, IntArray
from rapport.science.records.session_table import RESPONDENTS, ItemAnswers
from rapport.science.scoring.instrument import Instrument
from rapport.science.scoring.parts import Item as Question


@dataclass(frozen=True, kw_only=True)
class QuestionAnswers:
    """All clients' own answers to one question, sorted by client, then session."""

    instrument: Instrument
    question: Question
    client: IntArray
    session: FloatArray
    answer: FloatArray


def questions_of(
    *, items: ItemAnswers | None, instruments: Mapping[str, Instrument]
) -> list[QuestionAnswers]:
    """Cut a table's item answers by question, as they stand on the form; only clients' own."""
    if items is None:
        return []
    own = items.respondent == RESPONDENTS.index("client")
    key = items.instrument.codes * (len(items.item.names) + 1) + items.item.codes
    order = np.lexsort((items.session, items.client, key))
    order = order[own[order] & (items.item.codes[order] >= 0)]
    edges = np.flatnonzero(np.diff(key[order], prepend=-1))
    groups = np.split(order, edges[1:]) if len(order) else []
    asked = [q for rows in groups if (q := _question(items, rows, instruments)) is not None]
    return sorted(asked, key=_place_on_the_form)


def _place_on_the_form(asked: QuestionAnswers) -> tuple[str, int]:
    form = [item.id for item in (*asked.instrument.items, *asked.instrument.extra_items)]
    return asked.instrument.id, form.index(asked.question.id)


def _question(
    items: ItemAnswers, rows: IntArray, instruments: Mapping[str, Instrument]
) -> QuestionAnswers | None:
    name, item_id = items.instrument.at(rows[0]), items.item.at(rows[0])
    instrument = instruments.get(str(name))
    if instrument is None or item_id is None:
        return None
    return QuestionAnswers(
        instrument=instrument,
        question=instrument.item(item_id),
        client=items.client[rows],
        session=items.session[rows],
        answer=items.answer[rows],
    )


def notice_risk_answers(*, attention: Attention, questions: list[QuestionAnswers]) -> None:
    """Risk answers; none is dropped, a missing one meets no rule and is never taken as zero.

    A risk answer stands until the same question was answered otherwise: silence ends nothing.
    """
    for asked in questions:
        rule = asked.question.safety
        if rule is None:
            continue
        latest = _latest_given(asked)
        for row in [i for i, a in enumerate(asked.answer.tolist()) if rule.met_by(a)]:
            code = int(asked.client[row])
            attention.add(
                code=code,
                kind="risk answer",
                session=float(asked.session[row]),
                sentence=sentences.risk_answer(attention.names[code], asked.instrument.title),
                rule=f"answer {rule.compare} {rule.threshold:g} ({rule.note or 'our policy'})",
                stands=row == latest[code],
            )


def _latest_given(asked: QuestionAnswers) -> dict[int, int]:
    """For each client the row of the latest answer given."""
    given = np.flatnonzero(~np.isnan(asked.answer))
    return dict(zip(asked.client[given].tolist(), given.tolist(), strict=True))


def notice_direct_answers(
    *,
    attention: Attention,
    items: ItemAnswers | None,
    instruments: Mapping[str, Instrument],
) -> None:
    """Answers that say themselves that something is wrong between the two, with the answer."""
    if items is None:
        return
    found = find_direct_answers(answers=items, rules=direct_rules(instruments.values()))
    for row, code in enumerate(found.client.tolist()):
        instrument = instruments[str(found.instrument[row])]
        question = instrument.item(str(found.item[row]))
        answer = answer_in_words(instrument, question, float(found.answer[row]))
        attention.add(
            code=code,
            kind="direct answer",
            session=float(found.session[row]),
            sentence=sentences.kept_answer(
                attention.names[code], question.text or question.id, answer
            ),
            rule=_rule_of(question),
        )


def _rule_of(question: Question) -> str:
    rule = question.direct_answer
    return (
        "" if rule is None else f"answer {rule.compare} {rule.threshold:g} ({rule.note or 'ours'})"
    )


def answer_in_words(instrument: Instrument, question: Question, answer: float) -> str:
    """The words beside the number on the form; the number where there are none."""
    allowed = instrument.answers_of(question)
    options = () if allowed is None else allowed.options
    return next((o.label for o in options if o.value == answer), f"{answer:g}")


def items_of(*, questions: list[QuestionAnswers]) -> list[dict[int, Item]]:
    """Per question, for each client: now, last time and the first time."""
    return [_moves(q) for q in questions if _on_the_form(q)]


def _on_the_form(asked: QuestionAnswers) -> bool:
    shown = any(asked.question.id == item.id for item in asked.instrument.items)
    return shown and asked.instrument.family in ("alliance", "session-relationship")


def _moves(asked: QuestionAnswers) -> dict[int, Item]:
    allowed = asked.instrument.answers_of(asked.question)
    options = sorted(() if allowed is None else allowed.options, key=lambda o: o.value)
    ends = (options[0].value, options[-1].value) if options else (np.nan, np.nan)
    moves: dict[int, Item] = {}
    starts = np.flatnonzero(np.diff(asked.client, prepend=-1))
    for rows in np.split(np.arange(len(asked.client)), starts[1:]):
        given = [None if a != a else a for a in asked.answer[rows].tolist()]
        moves[int(asked.client[rows[0]])] = Item(
            id=asked.question.id,
            text=asked.question.text or asked.question.id,
            minimum=float(ends[0]),
            maximum=float(ends[1]),
            now=given[-1],
            last=given[-2] if len(given) > 1 else None,
            first=given[0] if len(given) > 1 else None,
            reverse=asked.question.reverse,
            labels=tuple(o.label for o in options),
        )
    return moves
