"""What each reading said, kept sealed for the caseload and thrown away when anything changes."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from hashlib import sha256
from uuid import UUID, uuid5

from django.db.models import UUIDField

from rapport.files.report.headline import headline
from rapport.science.reading.model import AllianceReading, OutcomeReading, Reading
from rapport.web.checkins.course import Stand, stands
from rapport.web.core.access import current_practice
from rapport.web.core.asked_often import AnyOf, ColumnsAskedOften
from rapport.web.people.course import OpenCase, attendance_stands
from rapport.web.reading.learning import InForce, in_force
from rapport.web.reading.models import Standing
from rapport.web.reading.readings import MemberReading, Who, read_case

FORMAT = "2"  # of what is kept; another one makes every standing old


@dataclass(frozen=True, kw_only=True)
class Asks:
    """Something in the answers that asks for a thought."""

    kind: str
    session: float
    said: str
    rank: int


@dataclass(frozen=True, kw_only=True)
class Course:
    """One scale over time, as small as a word."""

    scale: str
    title: str
    sessions: list[float]
    scores: list[float | None]
    band: list[tuple[float, float, float]]
    low: float | None
    high: float | None


@dataclass(frozen=True, kw_only=True)
class Stands:
    """What a member's reading said when it was last computed.

    Attributes:
        asks: what asks for a thought now, weightiest first; between members it is not kept.
        told: what there is to see where nothing asks.
        words: the latest own words: text, moment and session.
        silent: check-ins running that were not answered.
        relationship, outcome: the courses behind it; None: no ratings yet.
    """

    membership: UUID
    asks: list[Asks] = field(default_factory=list)
    told: str = ""
    words: tuple[str, str, int] | None = None
    silent: int = 0
    last_session: float | None = None
    relationship: Course | None = None
    outcome: Course | None = None


def standings_of(cases: Sequence[OpenCase], *, staff: UUID, at: datetime) -> dict[UUID, Stands]:
    """What the reading of every member of these cases says, computed anew where it is old.

    Args:
        cases: whose members; the caller has the right to see them.
        staff: for whose caseload; where a member rated several therapists, theirs is read.
    """
    using = in_force()
    stamps = _stamps(cases, using, at)
    people = {member.membership: member.person for case in cases for member in case.members}
    kept = _kept(stamps, people, staff)
    old = [case for case in cases if any(m.membership not in kept for m in case.members)]
    if old:
        made = {stand.membership: stand for case in old for stand in _read(case, staff, using, at)}
        _keep(made, stamps, staff)
        kept |= made
    return kept


def _stamps(cases: Sequence[OpenCase], using: InForce, at: datetime) -> dict[UUID, str]:
    members = [member.membership for case in cases for member in case.members]
    answered, attended = stands(members, at=at), attendance_stands(members)
    nothing = Stand(answered=0, latest=None, silent=0)
    return {
        member.membership: _hash(
            FORMAT,
            using.version,
            answered.get(member.membership, nothing),
            attended.get(member.membership, ""),
            *(f"{other.membership}{other.mark}" for other in case.members),
        )
        for case in cases
        for member in case.members
    }


def _hash(*parts: object) -> str:
    return sha256("|".join(str(part) for part in parts).encode()).hexdigest()


_KEPT = ColumnsAskedOften(
    lambda memberships, staff: Standing.objects.filter(
        membership_id__in=memberships, staff_id=staff
    ).values_list("pk", "membership_id", "stamp", "content"),
    memberships=AnyOf(UUIDField()),
    staff=UUIDField(),
)


def _kept(stamps: dict[UUID, str], people: dict[UUID, UUID], staff: UUID) -> dict[UUID, Stands]:
    return {
        member: _opened(
            member, Standing.opened("content", bytes(content), of=pk, key=people[member])
        )
        for pk, member, stamp, content in _KEPT.all(memberships=stamps, staff=staff)
        if stamp == stamps[member] and content is not None
    }


def _opened(membership: UUID, text: str) -> Stands:
    content = json.loads(text)
    words = content["words"]
    return Stands(
        membership=membership,
        asks=[Asks(**one) for one in content["asks"]],
        told=content["told"],
        words=None if words is None else (words[0], words[1], words[2]),
        silent=content["silent"],
        last_session=content["last_session"],
        relationship=_course(content["relationship"]),
        outcome=_course(content["outcome"]),
    )


def _course(content: dict[str, object] | None) -> Course | None:
    return None if content is None else Course(**content)  # type: ignore[arg-type]


def _read(case: OpenCase, prefer: UUID | None, using: InForce, at: datetime) -> Iterable[Stands]:
    who = [Who(membership=m.membership, name=m.name) for m in case.members]
    nobody = UUID(int=0)
    read = read_case(who, several=case.several, prefer=prefer or nobody, using=using, at=at)
    return [_stand(member, read.reading) for member in read.members.values()]


def _stand(member: MemberReading, reading: Reading) -> Stands:
    found = member.found
    if found is None:
        return Stands(membership=member.who.membership, words=_last_words(member))
    now = [signal for signal in found.signals if signal.current and signal.kind != "split"]
    return Stands(
        membership=member.who.membership,
        asks=[
            Asks(kind=one.kind, session=one.session, said=one.sentence, rank=one.rank)
            for one in now
        ],
        told="" if now else headline(found, reading),
        words=_last_words(member),
        silent=_running_silent(found.alliance),
        last_session=found.last_session,
        relationship=_relationship(found.alliance, reading),
        outcome=_outcome(found.outcome, reading),
    )


def _last_words(member: MemberReading) -> tuple[str, str, int] | None:
    last = next(iter(member.words), None)
    return None if last is None else (last.text, last.moment, last.session)


def _running_silent(found: AllianceReading | None) -> int:
    running = 0
    for score in reversed(found.series.scores if found else []):
        if score is not None:
            break
        running += 1
    return running


def _relationship(found: AllianceReading | None, reading: Reading) -> Course | None:
    return None if found is None else _line(found, reading, band=found.usual)


def _outcome(found: OutcomeReading | None, reading: Reading) -> Course | None:
    if found is None:
        return None
    band = [(one.session, one.lower, one.upper) for one in found.expected]
    return _line(found, reading, band=band)


def _line(
    found: AllianceReading | OutcomeReading,
    reading: Reading,
    *,
    band: list[tuple[float, float, float]],
) -> Course:
    scale = reading.scales[found.series.scale]
    return Course(
        scale=scale.name,
        title=scale.title or scale.name,
        sessions=found.series.sessions,
        scores=found.series.scores,
        band=band,
        low=scale.minimum,
        high=scale.maximum,
    )


def _keep(made: dict[UUID, Stands], stamps: dict[UUID, str], staff: UUID) -> None:
    """Note what was computed. Two who compute the same at once write the same row."""
    rows = [_row(stand, stamps[membership], staff) for membership, stand in made.items()]
    Standing.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["id"], update_fields=["stamp", "content"]
    )


def _row(stand: Stands, stamp: str, staff: UUID) -> Standing:
    id = uuid5(stand.membership, str(staff))
    row = Standing(id=id, membership_id=stand.membership, staff_id=staff, stamp=stamp)
    row.practice_id = current_practice()
    row.put("content", json.dumps(asdict(stand) | {"membership": None}))
    return row
