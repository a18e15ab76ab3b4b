"""Give a sign of life; do once a day what can wait."""

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction

from rapport.web.jobs.models import DailyRun, Heartbeat
from rapport.web.people.queries import the_practice

Job = Callable[[datetime], None]

NIGHT = range(2, 6)  # hours of the practice's day in which a daily job begins (ours: nobody works)
AGAIN_AFTER = timedelta(hours=1)
MOST_TRIES = 3
OUTSIDE_EVERY = timedelta(minutes=1)


@transaction.atomic
def beat(*, at: datetime) -> None:
    """The worker is alive."""
    if not Heartbeat.objects.update(at=at):
        Heartbeat(at=at).save()


@transaction.atomic
def outside_is_due(*, at: datetime) -> bool:
    """Whether the watch outside has to be told now; whoever gets a yes tells it."""
    heart = Heartbeat.objects.select_for_update().first()
    if heart is None:
        return False
    last = heart.outside_at
    if last is not None and last <= at < last + OUTSIDE_EVERY:
        return False
    heart.outside_at = at
    heart.save()
    return True


def do_daily(job: Job, *, at: datetime) -> bool:
    """Do a daily job if it is its time and nobody did it today; gives whether it was done now.

    What fails is tried again an hour later, three times a day at most.
    """
    practice = the_practice()
    there = at.astimezone(ZoneInfo(practice.zone if practice else "UTC"))
    run = _mine(_name(job), there, at) if there.hour in NIGHT else None
    if run is None:
        return False
    job(at)
    DailyRun.objects.filter(pk=run.pk).update(done_at=at)
    return True


def _name(job: Job) -> str:
    return f"{job.__module__.removeprefix('rapport.web.')}.{job.__name__}"[-64:]


def _mine(name: str, there: datetime, at: datetime) -> DailyRun | None:
    """The row of today, if it is for this process to do the job."""
    found = DailyRun.objects.filter(job=name, day=there.date()).first()
    if found is None:
        return _first(name, there, at)
    waits = found.begun_at <= at < found.begun_at + AGAIN_AFTER
    if found.done_at is not None or found.tries >= MOST_TRIES or waits:
        return None
    again = DailyRun.objects.filter(pk=found.pk, tries=found.tries)
    return found if again.update(tries=found.tries + 1, begun_at=at) else None


def _first(name: str, there: datetime, at: datetime) -> DailyRun | None:
    run = DailyRun(job=name, day=there.date(), begun_at=at)
    try:
        with transaction.atomic():
            run.save()
    except IntegrityError:  # another worker was faster
        return None
    return run
