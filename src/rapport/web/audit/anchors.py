"""The newest hash of the log, lodged outside the database, where cutting the log can't reach it.

One line a lodging: time, practice, number of the newest line, its hash. The file is only ever added
to; it is worth most on another disk, or on one that only takes additions
(docs/reference/settings.md).
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings

from rapport.web.audit.models import Entry, Head
from rapport.web.audit.queries import Verdict, verify
from rapport.web.core.access import current_practice
from rapport.web.core.disk import sync

RESTORED = "restored"


@dataclass(frozen=True, kw_only=True)
class Lodged:
    """One line of the file.

    Attributes:
        restored: the database was put back on purpose at this moment, so that hashes lodged before
            of later lines no longer hold.
    """

    at: datetime
    number: int
    chain: str
    restored: bool = False


@dataclass(frozen=True, kw_only=True)
class Anchors:
    """What was lodged of this practice.

    Attributes:
        fault: what is wrong with the file itself, or two hashes for one line; None: nothing.
    """

    lodged: tuple[Lodged, ...]
    fault: str | None

    @property
    def by_number(self) -> dict[int, str]:
        """Hashes that have to hold, by the number of their line."""
        held: dict[int, str] = {}
        for one in self.lodged:
            if one.restored:
                held = {number: chain for number, chain in held.items() if number <= one.number}
            held[one.number] = one.chain
        return held


def lodge(*, at: datetime) -> Lodged:
    """Lodge the newest hash; a worker does this every hour. It is on the disk when this returns."""
    return _lodge(at, restored=False)


def lodge_restored(*, at: datetime) -> Lodged:
    """Say that the database was put back to an older state on purpose: `rapport restore` does."""
    return _lodge(at, restored=True)


def lodged() -> Anchors:
    """Everything lodged of the practice one is in, oldest first."""
    found: list[Lodged] = []
    for k, line in enumerate(_lines(), start=1):
        try:
            one = _read(line)
        except ValueError:
            place = settings.RAPPORT_AUDIT_ANCHORS.name
            return Anchors(lodged=tuple(found), fault=f"line {k} of {place} can't be read")
        if one is not None:
            found.append(one)
    return Anchors(lodged=tuple(found), fault=_twice(found))


def verify_with_anchors() -> Verdict:
    """Compute the whole chain again, and compare it with what was lodged outside."""
    anchors = lodged()
    verdict = verify(anchors=anchors.by_number)
    if verdict.fault is None and anchors.fault is not None:
        return Verdict(lines=verdict.lines, fault=anchors.fault, newest=verdict.newest)
    return verdict


def wrong_anchor() -> str | None:
    """The first lodged hash that the log does not hold; quick, it reads those lines alone."""
    anchors = lodged()
    held = anchors.by_number
    mine = Entry.objects.filter(practice_id=current_practice(), number__in=list(held))
    found = dict(mine.values_list("number", "chain"))
    for number in sorted(held):
        if found.get(number) != held[number]:
            return f"line {number} of the log is not the one that was kept outside"
    return anchors.fault


def _lodge(at: datetime, *, restored: bool) -> Lodged:
    practice = current_practice()
    head = Head.objects.get(practice_id=practice)
    one = Lodged(at=at, number=head.number, chain=head.chain, restored=restored)
    told = [at.astimezone(UTC).isoformat(), str(practice), str(head.number), head.chain]
    _add(Path(settings.RAPPORT_AUDIT_ANCHORS), " ".join(told + [RESTORED] * restored))
    return one


def _add(place: Path, line: str) -> None:
    new = not place.exists()
    file = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(file, f"{line}\n".encode())
        os.fsync(file)
    finally:
        os.close(file)
    if new:
        sync(place.parent)


def _lines() -> Iterator[str]:
    place = Path(settings.RAPPORT_AUDIT_ANCHORS)
    if place.exists():
        yield from place.read_text("utf-8", errors="replace").splitlines()


def _read(line: str) -> Lodged | None:
    """A line of this practice; None: of another one."""
    at, practice, number, chain, *more = line.split(" ")
    if more not in ([], [RESTORED]) or len(chain) not in (0, 64):
        raise ValueError(line)
    if practice != str(current_practice()):
        return None
    return Lodged(
        at=datetime.fromisoformat(at), number=int(number), chain=chain, restored=bool(more)
    )


def _twice(found: list[Lodged]) -> str | None:
    """One number lodged with two hashes: the log was rolled back and written on in between."""
    held: dict[int, str] = {}
    highest = 0
    for one in found:
        if one.restored:
            held = {number: chain for number, chain in held.items() if number <= one.number}
            highest = one.number
        if held.get(one.number, one.chain) != one.chain or one.number < highest:
            return (
                f"on {one.at:%Y-%m-%d %H:%M} the log was shorter or another one than lodged before"
            )
        held[one.number] = one.chain
        highest = one.number
    return None
