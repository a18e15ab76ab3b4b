"""A practice that is going to be killed: made once, written to by many, looked at afterwards."""

import json
import os
from collections import Counter, defaultdict
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from django.core.management import call_command
from django.db import connection, connections, transaction
from practice_cast import NOW, Cast
from submissions import SUBMISSION

from rapport.web.audit.models import Entry
from rapport.web.audit.queries import verify
from rapport.web.checkins import actions
from rapport.web.checkins.models import Answers, Occasion, Receipt
from rapport.web.core.access import inside
from rapport.web.core.engine import sqlite3
from rapport.web.core.environment import key
from rapport.web.core.keys import KeyStore, key_store, using
from rapport.web.measures.actions import pin_form
from rapport.web.people import actions as people
from rapport.web.people.models import Membership, Person
from rapport.web.safety.models import Flag, Notice

FORMS = {"phq-9": 9, "gad-7": 7}  # questions q1, q2, ...; q9 of the first is about self-harm
SEEN = ("whole", "untouched", "lost", "doubled", "partial", "no_flag", "no_answers", "damaged")
SYSTEM = {"by": Cast.RAPPORT, "at": NOW}


def made(folder, check_ins):
    """Make a practice with that many open check-ins in a folder; gives what writers need."""
    os.chdir(folder)
    store = KeyStore(Path("keys.sqlite3"), practice_key=key("RAPPORT_PRACTICE_KEY"))
    with closing(store), using(store):
        call_command("migrate", verbosity=0)
        practice = people.open_practice(
            name="Made-up practice", zone="Europe/Berlin", language="en", consent_age=16,
            made_up=True, **SYSTEM,
        )  # fmt: skip
        with inside(practice), transaction.atomic():
            known = _opened(Cast(), check_ins)
            received(known, known["occasions"].pop())  # what is loaded late is loaded now
    connections.close_all()
    return known | {"practice": str(practice)}


def _opened(cast, check_ins):
    case = cast.case(cast.sarah)
    member = Membership.objects.get(case=case).pk
    forms = [pin_form(instrument=name, language="en", **SYSTEM) for name in FORMS]
    opened = [
        actions.open_occasion(
            session=people.plan_session(case=case, staff=cast.imani, starts_at=NOW, **SYSTEM),
            membership=member, writer="client", about=cast.imani, moment="before", forms=forms,
            opens_at=NOW, closes_at=NOW + timedelta(days=7), **SYSTEM,
        )
        for _ in range(check_ins + 1)
    ]  # fmt: skip
    return {"occasions": [str(one) for one in opened], "forms": [str(form) for form in forms]}


def answers_of(known, occasion):
    """The answers to one check-in, other ones for each; the last of the PHQ-9 is never 0."""
    draws = iter(UUID(occasion).bytes)
    given = {
        form: {f"q{n}": next(draws) % 4 for n in range(1, questions + 1)}
        for form, questions in zip(known["forms"], FORMS.values(), strict=True)
    }
    given[known["forms"][0]]["q9"] = 1 + UUID(occasion).int % 3
    return given


def words_of(occasion):
    """The writer's own words with one check-in."""
    return f"words of {occasion}"


def received(known, occasion):
    """Hand in one risk-positive check-in."""
    answers = answers_of(known, occasion)
    submission = replace(SUBMISSION, key=occasion, answers=answers, words=words_of(occasion))
    actions.receive_checkin(occasion=UUID(occasion), submission=submission, **SYSTEM)
    return occasion


def enrolled(known, occasion):
    """Add a client, whose key is made first, in a file of its own."""
    name = f"Client {occasion}"
    return str(people.add_person(name=name, language="en", zone="Europe/Berlin", **SYSTEM))


def prepared(defect, pages):
    """Open what a writer opens, and plant a defect if one is named."""
    connection.cursor().execute(f"PRAGMA wal_autocheckpoint = {pages}")
    if defect == "synchronous-normal":
        connection.cursor().execute("PRAGMA synchronous = NORMAL")
    if defect == "no-transaction":
        _without_transaction()
    if defect == "keys-off":
        key_store()._file.execute("PRAGMA synchronous = OFF")


