"""Cases of one and of several: who belongs to them, who cares for them, what is refused."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from practice_cast import NOW

from rapport.web.audit.queries import lines_about, verify
from rapport.web.core.errors import NotHere
from rapport.web.people import actions
from rapport.web.people.errors import NotAllowed, WrongMembers, WrongState
from rapport.web.people.models import Case, Membership
from rapport.web.people.queries import case_so_far, cases_of, reader_of

LATER = NOW + timedelta(days=30)


def names(case, reader):
    return [member.name for member in case_so_far(case, reader=reader).members]


def membership(case, person):
    return Membership.objects.get(case=case, person=person).pk


def test_a_therapist_sees_the_members_of_an_own_case(cast):
    case = cast.couple()
    assert sorted(names(case, reader_of(cast.benedikt))) == ["Dev Raman", "Marta Ferreira"]
    assert cases_of(reader=reader_of(cast.benedikt)) == [case]


def test_a_case_of_a_colleague_is_not_there(cast):
    case = cast.couple()
    with pytest.raises(NotHere) as foreign:
        case_so_far(case, reader=reader_of(cast.imani))
    with pytest.raises(NotHere) as unknown:
        case_so_far(uuid4(), reader=reader_of(cast.imani))
    assert str(foreign.value) == str(unknown.value)
    assert cases_of(reader=reader_of(cast.imani)) == []


def test_the_front_desk_sees_no_case(cast):
    with pytest.raises(NotAllowed):
        case_so_far(cast.couple(), reader=reader_of(cast.ruth))


@pytest.mark.parametrize(
    ("kind", "people", "said"),
    [
        ("individual", 0, "one member"),
        ("individual", 2, "one member"),
        ("couple", 1, "two members"),
        ("couple", 3, "two members"),
        ("family", 1, "two members or more"),
        ("group", 1, "two members or more"),
    ],
)
def test_the_members_fit_the_kind_of_case(cast, kind, people, said):
    there = [cast.rana, cast.erik, cast.yusuf][:people]
    with pytest.raises(WrongMembers, match=f"{kind} has {said}"):
        cast.case(*there, kind=kind)
    assert Case.objects.count() == 0


def test_one_person_twice_makes_no_couple(cast):
    with pytest.raises(WrongMembers):
        cast.case(cast.marta, cast.marta, kind="couple")


def test_somebody_has_to_care_for_a_case(cast):
    with pytest.raises(WrongMembers, match="a therapist"):
        actions.open_case(
            kind="individual", people=[cast.sarah], therapists=[], policy="none",
            by=cast.RAPPORT, at=NOW,
        )  # fmt: skip


def test_a_family_grows_and_a_couple_does_not(cast):
    family = cast.case(cast.rana, cast.yusuf, kind="family", therapist=cast.joana)
    actions.join(case=family, person=cast.erik, by=cast.RAPPORT, at=LATER)
    assert len(names(family, reader_of(cast.joana))) == 3
    with pytest.raises(WrongMembers):
        actions.join(case=cast.couple(), person=cast.erik, by=cast.RAPPORT, at=LATER)


def test_nobody_is_twice_in_one_case_at_a_time_but_may_come_back(cast):
    family = cast.case(cast.rana, cast.erik, cast.yusuf, kind="family")
    with pytest.raises(IntegrityError), transaction.atomic():
        actions.join(case=family, person=cast.yusuf, by=cast.RAPPORT, at=LATER)
    first = membership(family, cast.yusuf)
    actions.leave(membership=first, why="left", by=cast.RAPPORT, at=LATER)
    actions.join(case=family, person=cast.yusuf, by=cast.RAPPORT, at=LATER)
    assert Membership.objects.filter(case=family, person=cast.yusuf).count() == 2


def test_who_has_left_can_not_leave_again(cast):
    case = cast.couple()
    gone = membership(case, cast.dev)
    actions.leave(membership=gone, why="discharged", by=cast.RAPPORT, at=LATER)
    with pytest.raises(WrongState, match="discharged"):
        actions.leave(membership=gone, why="left", by=cast.RAPPORT, at=LATER)


def test_a_transfer_moves_the_case_and_the_sight_of_it(cast):
    case = cast.couple()
    actions.transfer(
        case=case, from_staff=cast.benedikt, to_staff=cast.imani, by=cast.RAPPORT, at=LATER
    )
    assert cases_of(reader=reader_of(cast.benedikt)) == []
    assert cases_of(reader=reader_of(cast.imani)) == [case]
    with pytest.raises(NotHere):
        actions.transfer(
            case=case, from_staff=cast.benedikt, to_staff=cast.joana, by=cast.RAPPORT, at=LATER
        )


def test_every_change_has_its_line_and_the_log_holds_together(cast):
    case = cast.couple()
    assert [line.deed for line in lines_about(case)] == ["case opened"]
    assert verify().fault is None


def test_a_change_whose_line_can_not_be_written_did_not_happen(cast, monkeypatch):
    def broken(*_, **__):
        raise OSError("disk full")

    people = (cast.marta, cast.dev)
    monkeypatch.setattr("rapport.web.audit.actions._keep", broken)
    with pytest.raises(OSError, match="disk full"):
        cast.case(*people, kind="couple")
    assert Case.objects.count() == 0
    assert Membership.objects.count() == 0


def test_a_guardians_consent_names_the_guardian_and_seals_the_name(cast):
    family = cast.case(cast.rana, cast.yusuf, kind="family")
    consent = actions.note_consent(
        membership=membership(family, cast.yusuf), about="treatment", text_version="2026-07",
        guardian="Rana Haddad", by=cast.RAPPORT, at=NOW,
    )  # fmt: skip
    from rapport.web.people.models import Consent

    kept = Consent.one(consent)
    assert kept.get("guardian") == "Rana Haddad"
    assert b"Rana" not in bytes(kept.guardian)
    assert "Rana" not in str([line.detail for line in lines_about(consent)])
