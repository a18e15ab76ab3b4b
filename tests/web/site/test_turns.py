"""A long page holds up no check-in, and on PostgreSQL nobody waits for anybody."""

import threading

from django.db import connection
from django.http import HttpResponse
from django.test import RequestFactory

from rapport.web.core.turns import in_turn
from rapport.web.site.turns import ShortOnesTakeTurns

SOON, LATE = 0.2, 10


def answered(path, *, wait):
    """Whether a request for this address is answered within that many seconds."""
    done = threading.Event()

    def reply(_request):
        done.set()
        return HttpResponse()

    asked = RequestFactory().get(path)
    thread = threading.Thread(target=lambda: ShortOnesTakeTurns(reply)(asked))
    thread.start()
    return done.wait(wait), thread


def test_check_ins_wait_for_each_other_and_other_pages_do_not():
    with in_turn():
        page, first = answered("/cases/", wait=LATE)
        check_in, second = answered("/c/token", wait=SOON)
        assert page
        assert check_in == (connection.vendor != "sqlite")
    for thread in (first, second):
        thread.join(LATE)
        assert not thread.is_alive()
