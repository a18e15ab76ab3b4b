"""The command line: translate in, one call, translate out.

Each command lives in a module of its own and imports what is heavy inside its function, so that
``rapport --help`` answers at once.
"""

import typer

from rapport.cli.backup import backup
from rapport.cli.bench import bench_app
from rapport.cli.create_admin import create_admin
from rapport.cli.demo import demo
from rapport.cli.doctor import doctor
from rapport.cli.healthcheck import healthcheck
from rapport.cli.init import init
from rapport.cli.instruments import instruments_app
from rapport.cli.read import read
from rapport.cli.restore import restore
from rapport.cli.serve import serve
from rapport.cli.simulate import simulate
from rapport.cli.verify_audit import verify_audit
from rapport.cli.worker import worker

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain help: rich alone takes longer to load than the rest together
    help="Read what clients and therapists answer about their work together.",
)
app.command()(read)
app.command()(demo)
app.command()(simulate)
app.command()(init)
app.command()(serve)
app.command()(worker)
app.command()(doctor)
app.command()(backup)
app.command()(restore)
app.command("create-admin")(create_admin)
app.command()(healthcheck)
app.command("verify-audit")(verify_audit)
app.add_typer(instruments_app, name="instruments")
app.add_typer(bench_app, name="bench")


def main() -> None:
    """Entry point of the ``rapport`` command."""
    app()
