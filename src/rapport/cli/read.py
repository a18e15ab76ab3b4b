"""``rapport read``: from a table of sessions to a reading of every client."""

from pathlib import Path
from typing import Annotated

import typer


def read(
    tables: Annotated[
        list[Path],
        typer.Argument(metavar="TABLE", help="CSV or Parquet; several are read as one table."),
    ],
    alliance: Annotated[
        str | None, typer.Option(metavar="SCALE", help="The scale of the working relationship.")
    ] = None,
    outcome: Annotated[
        str | None, typer.Option(metavar="SCALE", help="The scale of how the person is.")
    ] = None,
    scales: Annotated[
        Path | None, typer.Option(metavar="FILE", help="scales.toml: what is known of the scales.")
    ] = None,
    false_alarms: Annotated[
        float,
        typer.Option(help="Budget: share of steady courses of 12 rated sessions with an alarm."),
    ] = 0.05,
    mapping: Annotated[
        str, typer.Option("--map", metavar="A=B,...", help="Column names: client=id,session=week.")
    ] = "",
    wide: Annotated[
        bool, typer.Option("--wide", help="A row per client, a column per session.")
    ] = (False),
    wide_pattern: Annotated[
        str | None,
        typer.Option(metavar="REGEX", help="Wide columns, with groups (?P<scale>) (?P<session>)."),
    ] = None,
    reference: Annotated[
        Path | None,
        typer.Option(metavar="TABLE", help="Earlier courses to learn from; not read themselves."),
    ] = None,
    no_forecasts: Annotated[
        bool, typer.Option("--no-forecasts", help="Predict nothing for anybody.")
    ] = False,
    json: Annotated[Path | None, typer.Option(metavar="FILE", help="Write JSON.")] = None,
    html: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the report.")] = None,
    title: Annotated[str, typer.Option(help="Title of the report.")] = "Reading",
    limit: Annotated[int, typer.Option(min=0, help="Clients named in the terminal.")] = 12,
    seed: Annotated[int, typer.Option(help="Start of the simulations of the thresholds.")] = 1,
) -> None:
    """Read a table of sessions: what changed, who needs attention and why.

    Exit status: 0 read; 2 bad input, one line per fault, and nothing was written.
    """
    from rapport.cli.reading import ReadRequest, run_read

    run_read(
        ReadRequest(
            tables=tuple(tables),
            alliance=alliance,
            outcome=outcome,
            scales=scales,
            false_alarms=false_alarms,
            mapping=mapping,
            wide=wide or wide_pattern is not None,
            wide_pattern=wide_pattern,
            reference=reference,
            forecasts=not no_forecasts,
            json=json,
            html=html,
            title=title,
            limit=limit,
            seed=seed,
        )
    )
