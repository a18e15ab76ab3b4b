"""Write many made-up cases at once; only for a practice in which nobody exists.

The rows are those that `actions` would write one by one; their log line is written by whoever calls
(`site.made_up`, the only importer).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from rapport.web.core.keys import key_store
from rapport.web.people.models import Attendance, Care, Case, Membership, Person, Session
from rapport.web.people.queries import must_be_made_up


@dataclass(frozen=True, kw_only=True)
class MadeUpSession:
    """A session as it went.

    Attributes:
        state: planned, held or missed.
        came: by member, in the order of the case's names.
        staff: who holds it.
    """

    starts_at: datetime
    state: str
    came: tuple[bool, ...]
    staff: UUID
    minutes: int = 50
    place: str = "room"


@dataclass(frozen=True, kw_only=True)
class MadeUpCase:
    """A case of people who don't exist, cared for by these members of staff.

    Attributes:
        therapists: ids of staff.
        closed_at: None: it is open.
        left_why: of all members of a closed case.
    """

    kind: str
    names: tuple[str, ...]
    therapists: tuple[UUID, ...]
    opened_at: datetime
    closed_at: datetime | None
    left_why: str
    sessions: tuple[MadeUpSession, ...]
    language: str = "en"
    zone: str = "UTC"
    policy: str = "limited"


@dataclass(frozen=True, kw_only=True)
class KeptMember:
    """A member that was kept."""

    membership: UUID
    person: UUID


@dataclass(frozen=True, kw_only=True)
class KeptCase:
    """A case that was kept, its members and sessions in the order in which they were given."""

    case: UUID
    members: tuple[KeptMember, ...]
    sessions: tuple[UUID, ...]


def keep_cases(cases: Sequence[MadeUpCase]) -> list[KeptCase]:
    """Keep people, their keys, cases, members, care, sessions and attendance.

    Raises:
        NotMadeUp: real people may be in this practice; nothing was written.
    """
    must_be_made_up()
    people = [_people(made) for made in cases]
    key_store().create_many([str(person.pk) for of_case in people for person in of_case])
    kept = [_Rows.of(made, of_case) for made, of_case in zip(cases, people, strict=True)]
    for rows in kept:
        rows.seal_names()
    Person.keep_many([person for rows in kept for person in rows.people])
    Case.keep_many([rows.case for rows in kept])
    Membership.keep_many([member for rows in kept for member in rows.members])
    Care.keep_many([care for rows in kept for care in rows.care])
    Session.keep_many([session for rows in kept for session in rows.sessions])
    Attendance.keep_many([there for rows in kept for there in rows.attendance])
    return [rows.ids() for rows in kept]


@dataclass(frozen=True, kw_only=True)
class _Rows:
    """The rows of one case before they are written."""

    made: MadeUpCase
    people: list[Person]
    case: Case
    members: list[Membership]
    care: list[Care]
    sessions: list[Session]
    attendance: list[Attendance]

    @classmethod
    def of(cls, made: MadeUpCase, people: list[Person]) -> "_Rows":
        case = Case(
            kind=made.kind,
            policy=made.policy,
            opened_at=made.opened_at,
            closed_at=made.closed_at,
        )
        members = [_member(made, case, person) for person in people]
        sessions = [_session(made, case, number) for number in range(len(made.sessions))]
        return cls(
            made=made,
            people=people,
            case=case,
            members=members,
            care=[Care(case=case, staff_id=who, since=made.opened_at) for who in made.therapists],
            sessions=sessions,
            attendance=_attendance(made, sessions, members),
        )

    def seal_names(self) -> None:
        for person, name in zip(self.people, self.made.names, strict=True):
            person.put("name", name)

    def ids(self) -> KeptCase:
        members = [KeptMember(membership=m.pk, person=m.person_id) for m in self.members]
        return KeptCase(
            case=self.case.pk,
            members=tuple(members),
            sessions=tuple(session.pk for session in self.sessions),
        )


def _people(made: MadeUpCase) -> list[Person]:
    told = {"language": made.language, "zone": made.zone, "since": made.opened_at}
    return [Person(**told) for _ in made.names]


def _member(made: MadeUpCase, case: Case, person: Person) -> Membership:
    left = {"left_at": made.closed_at, "left_why": made.left_why} if made.closed_at else {}
    return Membership(case=case, person=person, joined_at=made.opened_at, **left)


def _session(made: MadeUpCase, case: Case, position: int) -> Session:
    went = made.sessions[position]
    return Session(
        case=case,
        staff_id=went.staff,
        number=position + 1,
        starts_at=went.starts_at,
        minutes=went.minutes,
        place=went.place,
        state=went.state,
        version=1 if went.state == "planned" else 2,  # that it was held was the second word on it
    )


def _attendance(
    made: MadeUpCase, sessions: list[Session], members: list[Membership]
) -> list[Attendance]:
    return [
        Attendance(session=session, membership=member, state=_state(went, came=came))
        for session, went in zip(sessions, made.sessions, strict=True)
        for member, came in zip(members, went.came, strict=True)
    ]


def _state(went: MadeUpSession, *, came: bool) -> str:
    if went.state == "planned":
        return "expected"
    return "came" if came and went.state == "held" else "did not come"
