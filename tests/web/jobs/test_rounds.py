"""A round of the worker: one failing job stops no other, silence is seen, a daily job runs once."""

import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.db import connections
from django.test import Client
from doors_cast import signed_in
from practice_cast import NOW

from rapport.web.core.access import inside
from rapport.web.core.clock import now
from rapport.web.jobs import actions, rounds
from rapport.web.jobs.models import DailyRun, Heartbeat
from rapport.web.jobs.queries import worker_silence
from rapport.web.site import doctor
from rapport.web.site.logs import WithoutContent

MINUTE = timedelta(minutes=1)
NIGHT = NOW.replace(hour=0)  # 2 o'clock in Berlin
CANARY = "Kanarienvogel"


def test_a_job_that_fails_never_stops_the_others_and_its_log_has_no_content(
    practice, monkeypatch, caplog
):
    done = []

    def fails(at):
        raise ValueError(CANARY)

    monkeypatch.setattr(rounds, "ROUND", (fails, done.append))
    assert rounds.go_round(at=NOW) is False
    assert done == [NOW]
    assert Heartbeat.objects.get().at == NOW
    lines = "".join(WithoutContent().format(record) for record in caplog.records)
    assert "a job of the worker failed" in lines
    assert CANARY not in lines


def test_before_init_there_is_nothing_to_do(db, keys):
    assert rounds.go_round(at=NOW) is True


def test_a_round_is_a_sign_of_life_and_ten_minutes_without_one_are_silence(practice):
    assert worker_silence(at=NOW).since is None
    assert rounds.go_round(at=NOW)
    assert worker_silence(at=NOW + 10 * MINUTE) is None
    assert worker_silence(at=NOW + 11 * MINUTE).since == NOW
    assert worker_silence(at=NOW - timedelta(days=700)) is not None  # by a clock that was wrong
    rounds.go_round(at=NOW + 12 * MINUTE)
    assert Heartbeat.objects.count() == 1


LINE = b"No message goes out: the worker"


def test_everybody_signed_in_sees_it_on_every_page_and_nobody_else(cast):
    for who in (cast.imani, cast.ruth):
        assert LINE in signed_in(who).get("/").content
    assert LINE not in Client().get("/sign-in/").content
    actions.beat(at=now())
    assert LINE not in signed_in(cast.joana).get("/").content
    actions.beat(at=now() - 11 * MINUTE)
    assert b"silent since" in signed_in(cast.benedikt).get("/cases/open").content


def test_readyz_and_doctor_say_so_and_the_pages_stay_up(practice):
    reply = Client().get("/readyz")
    assert reply.status_code == 200
    assert b"worker is silent" in reply.content
    assert any(f.wrong and "worker" in f.what for f in doctor.findings())
    actions.beat(at=now())
    assert Client().get("/readyz").content == b"ready\n"
    assert not any(f.wrong for f in doctor.findings() if "worker" in f.what)


def test_doctor_says_that_no_mail_server_is_set(practice, settings):
    said = [finding.what for finding in doctor.findings()]
    assert any("no mail server is set" in what for what in said)
    assert any("no hook for SMS" in what for what in said)
    settings.RAPPORT_MAIL, settings.RAPPORT_SMS = True, "webhook"
    wrong = {f.what: f.wrong for f in doctor.findings() if f.wrong}
    assert wrong["e-mail"] == "it has no sender"
    assert "RAPPORT_SMS_SECRET" in wrong["SMS"]


@pytest.fixture
def daily(practice):
    """A daily job that notes when it was done, and fails as long as it is told to."""

    def job(at):
        job.done.append(at)
        if job.fails:
            raise ValueError(CANARY)

    job.done, job.fails = [], False
    return job


def test_a_daily_job_is_done_once_at_night_in_the_practice_s_zone(daily, monkeypatch):
    monkeypatch.setattr(rounds, "DAILY", [daily])
    for n in range(4 * 24 * 3):
        rounds.do_daily_jobs(at=NIGHT + n * 15 * MINUTE)
    assert [at - daily.done[0] for at in daily.done] == [timedelta(days=n) for n in range(3)]
    assert DailyRun.objects.exclude(done_at=None).count() == 3


def test_one_that_fails_is_tried_again_an_hour_later_and_not_for_ever(daily, monkeypatch):
    daily.fails = True
    monkeypatch.setattr(rounds, "DAILY", [daily])
    for n in range(4 * 8):
        rounds.do_daily_jobs(at=NIGHT + n * 15 * MINUTE)
    assert [at - NIGHT for at in daily.done] == [n * 60 * MINUTE for n in range(3)]


@pytest.mark.django_db(transaction=True)
def test_of_two_workers_one_does_the_daily_job(practice, daily):
    start = threading.Barrier(2)

    def works():
        with inside(practice):
            start.wait()
            actions.do_daily(daily, at=NIGHT)
        connections.close_all()

    threads = [threading.Thread(target=works) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(daily.done) == 1


@pytest.fixture
def watch(settings):
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.server.asked.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    server.asked = []
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    settings.RAPPORT_HEARTBEAT_URL = f"http://127.0.0.1:{server.server_address[1]}/beat"
    yield server
    server.shutdown()
    server.server_close()


def test_a_watch_outside_is_told_once_a_minute_while_all_goes_well(practice, watch, monkeypatch):
    for n in range(9):
        rounds.go_round(at=NOW + n * MINUTE / 4)
    assert watch.asked == ["/beat"] * 3

    def fails(at):
        raise ValueError

    monkeypatch.setattr(rounds, "ROUND", (fails,))
    rounds.go_round(at=NOW + 60 * MINUTE)
    assert len(watch.asked) == 3


def test_without_an_address_nothing_is_called(practice, monkeypatch):
    called = []
    monkeypatch.setattr(rounds, "urlopen", lambda *args, **told: called.append(args))
    rounds.go_round(at=NOW)
    assert called == []


def test_a_watch_that_does_not_answer_does_no_harm(practice, settings):
    settings.RAPPORT_HEARTBEAT_URL = "http://127.0.0.1:9/"
    assert rounds.go_round(at=NOW) is True
