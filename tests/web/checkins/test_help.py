"""Help in the words of each kind of answer, at once, also of an answer that was never sent."""

import json
import re

import pytest
from django.test import Client
from practice_cast import NOW

from rapport.web.audit.queries import lines_about
from rapport.web.checkins import actions
from rapport.web.checkins.help import KINDS, help_about
from rapport.web.checkins.models import Answers, Draft
from rapport.web.checkins.words import LANGUAGES, words_in
from rapport.web.measures.models import Form
from rapport.web.measures.queries import _form
from rapport.web.people.models import Person
from rapport.web.safety.actions import set_response_plan
from rapport.web.safety.models import Flag, Notice


@pytest.fixture(autouse=True)
def at_the_time_of_the_tests(monkeypatch):
    monkeypatch.setattr("rapport.web.checkins.views.now", lambda: NOW)


@pytest.fixture(autouse=True)
def somebody_answers(cast):
    set_response_plan(
        responder=cast.benedikt, backup=cast.joana, hours="Mon to Fri, 9 to 17", minutes=30,
        emergency="112", consent_text={"en": "We read."},
        help_text={"en": "Helpline 0800 000", "de": "Telefon 0800 111"},
        by=cast.RAPPORT, at=NOW,
    )  # fmt: skip


@pytest.fixture
def phone():
    return Client()


@pytest.fixture
def started(cast, open_checkin, phone):
    def begun(*instruments, **told):
        occasion, forms = open_checkin(*instruments, **told)
        phone.post(f"/c/{actions.make_link(occasion=occasion, by=cast.RAPPORT, at=NOW)}")
        return occasion, forms

    return begun


def sent(phone, form, **answers):
    fields = {f"a.{form}.{q}": value for q, value in answers.items()}
    reply = phone.post("/c/", {"key": "k", "language": "en", "who_sees": "v", **fields})
    return reply.content.decode()


def asks_about_others(form):
    """The same form, whose ninth question is about harm to others."""
    kept = Form.one(form)
    _form.cache_clear()  # else a pinned form never changes
    kept.definition = kept.definition.replace('kind = "self-harm"', 'kind = "harm-to-others"')
    kept.content_hash = kept.content_hash[::-1]
    kept.save()
    _form.cache_clear()  # what is pinned never changes, but in this test


def test_harm_to_others_is_another_flag_with_other_words(cast, phone, started):
    _, (form,) = started("phq-9")
    own = sent(phone, form, q9=1)
    _, (form,) = started("phq-9")
    asks_about_others(form)
    others = sent(phone, form, q9=1)
    kinds = [
        json.loads(flag.get("content"))["kind"] for flag in Flag.objects.order_by("raised_at", "pk")
    ]
    assert sorted(kinds) == ["harm-to-others", "self-harm"]
    assert "might act on these thoughts" in own
    assert "might act on these thoughts" not in others
    assert "If you might hurt somebody, or somebody is in danger from you now" in others
    assert "hurt yourself" not in others


def test_the_clinicians_steps_are_others_too(cast, phone, started):
    from doors_cast import signed_in

    _, (form,) = started("phq-9")
    asks_about_others(form)
    sent(phone, form, q9=1)
    page = signed_in(cast.imani).get(f"/flags/{Flag.objects.get().pk}/").content.decode()
    assert "towards whom" in page
    assert "plan for hard hours" not in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_kinds_share_their_first_words(cast, language):
    said = [help_about(kind, language=language, therapist="Imani") for kind in KINDS]
    assert len({one.title for one in said}) == len(KINDS)
    assert len({one.when for one in said[:3]}) == 3
    assert all("112" in one.when and "Imani" not in one.when for one in said)


def test_who_does_not_feel_safe_with_the_others_is_told_who_alone_reads_it(cast, phone, started):
    _, (form,) = started("rapport-checkin-member")
    reply = sent(phone, form, safe_with_others=0)
    assert "Only Imani Okafor reads this answer." in reply
    assert "Benedikt" not in reply.split("Thank you.", 2)[0]
    assert {notice.to_id for notice in Notice.objects.all()} == {cast.imani}


# An answer that was given and never sent


