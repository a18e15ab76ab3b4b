"""``rapport doctor``: what is wrong with an installation, and what to do."""

import typer


def doctor() -> None:
    """Look at settings, keys, files and database; exit status 1 when something is wrong."""
    from rapport.cli.installation import NOT_RIGHT, load

    load()
    from rapport.web.site.doctor import findings

    wrong = 0
    for finding in findings():
        if finding.wrong:
            wrong += 1
            typer.echo(f"WRONG  {finding.what}: {finding.wrong}\n       {finding.do}")
        else:
            typer.echo(f"right  {finding.what}")
    if wrong:
        raise typer.Exit(NOT_RIGHT)
