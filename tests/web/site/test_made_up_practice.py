"""The made-up practice: the cast stands in it mark by mark, with a day that can be looked at."""

import csv
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import chain

import pytest
from django.db import transaction

from rapport.files.demo import CAST
from rapport.web.audit.queries import verify
from rapport.web.checkins.models import Answers, Occasion, Receipt
from rapport.web.checkins.queries import check_ins_of
from rapport.web.core.access import inside
from rapport.web.core.keys import KeyStore, using
from rapport.web.measures.models import Form, Goal
from rapport.web.people.models import Case, Membership, Person, Practice, Session, Staff
from rapport.web.people.queries import cases_of, day_list, reader_of
from rapport.web.practice.queries import today
from rapport.web.safety.models import Flag, Notice
from rapport.web.site.made_up.around import own_clients, simulated
from rapport.web.site.made_up.build import build, ways_in
from rapport.web.site.made_up.cast import cast
from rapport.web.site.made_up.day import day_of
from rapport.web.site.made_up.house import EMERGENCY, HELP

pytestmark = pytest.mark.slow

AT = datetime(2026, 3, 26, 7, 20, tzinfo=UTC)  # a Thursday, 08:20 where the practice lives
DAY = day_of(AT)
ROWS = [row for place in CAST for row in csv.DictReader(place.read_text("utf-8").splitlines())]
PEOPLE = sorted({row["client"] for row in ROWS})
REVERSED = ("kept_back", "tension")


@pytest.fixture(scope="module")
def built(django_db_setup, django_db_blocker, tmp_path_factory):
    """The whole practice, built once for these tests and gone after them."""
    place = tmp_path_factory.mktemp("made-up") / "keys.sqlite3"
    store = KeyStore(place, practice_key=bytes(range(32)))
    with django_db_blocker.unblock(), using(store), transaction.atomic():
        practice = build(at=AT)
        with inside(practice):
            yield practice
        transaction.set_rollback(True)


@pytest.fixture
def imani(built):
    return reader_of(Staff.objects.get(name="Imani Okafor").pk)


@pytest.fixture
def member(built):
    """Memberships of open cases by name."""
    found = Membership.objects.filter(left_at=None).select_related("person")
    return {one.person.get("name"): one for one in found}


def told_of(client):
    """What the cast's tables tell of one person: session -> what."""
    told = {}
    for row in (row for row in ROWS if row["client"] == client):
        session = told.setdefault(int(row["session"]), {"words": None, "sum": None})
        if row.get("item") == "q9":
            session["harm"] = int(row["answer"])
        elif row.get("item"):
            mark = int(row["answer"])
            points = 4 - mark if row["item"] in REVERSED else mark
            session["sum"] = (session["sum"] or 0) + points
        elif row["score"]:
            name = "mirror" if row["respondent"] == "therapist" else row["scale"]
            session[name] = int(row["score"])
        session["words"] = row.get("words") or session["words"]
    return told


def stands_of(membership, reader):
    """The same out of the application."""
    number = dict(Session.objects.filter(case=membership.case_id).values_list("pk", "number"))
    planned = set(Session.objects.filter(state="planned").values_list("pk", flat=True))
    name = dict(Form.objects.values_list("pk", "instrument"))
    stands = {}
    for one in check_ins_of(membership.pk, reader=reader, at=datetime.now(UTC)):
        if one.session in planned:
            continue
        session = stands.setdefault(number[one.session], {"words": None, "sum": None})
        session["words"] = one.words or session["words"]
        for form, scores in one.scores.items():
            key, value = _stands(name[form], scores, one.answers[form])
            session[key] = value
            if name[form] == "phq-9" and one.answers[form]["q9"]:
                session["harm"] = one.answers[form]["q9"]
    return stands


def _stands(form, scores, answers):
    if form == "rapport-goals":
        return "shared-goal", answers["goal_1"]
    key = {"phq-9": "phq-9", "rapport-checkin-therapist": "mirror"}.get(form, "sum")
    return key, scores[form]


@pytest.mark.parametrize("client", PEOPLE)
def test_every_mark_of_the_cast_stands_in_the_application(imani, member, client):
    told = told_of(client)
    if client == "Callum Reid":
        assert told.pop(6) == {"words": None, "sum": None}  # he did not come and did not answer
    told = {n: {k: v for k, v in what.items() if (k, v) != ("harm", 0)} for n, what in told.items()}
    assert stands_of(member[client], imani) == told


def test_the_control_a_mark_that_is_off_would_be_seen(imani, member):
    told = told_of("Sarah Lindqvist")
    told[6]["sum"] += 1
    assert stands_of(member["Sarah Lindqvist"], imani) != told


def test_callum_missed_the_sixth_and_nothing_is_planned(member):
    states = list(
        Session.objects.filter(case=member["Callum Reid"].case_id).values_list("number", "state")
    )
    assert sorted(states)[-1] == (6, "missed")


def test_daniels_three_answers_were_taken_on_and_closed_by_name_with_a_note(member):
    hanna = Staff.objects.get(name="Hanna Kowalczyk").pk
    flags = Flag.objects.filter(membership=member["Daniel Abebe"]).order_by("raised_at")
    assert [(flag.closed_by_id, flag.acknowledged_by_id) for flag in flags] == [(hanna, hanna)] * 3
    assert all(flag.closed_at - flag.raised_at < timedelta(hours=8) for flag in flags)
    assert all(len(flag.get("note")) > 60 for flag in flags)


