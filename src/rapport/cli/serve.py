"""``rapport serve``: the web process of a practice."""

import os
from pathlib import Path
from typing import Annotated

import typer

LOOPBACK = ("127.0.0.1", "::1", "localhost")
# Each thread would keep memory of its own, and large pieces would be kept once they are free.
MEMORY = {
    "MALLOC_ARENA_MAX": "2",
    "MALLOC_TRIM_THRESHOLD_": "131072",
    "MALLOC_MMAP_THRESHOLD_": "131072",
}
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
    threads: Annotated[int, typer.Option(min=1, help="Requests at a time.")] = 4,
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
    typer.echo(f"Rapport listens on {host}:{port}; stop it with Ctrl+C")
    _run(host, port, certificate, key, threads)


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
    connections.close_all()


def _run(host: str, port: int, certificate: Path | None, key: Path | None, threads: int) -> None:
    for setting, value in MEMORY.items():
        os.environ.setdefault(setting, value)
    from granian import Granian
    from granian.constants import Interfaces

    Granian(
        "rapport.web.site.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=threads,
        log_access=False,  # addresses carry tokens
        log_level="warning",  # type: ignore[arg-type]
        ssl_cert=certificate,
        ssl_key=key,
    ).serve()
