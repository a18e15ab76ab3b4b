"""The caseload: whom first, why, in sentences; what may not be shown together stays apart."""

from datetime import timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from practice_cast import NOW

from rapport.web.people import actions as people
from rapport.web.people.models import Membership
from rapport.web.people.queries import reader_of
from rapport.web.practice.caseload import all_cases, caseload
from rapport.web.practice.relationship import case_page
from rapport.web.safety.actions import RiskAnswer, raise_flag

BERLIN = ZoneInfo("Europe/Berlin")
LATER = NOW + timedelta(days=300)


def load(staff, at=LATER):
    return caseload(reader=reader_of(staff), zone=BERLIN, at=at)


def flagged(cast, membership, therapist, kind="self-harm"):
    risk = RiskAnswer(kind=kind, question="Canary question", answer="canary answer")
    with transaction.atomic():
        raise_flag(
            membership=membership, answers=uuid4(), therapist=therapist, risk=risk,
            by=cast.RAPPORT, at=NOW,
        )  # fmt: skip


def test_an_open_flag_stands_before_everything(cast, course, sarah):
    other = Membership.objects.get(case=cast.case(cast.person("Callum Reid"))).pk
    course(other, "22222233", therapist=cast.imani)
    flagged(cast, sarah, cast.imani)
    found = load(cast.imani)
    assert found.headline.startswith("Sarah Lindqvist first, please.")
    assert [flag.name for flag in found.flags] == ["Sarah Lindqvist"]
    assert [one.entry.name for one in found.think] == ["Callum Reid"]


def test_the_reason_stands_in_a_sentence_and_the_own_words_beside_it(cast, course, sarah):
    course(sarah, "22222233", therapist=cast.imani, words="I said it was fine. It was not.")
    (one,) = load(cast.imani).think
    assert one.entry.reasons[0].startswith("Sarah Lindqvist answered “")
    assert one.entry.quotes == (("", "I said it was fine. It was not."),)
    assert one.when == "no session planned"


def test_nobody_who_asks_for_nothing_is_called_well(cast, course, sarah):
    course(sarah, "33333310", therapist=cast.imani)
    found = load(cast.imani)
    assert found.think == ()
    assert found.headline.startswith("Nothing in the latest answers asks for attention.")
    assert found.rest == (
        "In the latest answers nothing asks for attention. That is not the same as nothing being "
        "there."
    )


def test_today_says_who_comes_and_whether_it_is_worth_a_thought(cast, course, sarah):
    course(sarah, "22222233", therapist=cast.imani)
    case = Membership.one(sarah).case_id
    people.plan_session(
        case=case, staff=cast.imani, starts_at=LATER + timedelta(hours=1),
        by=cast.RAPPORT, at=LATER,
    )  # fmt: skip
    found = load(cast.imani)
    assert found.headline == (
        "Sarah Lindqvist first. Then one session, one of them worth a thought beforehand."
    )
    assert [(one.case, one.asks, one.answered) for one in found.today] == [(case, True, False)]
    assert found.think[0].when == "session 2 today at 12:00"


def apart(cast, course, couple):
    marta, dev = couple
    for number in (1, 2, 3):
        form = {"instrument": "rapport-checkin-member", "number": number}
        course(marta, "44444400", therapist=cast.benedikt, words="You understood me.", **form)
        course(dev, "11111100", therapist=cast.benedikt, words="Two against one.", **form)


def test_members_who_answer_apart_are_named_together_and_nobody_is_quoted_first(
    cast, course, couple
):
    apart(cast, course, couple)
    (one,) = load(cast.benedikt).think
    assert one.entry.reasons[0].startswith("In Dev Raman and Marta Ferreira the last answers")
    assert one.entry.quotes == ()


def test_fear_of_somebody_in_the_case_ends_every_joint_display_for_good(cast, course, couple):
    marta, dev = couple
    apart(cast, course, couple)
    flagged(cast, dev, cast.benedikt, kind="safe-with-others")
    found = load(cast.benedikt)
    assert not any("apart" in reason for one in found.think for reason in one.entry.reasons)
    for member in (marta, dev):
        page = case_page(
            Membership.one(member).case_id, reader=reader_of(cast.benedikt), at=LATER,
            membership=member,
        )  # fmt: skip
        said = [page.shown.read.headline, *(r.said for r in page.shown.read.now)]
        assert not any("apart" in one for one in said)


def test_a_page_of_a_couple_shows_one_member_at_a_time(cast, course, couple):
    apart(cast, course, couple)
    case = Membership.one(couple[0]).case_id
    reader = reader_of(cast.benedikt)
    assert case_page(case, reader=reader, at=LATER).shown is None
    page = case_page(case, reader=reader, at=LATER, membership=couple[0])
    assert {w.text for w in page.shown.all_words} == {"You understood me."}
    assert "Dev" not in str(page.shown.read.relationship)


def test_everybody_is_found_by_a_part_of_the_name(cast, course, sarah):
    cast.case(cast.person("Callum Reid"))
    reader = reader_of(cast.imani)
    assert [row.name for row in all_cases(reader=reader, at=LATER).rows] == [
        "Callum Reid", "Sarah Lindqvist",
    ]  # fmt: skip
    found = all_cases(reader=reader, at=LATER, called="lind")
    assert [row.name for row in found.rows] == ["Sarah Lindqvist"]


def test_a_colleagues_cases_are_in_no_caseload(cast, course, sarah):
    course(sarah, "22222233", therapist=cast.imani, words="Canary.")
    found = load(cast.benedikt)
    assert found.think == found.words == found.silent == ()
    assert found.cases == 0


@pytest.mark.parametrize("n", [6, 9])
def test_at_most_a_handful_is_shown_and_the_rest_counted(cast, course, n):
    for k in range(n):
        member = Membership.objects.get(case=cast.case(cast.person(f"Made-up {k}"))).pk
        course(member, "22222233", therapist=cast.imani)
    found = load(cast.imani)
    assert len(found.think) == 5
    left = {6: "One more are", 9: "Four more are"}[n].replace("One more are", "One more is")
    assert found.rest.startswith(left)
