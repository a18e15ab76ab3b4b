"""The therapist's pages in a real browser: accessible, nothing foreign, no sideways scroll."""

from uuid import uuid4

import pytest
from browsing import looked_at, needs_chromium
from django.db import transaction

from rapport.web.checkins import actions as checkins
from rapport.web.core.clock import now
from rapport.web.people import actions as people
from rapport.web.people.models import Membership
from rapport.web.safety.actions import RiskAnswer, raise_flag

LOOKS = [(390, "dark"), (1280, "light")]
pytestmark = [
    pytest.mark.slow,
    needs_chromium,
]
WORDS = "You said it was too quick and that it was yours. I had not expected that."


@pytest.fixture
def a_day(live_server, cast):
    """Imani has one client who wrote something, one who may be at risk, and a couple."""
    by = {"by": cast.RAPPORT, "at": now()}
    case = cast.case(cast.sarah)
    couple = cast.case(cast.marta, cast.dev, kind="couple")
    sarah = Membership.objects.get(case=case).pk
    session = people.plan_session(case=case, staff=cast.imani, starts_at=now(), **by)
    people.plan_session(case=couple, staff=cast.imani, starts_at=now(), **by)
    token = checkins.invite(session=session, membership=sarah, moment="after", **by)
    cookie = checkins.enter(token=token, at=now())
    submission = checkins.Submission(
        key="k", answers={}, words=WORDS, route="link", language="en", who_sees="v",
        answered_at=now(),
    )  # fmt: skip
    checkins.receive_by_link(cookie=cookie, submission=submission, at=now())
    risk = RiskAnswer(
        kind="self-harm", question="Thoughts of hurting yourself", answer="several days"
    )
    with transaction.atomic():
        flag = raise_flag(membership=sarah, answers=uuid4(), therapist=cast.imani, risk=risk, **by)
    return {
        "today": "/", "new-case": "/cases/open", "case": f"/cases/{case}/",
        "couple": f"/cases/{couple}/", "flag": f"/flags/{flag}/",
    }  # fmt: skip


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_every_page_is_accessible_fits_and_asks_nobody_else(opened, cast, a_day, width, scheme):
    page = opened(width, scheme, staff=cast.imani)
    for name, address in a_day.items():
        assert page.goto(address).status == 200
        looked_at(page, f"{name}-{width}-{scheme}", width)
