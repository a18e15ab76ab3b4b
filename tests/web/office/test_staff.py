"""People who work here: added, changed, away, let in and let go; never the last who could."""

from datetime import timedelta

import pytest
from django.test import Client
from doors_cast import account_of, signed_in

from rapport.web.audit.queries import lines_about, verify
from rapport.web.core.clock import now
from rapport.web.core.errors import Stale
from rapport.web.people.accounts import Account
from rapport.web.people.errors import LastInRole, NotAllowed
from rapport.web.people.models import Staff
from rapport.web.people.queries import is_here, reader_of
from rapport.web.people.staff import actions

NEW = {"name": "Theo Lindahl", "email": "theo@example.org", "roles": ["therapist"], "version": "0"}


def place(staff, step=""):
    return f"/office/staff/{staff}/{step}"


def deeds(staff):
    return [line.deed for line in lines_about(staff)]


def as_stored(staff, **other):
    row = Staff.one(staff)
    told = {"name": row.name, "email": row.email, "roles": row.roles, "version": row.version}
    return told | other


def test_somebody_is_added_gets_a_link_and_comes_in(desk):
    added = desk.post("/office/staff/new", NEW)
    theo = Staff.objects.get(email="theo@example.org")
    assert added["Location"] == place(theo.pk)
    assert b"Has not signed in yet" in desk.get(added["Location"]).content
    shown = desk.post(place(theo.pk, "link")).content.decode()
    address = shown.split("/sign-in/link/")[1].split("/")[0]
    assert Client().post(f"/sign-in/link/{address}/")["Location"] == "/"
    assert address not in desk.get(place(theo.pk)).content.decode()
    assert deeds(theo.pk) == ["staff added", "sign-in link made", "signed in"]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"roles": []}, "Choose a role at least"),
        ({"roles": ["emperor"]}, "emperor is not one of the available choices"),
        ({"email": "IMANI@example.org"}, "Each needs their own"),
        ({"email": "nowhere"}, "valid email"),
        ({"name": ""}, "required"),
    ],
)
def test_what_cannot_be_is_said_and_what_was_typed_stays(desk, wrong, said):
    before = Staff.objects.count()
    reply = desk.post("/office/staff/new", NEW | wrong)
    assert reply.status_code == 422
    assert said in reply.content.decode()
    assert "lindahl" in reply.content.decode().lower() or "name" in wrong
    assert Staff.objects.count() == before


def test_roles_change_with_the_next_request_and_the_log_says_which(desk, cast):
    theirs = signed_in(cast.ruth)
    assert theirs.get("/office/staff/").status_code == 403
    desk.post(place(cast.ruth), as_stored(cast.ruth, roles=["front-desk", "administrator"]))
    assert theirs.get("/office/staff/").status_code == 200
    line = lines_about(cast.ruth)[-1]
    assert (line.deed, line.detail) == ("roles changed", {"given": "administrator", "taken": ""})


def test_a_new_address_is_the_one_that_signs_in(desk, cast):
    account = account_of(cast.imani)
    desk.post(place(cast.imani), as_stored(cast.imani, email="okafor@example.org"))
    assert Account.objects.get(pk=account.pk).email == "okafor@example.org"
    line = lines_about(cast.imani)[-1]
    assert (line.deed, line.detail) == ("staff changed", {"fields": "address"})


@pytest.mark.parametrize("role", ["administrator", "practice-lead"])
def test_the_last_in_a_role_that_somebody_must_have_is_neither_stripped_nor_let_go(
    somebody, cast, role
):
    only = somebody("Only One", role, "therapist")
    reader = reader_of(only)
    told = as_stored(only, roles=["therapist"]) | {"seen": 1, "reader": reader, "at": now()}
    told.pop("version")
    with pytest.raises(LastInRole, match="Give it to somebody else first"):
        actions.change(staff=only, **told)
    with pytest.raises(LastInRole):
        actions.let_go(staff=only, reader=reader, at=now())
    assert Staff.one(only).roles == [role, "therapist"]
    other = somebody("Second One", role)
    actions.let_go(staff=only, reader=reader, at=now())
    with pytest.raises(LastInRole):
        actions.let_go(staff=other, reader=reader, at=now())
    assert verify().fault is None


