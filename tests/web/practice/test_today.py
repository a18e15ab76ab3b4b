"""The first page: each role its own part, the client's words, and nothing that reassures."""

import re
from datetime import timedelta

import pytest
from doors_cast import signed_in

from rapport.web.checkins import actions as checkins
from rapport.web.core.clock import now
from rapport.web.measures.actions import pin_form
from rapport.web.people import actions as people
from rapport.web.people.models import Membership


@pytest.fixture
def said(cast):
    """Somebody's words after a session held today."""

    def wrote(person, words, *, therapist, moment="after"):
        case = cast.case(person, therapist=therapist)
        membership = Membership.objects.get(case=case).pk
        by = {"by": cast.RAPPORT, "at": now()}
        session = people.plan_session(case=case, staff=therapist, starts_at=now(), **by)
        form = pin_form(instrument="gad-2", language="en", **by)
        occasion = checkins.open_occasion(
            session=session, membership=membership, writer="client", about=therapist,
            moment=moment, forms=[form], opens_at=now(), closes_at=now() + timedelta(days=1), **by,
        )  # fmt: skip
        submission = checkins.Submission(
            key="k", answers={str(form): {"q1": 1, "q2": 0}}, words=words, route="link",
            language="en", who_sees="v", answered_at=now(),
        )  # fmt: skip
        checkins.receive_checkin(occasion=occasion, submission=submission, **by)

    return wrote


def first_page(staff):
    return signed_in(staff).get("/").content.decode()


def test_a_therapist_reads_the_words_of_own_clients_only(cast, said):
    said(cast.sarah, "I used the sign.", therapist=cast.imani)
    said(cast.marta, "You understood me.", therapist=cast.benedikt)
    page = first_page(cast.imani)
    assert "“I used the sign.”" in page
    assert "Sarah Lindqvist" in page
    assert "You understood me." not in page
    assert "Marta" not in page


def test_the_front_desk_sees_who_comes_and_no_clinical_word(cast, said):
    said(cast.sarah, "I used the sign.", therapist=cast.imani, moment="before")
    ruth = signed_in(cast.ruth)
    page = "".join(ruth.get(place).content.decode() for place in ("/", "/office/day/"))
    assert "Sarah Lindqvist" in page
    for never in ("I used the sign", "answered", "check-in", "flag"):
        assert never not in page


def test_a_therapist_sees_who_has_answered_before_the_session(cast, said):
    said(cast.sarah, "A calm week.", therapist=cast.imani, moment="before")
    assert "answered before it" in first_page(cast.imani)


def test_the_own_side_is_asked_for_until_it_is_given(cast):
    case = cast.case(cast.sarah)
    membership, by = Membership.objects.get(case=case).pk, {"by": cast.RAPPORT, "at": now()}
    session = people.plan_session(case=case, staff=cast.imani, starts_at=now(), **by)
    imani = signed_in(cast.imani)
    mirror = f"/checkins/{session}/{membership}/mirror"

    def asked_for():
        pages = imani.get("/"), imani.get(f"/cases/{case}/")
        return ["Your side</a>" in page.content.decode() for page in pages]

    assert asked_for() == [True, True]
    field = re.search(r'name="(a\.[^"]+)" value="(\d)"', imani.get(mirror).content.decode())
    imani.post(mirror, {"key": "k", "sent": "1", field[1]: field[2]})
    assert asked_for() == [False, False]


def test_an_empty_practice_says_what_will_stand_here(cast):
    page = first_page(cast.imani)
    assert "Here will stand whom to think about first." in page
    assert "No session is planned today." in page
    assert "Open a case, plan the next session" in page


def test_silence_is_not_called_good_news(cast):
    cast.case(cast.sarah)
    page = first_page(cast.imani)
    assert "That is not the same as nothing being there." in page
    for never in ("all is well", "no problems", "on track", "all clear"):
        assert never not in page.lower()


def test_the_lead_sees_that_a_flag_is_open_and_nothing_of_it(cast):
    from uuid import uuid4

    from django.db import transaction

    from rapport.web.safety.actions import RiskAnswer, raise_flag

    lead = people.add_staff(
        name="Ines Brandt", email="ines@example.org", roles=["practice-lead"],
        by=cast.RAPPORT, at=now(),
    )  # fmt: skip
    membership = Membership.objects.get(case=cast.case(cast.sarah)).pk
    risk = RiskAnswer(kind="self-harm", question="Canary question", answer="canary answer")
    with transaction.atomic():
        raise_flag(
            membership=membership, answers=uuid4(), therapist=cast.imani, risk=risk,
            by=cast.RAPPORT, at=now(),
        )  # fmt: skip
    page = first_page(lead)
    assert "One flag is open." in page
    assert "Nobody has taken it on yet." in page
    for never in ("Sarah", "anary", "self-harm"):
        assert never not in page
