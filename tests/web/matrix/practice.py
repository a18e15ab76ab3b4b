"""A practice in which everybody has something that nobody else may see.

Two therapists, a supervisor, a lead, a front desk, an administrator; one person alone with each
therapist, two couples, a family with a child, a group. Everything is made by the practice's own
actions; then a canary is put into every sealed field.
"""

import sys
from dataclasses import replace
from datetime import timedelta
from itertools import count

from django.db import transaction
from matrix import registry
from matrix.canaries import Canaries
from practice_cast import NOW
from submissions import SUBMISSION

from rapport.web.audit.actions import SYSTEM
from rapport.web.checkins import actions as checkins
from rapport.web.core.clock import now
from rapport.web.measures.actions import pin_form, set_goal
from rapport.web.people import actions as people
from rapport.web.people.course import open_cases
from rapport.web.people.models import Membership
from rapport.web.people.queries import Reader
from rapport.web.people.secrets.actions import accept
from rapport.web.people.secrets.queries import agreement_of
from rapport.web.people.sign_in.actions import make_link
from rapport.web.reading.queries import standings_for
from rapport.web.safety import actions as safety

BY = {"by": SYSTEM, "at": NOW}
STAFF = {
    "imani": "therapist", "benedikt": "therapist", "sunniva": "supervisor",
    "lea": "practice-lead", "ruth": "front-desk", "adam": "administrator",
}  # fmt: skip
CASES = (
    ("individual", "imani", ("sarah",)),
    ("individual", "benedikt", ("nora",)),
    ("couple", "benedikt", ("marta", "dev")),
    ("couple", "imani", ("pia", "tom")),
    ("family", "imani", ("rana", "erik", "yusuf")),
    ("group", "benedikt", ("gro", "hans", "inga")),
)
AFRAID = {"kind": "relationship-safety", "question": "q", "answer": "a"}
AT_RISK = {"kind": "self-harm", "question": "q", "answer": "a"}


def stop_the_clock(monkeypatch):
    """It is NOW on every page; who is signed in, and for how long, goes by the real time."""
    for name, module in list(sys.modules.items()):
        shows = name.startswith("rapport.web.") and ".views" in name and ".sign_in." not in name
        if shows and getattr(module, "now", None) is now:
            monkeypatch.setattr(module, "now", lambda: NOW)


class Practice:
    """Ids by name, and who works with whom.

    Attributes:
        staff, people: ids by first name.
        cares: therapist's first name by client's.
        case: number of a client's case, by client's name.
        links, cookies: of each client's open check-in, by person's id.
    """

    def __init__(self):
        self.staff = {name: self._staff(name, role) for name, role in STAFF.items()}
        self.people, self.cares, self.case, self.links, self.cookies = {}, {}, {}, {}, {}
        self.roles = STAFF
        self._numbers = count()
        self._answered_for()
        self.form = pin_form(instrument="phq-9", language="en", **BY)
        self.way_in = make_link(staff=self.staff["adam"], **BY)
        for kind, therapist, names in CASES:
            self._case(kind, therapist, names)
        self._looked_at()
        self.owners = {str(id): name for name, id in self.people.items()}
        self.canaries = Canaries(self.owners)
        self.canaries.planted()
        self.queries = [self._asking_for(person) for person in self.owners]

    def _looked_at(self):
        """Each therapist saw their caseload once: what their readings say is kept."""
        for name in {*self.cares.values()}:
            reader = Reader(staff=self.staff[name], roles=(self.roles[name],))
            standings_for(open_cases(reader=reader), reader=reader, at=NOW)

    def _asking_for(self, person):
        """Every name of an address with the first of this person's ids: ?case=...&flag=..."""
        known = {name: ids(self, person) for name, ids in registry.ARGUMENTS.items()}
        return {name: str(found[0]) for name, found in known.items() if found}

    def _staff(self, name, role):
        email = f"qz0{name}0staff0email0qz@example.org"
        return people.add_staff(name=name.title(), email=email, roles=[role], **BY)

    def _answered_for(self):
        """The supervisor answers, then the lead: their flags are theirs to read."""
        safety.set_response_plan(
            responder=self.staff["sunniva"], backup=self.staff["lea"], lead=self.staff["lea"],
            hours="Mon to Fri", minutes=30, emergency="112", help_text={"en": "Helpline"},
            consent_text={"en": "We read answers on working days."}, **BY,
        )  # fmt: skip

    def _case(self, kind, therapist, names):
        number = next(self._numbers)
        for name in names:
            told = {"name": name, "email": "e", "phone": "p", "safe_way": "s", "born": "1990-01-01"}
            self.people[name] = people.add_person(language="en", zone="Europe/Berlin", **told, **BY)
            self.cares[name], self.case[name] = therapist, number
        case = people.open_case(
            kind=kind, people=[self.people[name] for name in names], policy="limited",
            therapists=[self.staff[therapist]], **BY,
        )  # fmt: skip
        for member in Membership.objects.filter(case=case):
            asked = agreement_of(member.pk, at=NOW)
            accept(membership=member.pk, version=asked.version if asked else "", **BY)
        for name in names:
            self._history(case, name, self.staff[therapist])

    def _history(self, case, name, therapist):
        """A goal, a guardian's consent, answers, flags, an open check-in with a draft."""
        member = Membership.objects.get(case=case, person=self.people[name]).pk
        set_goal(membership=member, words="w", **BY)
        people.note_consent(
            membership=member, about="treatment", text_version="1", guardian="g", **BY
        )
        answered = self._session(case, therapist, member, answered=True)
        self._flags(member, answered, therapist)
        self._session(case, therapist, member, answered=False)

    def _session(self, case, therapist, member, *, answered):
        when = {"starts_at": NOW} if answered else {"starts_at": NOW + timedelta(hours=1)}
        session = people.plan_session(case=case, staff=therapist, members=[member], **when, **BY)
        occasion = checkins.open_occasion(
            session=session, membership=member, writer="client", about=therapist, moment="after",
            forms=[self.form], opens_at=NOW, closes_at=NOW + timedelta(days=7), **BY,
        )  # fmt: skip
        token = checkins.make_link(occasion=occasion, **BY)
        cookie = checkins.enter(token=token, at=NOW)
        given = {"cookie": cookie, "form_id": self.form, "question": "q1", "value": 1, "at": NOW}
        if answered:
            answers = {str(self.form): {f"q{n}": 1 for n in range(1, 9)}}
            whole = replace(SUBMISSION, answers=answers, words="w")
            checkins.receive_by_link(cookie=cookie, submission=whole, at=NOW)
        else:
            checkins.keep_draft(**given)
            person = str(Membership.one(member).person_id)
            self.links[person], self.cookies[person] = token, cookie
        return occasion

    def _flags(self, member, answers, therapist):
        """One of each kind is open, and one was answered, with a note."""
        for risk in (AT_RISK, AFRAID, AT_RISK):
            with transaction.atomic():
                flag = safety.raise_flag(
                    membership=member, answers=answers, therapist=therapist,
                    risk=safety.RiskAnswer(**risk), **BY,
                )  # fmt: skip
        answers_it = Reader(staff=self.staff["sunniva"], roles=("supervisor",))
        safety.close(flag=flag, note="n", reader=answers_it, at=NOW)
