"""Between the pages of the desk and the answers."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from rapport.web.checkins.by_staff.actions import Desk
from rapport.web.checkins.by_staff.queries import ToType
from rapport.web.checkins.errors import NotADay
from rapport.web.checkins.forms import MOST_LETTERS, answers_of
from rapport.web.measures.queries import FormToFill, Option, Question


@dataclass(frozen=True, kw_only=True)
class Row:
    """One question on a page of the desk."""

    name: str
    question: Question


@dataclass(frozen=True, kw_only=True)
class Group:
    """Questions that can be answered alike with one tap: same answers, same direction.

    Attributes:
        name: of the field that answers them all; "": each is answered for itself.
    """

    name: str
    rows: tuple[Row, ...]

    @property
    def options(self) -> tuple[Option, ...]:
        """The answers that all of them offer."""
        return self.rows[0].question.options


def rows_of(form: FormToFill) -> list[Row]:
    """The questions of a form that are not answered in words."""
    return [
        Row(name=f"a.{form.id}.{question.id}", question=question)
        for question in form.questions
        if question.kind != "words"
    ]


def groups_of(page: ToType) -> list[Group]:
    """The mirror's questions: runs that point the same way, then each of the rest by itself."""
    return [group for form in page.forms for group in _groups(form)]


def _groups(form: FormToFill) -> Iterable[Group]:
    turned = {item.id: item.reverse for item in (*form.content.items, *form.content.extra_items)}

    def alike(row: Row) -> tuple[object, ...]:
        question = row.question
        apart = None if question.scored else question.id
        return (turned[question.id], question.options, apart)

    for place, (_, run) in enumerate(groupby(rows_of(form), key=alike)):
        rows = tuple(run)
        yield Group(name=f"all.{form.id}.{place}" if len(rows) > 1 else "", rows=rows)


def mirror_answers(page: ToType, sent: Mapping[str, str]) -> dict[str, dict[str, int | None]]:
    """What was answered; a row left open takes the answer that was given to all of its group."""
    filled = dict(sent.items())
    for group in groups_of(page):
        for row in group.rows:
            if not filled.get(row.name) and sent.get(group.name):
                filled[row.name] = sent[group.name]
    return answers_of(filled)


def words_of(sent: Mapping[str, str]) -> str | None:
    """Own words, or nothing."""
    return sent.get("words", "").strip()[:MOST_LETTERS] or None


def desk_of(sent: Mapping[str, str]) -> Desk:
    """A form on paper as it was typed in.

    Raises:
        NotADay: that is no date.
    """
    try:
        day = date.fromisoformat(sent.get("day", ""))
    except ValueError as fault:
        raise NotADay from fault
    return Desk(key=sent.get("key", ""), answers=answers_of(sent), words=words_of(sent), day=day)
