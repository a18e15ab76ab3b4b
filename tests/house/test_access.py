"""Every address declares who may enter, and the page that lists them is true."""

from pathlib import Path

import access_page
import pytest

from rapport.web.core.pages import Anyone, Door, EverybodyHere, LinkHolder, door_of, page
from rapport.web.people.roles import May

ROOT = Path(__file__).resolve().parents[2]


def test_every_address_says_who_may_enter():
    silent = [place for place, view in access_page.routes() if door_of(view) is None]
    assert silent == []


def test_every_permission_asked_for_is_one_that_roles_can_give():
    for place, view in access_page.routes():
        may = door_of(view).may
        assert isinstance(may, Anyone | LinkHolder | May) or may.why, place


def test_the_page_of_access_is_what_make_docs_writes():
    written = (ROOT / "docs/reference/access.md").read_text("utf-8")
    assert written == access_page.page()


@pytest.mark.parametrize(
    ("may", "kind", "yes"),
    [
        (May.SEE_OWN_CASES, "therapist", True),
        (May.SEE_OWN_CASES, "administrator", False),
        (May.SEE_OWN_CASES, "nobody signed in", False),
        (LinkHolder(why="w"), "with a link", True),
        (LinkHolder(why="w"), "therapist", False),
        (EverybodyHere(why="w"), "on the way in", False),
        (Anyone(why="w"), "nobody signed in", True),
    ],
)
def test_the_matrix_reads_a_door_as_the_site_does(may, kind, yes):
    door = door_of(page(lambda request: None, may=may))
    assert isinstance(door, Door)
    assert access_page.opens(door, kind) is yes
    assert access_page.opens(None, kind) is False
