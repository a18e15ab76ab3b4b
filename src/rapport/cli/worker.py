"""``rapport worker``: the loop that tells, invites and reminds."""

import signal
import threading
from typing import Annotated

import typer


def worker(
    once: Annotated[bool, typer.Option("--once", help="Go round once and end.")] = False,
    every: Annotated[
        int, typer.Option(min=1, max=300, metavar="SECONDS", help="Pause between two rounds.")
    ] = 15,
) -> None:
    """Tell of open flags, send invitations and reminders, do the daily jobs; beside `serve`."""
    from rapport.cli.installation import NOT_RIGHT, load

    load()
    from rapport.web.core.clock import now
    from rapport.web.jobs.rounds import do_daily_jobs

    if not once:
        typer.echo("The worker goes round; stop it with Ctrl+C")
        _loop(every)
        return
    well = _round()
    do_daily_jobs(at=now())
    if not well:
        raise typer.Exit(NOT_RIGHT)


def _loop(every: int) -> None:
    """Until it is told to stop; a round that has begun is ended first."""
    stop = threading.Event()
    for asked in (signal.SIGTERM, signal.SIGINT):
        signal.signal(asked, lambda *_: stop.set())
    daily = threading.Thread()
    while not stop.is_set():
        _round()
        if not daily.is_alive():
            daily = _beside()
        stop.wait(every)


def _round() -> bool:
    """One round; a database that does not answer ends the round, not the worker."""
    import logging

    from django.db import Error, close_old_connections

    from rapport.web.core.clock import now
    from rapport.web.jobs.rounds import go_round

    close_old_connections()
    try:
        return go_round(at=now())
    except (Error, RuntimeError) as fault:
        logging.getLogger("rapport.web.jobs").error("a round failed", exc_info=fault)
        return False


def _beside() -> threading.Thread:
    from rapport.web.core.clock import now
    from rapport.web.jobs.rounds import do_daily_jobs_beside

    thread = threading.Thread(target=do_daily_jobs_beside, kwargs={"at": now()}, daemon=True)
    thread.start()
    return thread
