"""The named people of every web test. All of them are made up."""

from datetime import UTC, datetime

from rapport.web.audit.actions import SYSTEM
from rapport.web.people import actions
from rapport.web.people.models import Membership
from rapport.web.people.secrets.actions import accept
from rapport.web.people.secrets.queries import agreement_of

NOW = datetime(2026, 7, 6, 9, 0, tzinfo=UTC)
STAFF = {
    "imani": ("Imani Okafor", "therapist"),
    "benedikt": ("Benedikt Aalto", "therapist"),
    "joana": ("Joana Teixeira", "therapist"),
    "ruth": ("Ruth Weiss", "front-desk"),
}
PEOPLE = {
    "sarah": "Sarah Lindqvist",
    "marta": "Marta Ferreira",
    "dev": "Dev Raman",
    "rana": "Rana Haddad",
    "erik": "Erik Sund",
    "yusuf": "Yusuf Haddad",
}


class Cast:
    """Ids by first name; staff are there at once, clients and cases as a test asks for them."""

    RAPPORT = SYSTEM

    def __init__(self):
        self._known = {first: self._staff(*STAFF[first]) for first in STAFF}

    def __getattr__(self, first):
        known = self.__dict__["_known"]
        if first not in known:
            known[first] = self.person(PEOPLE[first])
        return known[first]

    def _staff(self, name, role):
        email = f"{name.split()[0].lower()}@example.org"
        return actions.add_staff(name=name, email=email, roles=[role], by=self.RAPPORT, at=NOW)

    def person(self, name, **told):
        return actions.add_person(
            name=name, language="en", zone="Europe/Berlin", by=self.RAPPORT, at=NOW, **told
        )

    def case(self, *people, kind="individual", therapist=None, **told):
        """Open a case of these people; unless told, all of them have accepted its policy."""
        accepted = told.pop("accepted", True)
        settings = {"policy": "limited", "by": self.RAPPORT, "at": NOW, **told}
        care = [therapist or self.imani]
        case = actions.open_case(kind=kind, people=people, therapists=care, **settings)
        if accepted:
            self.accept_policy(case)
        return case

    def accept_policy(self, case):
        """Every member of a case accepts how secrets are handled, as they would on the page."""
        for member in Membership.objects.filter(case=case):
            asked = agreement_of(member.pk, at=NOW)
            version = asked.version if asked else ""
            accept(membership=member.pk, version=version, by=self.RAPPORT, at=NOW)

    def couple(self):
        return self.case(self.marta, self.dev, kind="couple", therapist=self.benedikt)
