"""Read the log, and find out whether it was changed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast

from rapport.web.audit.chain import By, Line, chained
from rapport.web.audit.models import Entry, Head
from rapport.web.core.access import current_practice


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What a check of the whole chain found.

    Attributes:
        lines: how many lines hold together from the first.
        fault: what is wrong, and at which line; None: nothing.
        newest: the hash of the newest line, to be kept outside.
    """

    lines: int
    fault: str | None
    newest: str


def lines_about(thing_id: UUID | str) -> list[Line]:
    """Everything the log holds about one thing, oldest first."""
    rows = Entry.objects.filter(practice_id=current_practice(), thing_id=str(thing_id))
    return [_line(row) for row in rows.order_by("number")]


def lines(
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    about: Sequence[str] = (),
    by: UUID | str | None = None,
    before: int | None = None,
    most: int = 50,
) -> list[Line]:
    """Lines of the log, the newest first; each wish that is given narrows them.

    Args:
        since, until: the span of time, both ends in it.
        about: ids of things; the first one may also stand among several that one line names.
        by: id of who did it.
        before: only lines before the one of this number: the next page.
        most: so many at most.
    """
    found = _narrowed(since=since, until=until, by=by, before=before)
    if about:
        told = found.annotate(told=Cast("detail", TextField()))
        found = told.filter(Q(thing_id__in=about) | Q(told__contains=about[0]))
    return [_line(row) for row in found.order_by("-number")[:most]]


def _narrowed(
    *, since: datetime | None, until: datetime | None, by: UUID | str | None, before: int | None
) -> QuerySet[Entry]:
    wishes = {"at__gte": since, "at__lte": until, "number__lt": before}
    wishes["by_id"] = str(by) if by else None  # type: ignore[assignment]
    given = {name: wish for name, wish in wishes.items() if wish is not None}
    return Entry.objects.filter(practice_id=current_practice(), **given)


def verify(*, anchors: dict[int, str] | None = None) -> Verdict:
    """Compute the chain again from the first line and compare.

    An edited, removed, inserted or moved line breaks the chain where it stands. A cut tail does
    not: it is found by the head, and a rolled back or emptied log by what was kept outside.

    Args:
        anchors: newest hashes kept outside the database, by the number of their line.
    """
    anchors = anchors or {}
    before, number = "", 0
    for row in _rows():
        number += 1
        fault = _fault(row, number, before, anchors.get(number))
        if fault is not None:
            return Verdict(lines=number - 1, fault=fault, newest=before)
        before = row.chain
    return Verdict(lines=number, fault=_cut(number, before, anchors), newest=before)


def _rows() -> Iterator[Entry]:
    mine = Entry.objects.filter(practice_id=current_practice())
    return mine.order_by("number").iterator(chunk_size=2_000)


def _fault(row: Entry, number: int, before: str, anchor: str | None) -> str | None:
    if row.number != number:
        return f"line {number} is missing"
    if row.chain != chained(_line(row), before):
        return f"line {number} was changed"
    if anchor is not None and anchor != row.chain:
        return f"line {number} is not the one that was kept outside"
    return None


def _cut(number: int, newest: str, anchors: dict[int, str]) -> str | None:
    head = Head.objects.filter(practice_id=current_practice()).first()
    known = max([*anchors, head.number if head else 0])
    if number < known:
        return f"lines after {number} are missing; there were {known}"
    if head is not None and (head.number, head.chain) != (number, newest):
        return f"the log ends at line {number}, its head says {head.number}"
    return None


def _line(row: Entry) -> Line:
    return Line(
        practice=str(row.practice_id),
        number=row.number,
        at=row.at,
        by=By(kind=row.by_kind, id=row.by_id),
        deed=row.deed,
        thing=row.thing,
        thing_id=row.thing_id,
        detail=row.detail,
    )
