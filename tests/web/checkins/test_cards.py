"""A card opens what is due now with its digits, and nothing else; guessing finds nothing."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from doors_cast import signed_in
from practice_cast import NOW

from rapport.web.audit.models import Entry
from rapport.web.checkins import limits
from rapport.web.checkins.cards import actions as cards
from rapport.web.checkins.errors import NotOpened, TooManyGuesses
from rapport.web.checkins.models import Card, Guesses, Link, Occasion, Receipt
from rapport.web.core.errors import NotHere
from rapport.web.people import actions as people
from rapport.web.people.errors import NotAllowed
from rapport.web.people.models import Membership
from rapport.web.people.queries import reader_of

FORM = "rapport-checkin-client"


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    """The time of the pages; a test may move it."""

    class Clock:
        at = NOW

    for views in ("checkins.views", "checkins.by_staff.views"):
        monkeypatch.setattr(f"rapport.web.{views}.now", lambda: Clock.at)
    return Clock


@pytest.fixture
def session(cast, sarahs):
    """Plan a session of Sarah's so many hours from now."""

    def planned(hours, held=False):
        case = Membership.one(sarahs).case_id
        starts_at = NOW + timedelta(hours=hours)
        session = people.plan_session(
            case=case, staff=cast.imani, starts_at=starts_at, by=cast.RAPPORT, at=NOW
        )
        if held:
            people.hold_session(session=session, came=[sarahs], by=cast.RAPPORT, at=NOW)
        return session

    return planned


@pytest.fixture
def card(cast, sarahs):
    return cards.make_card(membership=sarahs, reader=reader_of(cast.imani), at=NOW)


def scan(card, pin=None, place="192.0.2.1", phone=None):
    phone = phone or Client(REMOTE_ADDR=place)
    return phone.post(f"/c/card/{card.token}", {"pin": pin or card.pin})


def wrong(card):
    return f"{(int(card.pin) + 1) % 10**6:06}"


def test_a_look_shows_and_uses_up_nothing_and_a_false_card_looks_the_same(card):
    phone = Client()
    true, false = phone.get(f"/c/card/{card.token}"), phone.get("/c/card/a-guess")
    assert true.content == false.content
    assert (true.status_code, false.status_code) == (200, 200)
    assert phone.head(f"/c/card/{card.token}").status_code == 200
    assert "Sarah" not in true.content.decode()
    assert (Occasion.objects.count(), Link.objects.count(), Guesses.objects.count()) == (0, 0, 0)


def test_neither_address_nor_digits_are_in_the_database(card):
    kept = Card.objects.get()
    assert card.token not in kept.token
    assert card.pin not in kept.pin
    assert (len(kept.token), len(kept.pin)) == (64, 64)


def test_it_opens_what_is_due_now_and_the_route_is_kept(card, session, sarahs):
    due = session(1)
    phone = Client()
    assert scan(card, phone=phone)["Location"] == "/c/"
    page = phone.get("/c/").content.decode()
    assert (Occasion.objects.get().session_id, Occasion.objects.get().moment) == (due, "before")
    name = re.search(r'name="(a\.[^"]+)"', page).group(1)
    assert phone.post("/c/", {"key": "k", "language": "en", name: "1"}).status_code == 200
    assert Receipt.objects.get().route == "card"


@pytest.mark.parametrize(
    ("sessions", "moment"),
    [
        ([(1, False)], "before"),
        ([(-2, True)], "after"),
        ([(-2, False)], "after"),  # nobody has noted yet that it was held
        ([(-0.2, False)], "before"),  # who comes late still means the one that begins
        ([(-100, True), (1, False)], "before"),
        ([(-100, True), (60, False)], "after"),
        ([(60, False)], "before"),
    ],
)
def test_of_several_the_nearest_is_opened(card, session, sessions, moment):
    for hours, held in sessions:
        session(hours, held)
    assert scan(card).status_code == 302
    assert Occasion.objects.get().moment == moment


