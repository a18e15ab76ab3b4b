"""Sarah has an address and a session tomorrow; a mail box shows what arrived."""

from datetime import timedelta

import pytest
from django.core import mail
from practice_cast import NOW

from rapport.web.messages.actions import write_invitations, write_nudges
from rapport.web.messages.outbox import deliver
from rapport.web.people import actions as people
from rapport.web.people.models import Membership


@pytest.fixture
def with_address(cast):
    """A client with an address in a case of Imani's; gives the membership."""

    def made(name="Sarah Lindqvist", therapist=None, **told):
        contact = {"email": f"{name.split()[0].lower()}@client.example"} | told
        person = people.add_person(
            name=name, **({"language": "en", "zone": "Europe/Berlin"} | contact),
            by=cast.RAPPORT, at=NOW,
        )  # fmt: skip
        return Membership.objects.get(case=cast.case(person, therapist=therapist)).pk

    return made


@pytest.fixture
def sarahs(with_address):
    return with_address()


@pytest.fixture
def session(cast, sarahs):
    return planned(cast, sarahs, NOW + timedelta(hours=24))


@pytest.fixture
def goes_round():
    """What the worker does with messages in one round; gives what arrived in it."""

    def round_(at):
        before = len(mail.outbox)
        write_nudges(at=at)
        write_invitations(at=at)
        deliver(at=at)
        return mail.outbox[before:]

    return round_


def planned(cast, membership, starts_at, **told):
    case = Membership.one(membership).case_id
    return people.plan_session(
        case=case, staff=cast.imani, starts_at=starts_at, by=cast.RAPPORT, at=NOW, **told
    )
