"""Whose case it is not finds nothing: every address, every method, and not a word in the answer."""

from uuid import uuid4

import pytest
from django.urls import get_resolver
from doors_cast import signed_in
from practice_cast import NOW

from rapport.web.core.pages import door_of
from rapport.web.measures.actions import set_goal
from rapport.web.people.actions import note_consent
from rapport.web.people.models import Case, Membership, Person, Session

CANARY = "canary-quail"


@pytest.fixture
def things(cast, couple, member, planned):
    """Ids of everything a casework address can name, in a case of Imani's full of canaries."""
    marta = member(couple, cast.marta)
    person = Person.one(cast.marta)
    for field in ("name", "email", "phone", "safe_way"):
        person.put(field, f"{CANARY}-{field}")
    person.save()
    by = {"by": cast.RAPPORT, "at": NOW}
    goal = set_goal(membership=marta, words=f"{CANARY} goal", **by)
    consent = note_consent(
        membership=marta, about="treatment", text_version="1", guardian=CANARY, **by
    )
    return {
        "case": couple, "membership": marta, "session": planned(couple), "goal": goal,
        "consent": consent, "staff": cast.imani, "how": "reached",
    }  # fmt: skip


def addresses(things):
    """Every address below /cases/<case>/ that this part declares, with its methods."""
    for part in get_resolver().url_patterns:
        if getattr(part, "urlconf_module", None) and "casework" in str(part.urlconf_name):
            for one in part.url_patterns:
                if "<uuid:case>" in str(one.pattern):
                    place = "/" + str(one.pattern)
                    for name in things:
                        for kind in ("uuid", "how"):
                            place = place.replace(f"<{kind}:{name}>", str(things[name]))
                    yield place, door_of(one.callback).methods


def asked(browser, things):
    for place, methods in addresses(things):
        for method in methods:
            ask = browser.get if method == "GET" else browser.post
            yield place, ask(place, {"seen": 1, "staff": str(uuid4()), "why": "left"})


def kept():
    return (
        list(Case.objects.values_list("version", "closed_at")),
        list(Membership.objects.values_list("left_at", flat=True)),
        list(Session.objects.values_list("state", "version")),
    )


def test_the_addresses_are_found_and_the_owner_reads_the_canaries(imani, things):
    found = list(addresses(things))
    assert len(found) > 20
    page = imani.get(f"/cases/{things['case']}/members/{things['membership']}/").content.decode()
    assert page.count(CANARY) >= 6
    assert all("<" not in place for place, _ in found)


@pytest.mark.parametrize(("who", "status"), [("benedikt", 404), ("ruth", 403)])
def test_who_does_not_work_in_a_case_finds_nothing_and_changes_nothing(
    cast, things, clock, who, status
):
    before = kept()
    for place, answer in asked(signed_in(getattr(cast, who)), things):
        assert answer.status_code == status, place
        assert CANARY not in answer.content.decode(), place
    assert kept() == before


def test_foreign_and_unknown_get_the_same_answer(benedikt, things):
    nowhere = asked(benedikt, {**things, "case": uuid4()})
    for (place, answer), (_, unknown) in zip(asked(benedikt, things), nowhere, strict=True):
        assert answer.status_code == unknown.status_code == 404, place
        assert answer.content == unknown.content, place


def test_a_thing_of_another_own_case_is_not_in_this_one(imani, cast, member, things):
    other = cast.case(cast.sarah)
    elsewhere = {**things, "case": other}
    for place, answer in asked(imani, elsewhere):
        if any(str(things[one]) in place for one in ("membership", "session", "goal", "consent")):
            assert answer.status_code == 404, place
            assert CANARY not in answer.content.decode()


def test_whose_care_ended_finds_nothing_any_more(imani, benedikt, things, cast):
    imani.post(f"/cases/{things['case']}/therapists", {"staff": str(cast.benedikt)})
    assert benedikt.get(f"/cases/{things['case']}/arrange").status_code == 200
    imani.post(f"/cases/{things['case']}/therapists/{cast.benedikt}/end")
    assert {a.status_code for _, a in asked(benedikt, things)} == {404}


def test_no_contact_and_no_goal_is_in_the_log(imani, things, caplog):
    from rapport.web.audit.models import Entry

    list(asked(imani, things))
    assert CANARY not in str(list(Entry.objects.values_list("detail", flat=True)))
    assert CANARY not in caplog.text