def _without_transaction():
    """Every statement for itself: what an intake looks like that forgot its transaction."""

    class Always:
        in_atomic_block = True

    from rapport.web.audit import actions as audit

    audit.connection = Always
    actions.receive_checkin = actions.receive_checkin.__wrapped__


def looked_at(known, acknowledged):
    """Open the practice again and count what is wrong with it; all zero: nothing."""
    seen = Counter(dict.fromkeys(SEEN, 0))
    with inside(UUID(known["practice"])):
        kept = _kept()
        for occasion in known["occasions"]:
            seen[_found(known, kept, occasion, occasion in acknowledged)] += 1
        seen["no_answers"] += len(kept["flags"].keys() - kept["answers"].keys())
        seen["damaged"] += _damage()
    return dict(seen)


def clients_looked_at(known, acknowledged):
    """The same of clients: each that was acknowledged is there and its key opens the name."""
    seen = Counter(dict.fromkeys(SEEN, 0))
    with inside(UUID(known["practice"])):
        keys = key_store().people()
        there = {str(person.pk): person for person in Person.objects.all()}
        for one in acknowledged | there.keys():
            whole = one in keys and one in there and bool(there[one].get("name"))
            seen["whole" if whole else "lost" if one in acknowledged else "partial"] += 1
        seen["damaged"] += _damage()
    return dict(seen)


def gone_on(work, known, acknowledged):
    """Everybody sends once more, also who got no answer before; gives what must be there now."""
    others = [one for one in known["occasions"] if one not in acknowledged][:2]
    again = [*acknowledged, *others] if work == "received" else others
    with inside(UUID(known["practice"])):
        return {*acknowledged, *(WORK[work](known, one) for one in again)}


def _kept():
    """Everything that check-ins left behind: lists by the id of the check-in."""
    kept = {
        "occasions": _by(Occasion.objects.filter(state="answered"), "pk"),
        "receipts": _by(Receipt.objects.select_related("occasion__membership"), "occasion_id"),
        "answers": _by(Answers.objects.select_related("occasion__membership"), "occasion_id"),
        "flags": _by(Flag.objects.filter(closed_at=None), "answers_id"),
        "lines": _by(Entry.objects.filter(deed="check-in received"), "thing_id"),
    }
    told = {notice.flag_id for notice in Notice.objects.all()}
    kept["told"] = {one: rows for one, rows in kept["flags"].items() if rows[0].pk in told}
    return kept


def _by(rows, field):
    found = defaultdict(list)
    for row in rows:
        found[str(getattr(row, field))].append(row)
    return found


def _found(known, kept, occasion, acknowledged):
    """One word for what became of one check-in."""
    there = {name: len(rows[occasion]) for name, rows in kept.items() if occasion in rows}
    if not there:
        return "lost" if acknowledged else "untouched"
    if there.pop("answers", 0) > len(FORMS) or max(there.values(), default=0) > 1:
        return "doubled"
    if not there.keys() >= {"flags", "told"}:
        return "no_flag"
    given = {str(row.form_id): _given(row) for row in kept["answers"][occasion]}
    said = [row.get("words") for row in kept["receipts"][occasion]]
    same = given == answers_of(known, occasion) and said == [words_of(occasion)]
    return "whole" if same and there.keys() >= {"occasions", "lines"} else "partial"


def _given(row):
    content = json.loads(row.get("content"))
    return {question: value for question, value in content.items() if value is not None}


def _damage():
    """Faults of the two files and of the log's chain."""
    with connection.cursor() as database, closing(sqlite3.connect("keys.sqlite3")) as keys:
        states = [
            database.execute("PRAGMA integrity_check").fetchall(),
            keys.execute("PRAGMA integrity_check").fetchall(),
        ]
        strangers = database.execute("PRAGMA foreign_key_check").fetchall()
    broken = sum(state != [("ok",)] for state in states)
    return broken + len(strangers) + (verify().fault is not None)


WORK = {"received": received, "enrolled": enrolled}
LOOK = {"received": looked_at, "enrolled": clients_looked_at}
