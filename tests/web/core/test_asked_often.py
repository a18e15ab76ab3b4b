"""A query whose SQL is worked out once asks the same as Django's own, inside one practice."""

from uuid import uuid4

import pytest
from django.db.models import CharField, DateTimeField, UUIDField
from practice_cast import NOW

from rapport.web.core.access import inside
from rapport.web.core.asked_often import AnyOf, AskedOften, ColumnsAskedOften
from rapport.web.core.errors import NotHere, OutsidePractice
from rapport.web.people.models import Membership, Person, Staff

BY_NAME = AskedOften(lambda name: Staff.objects.filter(name=name), name=CharField())
OF_PERSON = AskedOften(
    lambda person: Membership.objects.select_related("person", "case").filter(person_id=person),
    person=UUIDField(),
)
SINCE = AskedOften(
    lambda since: Person.objects.filter(since__gte=since).order_by("pk"), since=DateTimeField()
)

COLUMNS = ColumnsAskedOften(
    lambda person: Membership.objects.filter(person_id=person).values_list(
        "case__kind", "joined_at", "pk", "person__name"
    ),
    person=UUIDField(),
)
OF_ANY = ColumnsAskedOften(
    lambda people: Membership.objects.filter(person_id__in=people).values_list("pk"),
    people=AnyOf(UUIDField()),
)


def fields(row):
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def test_it_gives_the_rows_that_django_gives(cast):
    found = BY_NAME.all(name="Imani Okafor")
    assert [fields(row) for row in found] == [fields(Staff.objects.get(pk=cast.imani))]


def test_each_time_it_asks_with_the_values_of_that_time(cast):
    assert BY_NAME.first(name="Imani Okafor").pk == cast.imani
    assert BY_NAME.first(name="Benedikt Aalto").pk == cast.benedikt
    assert BY_NAME.first(name="Nobody") is None


def test_related_rows_come_along_without_another_query(cast, django_assert_num_queries):
    cast.couple()
    with django_assert_num_queries(1):
        (found,) = OF_PERSON.all(person=cast.marta)
        assert (found.person.pk, found.case.kind) == (cast.marta, "couple")
    assert found.person.get("name") == "Marta Ferreira"


def test_a_list_may_have_any_length(cast):
    cast.couple()
    cast.case(cast.marta)
    for people in ([cast.marta, cast.dev], [cast.dev], [uuid4()], [], {cast.marta: "a name"}):
        expected = Membership.objects.filter(person_id__in=list(people))
        found = {membership for (membership,) in OF_ANY.all(people=people)}
        assert found == set(expected.values_list("pk", flat=True))
    assert len(OF_ANY.all(people=[cast.marta, cast.dev])) == 3


def test_moments_and_nothing_at_all_come_back_as_they_were(cast):
    cast.person("Yusuf Haddad")
    (found,) = SINCE.all(since=NOW)
    assert (found.since, found.email, found.get("name")) == (NOW, None, "Yusuf Haddad")


def test_single_columns_come_as_django_gives_them(cast):
    cast.couple()
    (found,) = COLUMNS.all(person=cast.marta)
    columns = ("case__kind", "joined_at", "pk", "person__name")
    assert found == list(Membership.objects.values_list(*columns).get(person_id=cast.marta))
    assert COLUMNS.first(person=cast.marta) == found
    assert COLUMNS.first(person=uuid4()) is None
    with inside(uuid4()):
        assert COLUMNS.all(person=cast.marta) == []


def test_a_row_that_was_found_can_be_changed_and_kept(cast):
    found = BY_NAME.first(name="Imani Okafor")
    found.email = "new@example.org"
    found.save()
    assert Staff.one(cast.imani).email == "new@example.org"


def test_another_practice_finds_nothing_of_this_one(cast):
    assert BY_NAME.all(name="Imani Okafor")
    with inside(uuid4()):
        assert BY_NAME.all(name="Imani Okafor") == []
        with pytest.raises(NotHere):
            Staff.one(cast.imani)


def test_outside_of_any_practice_it_refuses(cast):
    BY_NAME.all(name="Imani Okafor")
    with inside(None), pytest.raises(OutsidePractice):
        BY_NAME.all(name="Imani Okafor")


def test_an_id_that_is_none_is_not_here(practice):
    with pytest.raises(NotHere):
        Staff.one("no id at all")
