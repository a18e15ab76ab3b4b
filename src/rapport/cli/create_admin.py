"""``rapport create-admin``: a one-time link for somebody who keeps the installation."""

from typing import Annotated

import typer


def create_admin(
    email: Annotated[str, typer.Argument(metavar="EMAIL", help="Their address.")],
    name: Annotated[
        str, typer.Option(metavar="NAME", help="Their name, where they are new here.")
    ] = "Administrator",
    lost_device: Annotated[
        bool,
        typer.Option("--lost-device", help="Forget their second factors, to set up new ones."),
    ] = False,
) -> None:
    """Print a one-time sign-in link: for a new administrator, or for somebody who is known.

    Somebody who is known keeps their roles and their second factor, unless the device is lost.
    """
    from rapport.cli.installation import leave, load

    load()
    from django.db import Error

    from rapport.web.core.clock import now
    from rapport.web.site.beginning import let_in

    try:
        token = let_in(name=name, email=email, lost_device=lost_device, at=now())
    except LookupError as fault:
        leave(str(fault))
    except Error:
        leave("the database does not answer or is not set up: run `rapport doctor`")
    typer.echo(f"Signs {email} in once, within a day:\n\n  {address_of(token)}")


def address_of(token: str) -> str:
    """Where a one-time token is used."""
    from django.conf import settings
    from django.urls import reverse

    host = settings.ALLOWED_HOSTS[0]
    root = f"https://{host}" if settings.TLS else f"http://{host}:8000"
    return root + reverse("enter", kwargs={"token": token})
