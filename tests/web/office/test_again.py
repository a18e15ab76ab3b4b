"""Before roles, ways in and the response plan change, the page asks: is it still you?"""

import pytest
from doors_cast import PASSWORD, signed_in

from rapport.web.people.models import Staff
from rapport.web.people.staff.queries import roles_filled

NEW = {"name": "Theo Lindahl", "email": "theo@example.org", "roles": ["therapist"], "version": "0"}


@pytest.fixture
def stale_desk(lead):
    """Signed in long ago, though busy since."""
    return signed_in(lead)


@pytest.mark.parametrize("place", ["/office/staff/new", "/office/risk/change", "/office/settings/"])
def test_a_page_that_changes_much_asks_who_sits_there(stale_desk, place):
    assert stale_desk.get(place)["Location"].startswith("/sign-in/again/")
    assert stale_desk.get("/office/").status_code == 200


def test_what_was_sent_is_kept_meanwhile_and_goes_on(stale_desk):
    asked = stale_desk.post("/office/staff/new", NEW)
    assert not Staff.objects.filter(email=NEW["email"]).exists()
    place = asked["Location"].replace("/again/code/", "/again/")
    done = stale_desk.post(place, {"password": PASSWORD})
    theo = Staff.objects.get(email=NEW["email"])
    assert done["Location"] == f"/office/staff/{theo.pk}/"
    assert stale_desk.get(done["Location"]).status_code == 200


def test_a_wrong_answer_lets_nothing_through(stale_desk):
    asked = stale_desk.post("/office/staff/new", NEW)
    place = asked["Location"].replace("/again/code/", "/again/")
    assert stale_desk.post(place, {"password": "wrong"}).status_code == 200
    assert not Staff.objects.filter(email=NEW["email"]).exists()


def test_who_lost_the_role_meanwhile_gets_nothing_through(stale_desk, somebody, lead):
    somebody("Second Lead", "practice-lead")
    asked = stale_desk.post("/office/staff/new", NEW)
    Staff.objects.filter(pk=lead).update(roles=["therapist"])
    place = asked["Location"].replace("/again/code/", "/again/")
    assert b"Your role does not allow" in stale_desk.post(place, {"password": PASSWORD}).content
    assert not Staff.objects.filter(email=NEW["email"]).exists()
    assert roles_filled().managers == 1
