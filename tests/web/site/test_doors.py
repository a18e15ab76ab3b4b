"""The site holds each request to its page's declaration: every role at every kind of door."""

import access_page
import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse
from django.test import Client, RequestFactory
from doors_cast import signed_in

from rapport.web.audit.actions import SYSTEM
from rapport.web.core.clock import now
from rapport.web.core.errors import NotHere, Refused, Stale
from rapport.web.core.pages import EverybodyHere, LinkHolder, door_of, page
from rapport.web.people.actions import add_staff
from rapport.web.people.queries import the_practice
from rapport.web.people.roles import ROLES, May
from rapport.web.site.doors import Doors
from rapport.web.site.refusals import refuse

SECRET = "Marta wrote: I am afraid of him"
DOORS = [*May, EverybodyHere(why="w"), LinkHolder(why="w")]


def knock(view, *, browser=None):
    """What stands in the way of a view for a browser; None: it is opened."""
    request = RequestFactory().get("/a-page/")
    request.practice = the_practice()
    client = browser or Client()
    request.session = client.session
    request.user = AnonymousUser()
    if browser is not None:
        from django.contrib.auth import get_user

        request.user = get_user(request)
    return Doors(lambda request: HttpResponse()).process_view(request, view, (), {})


@pytest.fixture
def in_role(practice):
    """A signed-in browser of somebody in one role."""

    def sign_in(role):
        staff = add_staff(name="N", email=f"{role}@example.org", roles=[role], by=SYSTEM, at=now())
        return signed_in(staff)

    return sign_in


@pytest.mark.parametrize("role", ROLES)
def test_every_role_opens_what_the_matrix_says_and_nothing_else(in_role, role):
    browser = in_role(role)
    for may in DOORS:
        view = page(lambda request: HttpResponse(), may=may)
        opened = knock(view, browser=browser) is None
        # A link is all that counts, so somebody signed in passes as its holder would.
        said = access_page.opens(door_of(view), role) or isinstance(may, LinkHolder)
        assert opened is said, may


def test_without_a_sign_in_no_permission_is_had(practice):
    for may in May:
        assert knock(page(lambda request: HttpResponse(), may=may)).status_code == 302


def test_a_page_that_declares_nothing_is_closed_to_everybody(in_role):
    reply = knock(lambda request: HttpResponse(SECRET), browser=in_role("practice-lead"))
    assert reply.status_code == 404
    assert SECRET.encode() not in reply.content


def test_every_address_asks_a_stranger_for_a_sign_in_unless_it_is_open(practice):
    """Each address of the program, asked as a browser asks it."""
    for place, view in access_page.routes():
        door = door_of(view)
        address = place.replace("<str:token>", "x" * 43).replace("<int:pk>", "1")
        if "<" in address or access_page.opens(door, "nobody signed in"):
            continue
        if access_page.opens(door, "with a link"):
            continue
        method = "get" if "GET" in door.methods else "post"
        reply = getattr(Client(), method)(address)
        assert (reply.status_code, reply["Location"][:14]) == (302, "/sign-in/?next"), place


@pytest.mark.parametrize(
    ("refused", "status"), [(NotHere("case"), 404), (Stale("plan"), 409), (Refused("No."), 400)]
)
def test_a_refusal_is_a_page_with_its_status_and_its_own_words(practice, refused, status):
    reply = refuse(RequestFactory().get("/"), refused)
    assert reply.status_code == status
    assert str(refused).split(".")[0] in reply.content.decode()


def test_foreign_and_not_there_get_the_same_page(practice):
    replies = {Client().get(place).content for place in ("/cases/1/", f"/cases/{SECRET}/")}
    assert len(replies) == 1
