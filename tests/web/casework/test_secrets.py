"""How secrets are handled: stated in a case, accepted by each member before the first answer."""

import re

import pytest
from django.test import Client
from practice_cast import NOW

from rapport.web.audit.queries import lines_about
from rapport.web.checkins.actions import invite
from rapport.web.checkins.agreeing import words_around
from rapport.web.checkins.models import Answers, Draft
from rapport.web.checkins.words import LANGUAGES
from rapport.web.people.models import Consent, Membership, PolicyText
from rapport.web.people.secrets.texts import LANGUAGES as TEXT_LANGUAGES
from rapport.web.people.secrets.texts import ours

ACCEPT = "I have read it and agree"


@pytest.fixture
def new_couple(cast):
    """A couple who have accepted nothing yet."""
    return cast.case(cast.marta, cast.dev, kind="couple", accepted=False)


@pytest.fixture
def phone(cast, planned, clock):
    """A phone on which Start was pressed on a link of a member."""

    def started(case, membership):
        session = planned(case)
        token = invite(
            session=session, membership=membership, moment="before", by=cast.RAPPORT, at=NOW
        )
        browser = Client()
        assert "agree" not in browser.get(f"/c/{token}").content.decode().lower()
        assert browser.post(f"/c/{token}").status_code == 302
        return browser

    return started


def page_of(phone):
    return phone.get("/c/").content.decode()


def agree(phone):
    version = re.search(r'name="version" value="([^"]+)"', page_of(phone))[1]
    return phone.post("/c/agree", {"version": version})


def test_each_member_accepts_before_the_first_answer_and_once(new_couple, member, cast, phone):
    marta = member(new_couple, cast.marta)
    hers = phone(new_couple, marta)
    assert ACCEPT in page_of(hers)
    assert "Imani Okafor will ask you first" in page_of(hers)
    assert agree(hers).status_code == 302
    assert ACCEPT not in page_of(hers)
    assert "fieldset" in page_of(hers)
    assert ACCEPT not in page_of(phone(new_couple, marta))
    assert ACCEPT in page_of(phone(new_couple, member(new_couple, cast.dev)))
    line = lines_about(marta)[-1]
    assert (line.deed, line.by.kind) == ("secrets policy accepted", "client")


def test_nothing_is_kept_of_who_has_not_accepted(new_couple, member, cast, phone):
    dev = phone(new_couple, member(new_couple, cast.dev))
    form = "00000000-0000-0000-0000-000000000000"
    refused = dev.post("/c/", {"key": "k", "language": "en", f"a.{form}.x": "1"})
    assert refused.status_code == 409
    draft = dev.post("/c/one", {"name": f"a.{form}.x", "value": "1"})
    assert draft.status_code == 409
    assert (Answers.objects.count(), Draft.objects.count()) == (0, 0)


def test_one_person_alone_is_asked_to_accept_nothing(cast, member, phone):
    case = cast.case(cast.sarah, accepted=False)
    assert ACCEPT not in page_of(phone(case, member(case, cast.sarah)))


def test_another_policy_is_accepted_anew(imani, new_couple, member, cast, phone):
    marta = phone(new_couple, member(new_couple, cast.marta))
    agree(marta)
    sent = {"kind": "no-secrets", "seen": 1}
    assert imani.post(f"/cases/{new_couple}/secrets", sent).status_code == 302
    assert ACCEPT in page_of(marta)
    assert "keeps no secrets that concern all of you" in page_of(marta)


def test_a_text_that_changed_while_it_was_read_is_not_accepted(
    lead, new_couple, member, cast, phone
):
    marta = phone(new_couple, member(new_couple, cast.marta))
    version = re.search(r'name="version" value="([^"]+)"', page_of(marta))[1]
    written(lead, "Nothing stays between us.")
    assert marta.post("/c/agree", {"version": version}).status_code == 409
    assert Membership.objects.filter(policy_accepted_at__isnull=False).count() == 0
    assert "Nothing stays between us." in page_of(marta)


def written(lead, words, *, language="en", seen=0):
    sent = {"words": words, "seen": seen}
    return lead.post(f"/settings/secrets/limited/{language}", sent)


