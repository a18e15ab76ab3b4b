"""``rapport restore``: put a backup in place, after everything in it was looked at."""

import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rapport.web.upkeep.looking import Looked

KEY = "The practice's key, as it was printed (64 hexadecimal digits)"


def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A backup of the database.")],
    keys: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="A backup of the key store, where there is none here."),
    ] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Replace what is here; the old files are kept aside.")
    ] = False,
) -> None:
    """Restore into this folder, or into the one that RAPPORT_HOME names. Stop the practice first.

    In an empty folder it asks for the practice's key. Whoever was forgotten stays forgotten.
    """
    from rapport.cli.installation import home, leave, load

    written = _missing_keys(home())
    load()
    from rapport.web.core.clock import now
    from rapport.web.core.errors import Refused
    from rapport.web.upkeep import actions

    try:
        looked, aside = actions.restore(file=file, keys=keys, replace=replace, at=now())
    except Refused as refused:
        leave(str(refused))
    for place, content in written.items():
        _write(place, content)
    typer.echo(f"Restored: {found(looked)}")
    if looked.unreadable:
        typer.echo(
            f"{looked.unreadable} clients can't be read: this key store has no key for them."
        )
    if aside is not None:
        typer.echo(f"What was here before is kept in {aside}")
    typer.echo("Start it with `rapport serve`. Everybody signs in anew.")


def found(looked: "Looked") -> str:
    """What was found, in one line."""
    return (
        f"{looked.rows} rows, {looked.lines} lines of the log, {looked.people} clients; "
        f"{looked.opened} sealed values opened; {looked.forgotten} forgotten again."
    )


def _missing_keys(home: Path) -> dict[Path, str]:
    """Keys that an empty folder lacks: the one is asked for, the other made; written at the end."""
    written = {}
    if not (_named("RAPPORT_PRACTICE_KEY") or (home / "practice.key").exists()):
        key = str(typer.prompt(KEY, hide_input=True)).strip()
        written[home / "practice.key"] = os.environ["RAPPORT_PRACTICE_KEY"] = key
    if not (_named("RAPPORT_SECRET_KEY") or (home / "secret.key").exists()):
        made = secrets.token_hex(32)
        written[home / "secret.key"] = os.environ["RAPPORT_SECRET_KEY"] = made
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    return written


def _named(name: str) -> bool:
    return name in os.environ or f"{name}_FILE" in os.environ


def _write(place: Path, content: str) -> None:
    with os.fdopen(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(content + "\n")
