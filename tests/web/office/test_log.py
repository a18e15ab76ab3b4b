"""Who saw a client between two times: found by number, told in sentences, no name of a client."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import transaction
from doors_cast import signed_in
from practice_cast import PEOPLE

from rapport.web.audit.queries import lines, lines_about
from rapport.web.checkins import actions as checkins
from rapport.web.core.clock import now
from rapport.web.people import actions as people
from rapport.web.people.models import Membership
from rapport.web.people.queries import reader_of
from rapport.web.practice.queries import case_page, today
from rapport.web.safety.actions import RiskAnswer, raise_flag, read_flag

LOG = "/office/log/"


@pytest.fixture
def read_by_imani(cast):
    """Sarah wrote something; a flag came with it; Imani read both."""
    by = {"by": cast.RAPPORT, "at": now()}
    case = cast.case(cast.sarah)
    member = Membership.objects.get(case=case).pk
    session = people.plan_session(case=case, staff=cast.imani, starts_at=now(), **by)
    token = checkins.invite(session=session, membership=member, moment="after", **by)
    cookie = checkins.enter(token=token, at=now())
    submission = checkins.Submission(
        key="k", answers={}, words="CANARY words", route="link", language="en", who_sees="v",
        answered_at=now(),
    )  # fmt: skip
    checkins.receive_by_link(cookie=cookie, submission=submission, at=now())
    risk = RiskAnswer(kind="self-harm", question="CANARY question", answer="CANARY answer")
    with transaction.atomic():
        flag = raise_flag(membership=member, answers=uuid4(), therapist=cast.imani, risk=risk, **by)
    read_flag(flag=flag, reader=reader_of(cast.imani), at=now())
    case_page(case, reader=reader_of(cast.imani), at=now())
    return case


def asked(browser, **wishes):
    return browser.get(LOG, wishes).content.decode()


def test_who_saw_a_client_is_told_in_sentences(desk, read_by_imani, cast):
    page = asked(desk, client=str(cast.sarah)[:8])
    short = str(cast.sarah)[:8]
    assert f"Imani Okafor read answers of client {short}." in page
    assert "Imani Okafor read flag" in page
    assert "A check-in came in." in page
    assert f"Rapport itself added client {short}." in page


def test_no_page_of_the_log_holds_a_name_or_a_word_of_a_client(desk, read_by_imani, cast):
    today(reader=reader_of(cast.imani), at=now())
    for page in (asked(desk), asked(desk, client=str(cast.sarah))):
        assert "CANARY" not in page
        assert "self-harm" not in page
        assert [name for name in PEOPLE.values() if name in page] == []


def test_another_client_has_another_trail(desk, read_by_imani, cast):
    page = asked(desk, client=str(cast.marta))
    assert "Imani Okafor" not in page.split("</form>")[1]
    assert "added client" in page


def test_the_span_of_time_is_in_the_practice_s_zone(desk, cast, monkeypatch):
    def at(hour):
        return cast_time.replace(hour=hour)

    cast_time = now().replace(year=2026, month=7, day=6, minute=30, second=20)
    from rapport.web.audit.actions import record_seen

    for hour in (6, 8, 10):
        reader = reader_of(cast.imani)
        record_seen("answers seen", clients=[cast.sarah], by=reader.by, at=at(hour))
    told = {"client": str(cast.sarah), "since": "2026-07-06T09:00", "until": "2026-07-06T10:30"}
    page = asked(desk, **told)
    assert page.count("read answers of") == 1  # 8:30 UTC is 10:30 in Berlin
    assert "6 Jul 2026, 10:30" in page


def test_a_colleague_s_deeds_are_found(desk, read_by_imani, cast):
    page = asked(desk, staff=str(cast.imani)).split("</form>")[1]
    assert "Imani Okafor read answers" in page
    assert "Rapport itself" not in page


def test_reading_the_log_stands_in_the_log(desk, lead, cast):
    asked(desk)
    asked(desk, client=str(cast.sarah), since="2026-07-06T09:00")
    first, second = [line for line in lines(by=lead) if line.deed == "log read"][::-1]
    assert (first.thing_id, second.thing_id) == ("all", str(cast.sarah))
    assert second.detail == {"since": "2026-07-06T07:00:00+00:00"}
    assert f"Ines Brandt read this log about client {str(cast.sarah)[:8]}." in asked(desk)


@pytest.mark.parametrize(
    ("wish", "status"),
    [
        ({"client": "abc"}, 422),
        ({"client": "Sarah Lindqvist"}, 422),
        ({"client": "00000000"}, 404),
        ({"since": "yesterday"}, 422),
        ({"staff": "nobody"}, 422),
        ({"before": "x"}, 422),
        ({"client": "' OR 1=1 --"}, 422),
    ],
)
def test_a_wish_that_cannot_be_is_said(desk, wish, status):
    assert desk.get(LOG, wish).status_code == status


def test_a_client_who_was_forgotten_is_still_found_by_the_whole_number(desk, cast, lead):
    sarah = cast.sarah
    people.forget(person=sarah, by=reader_of(lead).by, at=now())
    assert f"Ines Brandt forgot client {str(sarah)[:8]}." in asked(desk, client=str(sarah))


def test_long_logs_are_paged_and_no_line_is_lost(desk, cast):
    with transaction.atomic():
        from rapport.web.audit.actions import record

        for k in range(120):
            record(deed="case seen", thing="case", thing_id=f"{k:08}", by=cast.RAPPORT, at=now())
    page, seen = desk.get(LOG), []
    for _ in range(10):
        seen += [told.number for told in page.context["page"].told]
        if not page.context["more"]:
            break
        page = desk.get(LOG + page.context["more"])
    assert seen == list(range(seen[0], 0, -1))
    assert len(seen) > 120


def test_only_who_may_read_the_log_reads_it(cast, keeper):
    for who, status in [(cast.imani, 403), (cast.ruth, 403), (keeper, 200)]:
        assert signed_in(who).get(LOG).status_code == status


def test_the_therapist_finds_the_number_on_the_page_of_the_case(read_by_imani, cast):
    page = signed_in(cast.imani).get(f"/cases/{read_by_imani}/").content.decode()
    assert f"Client {str(cast.sarah)[:8]}" in page


def test_the_words_on_the_first_page_are_a_look_too(read_by_imani, cast):
    for _ in range(3):
        today(reader=reader_of(cast.imani), at=now() + timedelta(minutes=2))
    seen = [line.deed for line in lines_about(cast.sarah)]
    assert seen.count("words seen") == 1
    assert seen.count("answers seen") == 1