def test_a_risk_answer_is_told_though_the_page_is_closed_after_it(cast, phone, started):
    occasion, (form,) = started("phq-9")
    phone.post("/c/one", {"name": f"a.{form}.q9", "value": "2"})
    flag = Flag.objects.get()
    assert flag.answers_id == occasion
    assert {notice.to_id for notice in flag.notices.all()} == {cast.benedikt, cast.imani}
    assert [line.deed for line in lines_about(flag.pk)] == ["flag raised"]
    assert Answers.objects.count() == 0


def test_kept_again_or_sent_afterwards_it_is_flagged_once(phone, started):
    _, (form,) = started("phq-9")
    for _ in range(3):
        phone.post("/c/one", {"name": f"a.{form}.q9", "value": "2"})
    reply = sent(phone, form, q9=2)
    assert Flag.objects.count() == 1
    assert "Call 112" in reply


def test_changed_to_another_answer_both_are_told(phone, started):
    _, (form,) = started("phq-9")
    phone.post("/c/one", {"name": f"a.{form}.q9", "value": "1"})
    sent(phone, form, q9=3)
    answers = {json.loads(flag.get("content"))["answer"] for flag in Flag.objects.all()}
    assert answers == {"Several days", "Nearly every day"}


def test_where_the_flag_fails_the_draft_is_not_kept_either(phone, started, monkeypatch):
    _, (form,) = started("phq-9")

    def broken(*_, **__):
        raise OSError("disk full")

    monkeypatch.setattr("rapport.web.safety.actions._tell", broken)
    with pytest.raises(OSError, match="disk full"):
        phone.post("/c/one", {"name": f"a.{form}.q9", "value": "1"})
    assert (Flag.objects.count(), Draft.objects.count()) == (0, 0)


def test_of_fear_of_the_therapist_nobody_is_told_before_the_client_chose(phone, started):
    _, (form,) = started("risq")
    phone.post("/c/one", {"name": f"a.{form}.q2", "value": "1"})
    assert Flag.objects.count() == 0
    sent(phone, form, q2=1)
    assert Flag.objects.count() == 1


# A question that was left open


def test_a_risk_question_left_open_gets_a_help_line_and_no_flag(phone, started):
    _, (form,) = started("phq-9")
    reply = sent(phone, form, q1=1)
    assert (
        "You left one question open. That is all right. If it was hard to answer: Helpline" in reply
    )
    assert "tel:" not in reply
    assert Flag.objects.count() == 0


@pytest.mark.parametrize("answers", [{"q9": 0}, {"q9": 1}])
def test_a_risk_question_that_was_answered_is_not_called_open(phone, started, answers):
    _, (form,) = started("phq-9")
    assert "left one question open" not in sent(phone, form, **answers)


def test_of_the_question_about_the_others_no_word_shows_that_it_was_asked(phone, started):
    """A phone may be read by the partner: neither thanks nor file names the question."""
    _, (form,) = started("rapport-checkin-member")
    reply = sent(phone, form, myself=2)
    assert "left one question open" not in reply
    assert "safe to speak" not in reply
    assert "safe to speak" not in phone.post("/c/mine").content.decode()


def test_help_comes_in_the_language_of_the_page(cast, phone, started):
    sarah = Person.one(cast.sarah)
    sarah.language = "de"
    sarah.save()
    started("phq-9")
    page = phone.get("/c/").content.decode()
    assert "Wenn Sie diesen Gedanken folgen könnten" in page
    assert "Telefon 0800 111" in page


def test_what_a_page_brings_along_is_help_for_its_own_questions_only(phone, started):
    started("gad-7")
    assert "<template" not in phone.get("/c/").content.decode()
    started("phq-9")
    kinds = re.findall(r'data-kind="([^"]+)"', phone.get("/c/").content.decode())
    assert kinds == ["self-harm"]


def test_every_sentence_of_help_stands_in_every_language():
    for language in LANGUAGES:
        words = words_in(language)
        for kind in KINDS:
            name = kind.replace("-", "_")
            assert "{number}" in words[f"help_when_{name}"]
            assert words[f"help_title_{name}"]
