"""A flag from the answer to the note, as the person sees it who has to answer."""

from uuid import uuid4

import pytest
from django.db import transaction
from doors_cast import signed_in
from practice_cast import NOW

from rapport.web.audit.queries import lines_about
from rapport.web.people.models import Membership
from rapport.web.safety import actions
from rapport.web.safety.models import Flag

ANSWER = actions.RiskAnswer(
    kind="self-harm", question="Thoughts of hurting yourself", answer="several days"
)


AFRAID = actions.RiskAnswer(
    kind="safe-with-others", question="I do not feel safe with someone here", answer="true"
)


def told_to_imani(cast, risk):
    membership = Membership.objects.get(case=cast.case(cast.sarah)).pk
    with transaction.atomic():
        return actions.raise_flag(
            membership=membership, answers=uuid4(), therapist=cast.imani, risk=risk,
            by=cast.RAPPORT, at=NOW,
        )  # fmt: skip


@pytest.fixture
def flag(cast):
    """Imani was told of an answer of Sarah's."""
    return told_to_imani(cast, ANSWER)


@pytest.fixture
def afraid(cast):
    """Imani was told that Sarah does not feel safe with somebody."""
    return told_to_imani(cast, AFRAID)


@pytest.fixture
def imani(cast):
    return signed_in(cast.imani)


def test_it_stands_on_top_of_the_first_page_in_the_words_of_the_form(imani, flag):
    page = imani.get("/").content.decode()
    assert "Sarah Lindqvist first, please." in page
    assert f"/flags/{flag}/" in page
    assert f"Sarah Lindqvist answered “several days” to “{ANSWER.question}”." in page


def test_fear_of_somebody_in_the_case_is_not_quoted_where_they_might_read_it(imani, afraid):
    page = imani.get("/").content.decode()
    assert "gave an answer that a person needs to read and answer" in page
    assert "not feel safe" not in page


def test_the_answer_stands_first_then_what_helps_and_no_level_of_risk(imani, flag):
    page = imani.get(f"/flags/{flag}/").content.decode()
    assert "Sarah Lindqvist answered “several days”." in page
    assert page.index("several days") < page.index("What helps now") < page.index("Write down")
    for never in ("risk level", "high risk", "low risk", "moderate", "safe now", "all clear"):
        assert never not in page.lower()


def test_reading_it_stands_in_the_log(imani, flag):
    imani.get(f"/flags/{flag}/")
    assert [line.deed for line in lines_about(flag)][-1] == "flag read"


def test_it_is_taken_on_and_closed_with_a_note(imani, flag, cast):
    assert imani.post(f"/flags/{flag}/take")["Location"] == f"/flags/{flag}/"
    assert "Taken on" in imani.get(f"/flags/{flag}/").content.decode()
    closed = imani.post(f"/flags/{flag}/close", {"note": "Rang her; we meet tomorrow at nine."})
    assert (closed.status_code, closed["Location"]) == (302, "/")
    assert Flag.one(flag).get("note") == "Rang her; we meet tomorrow at nine."
    assert "waits for you" not in imani.get("/").content.decode()


def test_without_a_note_it_stays_open_and_says_what_is_missing(imani, flag):
    page = imani.post(f"/flags/{flag}/close", {"note": "  "})
    assert page.status_code == 422
    assert "Write a sentence or two" in page.content.decode()
    assert Flag.one(flag).closed_at is None


def test_who_was_not_told_gets_the_same_answer_as_for_no_flag(cast, flag):
    colleague = signed_in(cast.joana)
    foreign, unknown = (colleague.get(f"/flags/{id}/") for id in (flag, uuid4()))
    assert (foreign.status_code, unknown.status_code) == (404, 404)
    assert foreign.content == unknown.content
    assert colleague.post(f"/flags/{flag}/close", {"note": "x"}).status_code == 404


def test_the_front_desk_does_not_come_in(cast, flag):
    assert signed_in(cast.ruth).get(f"/flags/{flag}/").status_code == 403


def test_nobody_comes_in_without_a_sign_in(client, flag):
    answer = client.get(f"/flags/{flag}/")
    assert answer.status_code == 302
    assert "several days" not in answer.content.decode()


def test_fear_of_somebody_in_the_case_says_to_speak_alone(cast, imani):
    family = cast.case(cast.rana, cast.yusuf, kind="family")
    yusufs = Membership.objects.get(case=family, person=cast.yusuf).pk
    afraid = actions.RiskAnswer(
        kind="safe-with-others", question="It felt safe.", answer="not at all"
    )
    with transaction.atomic():
        told = actions.raise_flag(
            membership=yusufs, answers=uuid4(), therapist=cast.imani, risk=afraid,
            by=cast.RAPPORT, at=NOW,
        )  # fmt: skip
    page = imani.get(f"/flags/{told}/").content.decode()
    assert "Speak with Yusuf Haddad alone" in page
    assert "Rana" not in page
