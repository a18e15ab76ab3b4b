"""Answers that say themselves that something should be talked about."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rapport.science.alliance.walk import lasting
from rapport.science.records.courses import FloatArray, IntArray
from rapport.science.records.result import Result
from rapport.science.records.session_table import RESPONDENTS, ItemAnswers, Labels
from rapport.science.scoring.instrument import Instrument
from rapport.science.scoring.parts import AnswerRule

# Items of our own check-ins that tell how it stands with what was said; ours.
TALKED_ABOUT, SETTLED = "talked_about", "settled"
MOSTLY_SETTLED = 3  # "mostly" of 0-4; ours

_SIGNS = {">=": np.greater_equal, "<=": np.less_equal, "<": np.less, ">": np.greater}
_STEFANA = "Stefana et al. (2023), J Clin Med 12:5156: RISQ; any yes asks for a talk (our policy)"


@dataclass(frozen=True, kw_only=True)
class DirectAnswers(Result):
    """Answers that meet the rule of their question, one entry each, by client and session.

    Attributes:
        client: positions in the table's client ids, shape (n_answers,).
        session: session of the answer.
        instrument, item: names of questionnaire and question.
        answer: the answer as given; always shown with the signal.
        running: at how many answered check-ins running it has stood by now.
        opens: whether it asks for a talk: not known to be both talked about and mostly settled,
            or standing again.
        recovered: session of the next answer below the rule, or at which it feels mostly settled;
            NaN where it stands.
        n_check_ins: client sessions with one of these questions answered.
        per_25_check_ins: how many such answers come on 25 of them; NaN without any.
    """

    client: IntArray
    session: FloatArray
    instrument: NDArray[Any]
    item: NDArray[Any]
    answer: FloatArray
    running: IntArray
    opens: NDArray[np.bool_]
    recovered: FloatArray
    n_check_ins: int
    per_25_check_ins: float


Rules = Mapping[tuple[str, str], AnswerRule]


def direct_rules(instruments: Iterable[Instrument]) -> Rules:
    """The direct-answer rules of these instruments, by instrument and item.

    >>> direct_rules([])
    {}
    """
    return {
        (instrument.id, item.id): item.direct_answer
        for instrument in instruments
        for item in (*instrument.items, *instrument.extra_items)
        if item.direct_answer is not None
    }


def find_direct_answers(*, answers: ItemAnswers, rules: Rules) -> DirectAnswers:
    """Find the clients' own answers that meet the direct-answer rule of their question.

    The rules stand in the instruments' files: any yes on the RISQ; on our own check-in "kept
    back" of 3 or more, "tension" of 2 or more (0-4). Raw answers; a missing one meets nothing.
    Clients report ruptures in 19-42 % of sessions, so ``opens`` says which ask for a talk.

    Args:
        answers: item by item; only what clients answered for themselves is looked at.
        rules: by instrument and item, see :func:`direct_rules`.

    >>> from rapport.science.records.session_table import Labels
    >>> one = np.zeros(3, dtype=np.int64)
    >>> answers = ItemAnswers(
    ...     client=one, session=np.array([1.0, 2.0, 3.0]), answer=np.array([1.0, 1.0, 0.0]),
    ...     instrument=Labels(codes=one, names=np.array(["risq"])), respondent=one.astype(np.int8),
    ...     item=Labels(codes=one, names=np.array(["q1"])))
    >>> any_yes = AnswerRule(threshold=1, compare=">=", kind="direct-answer", action="talk")
    >>> found = find_direct_answers(answers=answers, rules={("risq", "q1"): any_yes})
    >>> found.session.tolist(), found.running.tolist(), found.recovered.tolist()
    ([1.0, 2.0], [1, 2], [3.0, 3.0])
    """
    asked = _asked(answers, rules)
    running = lasting(asked.met, asked.starts)
    settled = asked.settled >= MOSTLY_SETTLED
    handled = settled & (asked.talked_about > 0)
    recovered = _next_session(asked, ~asked.met | settled)
    rows = np.flatnonzero(asked.met)
    rows = rows[np.lexsort((asked.session[rows], asked.client[rows]))]
    return DirectAnswers(
        method="Direct answers: questions whose answer asks for a talk",
        settings={
            "rules": {f"{i}.{q}": f"{r.compare} {r.threshold:g}" for (i, q), r in rules.items()}
        },
        papers=(_STEFANA,),
        client=asked.client[rows],
        session=asked.session[rows],
        instrument=answers.instrument.names[asked.instrument[rows]],
        item=answers.item.names[asked.item[rows]],
        answer=asked.answer[rows],
        running=running[rows],
        opens=(~handled | (running >= 2))[rows],
        recovered=recovered[rows],
        n_check_ins=asked.n_check_ins,
        per_25_check_ins=25 * len(rows) / asked.n_check_ins if asked.n_check_ins else float("nan"),
    )


@dataclass(frozen=True, kw_only=True)
class _Asked:
    """Answered questions that have a rule, by client, question and session."""

    client: IntArray
    session: FloatArray
    instrument: IntArray
    item: IntArray
    answer: FloatArray
    met: NDArray[np.bool_]
    talked_about: FloatArray  # on the same form, where the rule is met; NaN where not answered
    settled: FloatArray
    starts: IntArray  # where a client's answers to one question begin
    n_check_ins: int


def _asked(answers: ItemAnswers, rules: Rules) -> _Asked:
    own = (answers.respondent == RESPONDENTS.index("client")) & ~np.isnan(answers.answer)
    met, ruled = np.zeros((2, len(own)), dtype=bool)
    for (instrument, question), rule in rules.items():
        these = own & _named(answers.instrument, instrument) & _named(answers.item, question)
        ruled |= these
        met[these] = _SIGNS[rule.compare](answers.answer[these], rule.threshold)
    rows = np.flatnonzero(ruled)
    form, item = answers.instrument.codes[rows], answers.item.codes[rows]
    rows = rows[np.lexsort((answers.session[rows], item, form, answers.client[rows]))]
    form, item = answers.instrument.codes[rows], answers.item.codes[rows]
    new = np.ones(len(rows), dtype=bool)
    for key in (answers.client[rows], form, item):
        new[1:] &= np.diff(key) == 0
    new[1:] = ~new[1:]
    return _Asked(
        client=answers.client[rows],
        session=answers.session[rows],
        instrument=form,
        item=item,
        answer=answers.answer[rows],
        met=met[rows],
        talked_about=_beside(answers, own, rows, met[rows], TALKED_ABOUT),
        settled=_beside(answers, own, rows, met[rows], SETTLED),
        starts=np.append(np.flatnonzero(new), len(rows)),
        n_check_ins=_different(_check_in_keys(answers, rows)),
    )


def _named(labels: Labels, name: str) -> NDArray[np.bool_]:
    return np.isin(labels.codes, np.flatnonzero(labels.names == name))


def _beside(
    answers: ItemAnswers, own: NDArray[np.bool_], rows: IntArray, met: NDArray[np.bool_], item: str
) -> FloatArray:
    """The answer to another question on the same form of the same session, NaN where none."""
    told = np.full(len(rows), np.nan)
    others, asking = np.flatnonzero(own & _named(answers.item, item)), np.flatnonzero(met)
    if not len(others):
        return told
    keys = _check_in_keys(answers, np.concatenate([others, rows[asking]]), by_form=True)
    known, wanted = keys[: len(others)], keys[len(others) :]
    order = np.argsort(known)
    at = order[np.searchsorted(known, wanted, sorter=order).clip(max=len(known) - 1)]
    there = known[at] == wanted
    told[asking[there]] = answers.answer[others[at[there]]]
    return told


def _different(keys: IntArray) -> int:
    # Sorting beats NumPy's hashing several times over where nearly all differ.
    return int((np.diff(np.sort(keys)) != 0).sum()) + 1 if len(keys) else 0


def _check_in_keys(answers: ItemAnswers, rows: IntArray, *, by_form: bool = False) -> IntArray:
    """One number per client and session (and form): the same for answers that belong together."""
    sessions = np.unique(answers.session[rows])
    place = np.searchsorted(sessions, answers.session[rows])
    keys = answers.client[rows] * len(sessions) + place
    if by_form:
        keys = keys * len(answers.instrument.names) + answers.instrument.codes[rows]
    return np.asarray(keys, dtype=np.int64)


def _next_session(asked: _Asked, well: NDArray[np.bool_]) -> FloatArray:
    """Session of the first row at or after each one, of the same question, where all is well."""
    n = len(well)
    rows = np.where(well, np.arange(n), n)
    at = np.minimum.accumulate(rows[::-1])[::-1]
    ends = np.repeat(asked.starts[1:], np.diff(asked.starts))
    there = at < ends
    return np.where(there, asked.session[np.where(there, at, 0)], np.nan)


def asks_for_change(texts: Sequence[str | None]) -> NDArray[np.bool_]:
    """Which answers to "what should be different" say anything at all.

    >>> asks_for_change(["Speak slower.", "  ", None]).tolist()
    [True, False, False]
    """
    return np.array([bool(text and text.strip()) for text in texts], dtype=bool)
