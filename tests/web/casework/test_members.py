"""Members: opened with contacts, reached in the safe way, joining, leaving, consenting."""

from datetime import timedelta

import pytest
from practice_cast import NOW

from rapport.web.audit.queries import lines_about, verify
from rapport.web.checkins.actions import invite
from rapport.web.checkins.models import Link
from rapport.web.people.errors import NoConsent
from rapport.web.people.models import Attendance, Case, Consent, Membership, Person, Session

OPEN = "/cases/open"


def block(n, name, **told):
    fields = {"name": name, "language": "en", "zone": "Europe/Berlin", **told}
    return {f"form-{n}-{key}": value for key, value in fields.items()}


def case_of(kind, *names, **more):
    sent = {
        "kind": kind, "policy": "no-secrets",
        "form-TOTAL_FORMS": len(names), "form-INITIAL_FORMS": 0,
    }  # fmt: skip
    for n, name in enumerate(names):
        sent |= block(n, name, **more)
    return sent


def test_a_couples_case_opens_with_contacts_and_a_policy(imani):
    sent = imani.post(OPEN, case_of("couple", "Marta Ferreira", "Dev Raman", phone="+49 30 1234"))
    case = Case.objects.get()
    assert sent["Location"] == f"/cases/{case.pk}/arrange"
    assert case.policy == "no-secrets"
    assert [p.get("phone") for p in Person.objects.all()] == ["+49 30 1234"] * 2
    assert b"1234" not in bytes(Person.objects.first().phone)


def test_a_couple_of_three_is_refused_and_what_was_typed_stays(imani):
    page = imani.post(OPEN, case_of("couple", "Marta", "Dev", "Rana", phone="+49 30 1234"))
    assert page.status_code == 422
    assert "two members" in page.content.decode()
    assert page.content.decode().count("+49 30 1234") == 3
    assert (Case.objects.count(), Person.objects.count()) == (0, 0)


def test_one_more_person_keeps_what_was_typed(imani):
    sent = case_of("family", "Rana", "Yusuf", "Erik", safe_way="ring twice")
    page = imani.post(OPEN, {**sent, "more": "1"}).content.decode()
    assert page.count("ring twice") == 3
    assert 'name="form-3-name"' in page
    assert Case.objects.count() == 0


@pytest.mark.parametrize(
    ("field", "typed"),
    [("email", "nobody"), ("phone", "call me"), ("zone", "Mars/Olympus"), ("born", "31.02.2010")],
)
def test_what_can_not_be_a_contact_is_said_at_its_field(imani, field, typed):
    page = imani.post(OPEN, case_of("individual", "Sarah", **{field: typed}))
    assert page.status_code == 422
    assert f"id_form-0-{field}_error" in page.content.decode()
    assert Person.objects.count() == 0


def test_contacts_are_changed_and_the_log_says_which_fields_alone(imani, couple, member, cast):
    marta = member(couple, cast.marta)
    address = f"/cases/{couple}/members/{marta}/contacts"
    sent = {"name": "Marta Ferreira", "language": "es", "zone": "Europe/Lisbon", "seen": 1,
            "safe_way": "a letter to the office", "email": "m@example.org"}  # fmt: skip
    assert imani.post(address, sent).status_code == 302
    kept = Person.one(cast.marta)
    assert (kept.get("safe_way"), kept.language) == ("a letter to the office", "es")
    line = lines_about(kept.pk)[-1]
    assert line.detail == {"fields": "email, safe_way, language, zone"}
    assert "office" not in str(lines_about(kept.pk))


