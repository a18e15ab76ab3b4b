"""By whatever route an answer comes: no risk answer without flag, notice and log line, no flag
without an answer, nothing stored twice, nothing in the wrong place."""

import json
import random
import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection, connections, transaction
from django.test import Client
from doors_cast import signed_in
from practice_cast import NOW
from submissions import SUBMISSION

from rapport.web.audit.models import Entry
from rapport.web.audit.queries import verify
from rapport.web.checkins import actions
from rapport.web.checkins.cards import actions as cards
from rapport.web.checkins.errors import AlreadyAnswered
from rapport.web.checkins.models import Answers, Link, Occasion, Receipt
from rapport.web.core.access import inside
from rapport.web.core.errors import Refused
from rapport.web.measures.actions import set_plan
from rapport.web.measures.queries import PlannedForm, form
from rapport.web.people import actions as people
from rapport.web.people.models import Membership
from rapport.web.people.queries import reader_of
from rapport.web.safety.actions import set_response_plan
from rapport.web.safety.models import Flag, Notice

RISKY = {"phq-9": "q9", "risq": "q2", "rapport-checkin-member": "safe_with_others"}
FORMS = (*RISKY, "gad-2")


@pytest.fixture(autouse=True)
def at_the_time_of_the_tests(monkeypatch):
    for views in ("checkins.views", "checkins.by_staff.views"):
        monkeypatch.setattr(f"rapport.web.{views}.now", lambda: NOW + timedelta(hours=1))


@pytest.fixture
def answered_for(cast):
    set_response_plan(
        responder=cast.benedikt, backup=cast.joana, hours="Mon to Fri, 9 to 17", minutes=30,
        emergency="112", help_text={"en": "Helpline"}, consent_text={"en": "We read."},
        by=cast.RAPPORT, at=NOW,
    )  # fmt: skip


class Practice:
    """Sarah's case, in which things happen at random by every route."""

    def __init__(self, cast, membership, chance):
        self.cast, self.membership, self.chance = cast, membership, chance
        self.case = Membership.one(membership).case_id
        self.imani = signed_in(cast.imani)
        self.card = cards.make_card(membership=membership, reader=reader_of(cast.imani), at=NOW)

    def session(self, instruments):
        by = {"by": self.cast.RAPPORT, "at": NOW}
        lines = [PlannedForm(instrument=one, moment="after") for one in instruments]
        lines.append(
            PlannedForm(instrument="rapport-checkin-therapist", moment="after", who="therapist")
        )
        set_plan(items=lines, risk_open=True, case=self.case, **by)
        starts = NOW - timedelta(minutes=self.chance.randint(30, 600))
        session = people.plan_session(case=self.case, staff=self.cast.imani, starts_at=starts, **by)
        people.hold_session(session=session, came=[self.membership], **by)
        return session

    def given(self, forms):
        """Answers at random; each question may stay open."""
        return {
            f"a.{asked}.{q.id}": str(self.chance.choice([option.value for option in q.options]))
            for asked in forms
            for q in form(asked).questions
            if q.options and self.chance.random() < 0.85
        }

    def by_phone(self, session, way):
        phone = Client(REMOTE_ADDR=f"10.{self.chance.randint(0, 250)}.0.1")
        if way == "card":
            if phone.post(f"/c/card/{self.card.token}", {"pin": self.card.pin}).status_code != 302:
                return
        else:
            token = actions.invite(
                session=session, membership=self.membership, moment="after",
                by=self.cast.RAPPORT, at=NOW,
            )  # fmt: skip
            phone.post(f"/c/{token}")
        occasion = Link.objects.filter(route=way).latest("expires_at", "pk").occasion
        sent = self.given(occasion.forms)
        for name, value in list(sent.items())[: self.chance.randint(0, 4)]:
            phone.post("/c/one", {"name": name, "value": value})
        if self.chance.random() < 0.2:
            return  # closed before it was sent
        tell = self.chance.choice(["", "nobody", str(self.cast.joana)])
        told = {"key": str(self.chance.random()), "language": "en", "tell": tell}
        for _ in range(self.chance.randint(1, 3)):
            phone.post("/c/", told | sent)

    def on_paper(self, session):
        opened = self.imani.post(f"/checkins/{session}/{self.membership}/after/paper")
        if opened.status_code != 302:
            return
        occasion = Occasion.one(opened["Location"].split("/")[3])
        sent = {n: v for n, v in self.given(occasion.forms).items() if self._on_paper(n)}
        told = {"key": str(self.chance.random()), "day": NOW.date().isoformat()}
        for _ in range(self.chance.randint(1, 2)):
            self.imani.post(opened["Location"], told | sent)

    @staticmethod
    def _on_paper(name):
        _, asked, question = name.split(".")
        return next(q.safety for q in form(asked).questions if q.id == question) != (
            "relationship-safety"
        )

    def mirrored(self, session):
        address = f"/checkins/{session}/{self.membership}/mirror"
        self.imani.get(address)
        of = Occasion.objects.get(session_id=session, writer="therapist")
        self.imani.post(address, {"key": "k", "sent": "1", **self.given(of.forms)})


def risk_answers():
    """Every answer in the database that meets the rule of its form, read by itself."""
    found = []
    for row in Answers.objects.select_related("occasion__membership"):
        content, kept = json.loads(row.get("content")), form(row.form_id)
        for question in kept.questions:
            rule, value = kept.content.item(question.id).safety, content.get(question.id)
            if rule is None or value is None:
                continue
            met = value >= rule.threshold if rule.compare == ">=" else value <= rule.threshold
            if met:
                label = next(o.label for o in question.options if o.value == value)
                found.append((row.occasion_id, question.safety, question.text, label))
    return found


