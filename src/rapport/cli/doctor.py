"""``rapport doctor``: what is wrong with an installation, and what to do."""

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rapport.web.site.finding import Finding


def doctor(
    key: Annotated[
        bool,
        typer.Option("--key", help="Ask for the printed key and compare it; neither is shown."),
    ] = False,
) -> None:
    """Look at settings, keys, files, database and people; exit status 1 when something is wrong.

    "to do" is not a fault of the installation but something that the practice still has to decide.
    """
    from rapport.cli.installation import NOT_RIGHT, load

    load()
    from rapport.web.site.doctor import findings

    found = [_printed_key()] if key else findings()
    wrong = 0
    for finding in found:
        if finding.wrong:
            wrong += 1
            typer.echo(f"WRONG  {finding.what}: {finding.wrong}\n       {finding.do}")
        elif finding.to_do:
            typer.echo(f"to do  {finding.what}: {finding.to_do}\n       {finding.do}")
        else:
            typer.echo(f"right  {finding.what}")
    if wrong:
        raise typer.Exit(NOT_RIGHT)


def _printed_key() -> "Finding":
    from rapport.web.site.doctor_people import printed_key

    typed = typer.prompt("The key as it was printed (it is not shown)", hide_input=True)
    return printed_key(typed)