def test_what_is_answered_gives_way_to_the_next_and_then_to_nothing(card, session, send):
    session(-2, True)
    session(60)
    for moment in ("after", "before"):
        assert scan(card).status_code == 302
        of = Occasion.objects.get(state="open")
        assert of.moment == moment
        send(of.pk, {})
    done = scan(card)
    assert done.status_code == 409
    assert "no question waits for you" in done.content.decode()


@pytest.mark.parametrize("hours", [-24 * 8, 24 * 8])
def test_what_is_too_long_ago_or_too_far_ahead_is_not_opened(card, session, hours):
    session(hours)
    assert scan(card).status_code == 409
    assert Occasion.objects.count() == 0


def test_a_link_that_was_sent_stays_open_beside_the_card(cast, card, session, sarahs):
    from rapport.web.checkins import actions

    token = actions.invite(
        session=session(1), membership=sarahs, moment="before", by=cast.RAPPORT, at=NOW
    )
    scan(card)
    assert Client().post(f"/c/{token}").status_code == 302


def test_wrong_digits_and_a_false_card_get_the_same_answer(card):
    one = scan(card, wrong(card))
    other = Client().post("/c/card/a-guess", {"pin": "123456"})
    assert (one.status_code, other.status_code) == (403, 403)
    assert one.content == other.content


def test_after_five_wrong_tries_even_the_right_digits_open_nothing(card, session):
    session(1)
    for n in range(cards.TRIES):
        scan(card, wrong(card), place=f"192.0.2.{n}")
    closed = scan(card, place="192.0.2.99")
    assert closed.status_code == 403
    assert closed.content == Client().post("/c/card/a-guess", {"pin": "1"}).content
    assert Entry.objects.filter(deed="card closed after wrong digits").count() == 1


def test_the_therapist_opens_it_again_with_new_digits(cast, card, session, sarahs):
    session(1)
    for n in range(cards.TRIES):
        scan(card, wrong(card), place=f"192.0.2.{n}")
    imani = signed_in(cast.imani)
    assert (
        "is closed after five wrong tries"
        in imani.get(f"/checkins/card/{sarahs}/").content.decode()
    )
    page = imani.post(f"/checkins/card/{sarahs}/digits").content.decode()
    digits = re.search(r"\d{3} \d{3}", page).group()
    assert scan(card, digits).status_code == 302


def test_right_digits_start_the_count_anew(card, session):
    session(1)
    for _ in range(3):
        scan(card, wrong(card))
        scan(card)
        scan(card, wrong(card))
        assert scan(card).status_code == 302


def test_all_million_digits_tried_one_after_the_other_open_nothing(
    cast, card, session, monkeypatch
):
    """The full count by its rule: after the fifth no digit is compared any more."""
    session(1)
    compared = []
    real = cards._keyed
    monkeypatch.setattr(cards, "_keyed", lambda c, pin: compared.append(pin) or real(c, pin))
    for pin in range(200):
        if f"{pin:06}" == card.pin:
            continue
        with pytest.raises((NotOpened, TooManyGuesses)):
            cards.open_with_card(token=card.token, pin=f"{pin:06}", place=f"10.0.{pin}.1", at=NOW)
    assert len(compared) == cards.TRIES
    with pytest.raises(NotOpened):
        cards.open_with_card(token=card.token, pin=card.pin, place="10.9.9.9", at=NOW)


def test_guessing_from_many_addresses_finds_nothing_and_the_limiter_is_on(card, monkeypatch):
    """A thousand guesses from each of ten addresses: so many are looked at as the limit says."""
    looked = []
    real = cards._tried
    monkeypatch.setattr(cards, "_tried", lambda *a: looked.append(a) or real(*a))
    hits = refused = 0
    for n in range(1_000):
        try:
            cards.open_with_card(token=f"guess-{n}", pin="123456", place=f"10.0.0.{n % 10}", at=NOW)
            hits += 1
        except TooManyGuesses:
            refused += 1
        except NotOpened:
            pass
    assert hits == 0
    assert len(looked) == 10 * limits.WRONG
    assert refused == 1_000 - len(looked)


