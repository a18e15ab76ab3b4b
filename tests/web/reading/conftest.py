"""Courses in a practice: Sarah's check-ins come in one after the other, by the one way in."""

from datetime import timedelta

import pytest
from practice_cast import NOW

from rapport.web.checkins import actions as checkins
from rapport.web.measures.actions import pin_form
from rapport.web.people import actions as people
from rapport.web.people.models import Membership

CLIENT, MEMBER, MIRROR = (f"rapport-checkin-{who}" for who in ("client", "member", "therapist"))
ITEMS = (
    "myself", "taken_in", "clear_goal", "topics_count", "made_sense", "enough_say", "kept_back",
    "tension",
)  # fmt: skip


@pytest.fixture
def course(cast):
    """Hold a session of a case and answer after it; a string of eight digits is one form."""

    def answered(membership, answers, *, therapist, instrument=CLIENT, writer="client", words=None,
                 number=None, moment="after"):  # fmt: skip
        case = Membership.one(membership).case_id
        by = {"by": cast.RAPPORT, "at": NOW}
        session = _session(case, therapist, number, by)
        form = pin_form(instrument=instrument, language="en", **by)
        occasion = checkins.open_occasion(
            session=session, membership=membership, writer=writer, about=therapist,
            moment=moment, forms=[form], opens_at=NOW, closes_at=NOW + timedelta(days=400), **by,
        )  # fmt: skip
        if answers is None:
            return session
        given = answers if isinstance(answers, dict) else _given(answers)
        checkins.receive_checkin(
            occasion=occasion,
            submission=checkins.Submission(
                key=str(occasion), answers={str(form): given}, words=words, route="link",
                language="en", who_sees="v", answered_at=NOW,
            ),
            **by,
        )  # fmt: skip
        return session

    return answered


def _session(case, therapist, number, by):
    from rapport.web.people.models import Session

    there = Session.objects.filter(case_id=case, number=number).first()
    if there is not None:
        return there.pk
    count = Session.objects.filter(case_id=case).count()
    starts_at = NOW + timedelta(days=7 * count)
    session = people.plan_session(case=case, staff=therapist, starts_at=starts_at, **by)
    came = [m.pk for m in Membership.objects.filter(case_id=case)]
    people.hold_session(session=session, came=came, **by)
    return session


def _given(answers):
    return {item: int(one) for item, one in zip(ITEMS, answers, strict=True) if one != "-"}


@pytest.fixture
def sarah(cast):
    return Membership.objects.get(case=cast.case(cast.sarah)).pk


@pytest.fixture
def couple(cast):
    """Marta's and Dev's memberships, in this order."""
    case = cast.couple()
    return [
        Membership.objects.get(case=case, person=person).pk for person in (cast.marta, cast.dev)
    ]
