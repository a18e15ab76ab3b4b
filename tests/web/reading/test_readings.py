"""Readings on screen: current at once, of the right person, and never more than may be said."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from doors_cast import signed_in
from practice_cast import NOW

from rapport.science.reading.learnt import Learnt as WhatWasLearnt
from rapport.web.audit.chain import SYSTEM
from rapport.web.people import actions as people
from rapport.web.people.course import open_cases
from rapport.web.people.models import Membership
from rapport.web.people.queries import case_so_far, reader_of
from rapport.web.reading import actions, learning
from rapport.web.reading.models import Learnt, Standing
from rapport.web.reading.queries import reading_of_case, standings_for

LATER = NOW + timedelta(days=300)
STEADY = ("33333310", "33333310", "33333310", "33333310", "33333310", "33333310")


def read(membership, staff):
    reader = reader_of(staff)
    case = case_so_far(Membership.one(membership).case_id, reader=reader)
    return reading_of_case(case, reader=reader, at=LATER).members[membership]


def stands(staff, at=LATER):
    reader = reader_of(staff)
    return standings_for(open_cases(reader=reader), reader=reader, at=at)


def test_both_views_stand_on_one_scale(cast, course, sarah):
    for number, (own, theirs) in enumerate(zip(STEADY, STEADY[::-1], strict=True), 1):
        course(sarah, own, therapist=cast.imani, number=number)
        mirror = {"instrument": "rapport-checkin-therapist", "writer": "therapist"}
        course(sarah, theirs, therapist=cast.imani, number=number, **mirror)
    alliance = read(sarah, cast.imani).found.alliance
    assert alliance.series.scores == [25.0] * 6
    assert alliance.therapist.scores == [25.0] * 6


def test_an_answer_is_in_the_reading_the_moment_it_is_in(cast, course, sarah):
    course(sarah, "33333310", therapist=cast.imani)
    assert stands(cast.imani)[sarah].relationship.scores == [25.0]
    course(sarah, "22222210", therapist=cast.imani, words="I nodded when I did not agree.")
    stand = stands(cast.imani)[sarah]
    assert stand.relationship.scores == [25.0, 19.0]
    assert stand.words[0] == "I nodded when I did not agree."


def test_what_was_computed_is_not_computed_again_until_something_changed(cast, course, sarah):
    course(sarah, "33333310", therapist=cast.imani)
    first = stands(cast.imani)
    kept = Standing.objects.get().stamp
    with CaptureQueriesContext(
        connection,
    ) as again:
        assert stands(cast.imani) == first
    assert not any("checkins_answers" in query["sql"] for query in again)
    course(sarah, "22222210", therapist=cast.imani)
    stands(cast.imani)
    assert Standing.objects.get().stamp != kept


def test_a_new_name_makes_the_standing_old(cast, course, sarah):
    course(sarah, "22222233", therapist=cast.imani)
    assert "Sarah" in stands(cast.imani)[sarah].asks[0].said
    person = Membership.one(sarah).person
    person.put("name", "Sara Lund")
    person.save()
    assert "Sara Lund" in stands(cast.imani)[sarah].asks[0].said


def test_silence_becomes_silence_a_day_later_and_is_never_zero(cast, course, sarah):
    course(sarah, "33333310", therapist=cast.imani)
    course(sarah, None, therapist=cast.imani)
    session = NOW + timedelta(days=7)
    assert stands(cast.imani, at=session + timedelta(hours=20))[sarah].silent == 0
    late = stands(cast.imani, at=session + timedelta(hours=30))[sarah]
    assert late.silent == 1
    assert late.relationship.scores == [25.0, None]


def test_each_member_has_a_course_of_their_own(cast, course, couple):
    marta, dev = couple
    for number in (1, 2, 3):
        course(marta, "44444400", therapist=cast.benedikt, number=number)
        course(dev, "11111132", therapist=cast.benedikt, number=number)
    assert read(marta, cast.benedikt).found.alliance.series.scores == [32.0] * 3
    assert read(dev, cast.benedikt).found.alliance.series.scores == [9.0] * 3
    for membership, stand in stands(cast.benedikt).items():
        kept = Standing.objects.get(membership_id=membership).get("content")
        other = "9.0" if membership == marta else "32.0"
        assert f"[{other}, {other}" not in kept
        assert not any(asks.kind == "split" for asks in stand.asks)


def test_what_a_client_rates_about_another_therapist_is_another_course(cast, course, sarah):
    course(sarah, "33333310", therapist=cast.imani)
    people.transfer(
        case=Membership.one(sarah).case_id, from_staff=cast.imani, to_staff=cast.joana,
        by=cast.RAPPORT, at=NOW,
    )  # fmt: skip
    course(sarah, "11111132", therapist=cast.joana)
    now = read(sarah, cast.joana)
    assert now.found.alliance.series.scores == [9.0]
    assert now.others == ("Imani Okafor",)


def test_fear_of_the_therapist_is_in_nothing_that_the_therapist_is_shown(cast, course, sarah):
    course(sarah, {"q1": 0, "q2": 1, "q3": 0, "q4": 0}, therapist=cast.imani, instrument="risq")
    found = read(sarah, cast.imani).found
    assert found is None or (not found.items and not found.others and not found.signals)


@pytest.fixture
def practice_of_forty(cast, course):
    """Forty steady clients and Sarah, who falls at her seventh session."""
    ids = {}
    for k in range(40):
        case = cast.case(cast.person(f"Made-up Client {k}"))
        ids[k] = Membership.objects.get(case=case).pk
        for number in range(1, 7):
            own = ("33333310", "33233310", "34333310")[(k + number) % 3]
            course(ids[k], own, therapist=cast.imani, number=number)
    return ids


@pytest.mark.slow
def test_the_alarm_comes_from_what_the_practice_taught(cast, course, sarah, practice_of_forty):
    for own in (*STEADY, "11111132"):
        course(sarah, own, therapist=cast.imani)
    assert not any(s.kind == "drop" for s in read(sarah, cast.imani).found.signals)
    assert actions.learn_anew(by=SYSTEM, at=NOW, seed=1)
    found = read(sarah, cast.imani).found
    assert [(a.session, a.score) for a in found.alliance.alarms] == [(7.0, 9.0)]
    assert stands(cast.imani)[sarah].asks[0].kind in ("direct answer", "drop")
    assert found.outcome is None


def test_nothing_is_forecast_until_somebody_turned_it_on(cast, course, sarah):
    course(sarah, "33333310", therapist=cast.imani)
    assert not learning.forecasts_on()
    actions.set_forecasts(on=True, by=SYSTEM, at=NOW)
    assert learning.forecasts_on()
    actions.set_forecasts(on=False, by=SYSTEM, at=LATER)
    assert not learning.forecasts_on()


def test_the_switch_needs_the_role_and_that_it_was_read(cast):
    from rapport.web.people.errors import NotAllowed
    from rapport.web.reading.errors import ReadFirst

    lead = people.add_staff(
        name="Ines Brandt", email="ines@example.org", roles=["practice-lead"], by=SYSTEM, at=NOW
    )
    with pytest.raises(NotAllowed):
        actions.switch_forecasts(on=True, has_read=True, reader=reader_of(cast.imani), at=NOW)
    with pytest.raises(ReadFirst):
        actions.switch_forecasts(on=True, has_read=False, reader=reader_of(lead), at=NOW)
    actions.switch_forecasts(on=True, has_read=True, reader=reader_of(lead), at=NOW)
    assert learning.forecasts_on()


def test_whoever_only_keeps_the_installation_turns_no_forecast_on(cast):
    from rapport.web.reading.errors import NotAClinician

    keeper = people.add_staff(
        name="Kim Larsen", email="kim@example.org", roles=["administrator"], by=SYSTEM, at=NOW
    )
    with pytest.raises(NotAClinician):
        actions.switch_forecasts(on=True, has_read=True, reader=reader_of(keeper), at=NOW)
    assert not learning.forecasts_on()


def test_the_page_of_the_switch_says_what_it_means_and_who_turned_it(cast):
    lead = people.add_staff(
        name="Ines Brandt", email="ines@example.org", roles=["practice-lead"], by=SYSTEM, at=NOW
    )
    ines = signed_in(lead, fresh=True)
    assert "Forecasts are off." in ines.get("/office/forecasts/").content.decode()
    unread = ines.post("/office/forecasts/", {"on": "yes"})
    assert unread.status_code == 400
    assert "say that you did" in unread.content.decode()
    ines.post("/office/forecasts/", {"on": "yes", "has_read": "yes"})
    page = ines.get("/office/forecasts/").content.decode()
    assert "Forecasts are on." in page
    assert "Ines Brandt turned them on" in page
    ines.post("/office/forecasts/", {})
    assert "Forecasts are off." in ines.get("/office/forecasts/").content.decode()


def test_an_empty_practice_teaches_nothing_and_says_so(cast):
    assert actions.learn_anew(by=SYSTEM, at=NOW, seed=1) is False
    assert learning.in_force().learnt == learning.NOTHING


def test_a_text_of_an_older_format_is_no_fault(cast, keys):
    sealed = keys.seal_own(b'{"format": 0}', place=learning.PLACE)
    Learnt(at=NOW, rules="0", clients=3, content=sealed).save()
    assert isinstance(learning.in_force().learnt, WhatWasLearnt)
    assert learning.in_force().learnt == learning.NOTHING
