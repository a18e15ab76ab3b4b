"""Commands run in this process."""

from typer.testing import CliRunner

from rapport.cli import app


def run(*words):
    """One command: its exit status, its lines on stdout and on stderr."""
    return CliRunner().invoke(app, [str(word) for word in words])
