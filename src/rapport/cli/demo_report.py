"""``rapport demo --report``: the reading of the made-up practice as one file."""

from pathlib import Path

import typer

TITLE = "A made-up practice"
NEXT = """
The report of a made-up practice stands in {report}
Open it in a browser. All people in it are invented; begin with Sarah.

To read a file of your own (a row per score: client, session, scale, score):
  rapport read sessions.csv --alliance SCALE --outcome SCALE --html reading.html
What else a table may hold: docs/reference/session-table.md. Try also: rapport read --help
"""


def write_the_report(*, html: Path, json: Path | None) -> None:
    """Read the sessions of a made-up practice and write its report."""
    from rich.console import Console

    from rapport.cli.reading import (
        ReadRequest,
        check_places,
        known_scales,
        leave,
        reading_of,
        tables_of,
        write,
    )
    from rapport.files.demo import CAST, SCALES, earlier_courses
    from rapport.files.terminal import print_summary
    from rapport.science.errors import BadInputError

    request = ReadRequest(
        tables=CAST, title=TITLE, html=html, json=json, first=("Sarah Lindqvist",)
    )
    try:
        check_places(request)
    except BadInputError as fault:
        leave(str(fault))
    known = known_scales(SCALES)
    reading = reading_of(
        request, table=tables_of(request, known), known=known, reference=earlier_courses()
    )
    write(request, reading)
    print_summary(reading, console=Console(), limit=request.limit)
    typer.echo(NEXT.format(report=html))