def test_a_role_that_may_stay_empty_can_lose_its_last(desk, cast):
    assert desk.post(place(cast.ruth, "let-go")).status_code == 302
    assert Staff.one(cast.ruth).left_at is not None


def test_who_was_let_go_is_out_and_no_page_lets_them_in_again(desk, cast):
    theirs = signed_in(cast.benedikt)
    cast.couple()
    assert b"1 open case" not in desk.get(place(cast.benedikt, "let-go")).content
    assert b"One open case is" in desk.get(place(cast.benedikt, "let-go")).content
    desk.post(place(cast.benedikt, "let-go"), {"to": "nobody"})
    assert theirs.get("/").status_code == 302
    for step in ("link", "away", "back", "let-go"):
        reply = desk.post(place(cast.benedikt, step), {"until": "2030-01-01"})
        assert reply.status_code in (409, 422), step
    assert b"no therapist who works here" in desk.get("/office/").content


def test_away_until_a_day_and_back(desk, cast):
    tomorrow = (now() + timedelta(days=2)).date()
    desk.post(place(cast.imani, "away"), {"until": tomorrow.isoformat()})
    assert not is_here(cast.imani, at=now())
    assert is_here(cast.imani, at=now() + timedelta(days=3))
    assert b"away until" in desk.get("/office/staff/").content
    desk.post(place(cast.imani, "back"))
    assert is_here(cast.imani, at=now())
    assert deeds(cast.imani)[-2:] == ["staff away", "staff back"]


@pytest.mark.parametrize("until", ["2020-01-01", "", "soon"])
def test_away_until_a_day_that_is_none_or_over_is_said(desk, cast, until):
    reply = desk.post(place(cast.imani, "away"), {"until": until})
    assert reply.status_code == 422
    assert is_here(cast.imani, at=now())


def test_a_lost_device_opens_nothing_any_more(desk, cast):
    theirs = signed_in(cast.imani)
    desk.post(place(cast.imani, "link"), {"lost_device": "on"})
    assert theirs.get("/")["Location"] in ("/sign-in/set-up/", "/sign-in/?next=/")


def test_two_who_edit_at_once_see_both_versions_and_nothing_is_lost(desk, cast):
    typed = as_stored(cast.imani, name="Imani A. Okafor")
    desk.post(place(cast.imani), as_stored(cast.imani, name="Imani Okafor-Bell"))
    reply = desk.post(place(cast.imani), typed)
    page = reply.content.decode()
    assert reply.status_code == 409
    assert "Imani Okafor-Bell" in page
    assert page.count("Imani A. Okafor") == 2  # beside theirs, and ready to be sent again
    again = reply.context["form"].data
    assert desk.post(place(cast.imani), again).status_code == 302
    assert Staff.one(cast.imani).name == "Imani A. Okafor"


def test_an_action_refuses_a_role_that_may_not_and_a_version_that_is_old(cast, lead):
    told = {"name": "X", "email": "x@example.org", "roles": ["therapist"], "at": now()}
    with pytest.raises(NotAllowed):
        actions.change(staff=cast.imani, seen=1, reader=reader_of(cast.ruth), **told)
    with pytest.raises(NotAllowed):
        actions.give_link(
            staff=cast.imani, lost_device=True, reader=reader_of(cast.imani), at=now()
        )
    with pytest.raises(Stale):
        actions.change(staff=cast.imani, seen=7, reader=reader_of(lead), **told)
    assert Staff.one(cast.imani).name == "Imani Okafor"


def test_without_its_audit_line_nothing_changes(cast, lead, monkeypatch):
    def broken(*_, **__):
        raise RuntimeError("no log")

    monkeypatch.setattr("rapport.web.people.staff.actions.record_about", broken)
    reader = reader_of(lead)
    with pytest.raises(RuntimeError):
        actions.set_away(staff=cast.imani, until=now() + timedelta(days=1), reader=reader, at=now())
    assert is_here(cast.imani, at=now())
