"""What is done once a day, at night in the practice's zone.

A job is a function that takes the moment. Others add theirs here by name; each has to be safe to do
twice, since a worker that ends in the middle leaves it to the next. Jobs run beside the loop, so a
long one holds up no message.
"""

from datetime import datetime

from rapport.web.audit.actions import SYSTEM
from rapport.web.jobs.actions import Job
from rapport.web.people.sign_in.actions import drop_ended
from rapport.web.reading.actions import learn_anew, learning_is_due, refresh_standings
from rapport.web.upkeep.nightly import keep_up

# Readings of the same day rest on the same simulations, whoever runs the job (ours).
LEARNT_FROM = 20260101


def learn(at: datetime) -> None:
    """Learn anew from the practice's own courses, and read every open case with it."""
    learn_anew(by=SYSTEM, at=at, seed=LEARNT_FROM)
    refresh_standings(at=at)


def learn_early(at: datetime) -> None:
    """The same at any hour, while little is known."""
    if learning_is_due(at=at):
        learn(at)


def back_up_and_try(at: datetime) -> None:
    """Finish what forgetting left, back up, and restore the newest backup on trial."""
    keep_up(at=at)


def sweep(at: datetime) -> None:
    """Delete what sign-in keeps and what has run out."""
    drop_ended(at=at)


DAILY: list[Job] = [sweep, learn, back_up_and_try]
