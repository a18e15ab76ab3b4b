"""``rapport healthcheck``: for whatever watches over the process."""

from typing import Annotated

import typer


def healthcheck(
    address: Annotated[
        str, typer.Option(metavar="URL", help="Where Rapport listens.")
    ] = "http://127.0.0.1:8000",
) -> None:
    """Ask a running Rapport whether it and its database work; exit status 1 when not."""
    from urllib.error import URLError
    from urllib.request import urlopen

    from rapport.cli.installation import NOT_RIGHT, leave

    if not address.startswith(("http://", "https://")):
        leave(f"{address}: write http:// or https:// before it")
    try:
        with urlopen(f"{address}/readyz", timeout=5) as reply:
            typer.echo(reply.read(200).decode("utf-8", "replace").strip())
    except (URLError, TimeoutError, OSError) as fault:
        leave(f"not ready: {getattr(fault, 'reason', type(fault).__name__)}", NOT_RIGHT)
