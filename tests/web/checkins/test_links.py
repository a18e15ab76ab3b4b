"""A link is worth little to a thief: one check-in, a short time, and a look uses nothing up."""

from dataclasses import replace
from datetime import timedelta

import pytest
from practice_cast import NOW
from submissions import SUBMISSION

from rapport.web.checkins import actions
from rapport.web.checkins.errors import LinkEnded, WrongForm
from rapport.web.checkins.models import Link, Occasion
from rapport.web.checkins.queries import to_fill
from rapport.web.measures.errors import BadAnswers
from rapport.web.people import actions as people

LATER = NOW + timedelta(hours=73)


@pytest.fixture
def linked(cast, open_checkin):
    """A check-in with its link."""
    occasion, forms = open_checkin("gad-7")
    token = actions.make_link(occasion=occasion, by=cast.RAPPORT, at=NOW)
    return occasion, forms, token


def submit(cookie, form, answers, at=NOW):
    submission = replace(SUBMISSION, answers={str(form): answers})
    return actions.receive_by_link(cookie=cookie, submission=submission, at=at)


def test_the_token_is_not_in_the_database(linked):
    *_, token = linked
    link = Link.objects.get()
    assert token not in (link.token, link.cookie)
    assert len(token) >= 22


def test_a_link_opens_its_check_in_and_no_other(linked, open_checkin):
    occasion, (form,), token = linked
    open_checkin("gad-2")
    cookie = actions.enter(token=token, at=NOW)
    assert to_fill(cookie=cookie, at=NOW).occasion == occasion
    assert submit(cookie, form, {"q1": 1}).occasion == occasion


def test_it_can_be_entered_again_and_only_the_last_cookie_works(linked):
    *_, token = linked
    first, second = (actions.enter(token=token, at=NOW) for _ in range(2))
    with pytest.raises(LinkEnded):
        to_fill(cookie=first, at=NOW)
    assert to_fill(cookie=second, at=NOW).left == 7


@pytest.mark.parametrize("token", ["", "guess", "0" * 27])
def test_a_guess_is_told_the_same_as_an_old_link(linked, token):
    with pytest.raises(LinkEnded) as guessed:
        actions.enter(token=token, at=NOW)
    with pytest.raises(LinkEnded) as old:
        actions.enter(token=linked[2], at=LATER)
    assert str(guessed.value) == str(old.value)


def test_it_ends_with_the_answers(linked):
    _, (form,), token = linked
    cookie = actions.enter(token=token, at=NOW)
    submit(cookie, form, {"q1": 1})
    for gone in (
        lambda: actions.enter(token=token, at=NOW),
        lambda: to_fill(cookie=cookie, at=NOW),
    ):
        with pytest.raises(LinkEnded):
            gone()


def test_a_submission_that_is_sent_again_after_the_end_gets_its_receipt(linked):
    _, (form,), token = linked
    cookie = actions.enter(token=token, at=NOW)
    assert submit(cookie, form, {"q1": 1}) == submit(cookie, form, {"q1": 1}, at=LATER)


def test_a_new_link_ends_the_earlier_one(cast, linked):
    occasion, _, token = linked
    actions.make_link(occasion=occasion, by=cast.RAPPORT, at=NOW)
    with pytest.raises(LinkEnded):
        actions.enter(token=token, at=NOW)


def test_it_does_not_outlive_its_check_in(cast, linked):
    occasion, *_ = linked
    Occasion.objects.filter(pk=occasion).update(closes_at=NOW + timedelta(hours=1))
    token = actions.make_link(occasion=occasion, by=cast.RAPPORT, at=NOW)
    with pytest.raises(LinkEnded):
        actions.enter(token=token, at=NOW + timedelta(hours=2))


def test_after_discharge_it_opens_nothing(cast, linked, sarahs):
    *_, token = linked
    cookie = actions.enter(token=token, at=NOW)
    people.leave(membership=sarahs, why="discharged", by=cast.RAPPORT, at=NOW)
    with pytest.raises(LinkEnded):
        actions.enter(token=token, at=NOW)
    with pytest.raises(LinkEnded):
        to_fill(cookie=cookie, at=NOW)


def test_all_links_of_a_member_end_on_request(cast, linked, sarahs):
    actions.end_links_of(membership=sarahs, by=cast.RAPPORT, at=NOW)
    with pytest.raises(LinkEnded):
        actions.enter(token=linked[2], at=NOW)


def test_resuming_says_what_is_open_and_never_what_was_answered(linked):
    _, (form,), token = linked
    cookie = actions.enter(token=token, at=NOW)
    actions.keep_draft(cookie=cookie, form_id=form, question="q1", value=3, at=NOW)
    again = actions.enter(token=token, at=NOW)
    page = to_fill(cookie=again, at=NOW)
    assert (page.left, page.answered) == (6, {form: frozenset({"q1"})})


def test_a_draft_takes_no_answer_that_the_form_does_not_have(linked, open_checkin):
    _, (form,), token = linked
    cookie = actions.enter(token=token, at=NOW)
    with pytest.raises(BadAnswers):
        actions.keep_draft(cookie=cookie, form_id=form, question="q1", value=9, at=NOW)
    _, (other,) = open_checkin("gad-2")
    with pytest.raises(WrongForm):
        actions.keep_draft(cookie=cookie, form_id=other, question="q1", value=1, at=NOW)


def test_an_answered_check_in_gets_no_link(cast, linked):
    occasion, (form,), token = linked
    submit(actions.enter(token=token, at=NOW), form, {"q1": 1})
    with pytest.raises(LinkEnded):
        actions.make_link(occasion=occasion, by=cast.RAPPORT, at=NOW)