def test_the_practice_writes_its_own_and_ours_never_stands_in(
    lead, new_couple, member, cast, phone
):
    assert written(lead, "Ask {therapist}.\n\nAlways.").status_code == 302
    from rapport.web.people.models import Person

    Person.objects.filter(pk=cast.dev).update(language="de")
    page = page_of(phone(new_couple, member(new_couple, cast.dev)))
    assert "Ask Imani Okafor." in page
    assert '<p lang="en">Ask Imani Okafor.' in page
    assert "Gelesen und einverstanden" in page
    assert written(lead, "Anders.", language="de").status_code == 302
    assert "Anders." in page_of(phone(new_couple, member(new_couple, cast.dev)))


def test_in_another_language_it_is_the_same_agreement(new_couple, member, cast, phone):
    marta = member(new_couple, cast.marta)
    agree(phone(new_couple, marta))
    from rapport.web.people.models import Person

    Person.objects.filter(pk=cast.marta).update(language="es")
    assert "Antes de empezar" not in page_of(phone(new_couple, marta))


def test_a_text_that_was_shown_stays_as_it_was(lead):
    written(lead, "First.")
    written(lead, "Second.", seen=1)
    rows = PolicyText.objects.order_by("written_at", "version")
    assert [(r.words, r.ended_at is None) for r in rows] == [("First.", False), ("Second.", True)]


def test_an_empty_policy_and_an_unknown_one_are_refused(lead, imani, new_couple):
    assert written(lead, "   ").status_code == 422
    assert lead.get("/settings/secrets/limited/fr").status_code == 404
    assert lead.get("/settings/secrets/none/en").status_code == 404
    assert imani.get("/settings/secrets/limited/en").status_code == 403
    sent = {"kind": "none", "seen": 1}
    assert imani.post(f"/cases/{new_couple}/secrets", sent).status_code == 422


@pytest.fixture
def young(cast):
    """Yusuf, eleven, in treatment alone; his mother has agreed."""
    cast._known["yusuf"] = cast.person("Yusuf Haddad", born="2015-03-01")
    case = cast.case(cast.yusuf, accepted=False)
    membership = Membership.objects.get(case=case)
    from rapport.web.people.actions import note_consent

    note_consent(membership=membership.pk, about="treatment", text_version="1",
                 guardian="Rana Haddad", by=cast.RAPPORT, at=NOW)  # fmt: skip
    return case, membership.pk


def test_a_young_persons_own_yes_is_asked_and_a_no_is_taken(young, phone):
    yusufs = phone(*young)
    assert "You can say yes or no to these questions" in page_of(yusufs)
    assert "No, not now" in page_of(yusufs)
    assert yusufs.post("/c/left").status_code == 302
    assert Consent.objects.filter(about="own yes").count() == 0
    again = phone(*young)
    assert agree(again).status_code == 302
    assert Consent.objects.get(about="own yes").guardian is None
    assert "You can say yes or no" not in page_of(again)


def test_a_yes_can_be_taken_back(imani, young, phone):
    agree(phone(*young))
    case, membership = young
    consent = Consent.objects.get(about="own yes")
    imani.post(f"/cases/{case}/members/{membership}/consents/{consent.pk}/withdraw")
    assert "You can say yes or no" in page_of(phone(*young))


def test_the_page_is_the_same_for_every_member_but_for_nobodys_name(
    new_couple, member, cast, phone
):
    pages = [page_of(phone(new_couple, member(new_couple, p))) for p in (cast.marta, cast.dev)]
    assert pages[0] == pages[1]
    assert "Marta" not in pages[0]
    assert "Dev" not in pages[0]


def test_every_language_has_every_text():
    assert TEXT_LANGUAGES == LANGUAGES
    for language in LANGUAGES:
        assert set(ours(language)) == set(ours("en"))
        assert set(words_around(language)) == set(words_around("en"))
        assert all("{therapist}" in ours(language)[k] for k in ("limited", "no-secrets", "young"))
        assert ours(language)["native"] is (language == "en")