def test_no_member_stands_on_the_page_of_another(imani, couple, member, cast):
    for person, canary in ((cast.marta, "canary-m"), (cast.dev, "canary-d")):
        address = f"/cases/{couple}/members/{member(couple, person)}"
        sent = {"name": canary, "language": "en", "zone": "Europe/Berlin", "seen": 1,
                "safe_way": f"{canary}-way", "phone": "+49 1234567"}  # fmt: skip
        assert imani.post(f"{address}/contacts", sent).status_code == 302
        imani.post(f"{address}/goals", {"words": f"{canary}-goal"})
    page = imani.get(f"/cases/{couple}/members/{member(couple, cast.marta)}/").content.decode()
    assert "canary-m-goal" in page
    assert "canary-d-" not in page
    glance = imani.get(f"/cases/{couple}/arrange").content.decode()
    assert "canary-m-" not in glance
    assert "canary-d-" not in glance


def test_somebody_joins_a_family_and_nobody_a_couple(imani, couple, cast):
    family = cast.case(cast.rana, cast.yusuf, kind="family")
    sent = {"name": "Erik Sund", "language": "en", "zone": "Europe/Berlin"}
    assert imani.post(f"/cases/{family}/members/new", sent).status_code == 302
    assert Membership.objects.filter(case=family).count() == 3
    refused = imani.post(f"/cases/{couple}/members/new", sent)
    assert refused.status_code == 422
    assert "two members" in refused.content.decode()
    assert Person.objects.filter(memberships=None).count() == 0


def test_a_discharge_ends_links_and_expects_nobody_who_left(
    imani, couple, member, cast, planned, clock
):
    dev = member(couple, cast.dev)
    together = planned(couple)
    alone = planned(couple, NOW + timedelta(days=2), members=[dev])
    invite(session=together, membership=dev, moment="before", by=cast.RAPPORT, at=NOW)
    clock.later(hours=1)
    sent = imani.post(f"/cases/{couple}/members/{dev}/leave", {"why": "discharged"})
    assert sent.status_code == 302
    assert Link.objects.filter(ended_at=None).count() == 0
    assert Attendance.objects.filter(membership=dev).count() == 0
    assert Session.one(alone).state == "cancelled"
    assert Session.one(together).state == "planned"
    assert "discharged" in imani.get(f"/cases/{couple}/arrange").content.decode()


def test_nobody_leaves_for_a_reason_that_is_none(imani, couple, member, cast):
    dev = member(couple, cast.dev)
    assert imani.post(f"/cases/{couple}/members/{dev}/leave", {"why": "x"}).status_code == 422
    assert Membership.one(dev).left_at is None


@pytest.fixture
def family(cast):
    """Rana with Yusuf, who is eleven."""
    cast._known["yusuf"] = cast.person("Yusuf Haddad", born="2015-03-01")
    return cast.case(cast.rana, cast.yusuf, kind="family", accepted=False)


def consents(case, membership):
    return f"/cases/{case}/members/{membership}/consents"


def test_nobody_asks_the_young_before_a_guardian_agreed(imani, family, member, cast, planned):
    yusuf, session = member(family, cast.yusuf), planned(family)
    told = {"session": session, "membership": yusuf, "moment": "before"}
    with pytest.raises(NoConsent, match="guardian"):
        invite(**told, by=cast.RAPPORT, at=NOW)
    sent = {"about": "treatment", "text_version": "1", "guardian": "Rana Haddad"}
    assert imani.post(consents(family, yusuf), sent).status_code == 302
    assert invite(**told, by=cast.RAPPORT, at=NOW)
    kept = Consent.objects.get()
    assert kept.get("guardian") == "Rana Haddad"
    assert b"Rana" not in bytes(kept.guardian)


def test_below_the_age_a_consent_names_a_guardian_and_above_it_need_not(
    imani, family, member, cast
):
    sent = {"about": "treatment", "text_version": "1", "guardian": ""}
    refused = imani.post(consents(family, member(family, cast.yusuf)), sent)
    assert refused.status_code == 422
    assert "Below the age of 16" in refused.content.decode()
    assert imani.post(consents(family, member(family, cast.rana)), sent).status_code == 302


