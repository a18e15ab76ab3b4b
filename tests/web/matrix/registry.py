"""What the access matrix has to be told about a new route or field. One line each.

ARGUMENTS  a new name in an address, ``<uuid:letter>``: the ids of one owner's letters.
BODIES     a form that a page takes by POST, so that it is sent filled in and not only empty.
TOGETHER   pages that show a therapist several members of one case at once, and why that is right.
FILLS      sealed fields that hold no plain sentence: a date, a number, JSON.
ROWS       how to fill the fields of a model that the practice of the matrix has no row of.
MAY_SEE    what somebody sees of clients who are not their own, by role and field.
"""

import json
import re

from practice_cast import NOW

from rapport.web.checkins.models import Occasion
from rapport.web.measures.models import Goal
from rapport.web.people.models import Consent, Membership, Person, Session
from rapport.web.safety.models import Flag

# -- a new name in an address: (practice of the matrix, id of a person) -> values ----------------
ARGUMENTS = {
    "case": lambda world, person: [m.case_id for m in _of(person)],
    "membership": lambda world, person: [m.pk for m in _of(person)],
    "session": lambda world, person: list(
        Session.objects.filter(attendance__membership__person=person).values_list("pk", flat=True)
    )[:2],
    "flag": lambda world, person: list(
        Flag.objects.filter(membership__person=person).values_list("pk", flat=True)
    ),
    "person": lambda world, person: [person],
    "consent": lambda world, person: list(
        Consent.objects.filter(membership__person=person).values_list("pk", flat=True)
    ),
    "goal": lambda world, person: list(
        Goal.objects.filter(membership__person=person).values_list("pk", flat=True)
    ),
    "occasion": lambda world, person: list(
        Occasion.objects.filter(membership__person=person).values_list("pk", flat=True)
    )[:2],
    "staff": lambda world, person: [world.staff[world.cares[world.owners[person]]]],
    "day": lambda world, person: [NOW.date()],
    "how": lambda world, person: ["reached"],
    "kind": lambda world, person: ["couple"],
    "language": lambda world, person: ["en"],
    "moment": lambda world, person: ["before", "after"],
    "way": lambda world, person: ["email"],
    "token": lambda world, person: [world.links[person], world.way_in],
    "pk": lambda world, person: [1],
}

# -- filled-in forms by the name of the route: (practice of the matrix, id of the owner) -> form --
BODIES = {
    "plan": lambda world, person: {"starts_at": "2026-07-20T10:00", "place": "room"},
    "flag-close": lambda world, person: {"note": "Rang; we meet tomorrow."},
    "checkin": lambda world, person: {"key": "k", "language": "en", "who_sees": "v", "words": "w"},
    "checkin-one": lambda world, person: {"name": f"a.{world.form}.q1", "value": "1"},
    "forget": lambda world, person: {"why": "asked", "name": Person.one(person).get("name")},
    "keep-until": lambda world, person: {"until": "2036-01-01"},
    "account_login": lambda world, person: {"login": "imani@example.org", "password": "guess"},
    "account_reauthenticate": lambda world, person: {"password": "guess"},
    "mfa_authenticate": lambda world, person: {"code": "000000"},
}

# -- pages where a therapist sees several members of one case at once ----------------------------
TOGETHER = {
    "home": "the therapist's own first page: what came in from everybody, before anybody is there",
}

# -- sealed fields that are no plain sentence: (row, canary, number of the owner) -> text --------
FILLS = {
    ("Person", "email"): lambda row, word, number: f"{word}@example.org",
    ("Person", "born"): lambda row, word, number: f"19{31 + number}-02-{11 + number}",
    ("Answers", "content"): lambda row, word, number: _with(row, "content", canary=word),
    ("Answers", "scores"): lambda row, word, number: json.dumps({"total": _score(number)}),
    ("Draft", "content"): lambda row, word, number: json.dumps(
        {row.occasion.forms[0]: {"q1": word}}
    ),
    ("Draft", "flagged"): lambda row, word, number: json.dumps({word: {"q1": [1]}}),
    ("Standing", "content"): lambda row, word, number: _with(row, "content", told=word),
    ("Flag", "content"): lambda row, word, number: _with(
        row, "content", question=word, answer=word
    ),
}
VALUES = re.compile(r"\b19\d\d-02-\d\d\b|\b3\.\d{4}\b")  # canaries that are no word, see FILLS

# -- models without a row: name -> fields that can't be guessed ----------------------------------
ROWS = {
    "Consent": {"about": "treatment", "text_version": "1"},
}

# -- what is seen of clients who are not one's own: role -> fields -------------------------------
MAY_SEE = {
    "front-desk": {"person.name"},
    "practice-lead": {"person.name"},  # on the pages of forgetting: nobody else is left to do it
}


def _of(person):
    return Membership.objects.filter(person=person)


def _with(row, field, **told):
    return json.dumps(json.loads(row.get(field) or "{}") | told)


def _score(number):
    return round(3 + (number + 1) * 0.0137, 4)
