"""One round of the worker. A job that fails never stops the others."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from http.client import HTTPException
from urllib.parse import urlsplit
from urllib.request import urlopen

from django.conf import settings
from django.db import connections

from rapport.web.audit.actions import SYSTEM
from rapport.web.audit.anchors import lodge, lodged
from rapport.web.core.access import inside
from rapport.web.jobs.actions import Job, beat, do_daily, outside_is_due
from rapport.web.jobs.daily import DAILY, learn_early
from rapport.web.messages.actions import write_invitations, write_nudges
from rapport.web.messages.outbox import deliver
from rapport.web.people.queries import the_practice
from rapport.web.safety.actions import tell_again, tell_the_next

log = logging.getLogger("rapport.web.jobs")

OUTSIDE_SECONDS = 5
HOUR = timedelta(hours=1)


def tell_of_flags(at: datetime) -> None:
    """Flags that nobody took in time go to the next person."""
    tell_the_next(at=at, by=SYSTEM)
    tell_again(at=at, by=SYSTEM)


def write_messages(at: datetime) -> None:
    """What has become due is written down."""
    write_nudges(at=at)
    write_invitations(at=at)


def send_messages(at: datetime) -> None:
    """What is written down is handed over."""
    deliver(at=at)


def lodge_hourly(at: datetime) -> None:
    """The newest hash of the log goes outside the database, once an hour."""
    found = lodged().lodged
    if not found or found[-1].at <= at - HOUR:
        lodge(at=at)


ROUND: tuple[Job, ...] = (tell_of_flags, write_messages, send_messages, lodge_hourly)


def go_round(*, at: datetime) -> bool:
    """One round in the practice of this installation; gives whether every job went well.

    Before `rapport init` there is nothing to do.
    """
    practice = the_practice()
    if practice is None:
        return True
    with inside(practice.practice):
        well = all([_done(job, at) for job in ROUND])
        beat(at=at)
        if well:
            _done(_tell_outside, at)
    return well


def do_daily_jobs(*, at: datetime) -> None:
    """The daily jobs whose time it is, one after the other."""
    practice = the_practice()
    if practice is not None:
        with inside(practice.practice):
            for job in DAILY:
                _done(lambda now, job=job: do_daily(job, at=now), at)  # type: ignore[misc]
            _done(learn_early, at)


def do_daily_jobs_beside(*, at: datetime) -> None:
    """The same in a thread of its own, which leaves no connection open."""
    try:
        do_daily_jobs(at=at)
    finally:
        connections.close_all()


def _done(job: Callable[[datetime], object], at: datetime) -> bool:
    try:
        job(at)
    except Exception as fault:
        log.error("a job of the worker failed; the others go on", exc_info=fault)
        return False
    return True


def _tell_outside(at: datetime) -> None:
    """Tell a watch outside that all went well: the one call that an installation makes by itself.

    It is off unless an address is set, and carries nothing.
    """
    address = settings.RAPPORT_HEARTBEAT_URL
    if not address or urlsplit(address).scheme not in ("https", "http"):
        return
    if outside_is_due(at=at):
        try:
            urlopen(address, timeout=OUTSIDE_SECONDS).close()
        except (OSError, HTTPException) as fault:
            log.warning("the watch outside did not answer", exc_info=fault)
