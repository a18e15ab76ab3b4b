"""``rapport serve``: the pages of a practice, from one web process or several."""

import os
from pathlib import Path
from typing import Annotated

import typer

LOOPBACK = ("127.0.0.1", "::1", "localhost")
MOST_PROCESSES = 2  # as long as nobody asks for more; SQLite has one writer at a time anyway
OUTSIDE = """Without TLS Rapport listens on this machine alone. Give --certificate and --key, or let
a proxy with a certificate stand before it and set RAPPORT_TLS=on."""


def serve(
    host: Annotated[str, typer.Option(metavar="ADDRESS", help="Where to listen.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="On which port.")] = 8000,
    certificate: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Certificate (PEM) for https.")
    ] = None,
    key: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The certificate's private key (PEM).")
    ] = None,
    processes: Annotated[
        int | None,
        typer.Option(min=1, help="Web processes; if not given, one a core and two at most."),
    ] = None,
    threads: Annotated[int, typer.Option(min=1, help="Requests at a time, of each process.")] = 4,
    update: Annotated[
        bool, typer.Option("--update", help="First bring the database to this version.")
    ] = False,
) -> None:
    """Serve the practice in this folder, or in the one that RAPPORT_HOME names."""
    from rapport.cli.installation import leave

    if (certificate is None) != (key is None):
        leave("--certificate and --key belong together: give both or none")
    if certificate is not None:
        os.environ["RAPPORT_TLS"] = "on"
    if host not in LOOPBACK and os.environ.get("RAPPORT_TLS") != "on":
        leave(OUTSIDE)
    _check(update=update)
    _load_once()
    typer.echo(f"Rapport listens on {host}:{port}; stop it with Ctrl+C")
    from granian import Granian
    from granian.constants import Interfaces

    Granian(
        "rapport.web.site.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=processes or _one_a_core(),
        blocking_threads=threads,
        log_access=False,  # addresses carry tokens
        log_level="warning",  # type: ignore[arg-type]
        ssl_cert=certificate,
        ssl_key=key,
    ).serve()


def _check(*, update: bool) -> None:
    from rapport.cli.installation import leave, load

    load()
    from django.db import Error, connections

    from rapport.web.core.engine import advice
    from rapport.web.site.beginning import update_database
    from rapport.web.site.doctor import unapplied

    try:
        if update:
            update_database()
        waiting = unapplied()
    except Error:
        leave("the database does not answer: run `rapport doctor`")
    if connections["default"].vendor == "sqlite" and (said := advice()):
        typer.echo(said, err=True)
    if waiting:
        leave("the database is older than this version: back it up, then `rapport serve --update`")


def _load_once() -> None:
    """Load every page before the web processes part, so that they share its memory.

    No open file of SQLite may go along (sqlite.org/howtocorrupt.html, 2.6).
    """
    from django.db import connections

    import rapport.web.site.wsgi  # noqa: F401
    from rapport.web.core.keys import close_key_store

    connections.close_all()
    close_key_store()


def _one_a_core() -> int:
    from rapport.web.core.environment import cores

    return min(MOST_PROCESSES, cores())
