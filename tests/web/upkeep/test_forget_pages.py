"""The pages of forgetting: whose client it is, the name once more, and the law."""

from contextlib import suppress
from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client
from doors_cast import signed_in
from practice_cast import NOW, Cast

from rapport.web.audit.queries import lines_about
from rapport.web.people import actions as people
from rapport.web.people.models import Membership, Person
from rapport.web.upkeep import forgetting, records

BY = {"by": Cast.RAPPORT, "at": NOW}
NAME = "Sarah Lindqvist"


@pytest.fixture
def sarah(cast):
    """Sarah, whose case with Imani is open."""
    cast.case(cast.sarah)
    return cast.sarah


@pytest.fixture
def place(sarah):
    return f"/forget/{sarah}/"


@pytest.fixture
def imani(cast):
    return signed_in(cast.imani)


@pytest.fixture
def lead(cast, imani):
    return signed_in(people.add_staff(name="Lea", email="l@e.org", roles=["practice-lead"], **BY))


def test_it_says_what_goes_and_asks_for_the_name(imani, place):
    page = imani.get(place).content.decode()
    assert f"Forget {NAME} for good?" in page
    assert "Nobody can bring them back" in page
    assert 'name="name"' in page
    assert page.count("for-good") == 1


@pytest.mark.parametrize(
    ("typed", "status"),
    [("", 422), ("Sarah", 400), ("Marta Ferreira", 400)],
)
def test_another_name_deletes_nothing(imani, place, sarah, typed, status):
    assert imani.post(place, {"why": "asked", "name": typed}).status_code == status
    assert Person.one(sarah).get("name") == NAME


def test_with_the_name_the_client_is_gone_and_the_log_says_why(imani, place, sarah, tmp_path):
    reply = imani.post(place, {"why": "time over", "name": " sarah  LINDQVIST "})
    assert (reply.status_code, reply["Location"]) == (302, "/forget/done")
    assert not Person.objects.filter(pk=sarah).exists()
    line = lines_about(sarah)[-1]
    assert (line.deed, line.detail) == ("client forgotten", {"why": "time over"})
    assert "Lindqvist" not in imani.get("/forget/done").content.decode()
    assert imani.get(place).status_code == 404
    assert records.last()["traces"]["cleared"]
    assert len(list((tmp_path / "key-backups").glob("keys-*.backup"))) == 1


def test_a_colleagues_client_is_not_there(cast, imani, place, sarah):
    colleague = signed_in(cast.joana)
    assert colleague.get(place).status_code == 404
    reply = colleague.post(place, {"why": "asked", "name": NAME})
    assert reply.status_code == 404
    assert Person.one(sarah).get("name") == NAME


def test_where_a_colleague_works_with_the_client_too_only_the_lead_forgets(
    cast, imani, lead, place, sarah
):
    cast.case(sarah, therapist=cast.joana)
    reply = imani.post(place, {"why": "asked", "name": NAME})
    assert reply.status_code == 403
    assert "Joana" not in reply.content.decode()
    assert lead.post(place, {"why": "asked", "name": NAME}).status_code == 302
    assert not Person.objects.filter(pk=sarah).exists()


def test_who_may_forget_nobody_does_not_come_in(cast, imani, place):
    assert signed_in(cast.ruth).get(place).status_code == 403
    assert Client().get(place).status_code == 302


def test_the_law_holds_it_and_only_the_lead_shortens_the_time(imani, lead, place, sarah):
    far = (NOW + timedelta(days=3650)).date().isoformat()
    assert imani.post(f"{place}keep", {"until": far}).status_code == 302
    page = imani.get(place).content.decode()
    assert "records are kept until" in page
    assert "for-good" not in page
    assert imani.post(place, {"why": "asked", "name": NAME}).status_code == 409
    assert imani.post(f"{place}keep", {"until": ""}).status_code == 403
    assert Person.one(sarah).keep_until is not None
    assert lead.post(f"{place}keep", {"until": ""}).status_code == 302
    assert Person.one(sarah).keep_until is None


def test_a_day_that_is_none_is_asked_for_again(imani, place):
    assert imani.post(f"{place}keep", {"until": "soon"}).status_code == 422


def test_who_left_is_listed_the_longest_gone_first(cast, imani, lead):
    assert "Nobody has left yet" in imani.get("/forget/").content.decode()
    for n, person in enumerate((cast.dev, cast.marta)):
        member = Membership.objects.get(case=cast.case(person), person=person).pk
        at = NOW - timedelta(days=n)
        people.leave(membership=member, why="discharged", by=Cast.RAPPORT, at=at)
    cast.case(cast.rana)
    for reader in (imani, lead):
        page = reader.get("/forget/").content.decode()
        assert page.index("Marta Ferreira") < page.index("Dev Raman")
        assert "Rana" not in page
    assert "Marta" not in signed_in(cast.joana).get("/forget/").content.decode()


def test_what_was_rolled_back_clears_nothing(home, cast, sarah, tmp_path):
    with suppress(KeyError), transaction.atomic():
        forgetting.forget(person=sarah, why="asked", **BY)
        raise KeyError
    assert not list((tmp_path / "key-backups").glob("*"))
