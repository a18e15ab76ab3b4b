"""Short requests go one at a time; who waits for the disk lets the next one go on."""

import threading

import pytest

from rapport.web.core.turns import in_turn, meanwhile

PATIENCE = 10


class Thread(threading.Thread):
    """One that is waited for, and that says what went wrong in it."""

    def __init__(self, do):
        super().__init__()
        self.do, self.fault = do, None
        self.start()

    def run(self):
        try:
            self.do()
        except Exception as fault:
            self.fault = fault

    def done(self):
        self.join(PATIENCE)
        assert not self.is_alive()
        if self.fault:
            raise self.fault


def test_nobody_goes_on_before_the_other_is_through():
    seen = []

    def go(name):
        with in_turn():
            for step in range(50):
                seen.append((name, step))

    for thread in [Thread(lambda name=name: go(name)) for name in "abc"]:
        thread.done()
    names = [name for name, _ in seen]
    assert [names[k : k + 50] for k in (0, 50, 100)] == [[n] * 50 for n in names[::50]]


def test_who_waits_for_the_disk_lets_the_next_one_go_on():
    waits, written = threading.Event(), threading.Event()

    def first():
        with in_turn(), meanwhile():
            waits.set()
            assert written.wait(PATIENCE)

    def second():
        assert waits.wait(PATIENCE)
        with in_turn():
            written.set()

    for thread in [Thread(first), Thread(second)]:
        thread.done()


def test_a_turn_ends_with_a_fault_too():
    with pytest.raises(RuntimeError), in_turn():
        raise RuntimeError
    with pytest.raises(RuntimeError), in_turn(), meanwhile():
        raise RuntimeError
    with in_turn():
        pass


def test_without_a_turn_there_is_nothing_to_let_go_of():
    with meanwhile():
        pass
    with in_turn():
        pass
