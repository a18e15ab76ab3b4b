"""Write the log: in the same transaction as the change it tells of."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, models, transaction

from rapport.web.audit.chain import SYSTEM, By, Line, chained
from rapport.web.audit.models import Entry, Head
from rapport.web.core.access import current_practice
from rapport.web.core.asked_often import AskedOften, ColumnsAskedOften
from rapport.web.core.models import Stored
from rapport.web.core.written_often import ChangedOften, insert

__all__ = ["SYSTEM", "By", "record", "record_about", "record_seen"]

AGAIN = timedelta(hours=1)  # who looks twice within the hour has seen it once


_HEAD = AskedOften(
    lambda practice: Head.objects.select_for_update().filter(practice_id=practice),
    practice=models.UUIDField(),
)
_GOES_ON = ChangedOften(
    lambda practice, **_: Head.objects.filter(practice_id=practice),
    lambda number, chain, **_: {"number": number, "chain": chain},
    practice=models.UUIDField(),
    number=models.PositiveBigIntegerField(),
    chain=models.CharField(),
)


def record(
    *, deed: str, thing: str, thing_id: str, by: By, at: datetime, **detail: str | int
) -> None:
    """Add a line to the log of the practice one is in.

    Raises:
        RuntimeError: outside of a transaction; change and line have to stand or fall together.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("the audit line belongs into the transaction of the change")
    practice = current_practice()
    head = _head(practice)
    line = Line(
        practice=str(practice),
        number=head.number + 1,
        at=at,
        by=by,
        deed=deed,
        thing=thing,
        thing_id=thing_id,
        detail=detail,
    )
    chain = chained(line, head.chain)
    _keep(line, chain)
    _GOES_ON(practice=practice, number=line.number, chain=chain)


def record_about(row: Stored, deed: str, *, by: By, at: datetime, **detail: Any) -> None:
    """Add a line about a stored thing."""
    thing = str(row._meta.verbose_name)
    record(deed=deed, thing=thing, thing_id=str(row.pk), by=by, at=at, **detail)


def record_seen(deed: str, *, clients: Iterable[UUID], by: By, at: datetime) -> None:
    """Keep that somebody reads what is about these clients, before it is shown.

    One line for all of them, and none for those whom the same reader read within the last hour: who
    looked between two times is told to the hour, reading a page costs one insert at most, and the
    log is not buried under a page that is loaded again and again. The log itself is asked, so that
    what was rolled back is written at the next look.

    Args:
        deed: what was seen, as "answers seen"; another kind of seeing is another line.
        clients: ids of persons.
    """
    fresh = sorted({str(client) for client in clients} - _seen_lately(deed, by=by, at=at))
    if not fresh:
        return
    one = len(fresh) == 1
    told = {} if one else {"clients": " ".join(fresh)}
    thing, thing_id = ("client", fresh[0]) if one else ("clients", str(len(fresh)))
    with transaction.atomic():
        record(deed=deed, thing=thing, thing_id=thing_id, by=by, at=at, **told)


_SEEN = ColumnsAskedOften(
    lambda practice, reader, after, until, deed: Entry.objects.filter(
        practice_id=practice, by_id=reader, at__gt=after, at__lte=until, deed=deed
    ).values_list("thing_id", "detail"),
    practice=models.UUIDField(),
    reader=models.CharField(),
    after=models.DateTimeField(),
    until=models.DateTimeField(),
    deed=models.CharField(),
)


def _seen_lately(deed: str, *, by: By, at: datetime) -> set[str]:
    lines = _SEEN.all(
        practice=current_practice(), reader=by.id, after=at - AGAIN, until=at, deed=deed
    )
    seen: set[str] = set()
    for thing_id, detail in lines:
        seen.update(detail.get("clients", thing_id).split())
    return seen


def _head(practice: UUID) -> Head:
    """The newest line, locked; before the first one an empty one."""
    found = _HEAD.first(practice=practice)
    if found is None:
        Head.objects.get_or_create(practice_id=practice)
        return Head.objects.select_for_update().get(practice_id=practice)
    return found


def _keep(line: Line, chain: str) -> None:
    entry = Entry(
        practice_id=line.practice,
        number=line.number,
        at=line.at,
        by_kind=line.by.kind,
        by_id=line.by.id,
        deed=line.deed,
        thing=line.thing,
        thing_id=line.thing_id,
        detail=dict(line.detail),
        chain=chain,
    )
    insert([entry])
