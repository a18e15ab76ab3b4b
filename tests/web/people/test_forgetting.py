"""Forgotten means gone: rows and key; an old copy of the database holds nothing that opens."""

import pytest
from django.db import connection
from practice_cast import NOW

from rapport.web.audit.queries import lines_about, verify
from rapport.web.core.errors import Forgotten, NotHere
from rapport.web.people import actions
from rapport.web.people.models import Case, Membership, Person, Session

CANARY = "Canary Sarah Lindqvist"


def everything():
    """Every value of every table as text, as somebody with the file would see it."""
    with connection.cursor() as cursor:
        seen = []
        for table in connection.introspection.table_names():
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            seen += [bytes(v) if isinstance(v, memoryview) else v for r in cursor for v in r]
    return str(seen)


@pytest.fixture
def person(cast):
    return cast.person(CANARY, email="canary@example.org", safe_way="canary by letter")


def test_nothing_of_a_client_stands_in_clear_even_before(cast, person):
    cast.case(person)
    assert "anary" not in everything()


def test_rows_and_key_are_gone_and_the_log_holds_together(cast, person, keys):
    case = cast.case(person)
    actions.plan_session(case=case, staff=cast.imani, starts_at=NOW, by=cast.RAPPORT, at=NOW)
    actions.forget(person=person, by=cast.RAPPORT, at=NOW)
    assert (Case.objects.count(), Membership.objects.count(), Session.objects.count()) == (0, 0, 0)
    assert str(person) not in keys.people()
    with pytest.raises(NotHere):
        Person.one(person)
    assert [line.deed for line in lines_about(person)] == ["client added", "client forgotten"]
    assert verify().fault is None


def test_an_old_copy_does_not_open_with_todays_keys(cast, person):
    old = Person.one(person)
    sealed = bytes(old.name)
    actions.forget(person=person, by=cast.RAPPORT, at=NOW)
    restored = Person(pk=person, language="en", zone="UTC", since=NOW, name=sealed)
    with pytest.raises(Forgotten):
        restored.get("name")


def test_the_others_of_a_family_stay(cast):
    family = cast.case(cast.rana, cast.erik, cast.yusuf, kind="family")
    actions.forget(person=cast.yusuf, by=cast.RAPPORT, at=NOW)
    assert Case.one(family).memberships.count() == 2
    assert Person.one(cast.rana).get("name") == "Rana Haddad"


def test_where_the_key_can_not_be_destroyed_nothing_is_deleted(cast, person, keys, monkeypatch):
    def broken(_, *, at):
        raise OSError("read-only disk")

    monkeypatch.setattr(keys, "destroy", broken)
    with pytest.raises(OSError, match="read-only"):
        actions.forget(person=person, by=cast.RAPPORT, at=NOW)
    assert Person.one(person).get("name") == CANARY
