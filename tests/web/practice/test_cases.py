"""From a new case to the client's words on the therapist's page, as people click it."""

import re

import pytest
from django.test import Client
from doors_cast import signed_in

from rapport.web.checkins.models import Answers, Occasion
from rapport.web.people.models import Case, Membership, Session

NEW = "/cases/open"


@pytest.fixture
def imani(cast):
    return signed_in(cast.imani)


def opened(browser, kind, *names, language="en"):
    """Open a case as somebody would, and give its address."""
    sent = browser.post(NEW, filled_in(kind, *names, language=language))
    assert sent.status_code == 302, sent.content.decode()
    return sent["Location"].removesuffix("arrange")


def filled_in(kind, *names, language="en"):
    """What the page sends: a block for each person."""
    form = {"kind": kind, "form-TOTAL_FORMS": len(names), "form-INITIAL_FORMS": 0}
    for n, name in enumerate(names):
        block = {"name": name, "language": language, "zone": "Europe/Berlin"}
        form |= {f"form-{n}-{field}": value for field, value in block.items()}
    return form


def planned(browser, address, when="2026-12-01T10:00"):
    sent = browser.post(f"{address}plan", {"starts_at": when, "place": "room"})
    assert sent["Location"] == address
    return Session.objects.latest("number")


def link(browser, session, membership, moment="after"):
    page = browser.post(f"/sessions/{session.pk}/{membership}/{moment}").content.decode()
    return re.search(r'value="http://testserver(/c/[\w-]+)"', page)[1]


def agreed(phone):
    """Accept how secrets are handled, where that is asked first."""
    version = re.search(r'name="version" value="([^"]+)"', phone.get("/c/").content.decode())
    if version:
        phone.post("/c/agree", {"version": version[1]})


def answered(address, words):
    phone = Client()
    phone.post(address)
    agreed(phone)
    page = phone.get("/c/").content.decode()
    fields = dict.fromkeys(re.findall(r'type="radio" name="([^"]+)"', page), "1")
    return phone.post("/c/", {"key": "k", "language": "en", "words": words, **fields})


def test_from_a_new_case_to_the_clients_words(imani):
    case = opened(imani, "individual", "Sarah Lindqvist")
    session = planned(imani, case)
    membership = Membership.objects.get().pk
    assert answered(link(imani, session, membership), "I used the sign.").status_code == 200
    page = imani.get(case).content.decode()
    assert "“I used the sign.”" in page
    assert "Rapport check-in" in page
    assert "I used the sign." in imani.get("/").content.decode()


def test_the_session_is_read_in_the_practices_own_time(imani):
    session = planned(imani, opened(imani, "individual", "Sarah"), "2026-07-01T10:00")
    assert session.starts_at.isoformat() == "2026-07-01T08:00:00+00:00"  # Berlin in summer


def test_before_and_after_the_plan_asks_other_forms(imani):
    session = planned(imani, opened(imani, "individual", "Sarah"))
    membership = Membership.objects.get().pk
    for moment in ("before", "after"):
        link(imani, session, membership, moment)
    before, after = (Occasion.objects.get(moment=m).forms for m in ("before", "after"))
    assert before
    assert after
    assert set(before).isdisjoint(after)


def test_a_new_link_ends_the_one_before(imani):
    session = planned(imani, opened(imani, "individual", "Sarah"))
    membership = Membership.objects.get().pk
    first, second = (link(imani, session, membership) for _ in range(2))
    assert Client().post(first).status_code == 410
    assert Client().post(second).status_code == 302
    assert Occasion.objects.count() == 1


def test_an_answered_check_in_gets_no_second_link(imani):
    session = planned(imani, opened(imani, "individual", "Sarah"))
    membership = Membership.objects.get().pk
    answered(link(imani, session, membership), "once")
    assert imani.post(f"/sessions/{session.pk}/{membership}/after").status_code == 409
    assert Answers.objects.count() == 1


def test_members_of_a_couple_answer_alone_and_are_read_one_at_a_time(imani):
    case = opened(imani, "couple", "Marta Ferreira", "Dev Raman")
    session = planned(imani, case)
    for member in Membership.objects.all():
        name = member.person.get("name")
        shown = answered(link(imani, session, member.pk), f"canary of {name}").content.decode()
        assert "canary" not in shown
    assert "canary" not in imani.get(case).content.decode()
    for member in Membership.objects.all():
        page = imani.get(f"{case}{member.pk}/").content.decode()
        assert page.count("canary of") == 1  # these words, once, and nobody else's
        assert f"canary of {member.person.get('name')}" in page


def test_a_member_of_another_case_is_not_on_this_one(imani):
    case = opened(imani, "couple", "Marta Ferreira", "Dev Raman")
    opened(imani, "individual", "Sarah")
    sarah = next(m for m in Membership.objects.all() if m.person.get("name") == "Sarah")
    assert imani.get(f"{case}{sarah.pk}/").status_code == 404


@pytest.mark.parametrize("name", ["", "   "])
def test_a_case_of_nobody_is_refused(imani, name):
    page = imani.post(NEW, filled_in("individual", name))
    assert page.status_code == 422
    assert Case.objects.count() == 0


def test_a_colleague_neither_opens_it_nor_makes_links_in_it(cast, imani):
    case = opened(imani, "individual", "Sarah")
    session, membership = planned(imani, case), Membership.objects.get().pk
    benedikt = signed_in(cast.benedikt)
    for answer in (
        benedikt.get(case),
        benedikt.post(f"{case}plan", {"starts_at": "2026-12-02T10:00", "place": "room"}),
        benedikt.post(f"/sessions/{session.pk}/{membership}/after"),
    ):
        assert answer.status_code == 404
        assert "Sarah" not in answer.content.decode()
    assert (Session.objects.count(), Occasion.objects.count()) == (1, 0)


def test_a_member_of_another_case_gets_no_link_for_this_session(imani):
    session = planned(imani, opened(imani, "individual", "Sarah"))
    opened(imani, "individual", "Anjali")
    stranger = Membership.objects.exclude(case=session.case).get().pk
    assert imani.post(f"/sessions/{session.pk}/{stranger}/after").status_code == 404


@pytest.mark.parametrize("moment", ["during", "after/", "x"])
def test_no_other_moment_is_an_address(imani, moment):
    session = planned(imani, opened(imani, "individual", "Sarah"))
    membership = Membership.objects.get().pk
    assert imani.post(f"/sessions/{session.pk}/{membership}/{moment}").status_code == 404


def test_a_day_that_is_none_is_said_and_nothing_is_planned(imani):
    case = opened(imani, "individual", "Sarah")
    page = imani.post(f"{case}plan", {"starts_at": "yesterday", "place": "room"})
    assert page.status_code == 422
    assert Session.objects.count() == 0


def test_the_client_is_asked_in_the_chosen_language(imani):
    session = planned(imani, opened(imani, "individual", "Grete", language="de"))
    phone = Client()
    phone.post(link(imani, session, Membership.objects.get().pk))
    page = phone.get("/c/").content.decode()
    assert '<html lang="de">' in page
    assert "Seite sofort verlassen" in page
