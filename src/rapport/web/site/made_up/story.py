"""Play a made-up course through the real way in: each step at its time, by whom it would be."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from rapport.web.audit.actions import SYSTEM, By
from rapport.web.checkins.actions import (
    OPEN_DAYS,
    Submission,
    enter,
    invite,
    open_occasion,
    receive_checkin,
)
from rapport.web.checkins.queries import to_fill
from rapport.web.checkins.tokens import new_token
from rapport.web.checkins.words import version_of, who_sees
from rapport.web.measures.actions import pin_form, set_goal
from rapport.web.people import actions as people
from rapport.web.people.queries import Reader, case_so_far, reader_of
from rapport.web.safety.actions import acknowledge, close
from rapport.web.safety.queries import flags_to_answer
from rapport.web.site.made_up.courses import Answered, MadeUpCourse, MadeUpMeeting

LENGTH = timedelta(minutes=50)
LANGUAGE, POLICY = "en", "limited"


@dataclass(frozen=True, kw_only=True)
class Step:
    """Something that happens at a moment."""

    at: datetime
    do: Callable[[], None]


def play(steps: Iterable[Step], *, until: datetime) -> None:
    """Let everything happen in its order, up to now."""
    for step in sorted(steps, key=lambda step: step.at):
        if step.at <= until:
            step.do()


class Played:
    """One course on its way through the application.

    Args:
        staff: ids by name.
        born: ISO dates by name, of those whose age counts.
    """

    def __init__(
        self, course: MadeUpCourse, *, staff: Mapping[str, UUID], zone: str, born: Mapping[str, str]
    ) -> None:
        self._course, self._staff, self._zone, self._born = course, staff, zone, born
        self.members: list[UUID] = []
        self.sessions: list[UUID] = []
        self.case: UUID | None = None

    def steps(self) -> Iterator[Step]:
        """All that happens in this course."""
        course = self._course
        yield Step(at=course.opened_at, do=lambda: self._begin(course.opened_at))
        planned = course.opened_at
        for number, meeting in enumerate(course.meetings):
            yield self._plan(meeting, planned)
            planned = meeting.starts_at + LENGTH
            if meeting.state != "planned":
                yield self._end(number, meeting, planned)
            for one in meeting.answered:
                yield self._receive(number, meeting, one)

    def _begin(self, at: datetime) -> None:
        course = self._course
        by = self._by(course.therapist)
        added = [
            people.add_person(
                name=name,
                language=LANGUAGE,
                zone=self._zone,
                born=self._born.get(name),
                by=by,
                at=at,
            )
            for name in course.names
        ]
        therapists = [self._staff[name] for name in (course.therapist, *course.also)]
        self.case = people.open_case(
            kind=course.kind, people=added, therapists=therapists, policy=POLICY, by=by, at=at
        )
        self.members = self._in_order(added)
        self._agree(at)

    def _in_order(self, added: list[UUID]) -> list[UUID]:
        assert self.case is not None
        found = case_so_far(self.case, reader=self._reader(self._course.therapist))
        of = {member.person: member.membership for member in found.members}
        return [of[person] for person in added]

    def _agree(self, at: datetime) -> None:
        """Goals in their own words; for a young person a guardian's yes."""
        by = self._by(self._course.therapist)
        for name, member in zip(self._course.names, self.members, strict=True):
            if name in self._born:
                guardian = self._course.names[0]
                people.note_consent(
                    membership=member,
                    about="treatment",
                    text_version="made-up-1",
                    guardian=guardian,
                    by=by,
                    at=at,
                )
            if self._course.goal:
                set_goal(membership=member, words=self._course.goal, by=by, at=at)

    def _plan(self, meeting: MadeUpMeeting, at: datetime) -> Step:
        def do() -> None:
            assert self.case is not None
            session = people.plan_session(
                case=self.case,
                staff=self._whose(meeting),
                starts_at=meeting.starts_at,
                by=self._by(self._course.therapist),
                at=at,
            )
            self.sessions.append(session)

        return Step(at=at, do=do)

    def _end(self, number: int, meeting: MadeUpMeeting, at: datetime) -> Step:
        def do() -> None:
            session, by = self.sessions[number], self._by(self._course.therapist)
            came = [m for m, there in zip(self.members, meeting.came, strict=True) if there]
            if came:
                people.hold_session(session=session, came=came, by=by, at=at)
            else:
                people.miss_session(session=session, by=by, at=at)

        return Step(at=at, do=do)

    def _receive(self, number: int, meeting: MadeUpMeeting, one: Answered) -> Step:
        def do() -> None:
            session, member = self.sessions[number], self.members[one.member]
            if one.writer == "therapist":
                self._mirror(session, member, meeting, one)
            else:
                answer(session=session, membership=member, one=one)

        return Step(at=one.answered_at, do=do)

    def _mirror(self, session: UUID, member: UUID, meeting: MadeUpMeeting, one: Answered) -> None:
        at, by = one.answered_at, self._by(meeting.with_whom or self._course.therapist)
        forms = [pin_form(instrument=n, language=LANGUAGE, by=by, at=at) for n in one.answers]
        occasion = open_occasion(
            session=session,
            membership=member,
            writer="therapist",
            about=self._whose(meeting),
            moment=one.moment,
            forms=forms,
            opens_at=at,
            closes_at=at + timedelta(days=OPEN_DAYS),
            by=by,
            at=at,
        )
        ids = dict(zip(one.answers, forms, strict=True))
        sent = submission_of(one, ids, version_of(who_sees(LANGUAGE)))
        receive_checkin(occasion=occasion, submission=sent, by=by, at=at)

    def _whose(self, meeting: MadeUpMeeting) -> UUID:
        return self._staff[meeting.with_whom or self._course.therapist]

    def _by(self, name: str) -> By:
        return By(kind="staff", id=str(self._staff[name]))

    def _reader(self, name: str) -> Reader:
        return reader_of(self._staff[name])


def answer(*, session: UUID, membership: UUID, one: Answered) -> None:
    """A client opens a personal link and answers what the plan asks."""
    at = one.answered_at
    token = invite(session=session, membership=membership, moment=one.moment, by=SYSTEM, at=at)
    page = to_fill(cookie=enter(token=token, at=at), at=at)
    ids = {form.instrument: form.id for form in page.forms}
    sent = submission_of(one, ids, page.who_sees)
    by = By(kind="client", id=str(membership))
    receive_checkin(occasion=page.occasion, submission=sent, by=by, at=at)


def submission_of(one: Answered, forms: Mapping[str, UUID], who_sees: str) -> Submission:
    """What the page of this check-in would send."""
    return Submission(
        key=new_token(),
        answers={str(forms[name]): given for name, given in one.answers.items()},
        words=one.words,
        route="link",
        language=LANGUAGE,
        who_sees=who_sees,
        answered_at=one.answered_at,
    )


def closing(*, client: str, note: str, staff: UUID, at: datetime) -> Step:
    """Somebody takes a flag of this client on and closes it with what was done."""

    def do() -> None:
        reader = reader_of(staff)
        (flag,) = [one for one in flags_to_answer(reader=reader) if one.name == client]
        acknowledge(flag=flag.flag, reader=reader, at=at)
        close(flag=flag.flag, note=note, reader=reader, at=at)

    return Step(at=at, do=do)
