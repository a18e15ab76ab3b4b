"""Who is away or can't sign in is skipped at once; who was told is told again until it is taken."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import transaction
from doors_cast import account_of
from practice_cast import NOW

from rapport.web.people import actions as people
from rapport.web.people.models import Membership, Staff
from rapport.web.people.queries import reader_of
from rapport.web.safety import actions
from rapport.web.safety.models import Notice
from rapport.web.safety.queries import nudges_due

HOUR, WEEK = timedelta(hours=1), timedelta(days=7)


@pytest.fixture
def ines(cast):
    """Ines leads the practice."""
    return people.add_staff(
        name="Ines Brandt", email="ines@example.org", roles=["practice-lead"],
        by=cast.RAPPORT, at=NOW,
    )  # fmt: skip


@pytest.fixture
def raised(cast, ines):
    """Benedikt answers, then Joana, then Ines; a flag of Sarah, whose therapist is Imani."""
    member = Membership.objects.get(case=cast.case(cast.sarah)).pk
    by = {"by": cast.RAPPORT, "at": NOW}
    actions.set_response_plan(
        responder=cast.benedikt, backup=cast.joana, lead=ines, minutes=30, **by
    )
    risk = actions.RiskAnswer(kind="self-harm", question="q", answer="a")

    def raise_():
        with transaction.atomic():
            return actions.raise_flag(
                membership=member, answers=uuid4(), therapist=cast.imani, risk=risk, **by
            )

    return raise_


def told(flag):
    return set(Notice.objects.filter(flag=flag).values_list("to_id", flat=True))


def away(staff, until=NOW + WEEK):
    Staff.objects.filter(pk=staff).update(away_until=until)


def test_who_is_away_is_not_the_first_to_be_told(cast, raised):
    away(cast.benedikt)
    assert told(raised()) == {cast.joana, cast.imani}


def test_where_all_are_away_somebody_is_told_all_the_same(cast, ines, raised):
    for staff in (cast.benedikt, cast.joana, ines):
        away(staff)
    assert told(raised()) == {cast.benedikt, cast.imani}


def test_who_goes_away_while_a_flag_waits_is_skipped_at_once(cast, raised):
    flag = raised()
    assert actions.tell_the_next(at=NOW + HOUR / 12, by=cast.RAPPORT) == []
    away(cast.benedikt)
    assert actions.tell_the_next(at=NOW + HOUR / 6, by=cast.RAPPORT) == [flag]
    assert cast.joana in told(flag)


def test_a_closed_account_is_skipped_at_once(cast, raised):
    account = account_of(cast.benedikt)
    flag = raised()
    assert cast.benedikt in told(flag)
    account.is_active = False
    account.save()
    assert actions.tell_the_next(at=NOW, by=cast.RAPPORT) == [flag]
    assert told(raised()) == {cast.joana, cast.imani}


def test_who_is_away_is_passed_over_on_the_way_to_the_next(cast, ines, raised):
    flag = raised()
    away(cast.joana)
    actions.tell_the_next(at=NOW + HOUR / 2, by=cast.RAPPORT)
    assert told(flag) == {cast.benedikt, cast.imani, ines}


def test_who_is_back_is_told_again(cast, raised):
    away(cast.benedikt)
    away(cast.benedikt, until=NOW)
    assert told(raised()) == {cast.benedikt, cast.imani}


def test_where_nobody_is_left_everybody_is_told_again_until_somebody_takes_it(cast, raised):
    flag = raised()
    for minutes in (30, 60):
        actions.tell_the_next(at=NOW + minutes * HOUR / 60, by=cast.RAPPORT)
    for notice in Notice.objects.all():
        actions.notice_sent(notice=notice.pk, at=NOW + HOUR, delivered=True)
    assert nudges_due(at=NOW + 12 * HOUR) == []
    assert actions.tell_again(at=NOW + 12 * HOUR, by=cast.RAPPORT) == []
    assert actions.tell_again(at=NOW + 13 * HOUR, by=cast.RAPPORT) == [flag]
    assert {nudge.turn for nudge in nudges_due(at=NOW + 13 * HOUR)} == {2}
    assert actions.tell_again(at=NOW + 13 * HOUR, by=cast.RAPPORT) == []
    actions.acknowledge(flag=flag, reader=reader_of(cast.joana), at=NOW + 14 * HOUR)
    assert nudges_due(at=NOW + 14 * HOUR) == []
    assert actions.tell_again(at=NOW + 48 * HOUR, by=cast.RAPPORT) == []
