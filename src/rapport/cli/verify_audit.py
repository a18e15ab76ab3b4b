"""``rapport verify-audit``: was the log of who saw and did what changed, cut or rolled back?"""

import typer


def verify_audit() -> None:
    """Compute the whole log again and compare it with the hashes lodged outside the database.

    Exit status 0: it holds together. 1: it does not; the line is named.
    """
    from rapport.cli.installation import NOT_RIGHT, leave, load

    load()
    from django.db import Error

    from rapport.web.audit.anchors import lodged, verify_with_anchors
    from rapport.web.audit.guards import missing
    from rapport.web.core.access import inside
    from rapport.web.people.queries import the_practice

    try:
        practice = the_practice()
        if practice is None:
            leave("no practice has been set up yet: run `rapport init`")
        with inside(practice.practice):
            verdict, outside, down = verify_with_anchors(), lodged().lodged, missing()
    except Error:
        leave("the database does not answer or is not set up: run `rapport doctor`")
    for one in outside:
        if one.restored:
            typer.echo(
                f"put back to an older state on {one.at:%Y-%m-%d %H:%M} UTC, line {one.number}"
            )
    if down:
        typer.echo(f"WRONG  the database no longer refuses changes: {', '.join(down)}")
    if verdict.fault is not None:
        typer.echo(f"WRONG  {verdict.fault}\n       {verdict.lines} lines before it hold together")
    if down or verdict.fault is not None:
        raise typer.Exit(NOT_RIGHT)
    typer.echo(f"right  {verdict.lines} lines hold together, {len(outside)} times lodged outside")
    typer.echo(f"newest {verdict.newest}")
