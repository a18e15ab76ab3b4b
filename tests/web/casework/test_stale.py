"""No lost update (P11): what was changed meanwhile is shown beside what was typed."""

import random
import re
from collections import Counter

import pytest
from practice_cast import NOW

from rapport.web.audit.queries import lines_about, verify
from rapport.web.core.errors import Stale
from rapport.web.core.models import Stored
from rapport.web.people.belonging.actions import change_contacts
from rapport.web.people.belonging.queries import member_whole
from rapport.web.people.models import Case, Person, PolicyText, Session


def contacts(**told):
    return {"name": "Marta Ferreira", "language": "en", "zone": "Europe/Berlin", **told}


@pytest.fixture
def address(couple, member, cast):
    return f"/cases/{couple}/members/{member(couple, cast.marta)}/contacts"


def test_a_stale_edit_shows_both_and_overwrites_nothing(imani, address, cast):
    imani.post(address, contacts(seen=1, email="first@example.org"))
    page = imani.post(address, contacts(seen=1, email="second@example.org"))
    assert page.status_code == 409
    text = page.content.decode()
    assert "first@example.org" in text
    assert "second@example.org" in text
    assert Person.one(cast.marta).get("email") == "first@example.org"


def test_what_was_typed_can_be_kept_on_purpose(imani, address, cast):
    imani.post(address, contacts(seen=1, email="first@example.org"))
    text = imani.post(address, contacts(seen=1, email="second@example.org")).content.decode()
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', text))
    assert hidden["seen"] == "2"
    assert imani.post(address, hidden).status_code == 302
    assert Person.one(cast.marta).get("email") == "second@example.org"


def test_an_edit_that_does_not_say_what_it_saw_changes_nothing(imani, address, cast):
    assert imani.post(address, contacts(email="x@example.org")).status_code == 422
    assert Person.one(cast.marta).get("email") is None


def test_two_who_mark_one_session_and_the_slower_sees_both(imani, couple, planned, member, cast):
    session = planned(couple, NOW)
    address = f"/cases/{couple}/sessions/{session}"
    both = [str(member(couple, p)) for p in (cast.marta, cast.dev)]
    imani.post(f"{address}/held", {"seen": 1, **dict.fromkeys(both, "came")})
    page = imani.post(f"{address}/held", {"seen": 1, both[0]: "came", both[1]: "excused"})
    assert page.status_code == 409
    assert "Excused" in page.content.decode()
    assert "Keep what I wrote" not in page.content.decode()  # the mark is taken back first
    assert imani.post(f"{address}/missed", {"seen": 1}).status_code == 409
    assert imani.post(f"{address}/off", {"seen": 1, "whose": "client"}).status_code == 409
    assert imani.post(f"{address}/undo", {"seen": 1}).status_code == 409
    assert Session.one(session).state == "held"


def test_a_session_that_moved_meanwhile_shows_both_times(imani, couple, planned, cast):
    session = planned(couple)
    address = f"/cases/{couple}/sessions/{session}/move"
    told = {"minutes": "50", "place": "room", "staff": str(cast.imani), "seen": 1}
    imani.post(address, {**told, "starts_at": "2026-07-13T10:00"})
    page = imani.post(address, {**told, "starts_at": "2026-07-14T11:00"})
    assert page.status_code == 409
    assert "2026-07-13T10:00" in page.content.decode()
    assert "2026-07-14T11:00" in page.content.decode()
    assert Session.one(session).starts_at.day == 13


def test_a_policy_written_by_two_keeps_the_first_and_shows_both(lead):
    address = "/settings/secrets/limited/en"
    lead.post(address, {"words": "Hers.", "seen": 0})
    page = lead.post(address, {"words": "His.", "seen": 0})
    assert page.status_code == 409
    assert "Hers." in page.content.decode()
    assert "His." in page.content.decode()
    assert [row.words for row in PolicyText.objects.filter(ended_at=None)] == ["Hers."]


def test_a_case_stated_by_two_shows_both(imani, couple):
    imani.post(f"/cases/{couple}/secrets", {"kind": "no-secrets", "seen": 1})
    page = imani.post(f"/cases/{couple}/secrets", {"kind": "limited", "seen": 1})
    assert page.status_code == 409
    assert Case.one(couple).policy == "no-secrets"


def edits(case, membership, reader, *, editors=50, each, seed=7):
    """Editors who read, and later write what they read with a change; in any order."""
    rng = random.Random(seed)
    open_pages, told = {}, Counter()
    accepted = []
    for n in range(editors * each):
        editor = rng.randrange(editors)
        if editor not in open_pages:
            page = member_whole(case, membership, reader=reader, at=NOW)
            open_pages[editor] = page.contacts.version
            continue
        words = f"editor {editor}, edit {n}"
        told["sent"] += 1
        try:
            change_contacts(case=case, membership=membership, seen=open_pages.pop(editor),
                            told={"safe_way": words}, reader=reader, at=NOW)  # fmt: skip
        except Stale:
            told["refused"] += 1
        else:
            told["accepted"] += 1
            accepted.append(words)
    return told, accepted


@pytest.mark.parametrize("each", [6, pytest.param(20, marks=pytest.mark.slow)])
def test_fifty_editors_lose_no_update(couple, member, cast, reader, each):
    told, accepted = edits(couple, member(couple, cast.marta), reader, each=each)
    assert told["accepted"] + told["refused"] == told["sent"]
    assert told["refused"] > 50
    person = Person.one(cast.marta)
    assert person.get("safe_way") == accepted[-1]
    assert person.version == 1 + told["accepted"]
    deeds = [line.deed for line in lines_about(cast.marta)]
    assert deeds.count("contacts changed") == told["accepted"]
    assert verify().fault is None


def test_without_the_version_updates_are_lost(couple, member, cast, reader, monkeypatch):
    """The control: where the last one simply wins, nobody is refused and words vanish."""
    monkeypatch.setattr(Stored, "save_if_unchanged", lambda self, *, seen: self.save())
    told, accepted = edits(couple, member(couple, cast.marta), reader, each=6)
    assert told["refused"] == 0
    assert Person.one(cast.marta).version != 1 + len(accepted)


@pytest.mark.django_db(transaction=True)
def test_editors_at_the_same_moment_get_one_yes(practice, cast, reader):
    """Real threads on real connections: one of those who saw the same version is accepted."""
    from threading import Barrier, Thread

    from django.db import connection

    from rapport.web.core.access import inside
    from rapport.web.people.models import Membership

    case = cast.case(cast.marta, cast.dev, kind="couple")
    marta = Membership.objects.get(case=case, person=cast.marta).pk
    said, together = [], Barrier(8)
    same = {"case": case, "membership": marta, "seen": 1, "reader": reader, "at": NOW}

    def edit(n):
        try:
            with inside(practice):
                together.wait()
                change_contacts(**same, told={"safe_way": f"editor {n}"})
                said.append(f"editor {n}")
        except Stale:
            said.append(None)
        finally:
            connection.close()

    threads = [Thread(target=edit, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (accepted,) = [one for one in said if one is not None]
    assert len(said) == 8
    assert Person.one(cast.marta).get("safe_way") == accepted
