"""The command line: translate in, one call, translate out.

Each command lives in a module of its own and imports what is heavy inside its function, so that
``rapport --help`` answers at once.
"""

import typer

from rapport.cli.demo import demo
from rapport.cli.read import read

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Read what clients and therapists answer about their work together.",
)
app.command()(read)
app.command()(demo)


def main() -> None:
    """Entry point of the ``rapport`` command."""
    app()
