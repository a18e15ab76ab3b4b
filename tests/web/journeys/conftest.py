"""A session that was held an hour ago, and what is asked after it."""

from datetime import timedelta

import pytest

from rapport.web.core.clock import now
from rapport.web.measures.actions import set_plan
from rapport.web.measures.queries import PlannedForm
from rapport.web.people import actions as people


@pytest.fixture
def held(cast):
    """A session of a case that was held an hour ago, after which these forms are asked."""

    def made(case, *asked):
        by = {"by": cast.RAPPORT, "at": now()}
        lines = [PlannedForm(instrument=form, moment="after", who=who) for form, who in asked]
        set_plan(items=lines, risk_open=True, case=case, **by)
        return people.plan_session(
            case=case, staff=cast.imani, starts_at=now() - timedelta(hours=1), **by
        )

    return made
