"""Made-up courses come in many at once, as real ones do one by one, and only among themselves."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from practice_cast import NOW, Cast

from rapport.files.instruments import load_instrument
from rapport.science.scoring.score import score_matrix
from rapport.science.simulate.caseload import simulate_caseload
from rapport.science.simulate.world import World
from rapport.web.audit.models import Entry
from rapport.web.audit.queries import verify
from rapport.web.checkins.actions import Submission, open_occasion, receive_checkin
from rapport.web.checkins.errors import NotInBulk
from rapport.web.checkins.models import Answers, Occasion, Receipt
from rapport.web.checkins.queries import check_ins_of
from rapport.web.checkins.words import version_of, who_sees
from rapport.web.core.errors import Forgotten
from rapport.web.core.models import Sealed
from rapport.web.measures.actions import pin_form, set_goal
from rapport.web.measures.queries import goals_of
from rapport.web.people import actions as people
from rapport.web.people.errors import NotMadeUp
from rapport.web.people.models import Case, Membership, Person, Practice
from rapport.web.people.queries import case_so_far, reader_of, sessions_of
from rapport.web.site.made_up.bulk import bring_in
from rapport.web.site.made_up.courses import (
    Answered,
    MadeUpCourse,
    MadeUpMeeting,
    answers_for,
    courses_in,
)

PHQ9 = {f"q{n}": 1 for n in range(1, 9)} | {"q9": 0}
CHECKIN = answers_for(load_instrument("rapport-checkin-client"), total=21)
MIRROR = answers_for(load_instrument("rapport-checkin-therapist"), total=25)
AFTER = timedelta(hours=1)


def course(**told):
    """Two sessions; before the first a PHQ-9, after it both views; the second was missed."""
    first, second = NOW, NOW + timedelta(days=7)
    answered = (
        Answered(writer="client", member=0, moment="before", answers={"phq-9": PHQ9},
                 answered_at=first),
        Answered(writer="client", member=0, moment="after", words="I nodded.",
                 answers={"rapport-checkin-client": CHECKIN}, answered_at=first + AFTER),
        Answered(writer="therapist", member=0, moment="after",
                 answers={"rapport-checkin-therapist": MIRROR}, answered_at=first + AFTER),
    )  # fmt: skip
    made = MadeUpCourse(
        kind="individual", names=("Sarah Lindqvist",), therapist="Imani Okafor", goal="Sleep",
        meetings=(
            MadeUpMeeting(starts_at=first, state="held", came=(True,), answered=answered),
            MadeUpMeeting(starts_at=second, state="missed", came=(False,)),
        ),
    )  # fmt: skip
    return replace(made, **told)


def bring(cast, *courses):
    return bring_in(courses, therapists={"Imani Okafor": cast.imani}, by=Cast.RAPPORT, at=NOW)


def by_hand(cast, made):
    """The same course through the actions that a real one goes through."""
    by = {"by": cast.RAPPORT, "at": made.opened_at}
    person = people.add_person(name=made.names[0], language="en", zone="Europe/Berlin", **by)
    case = people.open_case(
        kind=made.kind, people=[person], therapists=[cast.imani], policy="limited", **by
    )
    member = Membership.objects.get(case=case).pk
    set_goal(membership=member, words=made.goal, **by)
    for meeting in made.meetings:
        session = people.plan_session(
            case=case, staff=cast.imani, starts_at=meeting.starts_at, **by
        )
        for one in meeting.answered:
            answer_by_hand(cast, session, member, meeting, one)
        if meeting.state == "held":
            people.hold_session(session=session, came=[member], **by)
        else:
            people.miss_session(session=session, **by)
    return case


def answer_by_hand(cast, session, member, meeting, one):
    at = one.answered_at
    by = {"by": cast.RAPPORT, "at": at}
    forms = {name: pin_form(instrument=name, language="en", **by) for name in one.answers}
    occasion = open_occasion(
        session=session, membership=member, writer=one.writer, about=cast.imani, moment=one.moment,
        forms=list(forms.values()), opens_at=at,
        closes_at=max(at, meeting.starts_at) + timedelta(days=7), **by,
    )  # fmt: skip
    sent = Submission(
        key="k", answers={str(forms[name]): given for name, given in one.answers.items()},
        words=one.words, route="link", language="en", who_sees=version_of(who_sees("en")),
        answered_at=at,
    )  # fmt: skip
    receive_checkin(occasion=occasion, submission=sent, **by)


def shape(rows, *without):
    """Rows as plain values; what is drawn by chance is left out, what is sealed is opened."""
    left_out = {
        "id",
        "session_id",
        "membership_id",
        "person_id",
        "case_id",
        "occasion_id",
        *without,
    }
    return sorted(str(kept(row, left_out)) for row in rows)


def kept(row, left_out):
    fields = [f for f in row._meta.concrete_fields if f.attname not in left_out]
    sealed = {f.name for f in fields if isinstance(f, Sealed)}
    return {
        f.name: row.get(f.name) if f.name in sealed else getattr(row, f.attname) for f in fields
    }


def everything_of(case):
    """All rows that hang on a case."""
    found = Case.objects.get(pk=case)
    checkins = Occasion.objects.filter(session__case=case)
    return {
        "person": shape(Person.objects.filter(memberships__case=case)),
        "case": shape([found]),
        "membership": shape(found.memberships.all()),
        "care": shape(found.care.all()),
        "session": shape(found.sessions.all()),
        "attendance": shape(a for s in found.sessions.all() for a in s.attendance.all()),
        "occasion": shape(checkins),
        "receipt": shape(Receipt.objects.filter(occasion__in=checkins), "key", "body"),
        "answers": shape(Answers.objects.filter(occasion__in=checkins)),
    }


def test_the_rows_are_those_of_the_real_way_in(cast):
    real = everything_of(by_hand(cast, course()))
    (made,) = bring(cast, course()).cases
    brought = everything_of(made.case)
    for table, rows in real.items():
        assert brought[table] == rows, table
    assert len(real["answers"]) == 3


def what_is_read(case, reader):
    """What the queries of a therapist say of a case, without ids."""
    found = case_so_far(case, reader=reader)
    sessions = sessions_of(case, reader=reader)
    number = {session.session: session.number for session in sessions}
    (member,) = found.members
    return (
        (member.name, member.left_why),
        [(s.number, s.starts_at, s.state, s.staff) for s in sessions],
        [
            replace(one, session=number[one.session])
            for one in check_ins_of(member.membership, reader=reader, at=NOW)
        ],
        [(goal.item, goal.words) for goal in goals_of(member.membership)],
    )


def test_queries_read_the_same(cast):
    reader = reader_of(cast.imani)
    real = what_is_read(by_hand(cast, course()), reader)
    (made,) = bring(cast, course()).cases
    assert what_is_read(made.case, reader) == real
    assert len(real[2]) == 3


def test_a_changed_answer_would_be_seen_by_these_comparisons(cast):
    """The control: one answer off, and the rows differ."""
    real = everything_of(by_hand(cast, course()))
    first, second = course().meetings
    other = replace(first.answered[0], answers={"phq-9": PHQ9 | {"q1": 2}})
    wrong = course(meetings=(replace(first, answered=(other, *first.answered[1:])), second))
    (made,) = bring(cast, wrong).cases
    assert everything_of(made.case)["answers"] != real["answers"]


def test_it_is_one_line_in_the_log_beside_the_forms(cast):
    bring(cast, course(), course())
    deeds = list(Entry.objects.order_by("number").values_list("deed", flat=True))
    assert deeds.count("made-up courses brought in") == 1
    assert set(deeds[deeds.index("form pinned") :]) == {"form pinned", "made-up courses brought in"}
    assert Entry.objects.get(deed="made-up courses brought in").detail == {
        "cases": 2, "check_ins": 6,
    }  # fmt: skip
    assert verify().fault is None


def test_nothing_of_it_comes_into_a_real_practice(cast):
    Practice.objects.update(made_up=False)
    with pytest.raises(NotMadeUp):
        bring(cast, course())
    assert (Person.objects.count(), Case.objects.count(), Answers.objects.count()) == (0, 0, 0)


@pytest.mark.parametrize("part", ["people", "measures", "checkins"])
def test_no_part_writes_many_rows_into_a_real_practice(cast, part):
    from rapport.web.checkins.bulk import keep_checkins
    from rapport.web.measures.bulk import keep_goals
    from rapport.web.people.bulk import keep_cases

    Practice.objects.update(made_up=False)
    keep = {"people": keep_cases, "measures": keep_goals, "checkins": keep_checkins}[part]
    with pytest.raises(NotMadeUp):
        keep([])


def test_an_answer_that_a_person_must_answer_does_not_come_this_way(cast):
    risky = Answered(
        writer="client", member=0, moment="before", answers={"phq-9": PHQ9 | {"q9": 1}},
        answered_at=NOW,
    )  # fmt: skip
    first, second = course().meetings
    with pytest.raises(NotInBulk):
        bring(cast, course(meetings=(replace(first, answered=(risky,)), second)))
    assert (Case.objects.count(), Answers.objects.count()) == (0, 0)


def test_each_made_up_person_can_be_forgotten(cast):
    (made,) = bring(cast, course()).cases
    person = Person.one(made.members[0].person)
    people.forget(person=person.pk, by=Cast.RAPPORT, at=NOW)
    with pytest.raises(Forgotten):
        person.get("name")


def test_a_closed_course_is_closed_and_its_members_have_left(cast):
    (made,) = bring(cast, course(ended="discharged")).cases
    assert Case.objects.get(pk=made.case).closed_at == NOW + timedelta(days=7)
    assert Membership.one(made.members[0].membership).left_why == "discharged"


@pytest.mark.parametrize(
    "name", ["phq-9", "gad-7", "rapport-checkin-client", "rapport-checkin-member"]
)
def test_answers_behind_a_total_give_that_total_by_the_forms_own_rule(name):
    form = load_instrument(name)
    rule = next(rule for rule in form.scores if rule.id == "total")
    most = int(rule.maximum) - (3 if name == "phq-9" else 0)  # the question about harm stays at 0
    for total in range(int(rule.minimum), most + 1):
        given = answers_for(form, total=total)
        row = [np.nan if given[item.id] is None else given[item.id] for item in form.items]
        assert score_matrix(instrument=form, answers=[row]).of(form.scale_name(rule))[0] == total


def test_a_simulated_caseload_comes_in_with_its_totals_its_couples_and_what_is_missing(cast):
    world = World(
        alliance=load_instrument("rapport-checkin-member").to_scale(),
        outcome=load_instrument("phq-9").to_scale(), in_cases=0.5, missing=0.3, missed=0.2,
    )  # fmt: skip
    table = simulate_caseload(
        clients=12, sessions=6, rng=np.random.default_rng(3), world=world
    ).table
    made = list(courses_in(table, instruments=load_instrument))
    therapists = {course.therapist: cast.imani for course in made}
    kept = bring_in(made, therapists=therapists, by=Cast.RAPPORT, at=NOW)
    assert sorted(course.kind for course in made) == ["couple"] * 3 + ["individual"] * 6
    assert kept.check_ins == int((~np.isnan(table.score)).sum())
    assert came_as_the_table_says(cast, table, made, kept)


def came_as_the_table_says(cast, table, made, kept):
    """Every total of the table is the total that the therapist reads, and there are no others."""
    told = {}
    for row in np.flatnonzero(~np.isnan(table.score)):
        key = (str(table.client_ids[table.client[row]]), int(table.session[row]))
        told.setdefault(key, []).append(min(table.score[row], limit(table, row)))
    read = {}
    for course, case in zip(made, kept.cases, strict=True):
        number = {s.session: s.number for s in sessions_of(case.case, reader=reader_of(cast.imani))}
        for name, member in zip(course.names, case.members, strict=True):
            for one in check_ins_of(member.membership, reader=reader_of(cast.imani), at=NOW):
                totals = [next(iter(scores.values())) for scores in one.scores.values()]
                read.setdefault((name, number[one.session]), []).extend(totals)
    assert {key: sorted(v) for key, v in read.items()} == {k: sorted(v) for k, v in told.items()}
    return True


def limit(table, row):
    return 24 if table.scale_names[table.scale[row]] == "phq-9" else 32
