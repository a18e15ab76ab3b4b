"""``rapport backup``: database and key store, each in its own file, while the practice works."""

from pathlib import Path
from typing import Annotated

import typer

MADE = """{database}
  the database: {rows} rows, sealed under the practice's key; it opens nothing without the key store
{keys}
  the key store: keep it in another place, and seven days at most"""


def backup(
    folder: Annotated[
        Path | None,
        typer.Argument(metavar="[FOLDER]", help="Where the database's backup goes."),
    ] = None,
    keys: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Where the key store's backup goes.")
    ] = None,
    drill: Annotated[
        bool, typer.Option("--drill", help="Restore it in a place of its own and look at it.")
    ] = False,
) -> None:
    """Back up the practice in this folder, or in the one that RAPPORT_HOME names."""
    from rapport.cli.installation import leave, load

    load()
    from rapport.web.core.clock import now
    from rapport.web.core.errors import Refused
    from rapport.web.upkeep import actions

    try:
        made = actions.back_up(at=now(), folder=folder, key_folder=keys)
        looked = actions.drill(at=now()) if drill else None
    except Refused as refused:
        leave(str(refused))
    typer.echo(MADE.format(database=made.database, keys=made.keys, rows=made.rows))
    if looked is not None:
        from rapport.cli.restore import found

        typer.echo(f"Tried: {found(looked)}")
