"""A flag is told to a named person until somebody acknowledges it, and closes with a note."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from practice_cast import NOW

from rapport.web.audit.queries import lines_about
from rapport.web.core.errors import NotHere
from rapport.web.people import actions as people
from rapport.web.people.errors import NotAllowed
from rapport.web.people.models import Membership, Staff
from rapport.web.people.queries import reader_of
from rapport.web.safety import actions, queries
from rapport.web.safety.errors import AlreadyClosed, FlagStillOpen, NoteMissing
from rapport.web.safety.models import Flag, Notice

SOON, LATE = NOW + timedelta(minutes=29), NOW + timedelta(minutes=31)
RISK = actions.RiskAnswer(
    kind="self-harm",
    question="Thoughts that you would be better off dead or of hurting yourself in some way",
    answer="several days",
)
AFRAID = actions.RiskAnswer(
    kind="safe-with-others",
    question="It felt safe to speak with the others there.",
    answer="not at all",
)


@pytest.fixture
def lead(cast):
    return people.add_staff(
        name="Ines Brandt",
        email="ines@example.org",
        roles=["practice-lead"],
        by=cast.RAPPORT,
        at=NOW,
    )


@pytest.fixture
def plan(cast, lead):
    """Benedikt answers, Joana steps in, then Ines."""
    actions.set_response_plan(
        responder=cast.benedikt, backup=cast.joana, lead=lead, hours="Mon to Fri, 9 to 17",
        minutes=30, emergency="112", help_text={"en": "Helpline 0800 000"},
        consent_text={"en": "We read answers on working days."}, by=cast.RAPPORT, at=NOW,
    )  # fmt: skip


@pytest.fixture
def sarahs(cast):
    return Membership.objects.get(case=cast.case(cast.sarah, therapist=cast.imani)).pk


@pytest.fixture
def raised(cast, sarahs):
    def raise_(risk=RISK, membership=sarahs, therapist=cast.imani):
        with transaction.atomic():
            return actions.raise_flag(
                membership=membership, answers=uuid4(), therapist=therapist, risk=risk,
                by=cast.RAPPORT, at=NOW,
            )  # fmt: skip

    return raise_


def told(flag):
    return set(Notice.objects.filter(flag=flag).values_list("to_id", flat=True))


def test_the_responder_and_the_therapist_are_told_at_once(cast, plan, raised):
    flag = raised()
    assert told(flag) == {cast.benedikt, cast.imani}
    assert Flag.one(flag).owner_id == cast.benedikt
    (open_flag,) = queries.flags_to_answer(reader=reader_of(cast.benedikt))
    assert (open_flag.question, open_flag.answer) == (RISK.question, "several days")


def test_what_was_answered_stands_sealed_and_not_in_the_log(cast, plan, raised):
    flag = raised()
    assert b"several" not in bytes(Flag.one(flag).content)
    assert "several" not in str([line.detail for line in lines_about(flag)])


def test_without_any_plan_the_therapist_is_told_all_the_same(cast, raised):
    assert told(raised()) == {cast.imani}


def test_fear_of_somebody_in_the_case_reaches_the_therapist_alone(cast, plan, raised):
    assert told(raised(AFRAID)) == {cast.imani}


def test_fear_of_somebody_in_the_case_ends_joint_displays_even_after_it_is_closed(
    cast, plan, raised, sarahs
):
    assert queries.joint_display_allowed([sarahs])
    flag = raised(AFRAID)
    assert not queries.joint_display_allowed([sarahs])
    actions.close(flag=flag, note="Spoken with her alone.", reader=reader_of(cast.imani), at=SOON)
    assert not queries.joint_display_allowed([sarahs])


FEAR_OF_THE_THERAPIST = actions.RiskAnswer(
    kind="relationship-safety", question="I was afraid of my therapist.", answer="yes"
)


def test_fear_of_the_therapist_is_told_to_somebody_else_and_never_to_them(cast, plan, raised):
    flag = raised(FEAR_OF_THE_THERAPIST)
    assert told(flag) == {cast.benedikt}
    with pytest.raises(NotHere):
        queries.flag_to_answer(flag, reader=reader_of(cast.imani))


def test_where_the_responder_is_that_therapist_the_next_person_is_told(cast, plan, raised, lead):
    flag = raised(FEAR_OF_THE_THERAPIST, therapist=cast.benedikt)
    assert told(flag) == {cast.joana}
    for late in (LATE, LATE + timedelta(minutes=31), LATE + timedelta(minutes=62)):
        actions.tell_the_next(at=late, by=cast.RAPPORT)
    assert told(flag) == {cast.joana, lead}


def test_without_a_plan_fear_of_the_therapist_goes_to_whoever_leads(cast, raised, lead):
    assert told(raised(FEAR_OF_THE_THERAPIST)) == {lead}


def test_it_says_who_is_told_next_and_when_unless_somebody_takes_it_on(cast, plan, raised):
    flag = raised()
    benedikt = reader_of(cast.benedikt)
    (shown,) = queries.flags_to_answer(reader=benedikt)
    assert shown.then == ("Joana Teixeira", NOW + timedelta(minutes=30))
    actions.acknowledge(flag=flag, reader=benedikt, at=SOON)
    assert queries.flags_to_answer(reader=benedikt)[0].then is None


def test_where_nobody_is_left_to_be_told_nobody_is_named(cast, raised):
    raised()
    assert queries.flags_to_answer(reader=reader_of(cast.imani))[0].then is None


@pytest.mark.parametrize(
    ("risk", "quoted"), [(RISK, True), (AFRAID, False), (FEAR_OF_THE_THERAPIST, False)]
)
def test_only_an_answer_about_ones_own_or_anothers_life_stands_where_others_might_read(
    cast, plan, raised, risk, quoted
):
    raised(risk)
    told = cast.imani if risk is AFRAID else cast.benedikt
    assert queries.flags_to_answer(reader=reader_of(told))[0].stands_on_lists is quoted


def test_that_it_was_shown_stands_in_the_log_once_an_hour(cast, plan, raised):
    raised()
    benedikt = reader_of(cast.benedikt)
    for _ in range(2):
        (shown,) = queries.flags_shown(reader=benedikt, at=SOON)
    seen = [one for one in lines_about(shown.person) if one.deed == "flagged answers seen"]
    assert [one.by.id for one in seen] == [str(cast.benedikt)]


def test_nobody_else_sees_it(cast, plan, raised, lead):
    flag = raised()
    assert queries.flags_to_answer(reader=reader_of(cast.joana)) == []
    with pytest.raises(NotHere):
        queries.flag_to_answer(flag, reader=reader_of(cast.joana))
    with pytest.raises(NotAllowed):
        queries.flags_to_answer(reader=reader_of(cast.ruth))
    (waiting,) = queries.waiting_flags(reader=reader_of(lead))
    assert waiting.flag == flag
    assert not hasattr(waiting, "answer")


def test_who_does_not_acknowledge_in_time_gets_company_step_by_step(cast, plan, raised, lead):
    flag = raised()
    assert actions.tell_the_next(at=SOON, by=cast.RAPPORT) == []
    assert actions.tell_the_next(at=LATE, by=cast.RAPPORT) == [flag]
    assert told(flag) == {cast.benedikt, cast.imani, cast.joana}
    assert actions.tell_the_next(at=LATE, by=cast.RAPPORT) == []
    actions.tell_the_next(at=LATE + timedelta(minutes=30), by=cast.RAPPORT)
    assert lead in told(flag)
    steps = dict(Notice.objects.filter(flag=flag).values_list("to_id", "step"))
    assert (steps[cast.joana], steps[lead]) == ("back-up", "lead")


def test_an_acknowledged_flag_stays_with_who_took_it(cast, plan, raised):
    flag = raised()
    actions.acknowledge(flag=flag, reader=reader_of(cast.imani), at=SOON)
    assert actions.tell_the_next(at=LATE, by=cast.RAPPORT) == []
    assert Flag.one(flag).owner_id == cast.imani


def test_a_flag_of_somebody_who_left_goes_on_at_once(cast, plan, raised):
    flag = raised()
    actions.acknowledge(flag=flag, reader=reader_of(cast.benedikt), at=NOW)
    gone = Staff.one(cast.benedikt)
    gone.left_at = NOW
    gone.save()
    assert actions.tell_the_next(at=SOON, by=cast.RAPPORT) == [flag]
    assert Flag.one(flag).owner_id == cast.joana


def test_somebody_who_left_is_never_the_first_to_be_told(cast, plan, raised):
    gone = Staff.one(cast.benedikt)
    gone.left_at = NOW
    gone.save()
    assert told(raised()) == {cast.joana, cast.imani}


@pytest.mark.parametrize("note", ["", "   ", "\n"])
def test_a_flag_does_not_close_in_silence(cast, plan, raised, note):
    flag = raised()
    with pytest.raises(NoteMissing):
        actions.close(flag=flag, note=note, reader=reader_of(cast.imani), at=SOON)
    assert Flag.one(flag).closed_at is None


def test_it_closes_once_by_a_named_person_with_a_note(cast, plan, raised):
    flag, note = raised(), "Rang her. Asked directly. She is with her brother; we meet tomorrow."
    actions.close(flag=flag, note=note, reader=reader_of(cast.imani), at=SOON)
    closed = Flag.one(flag)
    assert (closed.get("note"), closed.closed_by_id, closed.closed_at) == (note, cast.imani, SOON)
    assert queries.flags_to_answer(reader=reader_of(cast.imani)) == []
    with pytest.raises(AlreadyClosed):
        actions.close(flag=flag, note="again", reader=reader_of(cast.imani), at=LATE)


def test_the_database_itself_refuses_a_flag_closed_without_a_note(cast, plan, raised):
    flag = raised()
    with pytest.raises(IntegrityError), transaction.atomic():
        Flag.objects.filter(pk=flag).update(closed_at=SOON, closed_by=cast.imani)


def test_a_client_with_an_open_flag_is_not_forgotten_out_of_sight(cast, plan, raised):
    flag = raised()
    with pytest.raises(FlagStillOpen):
        people.forget(person=cast.sarah, by=cast.RAPPORT, at=SOON)
    assert Flag.objects.count() == 1
    actions.close(flag=flag, note="Spoken with her.", reader=reader_of(cast.imani), at=SOON)
    people.forget(person=cast.sarah, by=cast.RAPPORT, at=LATE)
    assert Flag.objects.count() == 0


def test_leaving_discharge_and_transfer_leave_the_flag_open_and_owned(cast, plan, raised, sarahs):
    flag = raised()
    case = Membership.one(sarahs).case_id
    people.transfer(case=case, from_staff=cast.imani, to_staff=cast.joana, by=cast.RAPPORT, at=SOON)
    people.leave(membership=sarahs, why="discharged", by=cast.RAPPORT, at=SOON)
    assert Flag.one(flag).closed_at is None
    assert [f.flag for f in queries.flags_to_answer(reader=reader_of(cast.benedikt))] == [flag]


def test_a_nudge_that_was_not_delivered_is_tried_again(cast, plan, raised):
    notice = Notice.objects.filter(flag=raised()).first()
    actions.notice_sent(notice=notice.pk, at=SOON, delivered=False)
    assert (Notice.one(notice.pk).tries, Notice.one(notice.pk).sent_at) == (1, None)
    actions.notice_sent(notice=notice.pk, at=SOON, delivered=True)
    assert Notice.one(notice.pk).sent_at == SOON
