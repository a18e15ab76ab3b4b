"""Every page x everybody x everybody's things: nobody is shown what belongs to another (P19).

The routes come from the program, the canaries from the fields. What the matrix can't know it asks
for by name: see ``registry.py``.
"""

from dataclasses import replace

import pytest
from matrix import crawl as crawling
from matrix.canaries import canary, sealed_fields, sealed_models
from matrix.crawl import crawl, routes, unknown_arguments
from matrix.practice import Practice, stop_the_clock
from matrix.viewers import viewers

from rapport.web.people import queries as people
from rapport.web.people.models import Case, Membership
from rapport.web.practice import relationship

LEAST = 100_000 if crawling.WHOLE else 10_000
pytestmark = pytest.mark.slow


@pytest.fixture
def world(practice, monkeypatch):
    monkeypatch.setenv("RAPPORT_PRACTICE_KEY", bytes(range(32)).hex())
    stop_the_clock(monkeypatch)
    return Practice()


def the(world, *names):
    return [one for one in viewers(world) if one.name in names]


def route(name):
    return [one for one in routes() if one.name == name]


def test_every_argument_of_every_address_is_known_to_the_registry():
    assert unknown_arguments() == []


def test_every_sealed_field_of_every_model_has_a_canary_of_every_client(world):
    without = [
        f"{model.__name__}.{field} of {owner}"
        for model in sealed_models()
        for person, owner in world.owners.items()
        for field in sealed_fields(model)
        if not any(row.get(field) for row in world.canaries.rows_of(model, person))
    ]
    assert without == []


def test_nobody_is_shown_anything_of_another(world, capsys):
    seen = crawl(world, list(viewers(world)), routes())
    with capsys.disabled():
        print(f"\naccess matrix: {seen.replies:,} responses, {seen.opened:,} pages opened, "
              f"{len(seen.foreign)} foreign canaries")  # fmt: skip
    assert seen.foreign[:20] == []
    assert seen.replies >= LEAST
    assert seen.opened >= seen.replies // 100  # who opens nothing sees nothing: that proves nothing


def test_a_therapist_does_see_their_own_clients_words(world):
    """The canaries are on pages at all: else the matrix would search for what is nowhere."""
    (imani,) = the(world, "imani")
    (place,) = route("member")
    own = Membership.objects.get(person=world.people["sarah"])
    reply = imani.browser().get(place.address((own.case_id, own.pk)))
    assert canary("sarah", "receipt", "words") in reply.content.decode()


def test_a_page_that_forgets_whose_it_is_is_found(world, monkeypatch):
    monkeypatch.setattr(people, "_case_of", lambda case, reader: Case.one(case))
    for asks in ("checkins.queries", "people.queries", "people.reaching"):
        monkeypatch.setattr(f"rapport.web.{asks}.must_care_for", lambda *a, **k: None)
    seen = crawl(world, the(world, "imani", "benedikt"), route("case") + route("member"))
    assert any("shows receipt.words of nora" in line for line in seen.foreign)
    assert any("shows person.name of sarah" in line for line in seen.foreign)


def test_a_page_that_shows_two_members_together_is_found(world, monkeypatch):
    one_alone = relationship._member_page

    def both_together(case, member, reader, at):
        read = [one_alone(case, one, reader, at) for one in case.members]
        words = tuple(words for page in read for words in page.all_words)
        return replace(one_alone(case, member, reader, at), earlier=words)

    monkeypatch.setattr(relationship, "_member_page", both_together)
    seen = crawl(world, the(world, "imani"), route("member"))
    assert any("of one case together" in line for line in seen.foreign)


def test_a_check_in_that_shows_what_another_wrote_is_found(world, monkeypatch):
    from rapport.web.checkins import queries

    landing = queries.landing

    def talkative(*, language):
        page = landing(language=language)
        return replace(page, who_sees=(canary("dev", "receipt", "words"),))

    monkeypatch.setattr("rapport.web.checkins.queries.landing", talkative)
    seen = crawl(world, the(world, "client marta", "client dev"), route("checkin-link"))
    assert any(line.startswith("client marta") and "of dev" in line for line in seen.foreign)
    assert any(line.startswith("client dev") for line in seen.foreign)  # not even their own, again


def test_a_secret_of_a_link_on_a_page_is_found(world):
    from rapport.web.checkins.models import Link

    kept = Link.objects.first().token
    assert world.canaries.in_text(f"<p>{kept}</p>")
    assert not world.canaries.in_text(f"<p>{'0' * 64}</p>")
