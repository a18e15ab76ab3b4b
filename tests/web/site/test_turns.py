"""A long page holds up no check-in, and one check-in waits for the other."""

import threading

import pytest

from rapport.web.core.turns import in_turn
from rapport.web.site.turns import short_ones_take_turns

SOON, LATE = 0.2, 10


@pytest.fixture
def asked():
    """Ask for an address in a thread; gives what is set as soon as it is answered."""
    threads = []

    def ask(path):
        done = threading.Event()
        answer = short_ones_take_turns(lambda asked, start: done.set() or [b"said"])
        threads.append(threading.Thread(target=lambda: answer({"PATH_INFO": path}, None)))
        threads[-1].start()
        return done

    yield ask
    for thread in threads:
        thread.join(LATE)
        assert not thread.is_alive()


def test_a_check_in_waits_until_the_other_is_through(asked):
    with in_turn():
        waits = asked("/c/token")
        assert not waits.wait(SOON)
    assert waits.wait(LATE)


def test_a_page_of_staff_waits_for_no_check_in(asked):
    with in_turn():
        assert asked("/cases/").wait(LATE)


def test_what_is_answered_goes_through(asked):
    answer = short_ones_take_turns(lambda asked, start: [asked["PATH_INFO"].encode()])
    assert answer({"PATH_INFO": "/c/token"}, None) == [b"/c/token"]