def test_on_the_birthday_the_young_consent_themselves(imani, family, member, cast, clock):
    sent = {"about": "treatment", "text_version": "1", "guardian": ""}
    address = consents(family, member(family, cast.yusuf))
    clock.at = NOW.replace(year=2031, month=2, day=28)
    assert imani.post(address, sent).status_code == 422
    clock.at = NOW.replace(year=2031, month=3, day=1)
    assert imani.post(address, sent).status_code == 302


def test_a_consent_taken_back_ends_the_links(imani, family, member, cast, planned):
    yusuf, session = member(family, cast.yusuf), planned(family)
    sent = {"about": "treatment", "text_version": "1", "guardian": "Rana Haddad"}
    imani.post(consents(family, yusuf), sent)
    invite(session=session, membership=yusuf, moment="before", by=cast.RAPPORT, at=NOW)
    consent = Consent.objects.get()
    address = f"{consents(family, yusuf)}/{consent.pk}/withdraw"
    assert imani.post(address).status_code == 302
    assert Link.objects.filter(ended_at=None).count() == 0
    assert imani.post(address).status_code == 409
    assert [line.deed for line in lines_about(consent.pk)] == ["consent noted", "consent withdrawn"]


def test_a_consent_of_another_member_is_not_taken_back_here(imani, family, member, cast):
    rana, yusuf = member(family, cast.rana), member(family, cast.yusuf)
    imani.post(consents(family, rana), {"about": "treatment", "text_version": "1"})
    consent = Consent.objects.get()
    assert imani.post(f"{consents(family, yusuf)}/{consent.pk}/withdraw").status_code == 404
    assert Consent.objects.get().withdrawn_at is None


def test_a_case_closes_with_its_links_and_sessions_and_opens_again(
    imani, couple, member, cast, planned, clock
):
    session = planned(couple)
    dev = member(couple, cast.dev)
    invite(session=session, membership=dev, moment="before", by=cast.RAPPORT, at=NOW)
    assert imani.post(f"/cases/{couple}/close", {"seen": 1}).status_code == 302
    assert Session.one(session).cancelled_by == "practice"
    assert Link.objects.filter(ended_at=None).count() == 0
    assert imani.post(f"/cases/{couple}/close", {"seen": 2}).status_code == 409
    sent = {"name": "X", "language": "en", "zone": "Europe/Berlin"}
    assert imani.post(f"/cases/{couple}/members/new", sent).status_code == 422
    assert imani.post(f"/cases/{couple}/reopen", {"seen": 2}).status_code == 302
    assert Case.one(couple).closed_at is None
    assert verify().fault is None


def test_three_goals_in_own_words_are_set_reached_and_let_go(imani, couple, member, cast):
    address = f"/cases/{couple}/members/{member(couple, cast.dev)}/"
    for words in ("Sleep", "Speak up", "See friends"):
        assert imani.post(f"{address}goals", {"words": words}).status_code == 302
    full = imani.post(f"{address}goals", {"words": "A fourth"})
    assert full.status_code == 422
    assert "A fourth" in full.content.decode()
    from rapport.web.measures.models import Goal

    first, second, _ = Goal.objects.order_by("number")
    assert imani.post(f"{address}goals/{first.pk}/reached").status_code == 302
    assert imani.post(f"{address}goals/{second.pk}/let-go").status_code == 302
    assert imani.post(f"{address}goals/{second.pk}/forgotten").status_code == 404
    page = imani.get(address).content.decode()
    assert "reached, 6 July 2026" in page
    assert "let go, 6 July 2026" in page


def test_a_goal_of_another_member_does_not_end_here(imani, couple, member, cast):
    marta, dev = (f"/cases/{couple}/members/{member(couple, p)}/" for p in (cast.marta, cast.dev))
    imani.post(f"{marta}goals", {"words": "Sleep"})
    from rapport.web.measures.models import Goal

    goal = Goal.objects.get()
    assert imani.post(f"{dev}goals/{goal.pk}/reached").status_code == 404
    assert Goal.objects.get().ended_at is None
