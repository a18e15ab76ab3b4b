"""What comes in at the therapist's desk: the mirror, and forms on paper with their true day."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from doors_cast import signed_in
from practice_cast import NOW

from rapport.web.audit.queries import lines_about
from rapport.web.checkins.models import Answers, Occasion, Receipt
from rapport.web.checkins.queries import check_ins_of
from rapport.web.people import actions as people
from rapport.web.people.models import Membership
from rapport.web.people.queries import reader_of
from rapport.web.safety.actions import set_response_plan
from rapport.web.safety.models import Flag, Notice

EIGHT = 8
SHORT = "All 6 below alike"


@pytest.fixture(autouse=True)
def at_the_time_of_the_tests(monkeypatch):
    for views in ("checkins.views", "checkins.by_staff.views"):
        monkeypatch.setattr(f"rapport.web.{views}.now", lambda: NOW + timedelta(hours=2))


@pytest.fixture
def imani(cast):
    return signed_in(cast.imani)


@pytest.fixture
def held(cast, sarahs):
    """A session of Sarah's that Imani held."""
    case = Membership.one(sarahs).case_id
    by = {"by": cast.RAPPORT, "at": NOW}
    session = people.plan_session(case=case, staff=cast.imani, starts_at=NOW, **by)
    people.hold_session(session=session, came=[sarahs], **by)
    return session


@pytest.fixture
def answered_for(cast):
    set_response_plan(
        responder=cast.benedikt, backup=cast.joana, hours="Mon to Fri, 9 to 17", minutes=30,
        emergency="112", help_text={"en": "Helpline 0800 000"}, consent_text={"en": "We read."},
        by=cast.RAPPORT, at=NOW,
    )  # fmt: skip


def fields(page, start="a."):
    return list(dict.fromkeys(re.findall(rf'name="({re.escape(start)}[^"]+)"', page)))


def text_of(answer):
    return answer.content.decode()


# The mirror


def test_the_mirror_is_one_screen_with_one_button(imani, held, sarahs):
    page = text_of(imani.get(f"/checkins/{held}/{sarahs}/mirror"))
    assert "How was session 1 with Sarah Lindqvist, from your side?" in page
    assert SHORT in page
    assert "All 2 below alike" in page
    assert " checked" not in page
    assert page.count('class="wide"') == 1


def test_three_taps_answer_all_eight(cast, imani, held, sarahs):
    """Six alike, two alike, send; without any script."""
    address = f"/checkins/{held}/{sarahs}/mirror"
    page = text_of(imani.get(address))
    six, two = fields(page, "all.")
    kept = imani.post(address, {"key": "k", "sent": "1", six: "3", two: "0"})
    assert kept.status_code == 302
    (came,) = check_ins_of(sarahs, reader=reader_of(cast.imani), at=NOW)
    assert (came.writer, came.moment) == ("therapist", "after")
    (scores,) = came.scores.values()
    assert scores == {"rapport-checkin-therapist": 6 * 3 + 2 * 4}
    assert Receipt.objects.get().route == "mirror"


def test_a_row_answered_by_itself_is_never_changed_by_the_tap_for_all(cast, imani, held, sarahs):
    address = f"/checkins/{held}/{sarahs}/mirror"
    page = text_of(imani.get(address))
    (six, _), first = fields(page, "all."), fields(page)[0]
    imani.post(address, {"key": "k", "sent": "1", six: "3", first: "1"})
    (came,) = check_ins_of(sarahs, reader=reader_of(cast.imani), at=NOW)
    (answers,) = came.answers.values()
    assert (answers["myself"], answers["taken_in"], answers["tension"]) == (1, 3, None)
    assert came.scores.popitem()[1] == {"rapport-checkin-therapist": None}