def flags():
    return {
        flag.pk: (flag, json.loads(flag.get("content")))
        for flag in Flag.objects.select_related("membership")
    }


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_a_history_by_all_routes_drops_nobody(cast, sarahs, answered_for, seed):
    chance = random.Random(seed)
    practice = Practice(cast, sarahs, chance)
    sessions = 0
    while sessions < 20 or len(risk_answers()) < 5:  # ids are by chance, and the answers with them
        sessions += 1
        session = practice.session(chance.sample(FORMS, chance.randint(1, 3)))
        way = chance.choice(["link", "card", "paper"])
        practice.on_paper(session) if way == "paper" else practice.by_phone(session, way)
        if chance.random() < 0.4:
            practice.mirrored(session)
    there = flags()
    answers = risk_answers()
    by_answer = {
        (f.answers_id, c["kind"], c["question"], c["answer"]): f for f, c in there.values()
    }
    missing = [answer for answer in answers if answer not in by_answer]
    assert missing == []
    told = set(Notice.objects.values_list("flag_id", flat=True))
    kept_back = {pk for pk, (_, content) in there.items() if content["kept_back"] == "client"}
    assert set(there) == told | kept_back
    assert not told & kept_back
    logged = set(Entry.objects.filter(deed="flag raised").values_list("thing_id", flat=True))
    assert logged == {str(pk) for pk in there}
    # A flag without an answer that was sent is one of an answer that was kept on the way.
    sent = {answer[0] for answer in answers}
    loose = [f for f, _ in there.values() if f.answers_id not in sent]
    assert all(Occasion.one(f.answers_id).state in ("open", "answered") for f in loose)
    assert Answers.objects.values("occasion", "form").distinct().count() == Answers.objects.count()
    assert Receipt.objects.count() == Occasion.objects.filter(state="answered").count()
    assert verify().fault is None
    assert set(Receipt.objects.values_list("route", flat=True)) <= {
        "link",
        "card",
        "paper",
        "mirror",
    }


def test_the_history_would_see_a_dropped_flag(cast, sarahs, open_checkin, send, monkeypatch):
    """The control: with the flag taken out of the way in, the same look finds the answer."""
    monkeypatch.setattr("rapport.web.checkins.actions.raise_flags", lambda *_, **__: 0)
    occasion, (asked,) = open_checkin("phq-9")
    send(occasion, {str(asked): {"q9": 2}})
    assert len(risk_answers()) == 1
    assert flags() == {}


# Two at the same moment


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("same", [True, False], ids=["the same twice", "two different ones"])
def test_two_at_once_store_one(cast, practice, open_checkin, answered_for, same):
    """The row is held while both come, so that they race at the same lock; then it is let go."""
    occasion, (asked,) = open_checkin("phq-9")
    results, threads = [], []
    values = (2, 2) if same else (2, 3)

    def send(value):
        with inside(practice):
            submission = replace(SUBMISSION, key=f"k{value}", answers={str(asked): {"q9": value}})
            try:
                results.append(
                    actions.receive_checkin(
                        occasion=occasion, submission=submission, by=cast.RAPPORT, at=NOW
                    )
                )
            except Refused as refused:
                results.append(refused)
            finally:
                connections.close_all()

    with transaction.atomic():
        Occasion.objects.select_for_update().get(pk=occasion).save()
        for value in values:
            threads.append(threading.Thread(target=send, args=(value,)))
            threads[-1].start()
        for thread in threads:
            thread.join(timeout=0.3)
        assert results == []  # both wait
    for thread in threads:
        thread.join(timeout=30)
    assert (Answers.objects.count(), Receipt.objects.count(), Flag.objects.count()) == (1, 1, 1)
    if same:
        assert results[0] == results[1]
    else:
        assert sorted(isinstance(one, AlreadyAnswered) for one in results) == [False, True]
    assert connection.in_atomic_block is False


# The right place


def test_no_field_of_a_page_changes_where_answers_go(cast, sarahs, open_checkin, answered_for):
    """Three hundred pages with ids of others in every field: all stay where the cookie says."""
    chance = random.Random(13)
    own, (form_id,) = open_checkin("gad-7")
    marta = Membership.objects.get(case=cast.case(cast.marta)).pk
    other, (other_form,) = open_checkin("gad-2", membership=marta)
    foreign = [str(one) for one in (other, other_form, marta, cast.marta, cast.benedikt)]
    names = ["occasion", "membership", "session", "form", "person", "id", "route", "writer",
             "about", "version", "cookie", "tell", "language", "answered_at"]  # fmt: skip
    phone = Client()
    phone.post(f"/c/{actions.make_link(occasion=own, by=cast.RAPPORT, at=NOW)}")
    for n in range(300):
        sent = {name: chance.choice(foreign) for name in chance.sample(names, 5)}
        place = chance.choice([f"a.{other_form}.q1", f"a.{form_id}.q99", f"a.{form_id}.q1"])
        sent |= {"key": f"k{n}", place: chance.choice(["1", "9", "-1", "x", "1.5"])}
        assert phone.post("/c/", sent).status_code in (200, 400, 409, 422)
    assert Answers.objects.exclude(occasion_id=own).count() == 0
    assert set(Answers.objects.values_list("form_id", flat=True)) <= {form_id}
    assert Occasion.one(other).state == "open"
    assert Receipt.objects.get().route == "link"
