"""Kill the worker again and again while every second conversation with the mail server fails.

    python tests/soak/telling.py --kills 1000

Flags come in all the time and nobody takes them. The worker gets SIGKILL at a random moment of its
round, and often in the worst one: when the server has taken a letter and not said so yet. Then mail
recovers. The clock is made up: each round is 30 seconds after the one before. Must hold: fifteen
minutes later no flag is left of which nobody got a letter; nobody got a letter more than twice, and
a reminder not twice; the next person was told on time. Controls have a defect planted and must be
seen to fail; else the measurement is blind.
"""

import argparse
import json
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "web")]
STEP = timedelta(seconds=30)
RECOVERY = timedelta(minutes=15)
MINUTES = 10  # in which a flag has to be taken
LONGER = 1.2  # a kill comes at some moment of a round, as long as it takes on this machine
WORST = 0.15  # share of letters at which the worker is killed before it hears that they were taken
DEFECTS = {"one try": "untold", "no end": "thrice", "no next": "late"}


def main():
    """Run it; the exit code says whether every promise held."""
    told = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    told.add_argument("--kills", type=int, default=int(os.environ.get("SOAK_TOLD", 1000)))
    told.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    told.add_argument("--defect", choices=DEFECTS)
    told.add_argument("--json", type=Path, help="where the counts go, too")
    asked = told.parse_args()
    from mail_server import Post

    half = Post(chance=random.Random(asked.seed), share=0.5)
    with tempfile.TemporaryDirectory(prefix="rapport-told-") as home, half as post:
        _settings(home, post.port)
        import django

        django.setup()
        counts = Trial(post, asked).run()
    print(f"seed {asked.seed}", *(f"{name:12}{n:8,}" for name, n in counts.items()), sep="\n")
    if asked.json:
        asked.json.write_text(json.dumps(counts), "utf-8")
    wrong = sum(counts[name] for name in ("untold", "thrice", "late", "twice_reminded"))
    if asked.defect:
        sys.exit(0 if counts[DEFECTS[asked.defect]] else 1)
    sys.exit(1 if wrong else 0)


def _settings(home, port):
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "rapport.web.site.settings",
        "RAPPORT_HOME": home,
        "RAPPORT_SECRET_KEY": "signs nothing but this measurement, and is long enough",
        "RAPPORT_PRACTICE_KEY": bytes(range(32)).hex(),
        "RAPPORT_MAIL_HOST": "127.0.0.1",
        "RAPPORT_MAIL_PORT": str(port),
        "RAPPORT_MAIL_SECURITY": "none",
    }