def test_sent_twice_it_is_kept_once(imani, held, sarahs):
    address = f"/checkins/{held}/{sarahs}/mirror"
    six = fields(text_of(imani.get(address)), "all.")[0]
    sent = [imani.post(address, {"key": "k", "sent": "1", six: "3"}) for _ in range(2)]
    assert [answer.status_code for answer in sent] == [302, 302]
    assert Answers.objects.count() == 1
    assert imani.post(address, {"key": "other", "sent": "1", six: "0"}).status_code == 409


def test_nothing_at_all_is_not_kept(imani, held, sarahs):
    address = f"/checkins/{held}/{sarahs}/mirror"
    imani.get(address)
    assert imani.post(address, {"key": "k", "sent": "1"}).status_code == 422
    assert Answers.objects.count() == 0


def test_of_a_couple_each_has_a_mirror_of_their_own_one_after_the_other(cast):
    couple = cast.couple()
    benedikt = signed_in(cast.benedikt)
    by = {"by": cast.RAPPORT, "at": NOW}
    session = people.plan_session(case=couple, staff=cast.benedikt, starts_at=NOW, **by)
    there = list(Membership.objects.filter(case=couple).order_by("joined_at", "pk"))
    people.hold_session(session=session, came=[m.pk for m in there], **by)
    first = benedikt.get(f"/checkins/{session}/mirror")["Location"]
    page = text_of(benedikt.get(first))
    assert ("Marta" in page) != ("Dev" in page)
    six = fields(page, "all.")[0]
    second = benedikt.post(first, {"key": "k", "sent": "1", six: "2"})["Location"]
    assert second.endswith("/mirror")
    assert second != first
    done = benedikt.post(
        second,
        {"key": "k2", "sent": "1", fields(text_of(benedikt.get(second)), "all.")[0]: "2"},
    )
    assert "/mirror" not in done["Location"]
    assert benedikt.get(f"/checkins/{session}/mirror").status_code == 404


def test_a_session_that_has_not_begun_has_no_mirror(cast, imani, sarahs):
    case = Membership.one(sarahs).case_id
    session = people.plan_session(
        case=case, staff=cast.imani, starts_at=NOW + timedelta(days=1), by=cast.RAPPORT, at=NOW
    )
    assert imani.get(f"/checkins/{session}/{sarahs}/mirror").status_code == 409
    assert Occasion.objects.count() == 0


@pytest.mark.parametrize("address", ["mirror", "after/paper"])
def test_a_colleague_and_the_front_desk_do_not_come_in(cast, held, sarahs, address):
    place = f"/checkins/{held}/{sarahs}/{address}"
    method = "post" if address.endswith("paper") else "get"
    assert getattr(signed_in(cast.joana), method)(place).status_code == 404
    assert getattr(signed_in(cast.ruth), method)(place).status_code == 403
    assert getattr(Client(), method)(place).status_code in (302, 403)
    assert Occasion.objects.count() == 0


# Forms on paper


@pytest.fixture
def on_paper(cast, imani, held, sarahs):
    """A paper form of Sarah's that asks these; gives its address."""

    def made(*instruments, moment="after"):
        from rapport.web.measures.actions import set_plan
        from rapport.web.measures.queries import PlannedForm

        case = Membership.one(sarahs).case_id
        lines = [PlannedForm(instrument=one, moment=moment) for one in instruments]
        set_plan(items=lines, risk_open=True, case=case, by=cast.RAPPORT, at=NOW)
        return imani.post(f"/checkins/{held}/{sarahs}/{moment}/paper")["Location"]

    return made


def typed(page, day="2026-07-06", key="k", **answers):
    names = {name.rsplit(".", 1)[1]: name for name in fields(page)}
    return {"day": day, "key": key, **{names[q]: str(value) for q, value in answers.items()}}


