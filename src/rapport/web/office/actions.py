"""Read the log, and keep in it that it was read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from rapport.web.audit.actions import record
from rapport.web.audit.chain import Line
from rapport.web.audit.queries import lines
from rapport.web.checkins.queries import check_in_ids_of
from rapport.web.office.sentences import sentence
from rapport.web.people.office.queries import trail_of
from rapport.web.people.queries import Reader
from rapport.web.people.roles import May
from rapport.web.people.staff.queries import names_of_staff
from rapport.web.safety.queries import flags_of

PAGE = 50


@dataclass(frozen=True, kw_only=True)
class LogWished:
    """Which lines somebody wants to see; what is empty does not narrow them."""

    since: datetime | None = None
    until: datetime | None = None
    client: str = ""
    staff: str = ""
    before: int | None = None


@dataclass(frozen=True, kw_only=True)
class Told:
    """One line of the log, as a sentence."""

    number: int
    at: datetime
    sentence: str


@dataclass(frozen=True, kw_only=True)
class LogPage:
    """One page of the log.

    Attributes:
        client: whole number of the client it is about; "": of everybody.
        next_before: where the next page begins; None: this is the last one.
    """

    told: tuple[Told, ...]
    client: str
    next_before: int | None


def read_log(*, wished: LogWished, reader: Reader, at: datetime) -> LogPage:
    """Give a page of the log to somebody who may read it, and keep that they did.

    Raises:
        NotHere: there is no such client.
    """
    reader.must(May.READ_AUDIT)
    about = _about(wished.client, reader)
    found = lines(
        since=wished.since,
        until=wished.until,
        about=about,
        by=wished.staff or None,
        before=wished.before,
        most=PAGE + 1,
    )
    client = about[0] if about else ""
    _note(wished, client or wished.staff or "all", reader, at)
    return LogPage(
        told=tuple(_told(found[:PAGE])),
        client=client,
        next_before=found[PAGE - 1].number if len(found) > PAGE else None,
    )


def _about(client: str, reader: Reader) -> list[str]:
    if not client:
        return []
    trail = trail_of(client, reader=reader)
    return [*trail, *flags_of(trail), *check_in_ids_of(trail)]


def _note(wished: LogWished, thing_id: str, reader: Reader, at: datetime) -> None:
    span = {"since": wished.since, "until": wished.until}
    told = {end: moment.isoformat() for end, moment in span.items() if moment is not None}
    with transaction.atomic():
        record(deed="log read", thing="audit log", thing_id=thing_id, by=reader.by, at=at, **told)


def _staff_in(line: Line) -> tuple[str, str]:
    return line.detail.get("to", ""), line.detail.get("staff", "")


def _told(found: Sequence[Line]) -> list[Told]:
    ids = {one for line in found for one in (line.by.id, line.thing_id, *_staff_in(line))}
    names = names_of_staff(
        one for one in ids if len(one) == len("00000000-0000-0000-0000-000000000000")
    )
    return [Told(number=line.number, at=line.at, sentence=sentence(line, names)) for line in found]
