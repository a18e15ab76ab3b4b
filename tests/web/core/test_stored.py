"""Rows know their practice, notice lost updates, and are closed to everybody outside."""

from uuid import uuid4

import pytest
from django.db import connection
from practice_cast import NOW

from rapport.web.core.access import current_practice, inside
from rapport.web.core.errors import Forgotten, NotHere, OutsidePractice, Stale
from rapport.web.people.models import Person


def test_a_query_outside_a_practice_raises_instead_of_showing_too_much(db):
    with pytest.raises(OutsidePractice):
        Person.objects.count()


def test_rows_of_another_practice_are_not_there(cast, practice):
    sarah = cast.sarah
    with inside(uuid4()):
        assert Person.objects.count() == 0
        with pytest.raises(NotHere):
            Person.one(sarah)
    assert current_practice() == practice
    assert Person.one(sarah).get("name") == "Sarah Lindqvist"


def test_a_row_is_never_saved_from_another_practice(cast):
    sarah = Person.one(cast.sarah)
    with inside(uuid4()), pytest.raises(OutsidePractice):
        sarah.save()


def test_what_does_not_exist_and_what_is_no_id_get_the_same_answer(practice):
    answers = set()
    for id in (uuid4(), "no-id"):
        with pytest.raises(NotHere) as refused:
            Person.one(id)
        answers.add(str(refused.value))
    assert answers == {"There is no such client here."}


def test_names_are_sealed_in_the_database_and_nothing_is_not_an_empty_text(cast):
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, email FROM people_person WHERE id IS NOT NULL")
        assert cursor.fetchall() == []
        sarah = cast.sarah
        cursor.execute("SELECT name, email FROM people_person")
        ((name, email),) = cursor.fetchall()
    assert b"Sarah" not in bytes(name)
    assert email is None
    assert Person.one(sarah).get("email") is None


def test_a_name_moved_to_another_row_does_not_open(cast):
    sarah, dev = Person.one(cast.sarah), Person.one(cast.dev)
    dev.name = sarah.name
    with pytest.raises(Exception, match="does not open"):
        dev.get("name")


def test_without_its_key_a_row_says_that_the_person_was_forgotten(cast, keys):
    sarah = Person.one(cast.sarah)
    keys.destroy(str(sarah.pk), at=NOW)
    with pytest.raises(Forgotten):
        sarah.get("name")


def test_of_two_who_changed_the_same_row_the_second_is_told_and_nothing_is_lost(cast):
    first, second = Person.one(cast.sarah), Person.one(cast.sarah)
    seen = first.version
    first.language = "es"
    first.save_if_unchanged(seen=seen)
    second.language = "de"
    with pytest.raises(Stale, match="changed by somebody else"):
        second.save_if_unchanged(seen=seen)
    assert (Person.one(cast.sarah).language, Person.one(cast.sarah).version) == ("es", seen + 1)
    assert Person.one(cast.sarah).since == NOW