def test_the_printed_form_names_the_occasion_and_nobody(cast, imani, on_paper, sarahs):
    address = on_paper("rapport-checkin-client")
    page = text_of(imani.get(f"{address}print"))
    code = re.search(r"[A-Z2-7]{4}-[A-Z2-7]{4}", page).group()
    assert "Sarah" not in page
    assert "Lindqvist" not in page
    assert str(sarahs) not in page
    assert "I could be myself with my therapist today." in page
    assert "Your therapist reads your answers" in page
    assert imani.post("/checkins/paper/", {"code": code.lower()})["Location"] == address


def test_a_code_of_somebody_elses_case_is_no_code(cast, imani, on_paper):
    address = on_paper("rapport-checkin-client")
    code = re.search(r"[A-Z2-7]{4}-[A-Z2-7]{4}", text_of(imani.get(address))).group()
    colleague = signed_in(cast.joana)
    foreign = colleague.post("/checkins/paper/", {"code": code})
    unknown = colleague.post("/checkins/paper/", {"code": "AAAA-AAAA"})
    assert (foreign.status_code, unknown.status_code) == (404, 404)
    assert colleague.get(address).status_code == 404


def test_the_true_day_is_kept_and_what_is_open_stays_open(cast, imani, on_paper, sarahs):
    address = on_paper("gad-7")
    page = text_of(imani.get(address))
    done = imani.post(address, typed(page, q1=0, q2=3))
    assert "5 questions stayed open" in text_of(done)
    (came,) = check_ins_of(sarahs, reader=reader_of(cast.imani), at=NOW)
    assert came.answered_at.date().isoformat() == "2026-07-06"
    assert Receipt.objects.get().route == "paper"
    (answers,) = came.answers.values()
    assert (answers["q1"], answers["q2"], answers["q3"]) == (0, 3, None)
    assert came.scores.popitem()[1]["gad-7"] is None


@pytest.mark.parametrize("day", ["2026-07-07", "2026-07-05", "yesterday", ""])
def test_a_day_before_the_case_or_still_to_come_is_asked_again_and_nothing_typed_is_lost(
    imani, on_paper, day
):
    address = on_paper("gad-7")
    page = text_of(imani.get(address))
    again = imani.post(address, typed(page, day=day, q1=2) | {"words": "kept words"})
    assert again.status_code == 422
    assert "Say on which day" in text_of(again)
    assert "kept words" in text_of(again)
    assert 'value="2" checked' in text_of(again)
    assert Answers.objects.count() == 0


def test_a_risk_answer_on_paper_is_flagged_and_shows_the_steps_at_once(
    cast, imani, on_paper, answered_for
):
    address = on_paper("phq-9")
    page = text_of(imani.get(address))
    done = text_of(imani.post(address, typed(page, q9=2)))
    flag = Flag.objects.get()
    assert {notice.to_id for notice in Notice.objects.all()} == {cast.benedikt, cast.imani}
    assert [line.deed for line in lines_about(flag.pk)] == ["flag raised"]
    assert done.index("answered “More than half the days”") < done.index("The form is kept")
    assert "Ask directly and calmly" in done
    assert f'href="/flags/{flag.pk}/"' in done


def test_typed_in_twice_it_is_kept_and_flagged_once(imani, on_paper, answered_for):
    address = on_paper("phq-9")
    sent = typed(text_of(imani.get(address)), q9=2)
    first, second = (imani.post(address, sent) for _ in range(2))
    assert first.content == second.content
    assert (Answers.objects.count(), Flag.objects.count()) == (1, 1)


def test_the_therapist_never_types_in_fear_of_the_therapist(imani, on_paper, answered_for):
    address = on_paper("risq")
    page = text_of(imani.get(address))
    assert "might harm me" not in page + text_of(imani.get(f"{address}print"))
    form = fields(page)[0].split(".")[1]
    smuggled = imani.post(address, {"day": "2026-07-06", "key": "k", f"a.{form}.q2": "1"})
    assert smuggled.status_code == 422
    assert Flag.objects.count() == 0
    done = imani.post(address, typed(page, q1=1))
    assert done.status_code == 200