class Trial:
    """One practice, its worker, and what became of every flag."""

    def __init__(self, post, asked):
        self.post, self.asked = post, asked
        self.chance = random.Random(asked.seed + 1)
        self.worker, self.kills, self.raised = None, 0, {}
        self.whole = []  # moments of the rounds that the worker lived through
        self.seconds = 0.1  # that a round takes
        post.taken = self._letter_taken

    def run(self):
        """Kill, let mail recover, let the clock run on; count."""
        self._made()
        _plant(self.asked.defect)
        while self.kills < self.asked.kills:
            if self.chance.random() < 0.2:
                self._raise_flag()
            self._round(kill=self.chance.random() < 0.8)
        self.post.chance = None
        recovered = self.at
        while self.at < recovered + RECOVERY:
            self._round(kill=self.chance.random() < 0.3)
        untold = self._untold()
        self.post.taken = lambda: None
        for _ in range(2 * MINUTES + 5):
            self._calm_round()
        return self._counts(untold)

    def _made(self):
        from django.core.management import call_command
        from practice_cast import NOW, Cast

        from rapport.web.core.access import inside
        from rapport.web.people.actions import add_person, add_staff, open_practice
        from rapport.web.people.models import Membership
        from rapport.web.safety.actions import set_response_plan

        self.at, self.by = NOW, {"by": Cast.RAPPORT, "at": NOW}
        call_command("migrate", verbosity=0)
        self.practice = open_practice(
            name="Made-up practice", zone="UTC", language="en", consent_age=16, made_up=True,
            **self.by,
        )  # fmt: skip
        with inside(self.practice):
            self.cast = cast = Cast()
            sarah = add_person(
                name="Sarah", language="en", zone="UTC", email="sarah@x.example", **self.by
            )
            self.case = cast.case(sarah)
            self.lead = add_staff(
                name="Noor", email="noor@x.example", roles=["practice-lead", "therapist"], **self.by
            )
            self.member = Membership.objects.get(case=self.case).pk
            set_response_plan(
                responder=cast.benedikt, backup=cast.joana, lead=self.lead, minutes=MINUTES,
                **self.by,
            )  # fmt: skip

    def _raise_flag(self):
        """A flag; and a session a day ahead, so that an invitation is due at the same time."""
        from uuid import uuid4

        from django.db import connections, transaction

        from rapport.web.core.access import inside
        from rapport.web.people.actions import plan_session
        from rapport.web.safety.actions import RiskAnswer, raise_flag

        risk = RiskAnswer(kind="self-harm", question="q", answer="a")
        now = {"by": self.by["by"], "at": self.at}
        with inside(self.practice), transaction.atomic():
            flag = raise_flag(
                membership=self.member, answers=uuid4(), therapist=self.cast.imani, risk=risk, **now
            )
            starts = self.at + timedelta(hours=24)
            plan_session(case=self.case, staff=self.cast.imani, starts_at=starts, **now)
        connections.close_all()
        self.raised[flag] = self.at

    def _round(self, *, kill):
        begun = time.monotonic()
        self.worker = os.fork()
        if not self.worker:
            self._work()
        if kill:
            time.sleep(self.chance.uniform(0, LONGER * self.seconds))
            self._kill()
        killed = os.waitstatus_to_exitcode(os.waitpid(self.worker, 0)[1]) < 0
        if not killed:
            self.whole.append(self.at)
            self.seconds = (self.seconds + time.monotonic() - begun) / 2
        self.kills += killed
        self.worker, self.at = None, self.at + STEP

    def _calm_round(self):
        from rapport.web.jobs.rounds import go_round

        go_round(at=self.at)
        self.whole.append(self.at)
        self.at += 2 * STEP

    def _work(self):
        """What the worker does."""
        import logging

        from rapport.web.jobs import rounds

        logging.disable()
        try:
            rounds.go_round(at=self.at)
        finally:
            os._exit(0)

    def _letter_taken(self):
        """In a thread of the server: the letter is kept, its taker has not been told."""
        if self.chance.random() < WORST:
            self._kill()
            time.sleep(0.005)

    def _kill(self):
        worker = self.worker
        if worker:
            with suppress(ProcessLookupError):
                os.kill(worker, signal.SIGKILL)

    def _letters(self):
        """How often each message arrived, by its id."""
        return Counter(letter["Message-ID"][1:33] for _, letter in list(self.post.letters))

    def _nudges(self):
        """The nudges of each flag, as ids of messages."""
        from rapport.web.core.access import inside
        from rapport.web.messages.models import Message

        found = {flag: [] for flag in self.raised}
        with inside(self.practice):
            for one in Message.objects.filter(kind="notice").select_related("notice"):
                found[one.notice.flag_id].append(one.pk.hex)
        return found

    def _untold(self):
        arrived = self._letters()
        return sum(not any(arrived[m] for m in sent) for sent in self._nudges().values())

    def _counts(self, untold):
        from rapport.web.core.access import inside
        from rapport.web.messages.models import Message

        arrived = self._letters()
        with inside(self.practice):
            reminders = Message.objects.filter(kind="reminder").values_list("pk", flat=True)
            states = Counter(Message.objects.values_list("state", flat=True))
        return {
            "kills": self.kills,
            "flags": len(self.raised),
            "letters": len(self.post.letters),
            "doubled": sum(n == 2 for n in arrived.values()),
            "unsure": states["unsure"],
            "untold": untold,
            "thrice": sum(n > 2 for n in arrived.values()),
            "twice_reminded": sum(arrived[one.hex] > 1 for one in reminders),
            "late": self._late(),
        }

    def _late(self):
        """Flags of which the next person was told too late, or not at all.

        In time is: at the latest in the first round after it that the worker lived through.
        """
        from rapport.web.core.access import inside
        from rapport.web.safety.models import Notice

        late = 0
        with inside(self.practice):
            for flag, at in self.raised.items():
                told = dict(Notice.objects.filter(flag=flag).values_list("to_id", "due_at"))
                second, third = (told.get(one) for one in (self.cast.joana, self.lead))
                late += not (self._in_time(at, second) and self._in_time(second, third))
        return late

    def _in_time(self, before, told):
        due = before + timedelta(minutes=MINUTES) if before else None
        return bool(due and told and told <= next(at for at in self.whole if at >= due))


def _plant(defect):
    from rapport.web.jobs import rounds
    from rapport.web.messages import outbox, times

    if defect == "one try":
        times.may_try = lambda *, tries, **_: tries == 0
        times.was_dropped_from_hand = lambda *_: False
        rounds.tell_the_next = lambda **_: []
    if defect == "no end":
        outbox.TWICE = 10**9
    if defect == "no next":
        rounds.tell_the_next = lambda **_: []


if __name__ == "__main__":
    main()
