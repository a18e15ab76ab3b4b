"""Sarah has a session with Imani; a check-in of any form can be opened for it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from practice_cast import NOW
from submissions import SUBMISSION

from rapport.web.checkins import actions
from rapport.web.measures.actions import pin_form
from rapport.web.people import actions as people
from rapport.web.people.models import Membership


@pytest.fixture
def sarahs(cast):
    """Sarah's membership in her own case."""
    return Membership.objects.get(case=cast.case(cast.sarah)).pk


@pytest.fixture
def open_checkin(cast, sarahs):
    """Open a check-in of these forms; gives its id and the ids of the forms."""

    def opened(*instruments, moment="after", membership=sarahs, writer="client"):
        case = Membership.one(membership).case_id
        by = {"by": cast.RAPPORT, "at": NOW}
        session = people.plan_session(case=case, staff=cast.imani, starts_at=NOW, **by)
        forms = [pin_form(instrument=name, language="en", **by) for name in instruments]
        occasion = actions.open_occasion(
            session=session, membership=membership, writer=writer, about=cast.imani,
            moment=moment, forms=forms, opens_at=NOW, closes_at=NOW + timedelta(days=7), **by,
        )  # fmt: skip
        return occasion, forms

    return opened


@pytest.fixture
def send(cast):
    """Send answers to a check-in as a route of staff would."""

    def sent(occasion, answers, **other):
        submission = replace(SUBMISSION, answers=answers, **other)
        return actions.receive_checkin(
            occasion=occasion, submission=submission, by=cast.RAPPORT, at=NOW
        )

    return sent