def test_no_note_says_a_level(built):
    levels = ("low risk", "moderate", "high risk", "risk level", "no risk", "safe,", "all clear")
    notes = " ".join(flag.get("note") or "" for flag in Flag.objects.all()).lower()
    assert not [level for level in levels if level in notes]


def test_one_flag_waits_and_it_is_told_to_imani(imani):
    waiting = Flag.objects.get(closed_at=None)
    assert waiting.membership.person.get("name") == "Peter Novak"
    assert AT - waiting.raised_at < timedelta(hours=1)
    assert Notice.objects.filter(flag=waiting, to=imani.staff).count() == 1


def test_imanis_day_is_full_and_one_member_of_it_has_not_answered(imani, member):
    day = today(reader=imani, at=AT).caseload.today
    assert [one.meeting.expected[0] for one in day] == [
        "Sarah Lindqvist", "Dev Raman", "Amir Nazari", "Mira Castellan", "Leyla Aydin",
    ]  # fmt: skip
    of_today = [one.meeting.session for one in day]
    answered = set(
        Occasion.objects.filter(session__in=of_today, moment="before", state="answered")
        .values_list("membership", flat=True)
    )  # fmt: skip
    expected = {m.pk for m in Membership.objects.filter(attendance__session__in=of_today)}
    assert expected - answered == {member["Dev Raman"].pk}


def test_imanis_caseload_is_one_that_a_person_can_care_for(imani):
    assert 12 <= len(cases_of(reader=imani)) <= 17


def test_the_therapists_of_the_cast_keep_their_cases(built, member):
    for client in PEOPLE:
        own = next(row["therapist"] for row in ROWS if row["client"] == client)
        care = member[client].case.care.filter(until=None)
        assert own in care.values_list("staff__name", flat=True)


def test_the_newest_check_ins_are_of_this_week_and_none_is_of_the_future(built):
    received = Receipt.objects.order_by("-received_at").values_list("received_at", flat=True)
    assert received[0] <= AT
    assert received[40] > AT - timedelta(days=7)


def test_the_front_desk_sees_sessions_of_several_therapists(built):
    ruth = reader_of(Staff.objects.get(name="Ruth Weiss").pk)
    start = datetime.combine(DAY, datetime.min.time(), UTC)
    sessions = day_list(day_start=start, day_end=start + timedelta(days=1), reader=ruth)
    staff = Session.objects.filter(pk__in=[s.session for s in sessions]).values("staff").distinct()
    assert len(sessions) > 8
    assert staff.count() > 4


def test_goals_stand_in_the_members_own_words(member):
    words = {goal.get("words") for goal in Goal.objects.filter(membership=member["Dev Raman"])}
    assert words == {"We disagree without days of silence."}


def test_a_few_hundred_people_and_most_of_their_courses_are_closed(built):
    states = Counter(closed is None for closed in Case.objects.values_list("closed_at", flat=True))
    assert 300 <= Person.objects.count() <= 400
    assert states[False] > states[True] > 40
    assert Answers.objects.count() > 5_000


def test_nobody_in_it_can_be_reached_and_the_help_says_that_it_is_made_up(built):
    assert not [p for p in Person.objects.all() if p.get("email") or p.get("phone")]
    assert all(address.endswith("@example.org") for address in
               Staff.objects.values_list("email", flat=True))  # fmt: skip
    assert all("555-0101" in text for text in HELP.values())
    assert EMERGENCY.startswith("555-01")  # set aside for stories
    assert Practice.objects.get().made_up is True


def test_the_log_of_it_holds_together(built):
    assert verify().fault is None


def test_every_role_and_two_phones_get_a_way_in(built):
    ways = ways_in(at=AT)
    assert [way.what for way in ways if not way.by_phone] == [
        "therapist", "supervisor", "practice lead", "front desk", "administrator",
    ]  # fmt: skip
    assert [way.who for way in ways if way.by_phone] == ["Sarah Lindqvist", "Daniel Abebe"]
    assert len({way.token for way in [*ways, *ways_in(at=AT)]}) == 2 * len(ways)


def test_the_same_day_gives_the_same_people_with_the_same_answers():
    once, twice = ([*cast(today=DAY), *own_clients(today=DAY), *simulated(today=DAY)] for _ in "12")
    assert once == twice


def test_no_invented_name_is_given_twice():
    courses = [*cast(today=DAY), *own_clients(today=DAY), *simulated(today=DAY)]
    names = Counter(chain.from_iterable(course.names for course in courses))
    assert [name for name, times in names.items() if times > 1] == []


@pytest.mark.parametrize("days", range(7))
def test_on_any_day_of_the_week_nothing_came_in_later_than_it_is(days):
    at = AT + timedelta(days=days)
    courses = [*own_clients(today=day_of(at)), *simulated(today=day_of(at))]
    meetings = [meeting for course in courses for meeting in course.meetings]
    assert all(one.answered_at <= at for meeting in meetings for one in meeting.answered)
    assert all(m.starts_at < at for m in meetings if m.state != "planned")
