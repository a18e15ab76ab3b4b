"""`rapport bench web`: its arithmetic, and a tiny run of all of it."""

import asyncio
import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from random import Random
from uuid import uuid4

import pytest

from rapport.bench.web import kept
from rapport.bench.web.figures import Times, arrivals, percentile, verdict
from rapport.bench.web.http import Phone
from rapport.bench.web.load import Unexpected, all_check_in, answered

RAPPORT = Path(sys.executable).with_name("rapport")
PAGE = b"""<input type="hidden" name="key" value="k1">
<input type="radio" name="a.f.q1" value="0"><input type="radio" name="a.f.q1" value="3">"""


@pytest.mark.parametrize(
    ("times", "share", "found"),
    [
        ([7], 0.95, 7),
        ([1, 2, 3, 4], 0.5, 2),
        (list(range(1, 101)), 0.95, 95),
        (list(range(1, 101)), 0.99, 99),
        (list(range(100, 0, -1)), 1.0, 100),
    ],
)
def test_a_percentile_is_the_least_time_within_which_that_share_was_done(times, share, found):
    assert percentile(times, share) == found


def test_without_times_there_is_no_percentile_and_no_promise_is_kept():
    p95 = Times(what="nothing", seconds=[]).p95
    assert p95 != p95
    assert verdict("nothing", found=p95, limit=300, unit="ms").startswith("NOT KEPT")


def test_a_promise_is_not_kept_at_its_limit():
    assert verdict("p95", found=300, limit=300, unit="ms").startswith("NOT KEPT")
    assert verdict("p95", found=299.9, limit=300, unit="ms").startswith("kept")


def test_people_arrive_at_moments_fixed_beforehand_at_the_rate_asked_for():
    moments = arrivals(rate=100, seconds=60, seed=3)
    assert moments == sorted(moments) == arrivals(rate=100, seconds=60, seed=3)
    assert moments[0] > 0
    assert moments[-1] < 60
    assert abs(len(moments) - 6_000) < 4 * 6_000**0.5
    gaps = [after - before for before, after in pairwise(moments)]
    assert max(gaps) > 4 / 100  # some wait long, others come all at once
    assert min(gaps) < 0.001


def test_a_form_is_answered_with_what_it_offers():
    body = answered(PAGE, Random(1)).decode()
    assert "key=k1" in body
    assert "a.f.q1=0" in body or "a.f.q1=3" in body
    with pytest.raises(Unexpected):
        answered(b"<p>Thanks</p>", Random(1))


class Slow:
    """A server that takes a while for each reply, one request at a time, and refuses the third."""

    def __init__(self, seconds):
        self.seconds, self.turn, self.asked = seconds, asyncio.Lock(), 0
        self.visits = []

    async def __call__(self, reader, writer):
        self.visits.append(asyncio.current_task())
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                length = b"".join(
                    p[16:] for p in head.split(b"\r\n") if p[:15] == b"Content-Length:"
                )
                await reader.readexactly(int(length or 0))
                async with self.turn:
                    await asyncio.sleep(self.seconds)
                writer.write(self.reply(head))
        except asyncio.IncompleteReadError:
            writer.close()
            await writer.wait_closed()

    def reply(self, head):
        self.asked += head.startswith(b"GET /c/t")
        if head.startswith(b"GET /c/t") and self.asked == 3:
            return b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n"
        if head.startswith(b"POST /c/t"):
            return (
                b"HTTP/1.1 302 Found\r\nSet-Cookie: checkin=x; Path=/\r\nContent-Length: 0\r\n\r\n"
            )
        return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(PAGE), PAGE)


def measured(moments, seconds):
    async def run():
        slow = Slow(seconds)
        async with await asyncio.start_server(slow, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            tokens = [f"t{n}" for n in range(len(moments))]
            seen = await all_check_in(port=port, tokens=tokens, moments=moments)
            await asyncio.gather(*slow.visits)
            return seen

    return asyncio.run(run())


def test_whoever_has_to_wait_for_others_is_measured_with_the_waiting():
    """Each check-in needs 0.08 s of the server; two who come at once take twice that."""
    seen = measured([0.0, 0.0], 0.02)
    assert len(seen.whole) == 2
    assert max(seen.whole) > 0.14


def test_a_fault_is_counted_by_its_kind_and_not_as_kept():
    seen = measured([0.0, 0.05, 0.1, 0.15], 0.001)
    assert dict(seen.faults) == {"Unexpected 503 at: open the link": 1}
    assert len(seen.kept) == len(seen.whole) == 3
    assert seen.sent_twice == 1


def test_a_phone_keeps_its_cookie():
    async def run():
        slow = Slow(0)
        async with await asyncio.start_server(slow, "127.0.0.1", 0) as server:
            async with Phone(server.sockets[0].getsockname()[1]) as phone:
                await phone.post("/c/t1")
            await asyncio.gather(*slow.visits)
            return phone.cookies

    assert asyncio.run(run()) == {"checkin": "x"}


def test_what_is_lost_or_doubled_is_found(monkeypatch):
    fine, lost, twice, never_said = (uuid4() for _ in range(4))
    rows = {name: [fine, twice] for name in kept.TABLES}
    rows["receipt"] = [fine, twice, lost]
    rows["answers"] = [fine, twice, twice]
    monkeypatch.setattr(
        kept, "_ids", {kept.TABLES[name]: found for name, found in rows.items()}.get
    )
    links = {"a": fine, "b": lost, "c": twice, "d": never_said}
    found = kept.counted_again(["a", "b", "c"], links)
    assert (found.acknowledged, found.lost, found.doubled) == (3, 1, 1)


@pytest.mark.slow
def test_a_tiny_run_measures_everything_and_loses_nothing():
    clean = {key: value for key, value in os.environ.items() if not key.startswith("RAPPORT_")}
    asked = ["--seconds", "2", "--rate", "5", "--clients", "60"]
    said = subprocess.run(
        [RAPPORT, "bench", "web", *asked], env=clean, capture_output=True, text=True
    )
    assert said.returncode == 0, said.stderr
    for told in (
        "fdatasync", "durable commit", "check-ins open", "start to first page", "errors: 0",
        "'database is locked' in 0", ": 0 lost, 0 doubled", "check-in p95", "caseload p95",
        "relationship page p95", "web worker", "heavy libraries in a web worker: none",
    ):  # fmt: skip
        assert told in said.stdout
