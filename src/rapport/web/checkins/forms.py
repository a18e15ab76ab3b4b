"""Between the page and the answers: names of fields, and what was sent."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from rapport.web.checkins.actions import Submission
from rapport.web.checkins.errors import WrongForm
from rapport.web.checkins.help import ABOUT_A_LIFE
from rapport.web.checkins.queries import ToFill
from rapport.web.checkins.risk import meets
from rapport.web.checkins.seen import FEAR
from rapport.web.measures.queries import FormToFill, Question

MOST_LETTERS = 4_000


@dataclass(frozen=True, kw_only=True)
class Step:
    """One question on the page.

    Attributes:
        name: of its field.
        starts: the form that begins here; None: it goes on.
        done: it has an answer already, which is not shown again.
        flags: the values on which help is shown at once.
        kind: of that help.
        permits: one plain line that any answer is fine; "": it needs none.
        reads: who reads the answer.
        after: fields of the questions that decide whether this one is asked; "": always asked.
    """

    name: str
    question: Question
    starts: FormToFill | None
    done: bool
    flags: tuple[int, ...]
    kind: str
    permits: str
    reads: str
    after: str

    @property
    def asks_whom_to_tell(self) -> bool:
        """Whether the writer chooses who is told of it."""
        return self.kind == FEAR


def steps_of(page: ToFill) -> list[Step]:
    """The questions of all forms in order; those in own words are asked once, at the end."""
    return [
        Step(
            name=f"a.{asked.id}.{question.id}",
            question=question,
            starts=asked if place == 0 else None,
            done=question.id in page.answered.get(asked.id, frozenset()),
            flags=tuple(o.value for o in question.options if meets(asked, question, o.value)),
            kind=question.safety or "",
            permits=_permits(asked, question, page.words),
            reads=_reads(question, page),
            after=" ".join(f"a.{asked.id}.{name}" for name in question.asked_after),
        )
        for asked in page.forms
        for place, question in enumerate(asked.questions)
        if question.kind != "words"
    ]


def _permits(asked: FormToFill, question: Question, words: Mapping[str, str]) -> str:
    """A question that is hard to answer is one whose answer would be talked about, or flagged."""
    if question.safety:
        return words["tender_safety"]
    item = asked.content.item(question.id)
    return words["tender"] if item.direct_answer is not None else ""


def _reads(question: Question, page: ToFill) -> str:
    """Who reads one answer, as it is true of that one."""
    if question.safety == FEAR:
        return page.words["foot_fear"].format(who=page.therapist)
    read = page.words["foot"].format(who=page.therapist)
    if question.safety in ABOUT_A_LIFE and page.risk_told:
        return f"{read} {page.words['risk'].format(who=page.risk_told)}"
    return read


def marks_of(sent: Iterable[str]) -> list[tuple[UUID, str]]:
    """Form and question of every answer that was marked."""
    return [_place(name) for name in sent if name.startswith("m.")]


def submission_of(sent: Mapping[str, str], at: datetime) -> Submission:
    """What a page sent. An answer that is empty was not given.

    Raises:
        WrongForm: a field that no page of ours has.
    """
    return Submission(
        key=sent.get("key", ""),
        answers=answers_of(sent),
        words=sent.get("words", "").strip()[:MOST_LETTERS] or None,
        route="link",
        language=sent.get("language", "en")[:8],
        who_sees=sent.get("who_sees", "")[:24],
        answered_at=at,
        tell=sent.get("tell", "")[:40],
    )


def answers_of(sent: Mapping[str, str]) -> dict[str, dict[str, int | None]]:
    """The answers on a page, by form and question; an empty one was not given."""
    answers: dict[str, dict[str, int | None]] = {}
    for name, value in sent.items():
        if name.startswith("a."):
            form, question = _place(name)
            answers.setdefault(str(form), {})[question] = _number(value)
    return answers


def one_answer(sent: Mapping[str, str]) -> tuple[UUID, str, int | None]:
    """Form, question and value of one answer that is kept on the way."""
    form, question = _place(sent.get("name", ""))
    return form, question, _number(sent.get("value", ""))


def _place(name: str) -> tuple[UUID, str]:
    _, _, rest = name.partition(".")
    form, _, question = rest.partition(".")
    try:
        return UUID(form), question
    except ValueError as fault:
        raise WrongForm from fault


def _number(value: str) -> int | None:
    """A whole number; nothing is None; anything else is refused further in, by its place."""
    if not value.strip():
        return None
    try:
        return int(value)
    except ValueError as fault:
        raise WrongForm from fault


def own_words(page: ToFill) -> str:
    """What the box for own words is asked with: the forms' own open question, or ours."""
    asked = (q.text for form in page.forms for q in form.questions if q.kind == "words")
    return next(asked, page.words["words"])
