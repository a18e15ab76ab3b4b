"""An installation as commands meet it: its folder, its settings, and how they end with advice."""

import os
import sys
from pathlib import Path
from typing import NoReturn

import typer

NOT_RIGHT = 1
BAD_INPUT = 2


def home() -> Path:
    """The folder of the installation; what is written there is for its owner alone."""
    os.umask(0o077)
    return Path(os.environ.get("RAPPORT_HOME", "."))


def load() -> None:
    """Load the application's settings and models; a setting that is wrong ends the command."""
    home()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rapport.web.site.settings")
    import django
    from django.core.exceptions import ImproperlyConfigured

    try:
        django.setup()
        from django.conf import settings

        settings.SECRET_KEY  # noqa: B018 - Django complains of a missing key when it is read
    except ImproperlyConfigured:
        leave("no keys here: run `rapport init`, or name its folder by RAPPORT_HOME")


def leave(message: str, status: int = BAD_INPUT) -> NoReturn:
    """Say what is wrong and what to do, and end."""
    sys.stderr.write(f"{message}\n")
    raise typer.Exit(status)