def test_links_are_guarded_by_the_same_count(cast, open_checkin):
    phone = Client(REMOTE_ADDR="198.51.100.7")
    answers = [phone.post(f"/c/guess-{n}").status_code for n in range(limits.WRONG + 5)]
    assert answers == [410] * limits.WRONG + [429] * 5
    assert Client(REMOTE_ADDR="198.51.100.8").post("/c/guess").status_code == 410


def test_without_the_count_every_guess_would_be_looked_at(card, monkeypatch):
    """The control: with the limiter taken out nothing refuses."""
    monkeypatch.setattr(cards, "must_not_guess", lambda **_: None)
    for n in range(limits.WRONG + 5):
        with pytest.raises(NotOpened):
            cards.open_with_card(token=f"guess-{n}", pin="1", place="10.0.0.1", at=NOW)


def test_after_a_quarter_of_an_hour_a_place_may_try_again_and_nothing_of_it_is_kept(card, session):
    session(1)
    for _ in range(limits.WRONG):
        limits.note_guess(place="10.0.0.1", at=NOW)
    with pytest.raises(TooManyGuesses):
        limits.must_not_guess(place="10.0.0.1", at=NOW + timedelta(minutes=14))
    later = NOW + timedelta(minutes=15)
    limits.must_not_guess(place="10.0.0.1", at=later)
    limits.note_guess(place="10.0.0.2", at=later)
    assert Guesses.objects.count() == 1


def test_a_whole_waiting_room_behind_one_address_gets_in(cast, session, card):
    session(1)
    for _ in range(limits.WRONG * 2):
        assert scan(card).status_code == 302


def test_no_address_of_the_network_is_kept_in_clear(card):
    scan(card, wrong(card), place="203.0.113.77")
    assert "203.0.113.77" not in str(list(Guesses.objects.values()))


def test_another_card_ends_the_first_and_a_lost_one_can_be_ended(cast, card, session, sarahs):
    session(1)
    reader = reader_of(cast.imani)
    second = cards.make_card(membership=sarahs, reader=reader, at=NOW)
    assert scan(card).status_code == 403
    assert scan(second).status_code == 302
    cards.end_card(membership=sarahs, reader=reader, at=NOW)
    assert scan(second).status_code == 403
    with pytest.raises(NotHere):
        cards.new_digits(membership=sarahs, reader=reader, at=NOW)


def test_after_discharge_it_opens_nothing(cast, card, session, sarahs):
    session(1)
    people.leave(membership=sarahs, why="discharged", by=cast.RAPPORT, at=NOW)
    assert scan(card).status_code == 403


def test_only_who_cares_for_a_member_makes_a_card(cast, sarahs):
    with pytest.raises(NotHere):
        cards.make_card(membership=sarahs, reader=reader_of(cast.joana), at=NOW)
    with pytest.raises(NotAllowed):
        cards.make_card(membership=sarahs, reader=reader_of(cast.ruth), at=NOW)


def test_the_card_is_shown_once_with_a_code_that_needs_no_script_and_no_style(cast, sarahs):
    imani = signed_in(cast.imani)
    page = imani.post(f"/checkins/card/{sarahs}/make").content.decode()
    picture = re.search(r"<svg.*?</svg>", page, re.S).group()
    assert not re.search(r"style|script|<image|href", picture)
    address = re.search(r"http://testserver/c/card/([\w-]+)", page)
    digits = re.search(r"\d{3} \d{3}", page).group()
    printed = page[page.index('class="a6"') :]
    assert digits not in printed
    assert "Sarah" not in printed
    assert digits not in address.group()
    again = imani.get(f"/checkins/card/{sarahs}/").content.decode()
    assert address.group(1) not in again
    assert digits not in again


def test_behind_a_proxy_wrong_codes_are_counted_where_they_come_from(card, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1

    def guess(place):
        told = {"HTTP_X_FORWARDED_FOR": place}
        return Client().post("/c/guess", **told).status_code

    assert [guess("198.51.100.7") for _ in range(limits.WRONG + 1)][-1] == 429
    assert guess("198.51.100.8") == 410
